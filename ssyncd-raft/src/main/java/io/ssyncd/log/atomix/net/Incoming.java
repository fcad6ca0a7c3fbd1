package io.ssyncd.log.atomix.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.ssyncd.log.SharedKey;
import io.ssyncd.log.tls.MemberName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection that somebody made to us: first the greeting, then requests. Whoever does not
 * greet in time, or not as a configured member of this cluster, is told why and dropped.
 */
final class Incoming extends SimpleChannelInboundHandler<ByteBuf> {
  private static final Logger log = LoggerFactory.getLogger(Incoming.class);

  /** With TLS this includes the handshake; the first one of a process is slow. */
  private static final long GREETING_MILLIS = 3000;

  private final Identity identity;
  private final Directory directory;
  private final Allowed allowed;
  private final Map<String, RequestHandler> handlers;
  private final Reach reach;
  private final NetCounters counters;
  private final Complaints complaints;
  private final Lobby lobby;
  private final Supplier<@Nullable Introductions> introductions;
  private final @Nullable Tls tls;
  private final @Nullable SharedKey key;
  private @Nullable MemberName certified;
  private @Nullable String from;
  private boolean refused;

  Incoming(
      Identity identity,
      Directory directory,
      Allowed allowed,
      Map<String, RequestHandler> handlers,
      Reach reach,
      NetCounters counters,
      Complaints complaints,
      Lobby lobby,
      Supplier<@Nullable Introductions> introductions,
      Proofs proofs) {
    this.identity = identity;
    this.directory = directory;
    this.allowed = allowed;
    this.handlers = handlers;
    this.reach = reach;
    this.counters = counters;
    this.complaints = complaints;
    this.lobby = lobby;
    this.introductions = introductions;
    this.tls = proofs.tls();
    this.key = proofs.key();
  }

  /** Puts the handlers into a new channel. */
  void install(Channel channel) {
    channel.pipeline().addLast("first", new FirstBytes(tls != null, this::mixed));
    if (tls != null) {
      channel.pipeline().addLast("tls", tls.server(channel.alloc()));
    }
    channel
        .pipeline()
        .addLast("split", new LengthFieldBasedFrameDecoder(Hello.MAX_BYTES + 2, 0, 2, 0, 2));
    if (key != null) {
      channel.pipeline().addLast("key", new KeyDoor(key, counters, this::refuse));
    }
    channel.pipeline().addLast("requests", this);
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    var unused =
        context
            .executor()
            .schedule(
                () -> {
                  if (refused) {
                    Channels.close(context);
                  } else if (from == null) {
                    drop(context, "no greeting in " + GREETING_MILLIS + " ms");
                  }
                },
                GREETING_MILLIS,
                TimeUnit.MILLISECONDS);
  }

  private void mixed(ChannelHandlerContext context, String why) {
    refused = true;
    counters.mixedTransports.increment();
    complaints.about(context.channel(), why);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (tls != null && event instanceof SslHandshakeCompletionEvent shaken && !refused) {
      if (shaken.isSuccess()) {
        certify(context, tls);
      } else {
        unsafe(context, shaken.cause());
      }
    }
    context.fireUserEventTriggered(event);
  }

  private void certify(ChannelHandlerContext context, Tls secured) {
    try {
      certified = secured.peer(context.channel());
    } catch (CertificateException e) {
      counters.wrongNames.increment();
      refuse(context, Welcome.refused(String.valueOf(e.getMessage())));
    }
  }

  private void unsafe(ChannelHandlerContext context, Throwable cause) {
    refused = true;
    counters.tlsFailures.increment();
    complaints.about(context.channel(), TlsFailure.text(cause));
    Channels.close(context);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, ByteBuf in) {
    String who = from;
    if (refused) {
      return;
    }
    if (who == null && KeyExchange.isOne(in)) {
      counters.wrongKeys.increment();
      refuse(
          context,
          Welcome.refused("it has a shared key, and this member none: --key-file is not the same"));
    } else if (who == null) {
      greeted(context, Hello.decode(in));
    } else {
      requested(context, who, Frame.decode(in));
    }
  }

  private void greeted(ChannelHandlerContext context, Hello hello) {
    Introductions open = introductions.get();
    if (open != null && hello.isStrangers()) {
      refused = true; // its time is up when a member's would be; nobody complains
      context.pipeline().replace("split", "frames", frames());
      var unused = context.writeAndFlush(Welcome.OK.encode(context.alloc()));
      context
          .pipeline()
          .replace(this, "introduction", new StrangersDoor(open, hello.from(), complaints));
      return;
    }
    Welcome refusal = refusal(context.channel(), hello);
    if (refusal != null) {
      counters.strangers.increment();
      refuse(context, refusal);
      return;
    }
    Channel older = lobby.greeted(context.channel(), hello.from());
    if (older != null) {
      counters.tooManyConnections.increment();
      Channels.close(older);
    }
    from = hello.from();
    context.pipeline().replace("split", "frames", frames());
    var unused = context.writeAndFlush(Welcome.OK.encode(context.alloc()));
  }

