package io.ssyncd.ctl;

import java.util.Map;

/**
 * What to do about a warning, in one line below it. The warning's own text says what is wrong;
 * docs/warnings.md says more of both.
 */
final class Advice {
  private static final String ANY = "the text says what; docs/warnings.md has more";

  private static final Map<String, String> BY_CODE =
      Map.ofEntries(
          Map.entry("two-nodes", "add a witness on a third host: ssyncdctl member add --help"),
          Map.entry("plain-text", "keep members on a network of their own, or make certificates"),
          Map.entry("key-readable", "chmod 600 the key of cluster.tls"),
          Map.entry("no-key", "give both the same --key-file"),
          Map.entry("all-addresses", "-a or --bind; by itself once the backup has come"),
          Map.entry("no-quorum", "bring members back; until then write all --last-known"),
          Map.entry("not-a-member", "ssyncdctl member add on a member, or stop this daemon"),
          Map.entry("members-differ", "bring the configuration file up to date"),
          Map.entry("member-unreachable", "look at that host: is ssyncd running, is the network?"),
          Map.entry("lag", "look at that host's disk and load"),
          Map.entry("digest-differs", "ssyncdctl diff names the records; empty the odd one out"),
          Map.entry("restore-unfinished", "wait, restore again, or ssyncdctl snapshot abandon"),
          Map.entry("clock-offset", "set that host's clock right: NTP"),
          Map.entry("table-full", "raise http.max-sessions or recent.max-entries"),
          Map.entry("unfit-changes", "this is a bug: report it"),
          Map.entry("feed-refused", "the text says why; tried again each 30 s"),
          Map.entry("too-many-feeds", "stop some: ssyncdctl stop http FARM"),
          Map.entry("conntrack-failed", "CAP_NET_ADMIN, nf_conntrack_netlink; tables are polled"),
          Map.entry("table-emptied", "find out who flushes it; --reap needs recent.policies"),
          Map.entry("table-slow", "split its clients among tables, or lower ip_list_tot"),
          Map.entry("removal-failed", "the text says why; tried again each half second"),
          Map.entry("sink-failed", "is it running? tried again by itself"),
          Map.entry("sink-partial", "ssyncdctl write --dry-run http says what and why"),
          Map.entry("clear-failed", "clear once more, else it comes back when this node leads"),
          Map.entry("promotion-late", "see sink-failed: what is ready is served"),
          Map.entry("configuration-differs", "make the pound.cfg of that farm the same everywhere"),
          Map.entry("configuration-error", "mend the file: the text names the line"),
          Map.entry("no-configuration", "mind the path in http.farms, or http.config-pattern"),
          Map.entry("poundctl-failed", "mind http.poundctl; writes are read back all the same"),
          Map.entry("pound-unreachable", "start that Pound with -s; mind http.socket-dir"),
          Map.entry("pound-deaf", "restart that Pound's worker"),
          Map.entry("certificate-expires", "ssyncd tls member NAME; no restart is needed"),
          Map.entry("tls-renewal-failed", "mend the files of cluster.tls"),
          Map.entry("vip-elsewhere", "move the address, or ssyncdctl switch backup"),
          Map.entry("vip-unknown", "name it in promotion.vip"),
          Map.entry("vip-twice", "keepalived of two hosts do not hear each other: mend that"),
          Map.entry("vip-flaps", "keepalived's log says why"),
          Map.entry("notify-fifo", "is keepalived running, with the same vrrp_notify_fifo?"),
          Map.entry("served-alone", "bring members back: it asks for leadership then"),
          Map.entry("follower-traffic", "move the address, or the leadership, to one host"),
          Map.entry("not-kept-current", "move the address, or leadership, away from traffic"),
          Map.entry("witness-leads", "bring a balancer back"),
          Map.entry("deaf-leads", "restart that Pound's worker"),
          Map.entry("hook-failed", "the daemon's log has what it printed"),
          Map.entry("hook-skipped", "make the hooks faster, or shorten hooks.timeout"),
          Map.entry("import-disconnected", "is the old master running? tried again by itself"),
          Map.entry("old-backups", "keep them on a network of their own; remove legacy afterwards"),
          Map.entry("old-backups-not-served", "mind legacy.listen; tried again by itself"),
          Map.entry("old-backup-ids", "none: the old protocol has one byte for an id"),
          Map.entry("old-backup-services", "do not move the address back to it for long"),
          Map.entry("legacy-socket", "end the old daemon; mind control.legacy-socket"),
          Map.entry("track-file", "mind the permissions of its directory"),
          Map.entry("data-directory-gone", "restart it while the others are in sync"),
          Map.entry("disk-low", "make room below the data directory"),
          Map.entry("halted", "restart the daemon; its log says why it halted"));

  private Advice() {}

  /** One line of at most 75 columns. */
  static String of(String code) {
    return BY_CODE.getOrDefault(code, ANY);
  }

  /** Whether there is something more to say than that docs/warnings.md has it. */
  static boolean knows(String code) {
    return BY_CODE.containsKey(code);
  }
}
