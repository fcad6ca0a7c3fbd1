package io.ssyncd.log.atomix.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection that somebody made to us: first the greeting, then requests. Whoever does not
 * greet in time, or not as a configured member of this cluster, is told why and dropped.
 */
final class Incoming extends SimpleChannelInboundHandler<ByteBuf> {
  private static final Logger log = LoggerFactory.getLogger(Incoming.class);

  private static final long GREETING_MILLIS = 2000;

  private final Identity identity;
  private final Map<String, RequestHandler> handlers;
  private final Reach reach;
  private final NetCounters counters;
  private final Complaints complaints;
  private @Nullable String from;

  Incoming(
      Identity identity,
      Map<String, RequestHandler> handlers,
      Reach reach,
      NetCounters counters,
      Complaints complaints) {
    this.identity = identity;
    this.handlers = handlers;
    this.reach = reach;
    this.counters = counters;
    this.complaints = complaints;
  }

  /** Puts the handlers into a new channel. */
  void install(Channel channel) {
    channel
        .pipeline()
        .addLast("split", new LengthFieldBasedFrameDecoder(Hello.MAX_BYTES + 2, 0, 2, 0, 2))
        .addLast("requests", this);
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    var unused =
        context
            .executor()
            .schedule(
                () -> {
                  if (from == null) {
                    drop(context, "no greeting in " + GREETING_MILLIS + " ms");
                  }
                },
                GREETING_MILLIS,
                TimeUnit.MILLISECONDS);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, ByteBuf in) {
    String who = from;
    if (who == null) {
      greeted(context, Hello.decode(in));
    } else {
      requested(context, who, Frame.decode(in));
    }
  }

  private void greeted(ChannelHandlerContext context, Hello hello) {
    String refusal = refusal(hello);
    if (refusal != null) {
      complaints.about(context.channel(), refusal);
      counters.strangers.increment();
      var unused =
          context
              .writeAndFlush(Welcome.refused(refusal).encode(context.alloc()))
              .addListener(ChannelFutureListener.CLOSE);
      return;
    }
    from = hello.from();
    context
        .pipeline()
        .replace(
            "split",
            "frames",
            new LengthFieldBasedFrameDecoder(
                Frame.MAX_BYTES + Frame.LENGTH_BYTES, 0, Frame.LENGTH_BYTES, 0, 4));
    var unused = context.writeAndFlush(Welcome.OK.encode(context.alloc()));
  }

  private @Nullable String refusal(Hello hello) {
    if (!hello.cluster().equals(identity.cluster())) {
      return "this is cluster " + identity.cluster() + ", not " + hello.cluster();
    }
    if (!hello.to().equals(identity.self())) {
      return "this is " + identity.self() + ", not " + hello.to();
    }
    if (!identity.members().containsKey(hello.from())) {
      return hello.from() + " is no member of this cluster";
    }
    if (hello.from().equals(identity.self())) {
      return "somebody else is called " + identity.self() + " too";
    }
    return null;
  }

  private void requested(ChannelHandlerContext context, String who, Frame frame) {
    if (frame.kind() != Frame.REQUEST) {
      throw new IllegalArgumentException("an answer where requests are read");
    }
    if (!reach.passes(who, identity.self())) {
      return;
    }
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
    (from == null ? counters.strangers : counters.badFrames).increment();
    Channels.close(context);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof java.io.IOException) {
      log.debug("connection of {}", from, cause);
      Channels.close(context);
    } else {
      drop(context, String.valueOf(cause.getMessage()));
    }
  }
}
