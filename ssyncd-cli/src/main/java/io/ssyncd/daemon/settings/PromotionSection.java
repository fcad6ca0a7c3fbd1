package io.ssyncd.daemon.settings;

import io.ssyncd.node.NodeConfig.Following;
import io.ssyncd.node.NodeConfig.Gate;
import io.ssyncd.node.NodeConfig.Promotion;
import io.ssyncd.session.Kind;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads {@code promotion}: what a new leader writes, and who waits for it. */
final class PromotionSection {
  private PromotionSection() {}

  static Promotion read(Section promotion) {
    List<Kind> write = new ArrayList<>();
    for (String word : promotion.strings("write", List.of("http", "recent"))) {
      Optional<Kind> kind =
          Arrays.stream(Kind.values()).filter(k -> k.word().equals(word)).findFirst();
      kind.ifPresentOrElse(
          write::add,
          () -> promotion.wrong("write", "names http and recent, not \"" + word + "\""));
    }
    List<InetAddress> vip = new ArrayList<>();
    for (String address : promotion.strings("vip", List.of())) {
      try {
        if (!address.matches("[0-9.]+|[0-9A-Fa-f:.]+")) {
          throw new UnknownHostException(address);
        }
        vip.add(InetAddress.getByName(address));
      } catch (UnknownHostException e) {
        promotion.wrong("vip", "is a list of addresses; \"" + address + "\" is none");
      }
    }
    Optional<Path> trackFile =
        promotion.has("track-file")
            ? Optional.of(promotion.path("track-file", ""))
            : Optional.empty();
    Duration deadline =
        promotion.duration(
            "deadline", Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofHours(1));
    Gate gate = promotion.word("gate", Gate.PRIORITY, Gate.class);
    if (gate == Gate.STRICT && trackFile.isEmpty()) {
      promotion.wrong("gate", "is strict, but needs track-file: keepalived is told there");
    }
    Following following = following(promotion, vip, trackFile);
    promotion.end();
    return new Promotion(write, vip, trackFile, deadline, gate, following);
  }

  private static Following following(
      Section promotion, List<InetAddress> vip, Optional<Path> trackFile) {
    Optional<Path> fifo =
        promotion.has("notify-fifo")
            ? Optional.of(promotion.path("notify-fifo", ""))
            : Optional.empty();
    List<String> instances = promotion.strings("instances", List.of());
    if (!instances.isEmpty() && fifo.isEmpty()) {
      promotion.wrong("instances", "needs notify-fifo: nobody else speaks of instances");
    }
    boolean watches = !vip.isEmpty() || fifo.isPresent();
    boolean follow = promotion.bool("follow-vip", watches && trackFile.isEmpty());
    if (follow && !watches) {
      promotion.wrong("follow-vip", "needs vip or notify-fifo, to know where the address is");
    }
    Duration holdDown =
        promotion.duration(
            "hold-down", Following.HOLD_DOWN, Duration.ofMillis(100), Duration.ofHours(1));
    return new Following(follow, fifo, instances, holdDown);
  }
}
