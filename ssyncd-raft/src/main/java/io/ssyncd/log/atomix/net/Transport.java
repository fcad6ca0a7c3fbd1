package io.ssyncd.log.atomix.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.ssyncd.log.AddressRange;
import io.ssyncd.log.LogWarning;
import io.ssyncd.log.SharedKey;
import io.ssyncd.log.tls.CredentialsException;
import io.ssyncd.log.tls.MemberName;
import io.ssyncd.log.tls.TlsFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks members and answers them. It listens on this member's address and on no other. Thread-safe;
 * answers complete on network threads.
 */
public final class Transport {
  private static final Logger log = LoggerFactory.getLogger(Transport.class);

  /** Bytes that may wait in one connection before it counts as full. */
  private static final int FULL_BYTES = 4 * 1024 * 1024;

  private static final int THREADS = 2;
  private static final long SWEEP_MILLIS = 25;
  private static final long LOOK_MILLIS = 2000;

  private final Identity identity;
  private final Reach reach;
  private final NetCounters counters;
  private final Complaints complaints;
  private final @Nullable Tls tls;
  private final Proofs proofs;
  private final Map<String, RequestHandler> handlers = new ConcurrentHashMap<>();
  private final Map<String, Outgoing> outgoing = new ConcurrentHashMap<>();
  private final Lobby lobby = new Lobby();
  private final Directory directory;
  private final Allowed allowed;
  private final Refusals refusals = new Refusals();
  private final Bootstrap bootstrap;
  private final AtomicBoolean looking = new AtomicBoolean();
  private final EventLoopGroup loops;
  private final ExecutorService resolver;
  private volatile @Nullable Channel server;
  private volatile @Nullable Introductions introductions;

  /** With nobody but the members allowed to connect. */
  public Transport(Identity identity, Reach reach) {
    this(identity, List.of(), reach);
  }

  /**
   * In plain text.
   *
   * @param identity who we are, whom we know
   * @param allow who may connect beside the members' own addresses
   * @param reach {@link Reach#ALL} but in tests
   */
  public Transport(Identity identity, List<AddressRange> allow, Reach reach) {
    this(identity, allow, reach, new NetCounters(), Proofs.NONE);
  }

  /**
   * In plain text, among members that share a key.
   *
   * @param identity who we are, whom we know
   * @param allow who may connect beside the members' own addresses
   * @param key what members prove to each other that they hold
   * @param reach {@link Reach#ALL} but in tests
   */
  public static Transport keyed(
      Identity identity, List<AddressRange> allow, SharedKey key, Reach reach) {
    return new Transport(identity, allow, reach, new NetCounters(), new Proofs(null, key));
  }

