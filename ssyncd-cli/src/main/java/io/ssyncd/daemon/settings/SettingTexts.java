package io.ssyncd.daemon.settings;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What each key of the configuration file is for, in the order of the manual page. A key that the
 * daemon asks for and that is missing here fails a test, and so does one here that nobody asks for.
 */
final class SettingTexts {
  private static final Map<String, String> TEXTS = new LinkedHashMap<>();

  static {
    top();
    control();
    legacy();
    cluster();
    http();
    recent();
    promotion();
    rest();
  }

  private SettingTexts() {}

  static Map<String, String> all() {
    return Collections.unmodifiableMap(TEXTS);
  }

  private static void add(String path, String text) {
    TEXTS.put(path, text);
  }

  private static void top() {
    add("node", "This node's name: one of cluster.members.");
    add(
        "data-dir",
        "Where the log and its snapshots are kept: some hundred MB. It is made, for the daemon's"
            + " user alone. Two daemons on one directory are refused.");
  }

  private static void control() {
    add(
        "control.socket",
        "Where ssyncdctl finds the daemon. The directory is made if it is missing.");
    add("control.mode", "Who may connect to it, as chmod has it. Who may can clear the cluster.");
    add("control.group", "The group that socket and directory belong to; else the daemon's own.");
  }

  private static void legacy() {
    add(
        "control.legacy-socket",
        "Where the old tool is answered, such as /tmp/ssyncd_path, for its owner alone; off where"
            + " it is not there.");
    add(
        "legacy.listen",
        "Where backups of an old pair are told of sessions while one moves over, host:port; a port"
            + " of its own, plain text.");
    add("legacy.allow", "Addresses, or ranges of them, that may come there.");
  }

  private static void cluster() {
    add("cluster.name", "Members of a cluster of another name are refused.");
    add(
        "cluster.members.NAME.address",
        "Where this member's log listens, host:port. The members count when the cluster begins;"
            + " after that ssyncdctl member changes them, and these find it.");
    add("cluster.members.NAME.witness", "It votes only, without a Pound: the third of two.");
    add("cluster.election-timeout", "A leader that is silent for so long is replaced.");
    add("cluster.heartbeat", "How often it is heard at least; at most half of that.");
    add(
        "cluster.durability",
        "With fsync nothing counts before it is on the disk. os leaves the writing to the kernel:"
            + " faster, and survives everything but a loss of power.");
    add(
        "cluster.min-free",
        "With less space on the disk of data-dir this node hands leadership on and stops; at twice"
            + " of it status warns.");
    add(
        "cluster.allow",
        "Ranges of addresses that may connect beside the members' own, such as 10.0.0.0/24.");
    add("cluster.digest-interval", "How often the members' tables are compared while they change.");
    add(
        "cluster.clock-limit",
        "If a member's clock differs from this one's by more, status warns.");
    add(
        "cluster.tls.enabled",
        "No is plain text: whoever can write to that network can forge sessions. Without a tls"
            + " section only members on loopback start.");
    add("cluster.tls.certificate", "This member's certificate, PEM; ssyncd tls makes it.");
    add("cluster.tls.key", "Its key, PEM, for the daemon's user alone.");
    add("cluster.tls.ca", "The authority that all members' certificates are of, PEM.");
  }

  private static void http() {
    add("http.socket-dir", "Where Pound, started with -s, makes ssync_FARM.socket.");
    add(
        "http.farms.FARM.config",
        "The pound.cfg of this farm, which is collected from the start on. It tells which services"
            + " and backends a session may name; without it sessions are never written.");
    add(
        "http.farms.FARM.poundctl.program",
        "Pound's tool, by which writes are read back as well; an absolute path.");
    add("http.farms.FARM.poundctl.socket", "What pound.cfg calls Control; an absolute path.");
    add("http.farms.FARM.poundctl.timeout", "How long the tool may take.");
    add("http.farms.FARM.materialise", "As http.materialise, for this farm.");
    add(
        "http.config-pattern",
        "Where the pound.cfg of a farm is looked for that has no section; %s is its name.");
    add("http.user", "The user that Pound runs as: no other's socket is used, but root's.");
    add(
        "http.delete-hold",
        "How long a session's end before its time is held back: a balancer that loses its network"
            + " sees all backends die, and is about to be replaced.");
    add("http.dump-quiet", "After so long without a session a dump counts as whole, at worst.");
    add("http.thinning.least", "A session's use is replicated once it moved by so much at least,");
    add("http.thinning.fraction", "and by one such part of its TTL.");
    add(
        "http.adopt",
        "Whether sessions that this host's Pound has when its node begins to lead are taken into"
            + " the cluster.");
    add("http.max-sessions", "The cluster holds no more sessions.");
    add(
        "http.materialise",
        "on-promotion writes a Pound when its node is elected; continuous keeps those of followers"
            + " current as well.");
    add("http.materialise-interval", "How often, if continuous.");
  }

  private static void recent() {
    add("recent.enabled", "Whether the kernel's xt_recent tables are collected.");
    add("recent.proc-dir", "Where the kernel shows them.");
    add("recent.tables", "Globs of the tables that count.");
    add("recent.interval", "How often they are read at most.");
    add(
        "recent.conntrack",
        "With auto Debian's conntrack tool, where it is installed, tells of new flows, so that new"
            + " clients are seen at once; off does without; or the tool's absolute path.");
    add(
        "recent.scratch-table",
        "A table of no other use, by which the kernel's clock is read where nothing else tells"
            + " it.");
    add(
        "recent.policies.GLOB.seconds",
        "For how long the rules count an entry of these tables (--seconds), a number of seconds:"
            + " older ones leave the cluster, and a stock kernel.");
    add(
        "recent.policies.GLOB.hits",
        "Into a stock kernel an entry is written once, or as often as it was hit.");
    add("recent.max-entries", "The cluster holds no more entries.");
    add("recent.materialise", "As http.materialise, for the kernel's tables.");
    add("recent.materialise-interval", "How often, if continuous.");
  }

  private static void promotion() {
    add("promotion.write", "What a new leader writes before it collects, in this order.");
    add(
        "promotion.vip",
        "The addresses that traffic comes to: a node collects only while it has one of them.");
    add(
        "promotion.track-file",
        "keepalived adds the number in it to its priority: 100 ready, 50 degraded, 0 not ready.");
    add(
        "promotion.deadline",
        "After so long a leader that is not done is degraded, not waited for.");
    add("promotion.gate", "With strict a node that is not ready says -254: no address there.");
    add("promotion.notify-fifo", "Where keepalived says what becomes of its instances.");
    add("promotion.instances", "Those of its instances that count; all if there is no list.");
    add(
        "promotion.follow-vip",
        "Whether the node that the address comes to asks for leadership. Yes where vip or"
            + " notify-fifo is there, and no track-file.");
    add("promotion.hold-down", "How long an address has to stay before it takes leadership again.");
  }

  private static void rest() {
    add("follower.cpu-percent", "What keeping sinks current may take of one core, in percent.");
    for (io.ssyncd.daemon.hooks.HookEvent event : io.ssyncd.daemon.hooks.HookEvent.values()) {
      add(
          "hooks." + event.word(),
          "A program that is run upon " + event.word() + ", or a list of it and its arguments.");
    }
    add("hooks.timeout", "A hook that takes longer is killed, with its children.");
    add("metrics.listen", "Where Prometheus reads, host:port; off for nowhere.");
  }
}
