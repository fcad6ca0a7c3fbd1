package io.ssyncd.log;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Remembers what it heard, and from which threads. */
public final class RecordingListener implements LogListener {
  private final List<String> events = new ArrayList<>();
  private final Set<String> threads = new HashSet<>();
  private @Nullable String halted;

  @Override
  public synchronized void roleChanged(Role role, long term) {
    note("role " + role + " " + term);
  }

  @Override
  public synchronized void leaderChanged(@Nullable String leader, long term) {
    note("leader " + leader + " " + term);
  }

  @Override
  public synchronized void halted(String reason) {
    note("halted");
    halted = reason;
  }

  private void note(String event) {
    events.add(event);
    threads.add(Thread.currentThread().getName());
  }

  public synchronized List<String> events() {
    return new ArrayList<>(events);
  }

  public synchronized int threads() {
    return threads.size();
  }

  public synchronized @Nullable String haltReason() {
    return halted;
  }
}