  private Transport(
      Identity identity,
      List<AddressRange> allow,
      Reach reach,
      NetCounters counters,
      Proofs proofs) {
    this.identity = identity;
    this.reach = reach;
    this.counters = counters;
    this.proofs = proofs;
    this.tls = proofs.tls();
    this.complaints = new Complaints(identity.self());
    this.loops = new NioEventLoopGroup(THREADS, named("ssyncd-net-" + identity.self()));
    this.resolver = Executors.newSingleThreadExecutor(named("ssyncd-dns-" + identity.self()));
    this.directory = new Directory(identity.members());
    this.allowed = new Allowed(allow, directory, resolver);
    this.bootstrap =
        new Bootstrap()
            .group(loops)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 1000)
            .option(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(FULL_BYTES / 2, FULL_BYTES));
    members(identity.members());
  }

  /**
   * From now on these are the members: whoever is none of them is not heard, nor asked. This member
   * need not be among them.
   */
  public synchronized void members(Map<String, Identity.Endpoint> now) {
    Map<String, Identity.Endpoint> before = directory.members();
    directory.replace(now);
    allowed.lookUp();
    for (String member : now.keySet()) {
      Outgoing known = outgoing.get(member);
      if (member.equals(identity.self())) {
        continue;
      }
      if (known == null) {
        outgoing.put(
            member,
            new Outgoing(
                identity, directory, refusals, member, bootstrap, resolver, reach, counters,
                proofs));
      } else if (!now.get(member).equals(before.get(member))) {
        known.moved();
      }
    }
    for (String member : List.copyOf(outgoing.keySet())) {
      if (!now.containsKey(member)) {
        Outgoing gone = outgoing.remove(member);
        refusals.forget(member);
        if (gone != null) {
          gone.close();
        }
      }
    }
  }

  /** Whether a member said last that the cluster we believe in is no more. */
  public boolean gone() {
    return refusals.gone();
  }

  /** A member that said last that we are none, with its words; null if there is none. */
  public @Nullable String outside() {
    return refusals.any();
  }

  /**
   * Over TLS.
   *
   * @param identity who we are, whom we know
   * @param allow who may connect beside the members' own addresses
   * @param files our certificate, and whose we accept
   * @param reach {@link Reach#ALL} but in tests
   * @throws CredentialsException naming the file that cannot be used
   */
  public static Transport secured(
      Identity identity, List<AddressRange> allow, TlsFiles files, Reach reach)
      throws CredentialsException {
    NetCounters counters = new NetCounters();
    MemberName self = new MemberName(identity.cluster(), identity.self());
    Tls tls = new Tls(files, self, counters);
    return new Transport(identity, allow, reach, counters, new Proofs(tls, null));
  }

  /**
   * Listens.
   *
   * @throws IOException if the address cannot be had; everything is closed then
   */
  public void start() throws IOException {
    Identity.Endpoint here = Objects.requireNonNull(identity.members().get(identity.self()));
    try {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getByName(here.host()), here.port());
      server =
          new ServerBootstrap()
              .group(loops)
              .channel(NioServerSocketChannel.class)
              .option(ChannelOption.SO_REUSEADDR, true)
              .option(ChannelOption.SO_BACKLOG, 128)
              .childOption(ChannelOption.TCP_NODELAY, true)
              .childOption(ChannelOption.SO_KEEPALIVE, true)
              .childOption(
                  ChannelOption.WRITE_BUFFER_WATER_MARK,
                  new WriteBufferWaterMark(FULL_BYTES / 2, FULL_BYTES))
              .childHandler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                      accept(channel);
                    }
                  })
              .bind(address)
              .syncUninterruptibly()
              .channel();
    } catch (Exception e) {
      stop(Duration.ofSeconds(1));
      // Netty throws checked exceptions unchecked.
      if (e instanceof IOException known) {
        throw known;
      }
      throw new IOException(e);
    }
    var unused =
        loops.scheduleWithFixedDelay(
            () -> outgoing.values().forEach(Outgoing::sweep),
            SWEEP_MILLIS,
            SWEEP_MILLIS,
            TimeUnit.MILLISECONDS);
    if (tls != null) {
      scheduleLooks(tls);
    }
  }

  private void accept(Channel channel) {
    Channel oldest = lobby.enter(channel);
    if (oldest != null) {
      counters.tooManyConnections.increment();
      complaints.about(
          oldest, "it has not greeted, and " + Lobby.MOST_UNKNOWN + " newer ones have not either");
      Channels.close(oldest);
    }
    var unused = channel.closeFuture().addListener(closed -> lobby.left(channel));
    new Incoming(
            identity,
            directory,
            allowed,
            handlers,
            reach,
            counters,
            complaints,
            lobby,
            () -> introductions,
            proofs)
        .install(channel);
  }

  /** On the thread that may wait for files: are there new certificates, and is everybody's good? */
  private void look(Tls secured) {
    try {
      secured.look();
      for (Channel each : lobby.all()) {
        String objection = secured.objection(each);
        if (objection != null) {
          counters.outdatedCertificates.increment();
          complaints.about(each, "it is closed: " + objection);
          Channels.close(each);
        }
      }
      outgoing.values().forEach(each -> each.look(secured));
    } catch (RuntimeException e) {
      // An exception would end the looking for good.
      log.error("looking after certificates failed", e);
    } finally {
      looking.set(false);
    }
  }

  private void scheduleLooks(Tls secured) {
    var unused =
        loops.scheduleWithFixedDelay(
            () -> {
              if (!looking.compareAndSet(false, true)) {
                // A name is being looked up for long: once is enough afterwards.
                return;
              }
              try {
                resolver.execute(() -> look(secured));
              } catch (RejectedExecutionException e) {
                log.debug("stopping: certificates are looked after no more");
              }
            },
            LOOK_MILLIS,
            LOOK_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  /** Answers requests of this subject from now on. */
  public void handle(String subject, RequestHandler handler) {
    handlers.put(subject, handler);
  }

  /** Hears strangers from now on: until then they are refused as any who is no member. */
  public void introduce(Introductions to) {
    introductions = to;
  }

  /** Answers no more requests of this subject. */
  public void unhandle(String subject) {
    handlers.remove(subject);
  }

  /**
   * Asks a member.
   *
   * @param timeout after it the answer is a {@link java.util.concurrent.TimeoutException}
   * @return its answer; {@link java.net.ConnectException} if there is no connection to be had
   */
  public CompletableFuture<byte[]> ask(
      String member, String subject, byte[] payload, Duration timeout) {
    Outgoing to = outgoing.get(member);
    if (to == null) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException("there is no other member " + member));
    }
    return to.ask(subject, payload, timeout);
  }

  /** How often bounds were reached. */
  public NetCounters counters() {
    return counters;
  }

  /** What an operator should look at. */
  public List<LogWarning> warnings() {
    return tls == null ? List.of() : tls.warnings();
  }

  /** Closes every connection and the port; waits for the threads for at most this long. */
  public void stop(Duration timeout) {
    handlers.clear();
    Channel listening = server;
    if (listening != null) {
      listening.close().awaitUninterruptibly(timeout.toMillis());
    }
    outgoing.values().forEach(Outgoing::close);
    lobby.all().forEach(Channels::close);
    resolver.shutdownNow();
    loops
        .shutdownGracefully(0, timeout.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(timeout.toMillis());
    if (tls != null) {
      tls.close();
    }
  }

  private static ThreadFactory named(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
