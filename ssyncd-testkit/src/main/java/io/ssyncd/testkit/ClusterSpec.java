package io.ssyncd.testkit;

import io.ssyncd.pound.standin.Farm;
import io.ssyncd.pound.standin.PoundCfgException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a test cluster is to look like; each call changes the specification and returns it. Without
 * any: members lb1, lb2 and lb3 on loopback, no farm, no kernel tables, no metrics, an election
 * timeout of a second (twice the product's, for machines that build beside the test), plain text,
 * and {@code durability = os}, which survives what tests do to processes and costs no syncs.
 */
public final class ClusterSpec {
  final Path directory;
  List<String> names = List.of("lb1", "lb2", "lb3");
  List<Host> hosts = List.of();
  final Map<String, Farm> farms = new LinkedHashMap<>();
  final List<String> lines = new ArrayList<>();
  final Map<String, List<String>> linesOf = new HashMap<>();
  final Map<String, String> environment = new HashMap<>();
  final Map<String, Map<String, String>> environmentOf = new HashMap<>();
  final Map<String, List<String>> known = new HashMap<>();
  final Set<String> witnesses = new HashSet<>();
  boolean tls;
  boolean movableClocks;
  Duration electionTimeout = Duration.ofSeconds(1);
  Duration heartbeat = Duration.ofMillis(200);

  private ClusterSpec(Path directory) {
    this.directory = directory;
  }

  /** A cluster whose files lie below {@code directory}, which should have a short path. */
  public static ClusterSpec in(Path directory) {
    return new ClusterSpec(directory);
  }

  /** The members' names. */
  public ClusterSpec members(String... members) {
    names = List.of(members);
    return this;
  }

  /** A member that votes only. */
  public ClusterSpec witness(String member) {
    witnesses.add(member);
    return this;
  }

  /** Whom one member's configuration file names; all members if this was never called. */
  public ClusterSpec knows(String member, String... members) {
    known.put(member, List.of(members));
    return this;
  }

  /** Where the members live, in the order of their names; loopback addresses if never called. */
  public ClusterSpec on(List<Host> places) {
    hosts = List.copyOf(places);
    return this;
  }

  /**
   * A farm that every member's configuration names.
   *
   * @param spec see {@link Farm#ofSpec}: {@code 2x300,3x60/1x5} has two listeners, the first with a
   *     service of 2 backends and TTL 300, and so on
   */
  public ClusterSpec farm(String name, String spec) {
    try {
      farms.put(name, Farm.ofSpec(name, spec));
      return this;
    } catch (PoundCfgException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Ingests the kernel's tables too. */
  public ClusterSpec recent() {
    return line("recent.enabled = true").line("recent.interval = 50 ms");
  }

  /** What operators have who state no election timeout. */
  public ClusterSpec defaultElectionTimeout() {
    return electionTimeout(Duration.ofMillis(500));
  }

  /** The election timeout; the heartbeat is a fifth of it. */
  public ClusterSpec electionTimeout(Duration timeout) {
    electionTimeout = timeout;
    heartbeat = timeout.dividedBy(5);
    return this;
  }

  /** Members talk over TLS, with certificates that {@code ssyncd tls init} makes. */
  public ClusterSpec tls() {
    tls = true;
    return this;
  }

  /**
   * Every member's host has a wall clock that {@link Cluster#clockJumps} sets; see {@link
   * Cluster#noMovableClocks}.
   */
  public ClusterSpec movableClocks() {
    movableClocks = true;
    return this;
  }

  /** A line such as {@code http.delete-hold = 1 s} at the end of every configuration file. */
  public ClusterSpec line(String line) {
    lines.add("ssyncd." + line);
    return this;
  }

  /** A line at the end of one member's configuration file. */
  public ClusterSpec lineOf(String member, String line) {
    linesOf.computeIfAbsent(member, unused -> new ArrayList<>()).add("ssyncd." + line);
    return this;
  }

  /** Environment of the daemons, such as {@code SSYNCD_JAVA_OPTS}. */
  public ClusterSpec environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** Environment of one member's daemon alone. */
  public ClusterSpec environmentOf(String member, String name, String value) {
    environmentOf.computeIfAbsent(member, unused -> new HashMap<>()).put(name, value);
    return this;
  }

  /** Writes the configuration files; starts nothing. */
  public Cluster build() {
    return Cluster.of(this);
  }
}
