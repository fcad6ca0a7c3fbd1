package io.ssyncd.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster of daemon processes. Every wait that fails shows the status of all members and the ends
 * of their logs. Used by one thread, but for {@link #describeAll}.
 */
public final class Cluster implements AutoCloseable {
  /** How long a cluster may take to reach what is waited for; a busy machine is slow. */
  public static final Duration PATIENCE = Duration.ofSeconds(90);

  /** What a member's part of a description begins with. */
  public static final String HEADLINE = "\n=== ";

  private static final Logger log = LoggerFactory.getLogger(Cluster.class);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Set<Cluster> MADE = ConcurrentHashMap.newKeySet();

  private final List<Member> members;

  private Cluster(List<Member> members) {
    this.members = List.copyOf(members);
    MADE.add(this);
  }

  static Cluster of(ClusterSpec spec) {
    List<Host> hosts = spec.hosts.isEmpty() ? Host.onLoopback(spec.names.size()) : spec.hosts;
    if (hosts.size() != spec.names.size()) {
      throw new IllegalArgumentException(hosts.size() + " hosts for " + spec.names);
    }
    if (spec.tls) {
      makeCertificates(spec);
    }
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < hosts.size(); i++) {
      String name = spec.names.get(i);
      MemberFiles files = new MemberFiles(spec.directory.resolve(name));
      try {
        files.write(spec, name, hosts);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Optional<MovableClock> clock =
          Optional.of(files.clock()).filter(any -> spec.movableClocks).map(MovableClock::in);
      Map<String, String> ofHost = clock.map(MovableClock::environment).orElse(Map.of());
      Map<String, MemberPound> pounds = new TreeMap<>();
      spec.farms.forEach(
          (farm, what) -> pounds.put(farm, new MemberPound(files.pounds(), what, ofHost)));
      Map<String, String> environment = new HashMap<>(spec.environment);
      environment.putAll(spec.environmentOf.getOrDefault(name, Map.of()));
      environment.putAll(ofHost);
      members.add(new Member(name, hosts.get(i), files, pounds, environment, clock));
    }
    return new Cluster(members);
  }

  private static void makeCertificates(ClusterSpec spec) {
    List<String> command = new ArrayList<>();
    command.add(Distribution.built().ssyncd().toString());
    command.addAll(List.of("tls", "init", "--cluster", "test"));
    command.addAll(List.of("--dir", MemberFiles.certificates(spec).toString()));
    spec.names.forEach(name -> command.addAll(List.of("--member", name)));
    Command.run(command).ok();
  }

  /**
   * Status and logs of every cluster of this JVM whose files are still there, closed or not: for a
   * test that failed, which may have closed its cluster on the way out.
   */
  public static String describeAll() {
    MADE.removeIf(cluster -> !cluster.filesExist());
    return MADE.stream().map(Cluster::describe).collect(Collectors.joining());
  }

  private boolean filesExist() {
    return members.stream().allMatch(member -> Files.exists(member.directory()));
  }

  /** All members, in the order of the specification. */
  public List<Member> members() {
    return members;
  }

  /** The member of that name. */
  public Member member(String name) {
    return members.stream()
        .filter(member -> member.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no member " + name));
  }

  /** Members whose daemons run and are not suspended. */
  public List<Member> running() {
    return members.stream().filter(Member::answers).toList();
  }

  /** Starts a Pound of every configured farm on every member, where none runs. */
  public Cluster startPounds() {
    members.stream()
        .flatMap(member -> member.pounds().values().stream())
        .filter(pound -> !pound.alive())
        .forEach(MemberPound::start);
    return this;
  }

  /** Starts every daemon that does not run; does not wait. */
  public Cluster start() {
    members.stream().filter(member -> !member.alive()).forEach(Member::start);
    return this;
  }

  /** Starts the daemons of these; does not wait. */
  public Cluster start(String... names) {
    for (String name : names) {
      member(name).start();
    }
    return this;
  }

  /** Why hosts on this machine have no movable clocks, for a test that is skipped; or empty. */
  public static Optional<String> noMovableClocks() {
    return MovableClock.missing();
  }

  /**
   * Somebody sets the wall clock of a member's host, forward or back, while all its processes go
   * on: the daemon and its Pounds. Of a cluster {@link ClusterSpec#movableClocks with such clocks}.
   */
  public void clockJumps(Member member, Duration by) {
    member.clock().jump(by);
  }

  /**
   * A daemon that was killed may have left its Pound deaf: it tells of no session until it is
   * restarted. If by now all Pounds of a farm are, nobody could collect any more; then the victim's
   * is restarted as well, as an operator would do, and that is logged.
   */
  public void restartAPoundIfAllAreDeaf(Member victim) {
    victim
        .pounds()
        .forEach(
            (farm, pound) -> {
              List<MemberPound> alive =
                  members.stream()
                      .map(member -> member.pound(farm))
                      .filter(MemberPound::alive)
                      .toList();
              if (pound.alive() && alive.stream().allMatch(MemberPound::isDeaf)) {
                log.info("all Pounds of {} are deaf: that of {} is restarted", farm, victim.name());
                pound.kill();
                pound.start();
              }
            });
  }

  /** {@code kill -9} to every daemon. */
  public void killAll() {
    members.stream().filter(Member::alive).forEach(Member::kill);
  }

  /**
   * Waits until one of those who run leads, writes are done and its sources report, and the others
   * know it; returns it.
   */
  public Member awaitLeader() {
    return await("a leader that ingests, known to all", this::agreedLeader);
  }

  /** The members that run and do not lead, once there is a leader. */
  public List<Member> followers() {
    Member leader = awaitLeader();
    return running().stream().filter(member -> member != leader).toList();
  }

  private Optional<Member> agreedLeader() {
    List<JsonNode> statuses = statuses();
    Set<String> leaders =
        statuses.stream().map(s -> s.path("leader").asText("")).collect(Collectors.toSet());
    if (statuses.size() != running().size() || leaders.size() != 1) {
      return Optional.empty();
    }
    return running().stream()
        .filter(member -> leaders.contains(member.name()))
        .filter(
            member ->
                member
                    .status()
                    .filter(s -> s.path("state").asText().equals("INGESTING"))
                    .isPresent())
        .findFirst();
  }

  /** Waits until all that run stand at one index with equal counts and digests. */
  public JsonNode awaitEqual() {
    return await("equal counts and digests at one index", () -> equal(statuses()));
  }

  /** Waits until all that run are equal and hold so many sessions of a farm. */
  public JsonNode awaitSessions(String farm, int count) {
    return awaitCount("http", farm, count);
  }

  /** Waits until all that run are equal and hold so many records of a scope. */
  public JsonNode awaitCount(String kind, String scope, int count) {
    return await(
        count + " records of " + kind + " " + scope + " in all equal tables",
        () ->
            equal(statuses())
                .filter(s -> s.path("sessions").path(kind).path(scope).asInt() == count));
  }

  private Optional<JsonNode> equal(List<JsonNode> statuses) {
    boolean all = statuses.size() == running().size() && !statuses.isEmpty();
    long different =
        statuses.stream()
            .map(s -> s.path("appliedIndex") + " " + s.path("digest") + " " + s.path("sessions"))
            .distinct()
            .count();
    return all && different == 1 ? Optional.of(statuses.get(0)) : Optional.empty();
  }

  /** The status of each member that runs and answers. */
  public List<JsonNode> statuses() {
    return running().stream().flatMap(member -> member.status().stream()).toList();
  }

  /** Waits for a condition on the cluster. */
  public void awaitThat(String what, BooleanSupplier condition) {
    await(what, () -> condition.getAsBoolean() ? Optional.of(what) : Optional.empty());
  }

  /**
   * Waits for something of the cluster; it is looked for every few milliseconds.
   *
   * @param what it is, for the message of the {@link AssertionError}
   */
  public <T> T await(String what, Supplier<Optional<T>> look) {
    try {
      return Awaitility.await()
          .pollInSameThread()
          .atMost(PATIENCE)
          .pollInterval(POLL)
          .pollDelay(Duration.ZERO)
          .until(look::get, Optional::isPresent)
          .orElseThrow();
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("not within " + PATIENCE + ": " + what + describe(), e);
    }
  }

  /** The status of every member and the end of its log. */
  public String describe() {
    return members.stream().map(Member::describe).collect(Collectors.joining());
  }

  /** Kills what still runs. */
  @Override
  public void close() {
    members.forEach(Member::close);
  }
}
