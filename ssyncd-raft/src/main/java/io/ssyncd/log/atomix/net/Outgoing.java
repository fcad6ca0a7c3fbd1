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
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
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

  /** The shortest time between two attempts to connect. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /**
   * The same, while the connection that there is works: it shows a certificate that is replaced.
   */
  private static final long RENEW_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** How long the connection before may still bring answers. */
  private static final long RETIRE_MILLIS = 5000;

  /** How many reasons of refusal are written before the next connection. */
  private static final int MOST_WARNINGS = 8;

  private final Identity identity;
  private final Directory directory;
  private final Refusals refusals;
  private final String to;
  private final Bootstrap bootstrap;
  private final Executor resolver;
  private final Reach reach;
  private final NetCounters counters;
  private final @Nullable Tls tls;
  private final PendingRequests pending;

  private final Object lock = new Object();
  private @Nullable Channel channel;
  private boolean ready;
  private boolean connecting;
  private boolean closed;
  private long attemptedAt = System.nanoTime() - PAUSE_NANOS;
  private String lastFailure = "not connected yet";
  private final Set<String> warned = new HashSet<>();
  private @Nullable Channel retired;
  private long madeWith;
  private long attemptWith;
  private volatile long heardAt;

  Outgoing(
      Identity identity,
      Directory directory,
      Refusals refusals,
      String to,
      Bootstrap bootstrap,
      Executor resolver,
      Reach reach,
      NetCounters counters,
      Proofs proofs) {
    this.identity = identity;
    this.directory = directory;
    this.refusals = refusals;
    this.to = to;
    this.bootstrap = bootstrap.clone();
    this.resolver = resolver;
    this.reach = reach;
    this.counters = counters;
    this.tls = proofs.tls();
    this.pending = new PendingRequests(to, counters);
    this.bootstrap.handler(
        new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel made) {
            Hello hello = new Hello(identity.cluster(), identity.self(), to);
            new Greeting(hello, proofs, counters, new Attempt()).install(made);
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
    attemptWith = generation();
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
    Identity.Endpoint where = directory.where(to);
    if (where == null) {
      failed(to + " is no member any more");
      return;
    }
    try {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getByName(where.host()), where.port());
      var unused =
          bootstrap
              .connect(address, from())
              .addListener(
                  done -> {
                    if (!done.isSuccess()) {
                      // What it said last may no longer be so.
                      refusals.forget(to);
                      failed(String.valueOf(done.cause().getMessage()));
                    }
                  });
    } catch (UnknownHostException e) {
      failed("unknown host " + where.host());
    } catch (RuntimeException e) {
      failed(e.toString());
    }
  }

  private long generation() {
    return tls == null ? 0 : tls.generation();
  }

  /** Our own address, by which the others know us, whatever way leads to them. */
  private @Nullable InetSocketAddress from() throws UnknownHostException {
    Identity.Endpoint here = Objects.requireNonNull(identity.members().get(identity.self()));
    InetAddress address = InetAddress.getByName(here.host());
    return address.isAnyLocalAddress() ? null : new InetSocketAddress(address, 0);
  }

  /** The member listens elsewhere from now on. */
  void moved() {
    Channel open;
    synchronized (lock) {
      open = channel;
    }
    if (open != null) {
      Channels.close(open);
    }
  }

  /** The attempt or the connection failed: so does all that waits for it. */
  private void failed(String why) {
    synchronized (lock) {
      connecting = false;
      if (ready && !closed && channel != null && channel.isActive()) {
        // It was to be replaced, and is not.
        return;
      }
      ready = false;
      channel = null;
      lastFailure = why;
    }
    pending.failAll(one -> new ConnectException("no connection to " + to + ": " + why));
  }

  private void welcomed(Channel made) {
    boolean drop;
    Channel before = null;
    synchronized (lock) {
      drop = closed;
      connecting = false;
      if (!drop) {
        before = ready ? channel : null;
        retired = before;
        madeWith = attemptWith;
        channel = made;
        ready = true;
        warned.clear();
        heardAt = System.nanoTime();
      }
    }
    if (drop) {
      Channels.close(made);
      return;
    }
    if (before != null) {
      retire(before);
    }
    counters.connects.increment();
    refusals.forget(to);
    log.debug("{} is connected to {}", identity.self(), to);
    pending.all().forEach(one -> write(made, one));
  }

  /** Answers may still come over it, requests go over the new one. */
  private static void retire(Channel before) {
    var unused =
        before
            .eventLoop()
            .schedule(() -> Channels.close(before), RETIRE_MILLIS, TimeUnit.MILLISECONDS);
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
    long now = System.nanoTime();
    boolean silent = pending.sweep(now, heardAt);
    Channel dead = null;
    synchronized (lock) {
      if (silent && ready) {
        dead = channel;
      } else if (ready && madeWith != generation() && now - attemptedAt > RENEW_NANOS) {
        connect(now);
      }
    }
    if (dead != null) {
      log.info("nothing is heard from {}: its connection is dropped", to);
      Channels.close(dead);
    }
  }

  /** Closes the connection if the other end's certificate would not be accepted any more. */
  void look(Tls secured) {
    Channel open;
    synchronized (lock) {
      open = ready ? channel : null;
    }
    String objection = open == null ? null : secured.objection(open);
    if (open != null && objection != null) {
      counters.outdatedCertificates.increment();
      log.warn("the connection of {} to {} is closed: {}", identity.self(), to, objection);
      Channels.close(open);
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
      if (gone.equals(retired)) {
        retired = null;
        return;
      }
      if (gone.equals(channel)) {
        channel = null;
        ready = false;
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

  /** What comes of an attempt to connect. */
  private final class Attempt implements Greeting.End {
    @Override
    public void welcomed(Channel made) {
      made.pipeline()
          .addLast(
              "frames",
              new LengthFieldBasedFrameDecoder(
                  Frame.MAX_BYTES + Frame.LENGTH_BYTES, 0, Frame.LENGTH_BYTES, 0, 4))
          .addLast("answers", new Answers());
      Outgoing.this.welcomed(made);
    }

    @Override
    public void refused(String why) {
      boolean first;
      synchronized (lock) {
        first = warned.size() < MOST_WARNINGS && warned.add(why);
      }
      if (first) {
        Identity.Endpoint where = directory.where(to);
        log.warn(
            "{} has no connection to {} at {}: {}",
            identity.self(),
            to,
            where == null ? "no address" : where.host() + ":" + where.port(),
            why);
      }
    }

    @Override
    public void unwelcome(Welcome answer) {
      if (answer.toStranger() || answer.toGone()) {
        refusals.refused(to, answer);
      }
      refused("it refuses us: " + answer.text());
    }

    @Override
    public void lost(Channel gone, String why) {
      Outgoing.this.lost(gone, why);
    }
  }

  /** Takes the answers to our requests. */
  private final class Answers extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf in) {
      Frame frame = Frame.decode(in);
      long delay = reach.delayMillis(to, identity.self());
      if (delay == 0) {
        onFrame(frame);
      } else {
        var unused =
            context.executor().schedule(() -> onFrame(frame), delay, TimeUnit.MILLISECONDS);
      }
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
