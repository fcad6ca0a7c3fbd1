package io.ssyncd.log;

import io.ssyncd.log.tls.TlsFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that a log has to be told.
 *
 * @param member this member's name, one of {@code members}
 * @param directory a directory of its own, made if missing
 * @param cluster the cluster's name; members of another one are refused
 * @param members all members by name
 * @param electionTimeout how long a silent leader is waited for
 * @param heartbeat how often a leader speaks; well below the election timeout
 * @param durability when an entry counts as kept
 * @param tls how members prove who they are; empty: they talk in plain text and are believed
 * @param allow who may connect beside the members' own addresses
 * @param pairing how members find together that no file names; empty: by the members above alone
 */
public record LogConfig(
    String member,
    Path directory,
    String cluster,
    SortedMap<String, MemberAddress> members,
    Duration electionTimeout,
    Duration heartbeat,
    Durability durability,
    Optional<TlsFiles> tls,
    List<AddressRange> allow,
    Optional<Pairing> pairing) {

  /** As many as consensus is good for; also the bound of what the log keeps of its members. */
  public static final int MAX_MEMBERS = 31;

  public LogConfig {
    allow = List.copyOf(allow);
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
    if (!members.containsKey(member)) {
      throw new IllegalArgumentException(
          "this node, " + member + ", is none of the members: " + members.keySet());
    }
    if (members.size() > MAX_MEMBERS) {
      throw new IllegalArgumentException(members.size() + " members; the most are " + MAX_MEMBERS);
    }
  }

  /** In plain text, and with nobody but the members allowed to connect. */
  public LogConfig(
      String member,
      Path directory,
      String cluster,
      SortedMap<String, MemberAddress> members,
      Duration electionTimeout,
      Duration heartbeat,
      Durability durability) {
    this(
        member,
        directory,
        cluster,
        members,
        electionTimeout,
        heartbeat,
        durability,
        Optional.empty(),
        List.of(),
        Optional.empty());
  }

  /** The same, over TLS. */
  public LogConfig withTls(TlsFiles files) {
    return new LogConfig(
        member,
        directory,
        cluster,
        members,
        electionTimeout,
        heartbeat,
        durability,
        Optional.of(files),
        allow,
        pairing);
  }

  /** The same, with others allowed to connect. */
  public LogConfig withAllow(List<AddressRange> ranges) {
    return new LogConfig(
        member,
        directory,
        cluster,
        members,
        electionTimeout,
        heartbeat,
        durability,
        tls,
        ranges,
        pairing);
  }

  /** The same, of a cluster whose members find together by themselves. */
  public LogConfig withPairing(Pairing how) {
    return new LogConfig(
        member,
        directory,
        cluster,
        members,
        electionTimeout,
        heartbeat,
        durability,
        tls,
        allow,
        Optional.of(how));
  }

  /**
   * How members find together that no file names: the first that introduces itself to a cluster of
   * one is taken in without an operator's word, all others with one.
   *
   * @param key what members prove to each other that they hold; empty: they are believed
   * @param alone whether this start makes a cluster of its own of what the directory holds: whoever
   *     else was a member is none any more, and is refused, for the cluster has another name
   */
  public record Pairing(Optional<SharedKey> key, boolean alone) {}

  /**
   * Where a member listens.
   *
   * @param host a name or an address
   * @param port 1 to 65535
   * @param witness whether it votes only, without sources and sinks
   */
  public record MemberAddress(String host, int port, boolean witness) {
    /** As the configuration writes it: {@code host:port}, an IPv6 address in brackets. */
    public String text() {
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /** This member's own address. */
  public MemberAddress self() {
    return Objects.requireNonNull(members.get(member), "checked on construction");
  }
}
