package io.ssyncd.log.atomix.net;

import io.ssyncd.log.AddressRange;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may connect: the members, from the addresses that their names stand for, and the ranges of
 * the configuration. Names are looked up on the resolver's thread when the members change, and at
 * most every few seconds when somebody unknown comes. Thread-safe.
 */
final class Allowed {
  private static final Logger log = LoggerFactory.getLogger(Allowed.class);

  private static final long LOOK_UP_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final Pattern NUMERIC = Pattern.compile("[0-9.]+|[0-9A-Fa-f.:%]*:.*");

  private final List<AddressRange> ranges;
  private final Directory directory;
  private final Executor resolver;
  private final AtomicLong lookedUpAt = new AtomicLong(System.nanoTime() - LOOK_UP_NANOS);
  private volatile Set<InetAddress> members = Set.of();

  Allowed(List<AddressRange> ranges, Directory directory, Executor resolver) {
    this.ranges = List.copyOf(ranges);
    this.directory = directory;
    this.resolver = resolver;
  }

  boolean admits(InetAddress address) {
    if (members.contains(address) || ranges.stream().anyMatch(range -> range.contains(address))) {
      return true;
    }
    long before = lookedUpAt.get();
    long now = System.nanoTime();
    if (now - before > LOOK_UP_NANOS && lookedUpAt.compareAndSet(before, now)) {
      lookUp();
    }
    return false;
  }

  /** The members changed. Numbers need no looking up. */
  void lookUp() {
    members = addresses(true);
    try {
      resolver.execute(this::resolve);
    } catch (RejectedExecutionException e) {
      log.debug("nobody is looked up after the end", e);
    }
  }

  private void resolve() {
    members = addresses(false);
  }

  private Set<InetAddress> addresses(boolean numbersOnly) {
    Set<InetAddress> found = new HashSet<>();
    for (Identity.Endpoint member : directory.members().values()) {
      if (numbersOnly && !NUMERIC.matcher(member.host()).matches()) {
        continue;
      }
      try {
        found.addAll(List.of(InetAddress.getAllByName(member.host())));
      } catch (UnknownHostException e) {
        log.debug("{} has no address now", member.host(), e);
      }
    }
    return Set.copyOf(found);
  }
}