  private static LengthFieldBasedFrameDecoder frames() {
    return new LengthFieldBasedFrameDecoder(
        Frame.MAX_BYTES + Frame.LENGTH_BYTES, 0, Frame.LENGTH_BYTES, 0, 4);
  }

  private void refuse(ChannelHandlerContext context, Welcome why) {
    refused = true;
    complaints.about(context.channel(), why.text());
    var unused =
        context.writeAndFlush(why.encode(context.alloc())).addListener(ChannelFutureListener.CLOSE);
  }

  private @Nullable Welcome refusal(Channel channel, Hello hello) {
    if (hello.isStrangers()) {
      return Welcome.refused(identity.self() + " hears nobody who is no member, or not yet");
    }
    if (!hello.cluster().equals(identity.cluster())) {
      String why = "this is cluster " + identity.cluster() + ", not " + hello.cluster();
      return introductions.get() == null ? Welcome.refused(why) : Welcome.ended(why);
    }
    InetAddress address = address(channel);
    if (address == null || !allowed.admits(address)) {
      counters.notAllowed.increment();
      return Welcome.stranger(
          (address == null ? "an unknown address" : address.getHostAddress())
              + " is the address of no member of this cluster, and not in cluster.allow of "
              + identity.self());
    }
    if (!hello.to().equals(identity.self())) {
      return Welcome.refused("this is " + identity.self() + ", not " + hello.to());
    }
    if (!directory.knows(hello.from())) {
      return Welcome.stranger(noMember(hello.from()));
    }
    if (hello.from().equals(identity.self())) {
      return Welcome.refused("somebody else is called " + identity.self() + " too");
    }
    if (tls != null && (certified == null || !certified.member().equals(hello.from()))) {
      counters.wrongNames.increment();
      return Welcome.refused(
          "the certificate is of " + certified + ", the greeting of " + hello.from());
    }
    return null;
  }

  private static String noMember(String who) {
    return who + " is no member of this cluster";
  }

  private static @Nullable InetAddress address(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress remote ? remote.getAddress() : null;
  }

  private void requested(ChannelHandlerContext context, String who, Frame frame) {
    if (frame.kind() != Frame.REQUEST) {
      throw new IllegalArgumentException("an answer where requests are read");
    }
    if (!reach.passes(who, identity.self())) {
      return;
    }
    if (!directory.knows(who)) {
      // Removed while it was connected: it hears why when it connects again.
      drop(context, noMember(who) + " any more");
      return;
    }
    long delay = reach.delayMillis(who, identity.self());
    if (delay == 0) {
      handle(context, who, frame);
    } else {
      var unused =
          context
              .executor()
              .schedule(() -> handle(context, who, frame), delay, TimeUnit.MILLISECONDS);
    }
  }

  private void handle(ChannelHandlerContext context, String who, Frame frame) {
    RequestHandler handler = handlers.get(frame.subject());
    if (handler == null) {
      reply(context.channel(), who, Frame.noHandler(frame.id()));
      return;
    }
    CompletableFuture<byte[]> answer;
    try {
      answer = handler.on(who, frame.payload());
    } catch (RuntimeException e) {
      complaints.about(context.channel(), frame.subject() + " of " + who + ": " + e);
      answer = CompletableFuture.failedFuture(e);
    }
    var unused =
        answer.whenComplete(
            (bytes, error) ->
                reply(
                    context.channel(),
                    who,
                    error == null
                        ? Frame.answer(frame.id(), bytes)
                        : Frame.failed(frame.id(), String.valueOf(error))));
  }

  private void reply(Channel channel, String to, Frame frame) {
    if (!reach.passes(identity.self(), to) || !channel.isActive()) {
      return;
    }
    if (frame.size() > Frame.MAX_BYTES) {
      reply(channel, to, Frame.failed(frame.id(), "an answer of " + frame.size() + " bytes"));
      return;
    }
    if (!channel.isWritable()) {
      // The asker does not read: its request runs out.
      counters.fullLinks.increment();
      return;
    }
    var unused = channel.writeAndFlush(frame.encode(channel.alloc()));
  }

  private void drop(ChannelHandlerContext context, String why) {
    complaints.about(context.channel(), why);
    (from == null || !directory.knows(from) ? counters.strangers : counters.badFrames).increment();
    Channels.close(context);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (refused) {
      // Said already: the failure of a handshake comes twice.
      return;
    }
    if (tls != null && TlsFailure.is(cause)) {
      unsafe(context, cause);
    } else if (cause instanceof java.io.IOException) {
      log.debug("connection of {}", from, cause);
      Channels.close(context);
    } else {
      drop(context, String.valueOf(cause.getMessage()));
    }
  }
}
