package io.ssyncd.log.atomix.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.ssyncd.log.SharedKey;
import java.security.cert.CertificateException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Greets a member that we have connected to, and waits to be welcomed. With TLS the certificate has
 * to be that member's before a word is said.
 */
final class Greeting extends SimpleChannelInboundHandler<ByteBuf> {
  /** How long connecting and greeting may take together. */
  private static final long PLAIN_MILLIS = 1000;

  /** With a handshake; the first one of a process is slow. */
  private static final long TLS_MILLIS = 3000;

  /** What comes of it. Called on the channel's thread. */
  interface End {
    /** The other end is the member: what follows are frames, and their handlers are to be added. */
    void welcomed(Channel channel);

    /** We do not talk to the other end, as an operator should know. */
    void refused(String why);

    /** The other end does not talk to us, as an operator should know. */
    void unwelcome(Welcome answer);

    /** The connection is gone before that. */
    void lost(Channel channel, String why);
  }

  private final Hello hello;
  private final @Nullable Tls tls;
  private final KeyExchange.@Nullable Connecting exchange;
  private final NetCounters counters;
  private final End end;
  private boolean done;
  private String ending = "it closed the connection before the greeting";

  Greeting(Hello hello, Proofs proofs, NetCounters counters, End end) {
    SharedKey key = proofs.key();
    this.hello = hello;
    this.tls = proofs.tls();
    this.exchange = key == null ? null : new KeyExchange.Connecting(key, hello);
    this.counters = counters;
    this.end = end;
  }

  /** Puts the handlers into a new channel. */
  void install(Channel channel) {
    if (tls != null) {
      channel.pipeline().addLast("tls", tls.client(channel.alloc()));
    }
    channel
        .pipeline()
        .addLast("split", new LengthFieldBasedFrameDecoder(Hello.MAX_BYTES + 2, 0, 2, 0, 2))
        .addLast("greet", this);
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    if (tls == null) {
      greet(context);
    }
    var unused =
        context
            .executor()
            .schedule(
                () -> {
                  if (!done) {
                    ending = "it did not answer the greeting";
                    Channels.close(context);
                  }
                },
                tls == null ? PLAIN_MILLIS : TLS_MILLIS,
                TimeUnit.MILLISECONDS);
  }

  private void greet(ChannelHandlerContext context) {
    var unused =
        context.writeAndFlush(
            exchange == null ? hello.encode(context.alloc()) : exchange.hello(context.alloc()));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (tls != null && event instanceof SslHandshakeCompletionEvent shaken) {
      if (shaken.isSuccess()) {
        checkName(context, tls);
      } else {
        failed(context, shaken.cause());
      }
    }
    context.fireUserEventTriggered(event);
  }

  private void checkName(ChannelHandlerContext context, Tls secured) {
    try {
      String member = secured.peer(context.channel()).member();
      if (!member.equals(hello.to())) {
        throw new CertificateException("the certificate there is of " + member);
      }
      greet(context);
    } catch (CertificateException e) {
      counters.wrongNames.increment();
      refused(context, String.valueOf(e.getMessage()));
    }
  }

  private void failed(ChannelHandlerContext context, Throwable cause) {
    counters.tlsFailures.increment();
    refused(context, TlsFailure.text(cause));
  }

  private void refused(ChannelHandlerContext context, String why) {
    done = true;
    ending = why;
    end.refused(why);
    Channels.close(context);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, ByteBuf in) {
    if (exchange != null && KeyExchange.isOne(in)) {
      ByteBuf next = exchange.answered(in, context.alloc());
      if (next != null) {
        var unused = context.writeAndFlush(next);
      }
      return;
    }
    Welcome welcome = Welcome.decode(in);
    if (welcome.ok() && exchange != null && !exchange.proved()) {
      counters.wrongKeys.increment();
      refused(context, "it does not prove that it holds the shared key: --key-file");
      return;
    }
    if (!welcome.ok()) {
      done = true;
      ending = welcome.text();
      // That we are no member, or our cluster no more, is believed of a member alone: operators are
      // told to empty the directory. It proves before it refuses, but where the keys differ.
      boolean believed = exchange == null || exchange.proved();
      end.unwelcome(believed ? welcome : Welcome.refused(welcome.text()));
      Channels.close(context);
      return;
    }
    done = true;
    end.welcomed(context.channel());
    context.pipeline().remove("split");
    context.pipeline().remove(this);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    end.lost(context.channel(), ending);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (done) {
      // The failure of a handshake comes twice.
      return;
    }
    if (tls != null && TlsFailure.is(cause)) {
      // With TLS 1.3 a member learns only after its own handshake that it was refused.
      failed(context, cause);
      return;
    }
    ending = String.valueOf(cause.getMessage());
    Channels.close(context);
  }
}
