package io.ssyncd.node;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where traffic goes: looks for the address on this host now and then, and at once when keepalived
 * says that something has changed. On the watch thread, but for what is only asked.
 */
final class Traffic implements AutoCloseable {
  /** keepalived speaks a moment before or after it moves the address. */
  private static final Duration ONCE_MORE = Duration.ofMillis(50);

  private final VipWatch vip;
  private final NodeLoop watch;
  private final Runnable changed;
  private final @Nullable VrrpStates states;
  private final @Nullable NotifyFifo fifo;

  /**
   * Has not looked yet.
   *
   * @param watch the thread that looks
   * @param changed called on it when the address came or went
   */
  Traffic(NodeConfig config, VipWatch.Host host, NodeLoop watch, Runnable changed) {
    NodeConfig.Following following = config.promotion().following();
    boolean hears = following.notifyFifo().isPresent() && !config.witness();
    this.watch = watch;
    this.changed = changed;
    this.states = hears ? new VrrpStates(following.instances()) : null;
    this.fifo =
        hears ? new NotifyFifo(following.notifyFifo().get(), config.name(), this::heard) : null;
    this.vip = new VipWatch(config.promotion().vip(), host, states);
  }

  /** Looks for the first time, on the calling thread, and listens from now on. */
  void begin() {
    boolean unused = vip.look();
    if (fifo != null) {
      fifo.begin();
    }
  }

  VipWatch vip() {
    return vip;
  }

  /** Looks; to be called some times a second. */
  void look() {
    if (fifo != null) {
      fifo.look();
    }
    if (vip.look()) {
      changed.run();
    }
  }

  private void heard(VrrpLine line) {
    if (states != null && states.heard(line)) {
      watch.execute(this::look);
      var unused = watch.schedule(ONCE_MORE, this::look);
    }
  }

  /** What is wrong. */
  Stream<Warning> warnings() {
    return Stream.of(
            Optional.ofNullable(vip.warning()),
            Optional.ofNullable(fifo == null ? null : fifo.warning()))
        .flatMap(Optional::stream);
  }

  /** The last word of keepalived by instance; empty if it is not heard. */
  SortedMap<String, String> instances() {
    SortedMap<String, String> words = new TreeMap<>();
    Map<String, VrrpState> said = states == null ? Map.of() : states.all();
    said.forEach((name, state) -> words.put(name, state.name()));
    return words;
  }

  /** How many lines of keepalived were understood. */
  long lines() {
    return fifo == null ? 0 : fifo.lines();
  }

  /** How many were not. */
  long malformed() {
    return fifo == null ? 0 : fifo.malformed();
  }

  @Override
  public void close() {
    if (fifo != null) {
      fifo.close();
    }
  }
}
