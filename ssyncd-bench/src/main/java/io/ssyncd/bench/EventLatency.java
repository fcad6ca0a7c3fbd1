package io.ssyncd.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.Member;
import io.ssyncd.testkit.WatchStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * From a new session in the leader's Pound to its being in the tables of all members, at a steady
 * rate.
 *
 * <p>The clock starts at the moment the session is due, before the stand-in is told over its
 * standard input, and stops when the last of three watch streams has delivered the session to this
 * process: both hand-overs, and any delay of this process, count against ssyncd.
 */
final class EventLatency {
  private static final long SECOND = 1_000_000_000L;

  private final Cluster cluster;
  private final Member leader;

  EventLatency(Cluster cluster, Member leader) {
    this.cluster = cluster;
    this.leader = leader;
  }

  /** Measures; {@code prefix} names this run's sessions, which must be new. */
  ObjectNode run(String prefix, int perSecond, int seconds, ObjectNode out) throws IOException {
    int events = perSecond * seconds;
    List<AtomicLongArray> arrivals = new ArrayList<>();
    List<WatchStream> streams = new ArrayList<>();
    for (Member member : cluster.members()) {
      AtomicLongArray arrived = new AtomicLongArray(events);
      arrivals.add(arrived);
      streams.add(
          WatchStream.open(
              member.control(),
              (key, nanos) -> {
                if (key.startsWith(prefix)) {
                  arrived.set(Integer.parseInt(key.substring(prefix.length())), nanos);
                }
              }));
    }
    long[] due = send(prefix, perSecond, events);
    cluster.awaitThat(
        "the last event everywhere",
        () -> arrivals.stream().allMatch(arrived -> arrived.get(events - 1) != 0));
    for (WatchStream stream : streams) {
      stream.close();
    }
    return result(due, arrivals, perSecond, out);
  }

  private long[] send(String prefix, int perSecond, int events) {
    long[] due = new long[events];
    long start = System.nanoTime() + SECOND / 10;
    for (int i = 0; i < events; i++) {
      due[i] = start + i * SECOND / perSecond;
      for (long left = due[i] - System.nanoTime(); left > 0; left = due[i] - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      leader.pound(SystemBench.FARM).command("add 0/0 " + prefix + i + " 0");
    }
    return due;
  }

  private static ObjectNode result(
      long[] due, List<AtomicLongArray> arrivals, int perSecond, ObjectNode out) {
    long[] toAll = new long[due.length];
    long[] toMajority = new long[due.length];
    for (int i = 0; i < due.length; i++) {
      int event = i;
      long[] sorted = arrivals.stream().mapToLong(a -> a.get(event)).sorted().toArray();
      if (sorted[0] == 0) {
        throw new IllegalStateException("event " + i + " did not arrive at every member");
      }
      toAll[i] = sorted[sorted.length - 1] - due[i];
      toMajority[i] = sorted[sorted.length / 2] - due[i];
    }
    out.put("eventsPerSecond", perSecond).put("events", due.length);
    percentiles(out.putObject("toAllMs"), new Durations(toAll));
    percentiles(out.putObject("toMajorityMs"), new Durations(toMajority));
    return out;
  }

  private static void percentiles(ObjectNode out, Durations times) {
    out.put("p50", times.ms(50));
    out.put("p90", times.ms(90));
    out.put("p99", times.ms(99));
    out.put("p999", times.ms(99.9));
    out.put("max", times.ms(100));
  }
}
