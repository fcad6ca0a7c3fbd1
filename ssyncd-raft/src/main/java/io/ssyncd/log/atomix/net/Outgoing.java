package io.ssyncd.log.atomix.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our requests to one member, over a connection that is made when it is needed and dropped when
 * nothing came back over it for as long as a request may take. Thread-safe.
 */
final class Outgoing {
  private static final Logger log = LoggerFactory.getLogger(Outgoing.class);

  /** How many requests may be unanswered. */
  static final int MAX_PENDING = 1024;

  /** How long connecting and greeting may take together. */
  private static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** The shortest time between two attempts to connect. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Identity identity;
  private final String to;
  private final Bootstrap bootstrap;
  private final Executor resolver;
  private final Reach reach;
  private final NetCounters counters;
  private final PendingRequests pending;

  private final Object lock = new Object();
  private @Nullable Channel channel;
  private boolean ready;
  private boolean connecting;
  private boolean closed;
  private long attemptedAt = System.nanoTime() - PAUSE_NANOS;
  private String lastFailure = "not connected yet";
  private @Nullable String warned;
  private volatile long heardAt;

  Outgoing(
      Identity identity,
      String to,
      Bootstrap bootstrap,
      Executor resolver,
      Reach reach,
      NetCounters counters) {
    this.identity = identity;
    this.to = to;
    this.bootstrap = bootstrap.clone();
    this.resolver = resolver;
    this.reach = reach;
    this.counters = counters;
    this.pending = new PendingRequests(to, counters);
    this.bootstrap.handler(
        new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel made) {
            made.pipeline()
                .addLast("split", new LengthFieldBasedFrameDecoder(Hello.MAX_BYTES + 2, 0, 2, 0, 2))
                .addLast("greet", new Greeting());
          }
        });
  }

  CompletableFuture<byte[]> ask(String subject, byte[] payload, Duration timeout) {
    Frame frame = Frame.request(pending.nextId(), subject, payload);
    if (frame.size() > Frame.MAX_BYTES) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(
              "a message of " + frame.size() + " bytes; the most are " + Frame.MAX_BYTES));
    }
    if (pending.size() >= MAX_PENDING) {
      counters.fullLinks.increment();
      return CompletableFuture.failedFuture(
          new RejectedExecutionException(MAX_PENDING + " requests to " + to + " wait already"));
    }
    PendingRequest one = pending.add(frame, timeout);
    Channel open;
    synchronized (lock) {
      open = ready ? channel : null;
      if (open == null && !connect(one.sentAt())) {
        pending.fail(one, new ConnectException("no connection to " + to + ": " + lastFailure));
      }
    }
    if (open != null) {
      write(open, one);
    }
    return one.answer();
  }

  /** Begins to connect, unless that has begun; false if it is too early to try again. */
  private boolean connect(long now) {
    if (connecting) {
      return true;
    }
    if (closed || now - attemptedAt < PAUSE_NANOS) {
      return false;
    }
    connecting = true;
    attemptedAt = now;
    try {
      resolver.execute(this::resolveAndConnect);
      return true;
    } catch (RejectedExecutionException e) {
      connecting = false;
      return false;
    }
  }

  /** On a thread of its own, because resolving a name may block for seconds. */
  private void resolveAndConnect() {
    Identity.Endpoint where = Objects.requireNonNull(identity.members().get(to));
    try {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getByName(where.host()), where.port());
      var unused =
          bootstrap
              .connect(address)
              .addListener(
                  done -> {
                    if (!done.isSuccess()) {
                      failed(String.valueOf(done.cause().getMessage()));
                    }
                  });
    } catch (UnknownHostException e) {
      failed("unknown host " + where.host());
    } catch (RuntimeException e) {
      failed(e.toString());
    }
  }

  /** The attempt or the connection failed: so does all that waits for it. */
  private void failed(String why) {
    synchronized (lock) {
      connecting = false;
      ready = false;
      channel = null;
      lastFailure = why;
    }
    pending.failAll(one -> new ConnectException("no connection to " + to + ": " + why));
  }

  private void welcomed(Channel made) {
    boolean drop;
    synchronized (lock) {
      drop = closed;
      connecting = false;
      if (!drop) {
        channel = made;
        ready = true;
        warned = null;
        heardAt = System.nanoTime();
      }
    }
    if (drop) {
      Channels.close(made);
      return;
    }
    counters.connects.increment();
    log.debug("{} is connected to {}", identity.self(), to);
    pending.all().forEach(one -> write(made, one));
  }

  private void write(Channel open, PendingRequest one) {
    if (!one.written().compareAndSet(false, true) || !reach.passes(identity.self(), to)) {
      return;
    }
    if (!open.isWritable()) {
      counters.fullLinks.increment();
      pending.fail(one, new RejectedExecutionException("the connection to " + to + " is full"));
      return;
    }
    var unused = open.writeAndFlush(one.frame().encode(open.alloc()));
  }

  /** Fails what is overdue; called every few hundredths of a second. */
  void sweep() {
    boolean silent = pending.sweep(System.nanoTime(), heardAt);
    Channel dead = null;
    synchronized (lock) {
      if (silent && ready) {
        dead = channel;
      }
    }
    if (dead != null) {
      log.info("nothing is heard from {}: its connection is dropped", to);
      Channels.close(dead);
    }
  }

  void close() {
    Channel open;
    synchronized (lock) {
      closed = true;
      open = channel;
    }
    if (open != null) {
      Channels.close(open);
    }
    failed("closed");
  }

  private void lost(Channel gone, String why) {
    synchronized (lock) {
      if (ready && channel != gone) {
        return;
      }
    }
    failed(why);
  }

  private void onFrame(Frame frame) {
    if (!reach.passes(to, identity.self())) {
      return;
    }
    heardAt = System.nanoTime();
    PendingRequest one = pending.remove(frame.id());
    if (one == null) {
      return;
    }
    switch (frame.kind()) {
      case Frame.ANSWER -> one.answer().complete(frame.payload());
      case Frame.NO_HANDLER ->
          one.answer()
              .completeExceptionally(
                  new IllegalStateException(
                      to + " does not answer " + one.frame().subject() + " now"));
      default ->
          one.answer()
              .completeExceptionally(
                  new IllegalStateException(
                      to + " failed: " + new String(frame.payload(), StandardCharsets.UTF_8)));
    }
  }

  private void refused(String why) {
    if (!why.equals(warned)) {
      warned = why;
      log.warn("{} refuses us: {}", to, why);
    }
  }

  /** Greets and waits to be welcomed; then makes way for {@link Answers}. */
  private final class Greeting extends SimpleChannelInboundHandler<ByteBuf> {
    private boolean done;
    private String ending = "it closed the connection before the greeting";

    @Override
    public void channelActive(ChannelHandlerContext context) {
      var unused =
          context.writeAndFlush(
              new Hello(identity.cluster(), identity.self(), to).encode(context.alloc()));
      var unusedTimer =
          context
              .executor()
              .schedule(
                  () -> {
                    if (!done) {
                      ending = "it did not answer the greeting";
                      Channels.close(context);
                    }
                  },
                  CONNECT_NANOS,
                  TimeUnit.NANOSECONDS);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf in) {
      Welcome welcome = Welcome.decode(in);
      if (!welcome.ok()) {
        refused(welcome.text());
        ending = welcome.text();
        Channels.close(context);
        return;
      }
      done = true;
      context
          .pipeline()
          .addLast(
              "frames",
              new LengthFieldBasedFrameDecoder(
                  Frame.MAX_BYTES + Frame.LENGTH_BYTES, 0, Frame.LENGTH_BYTES, 0, 4))
          .addLast("answers", new Answers());
      context.pipeline().remove("split");
      context.pipeline().remove(this);
      welcomed(context.channel());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      lost(context.channel(), ending);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      ending = String.valueOf(cause.getMessage());
      Channels.close(context);
    }
  }

  /** Takes the answers to our requests. */
  private final class Answers extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf in) {
      onFrame(Frame.decode(in));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      lost(context.channel(), "the connection was closed");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      counters.badFrames.increment();
      log.debug("connection to {}", to, cause);
      Channels.close(context);
    }
  }
}
