package io.ssyncd.daemon.pair;

import io.ssyncd.cli.Foreign;
import io.ssyncd.daemon.control.Exit;
import io.ssyncd.daemon.settings.Settings;
import io.ssyncd.log.LogConfig.MemberAddress;
import io.ssyncd.log.atomix.Introduce;
import io.ssyncd.log.atomix.Introduced;
import io.ssyncd.log.atomix.Introduction;
import io.ssyncd.node.Identity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code ssyncd -B -a IP}: introduces itself to the master until it has a place in its cluster.
 * With data of that cluster it starts at once, whether the master is there or not; with data of
 * another it is told how it comes back empty.
 */
final class BackupStart {
  private static final Logger log = LoggerFactory.getLogger(BackupStart.class);

  private final PairNode node;
  private final MemberAddress master;
  private volatile String lastWord = "it has not answered yet";

  BackupStart(PairNode node, MemberAddress master) {
    this.node = node;
    this.master = master;
  }

  /** What a node with data needs; empty if this one has none and has to introduce itself. */
  Optional<Settings> withData() throws StartRefused {
    if (node.identity().isEmpty()) {
      node.memory().write(node.options().dataDir()); // so that what waits is known as a pair's
      return Optional.empty();
    }
    Identity identity = node.identity().get();
    SortedMap<String, MemberAddress> members = new TreeMap<>(node.memory().members());
    try {
      Introduced answer = ask(Optional.of(identity.cluster()), identity.member());
      if (answer.code() == Introduced.Code.OTHER_CLUSTER) {
        throw new StartRefused(Exit.CONFIGURATION, rejoin(identity, answer));
      }
      if (answer.code() == Introduced.Code.MEMBER) {
        members = answer.members();
      } else {
        log.warn("{} says: {}", master.text(), Foreign.shown(answer.text()));
      }
    } catch (IOException e) {
      log.warn(
          "the master cannot be asked now, so what is known here counts: {}",
          Foreign.shown(String.valueOf(e.getMessage())));
    }
    node.memory().with(members).write(node.options().dataDir());
    return Optional.of(node.settings(identity.cluster(), identity.member(), members, false));
  }

  private String rejoin(Identity identity, Introduced answer) {
    String dir = node.options().dataDir().toString();
    return "the data in "
        + dir
        + " are of "
        + identity.cluster()
        + ", and the master at "
        + master.text()
        + " leads "
        + Foreign.shown(answer.cluster())
        + ": it went on without this node, and what only this node knows is not taken back. To"
        + " rejoin empty: mv "
        + dir
        + " "
        + dir
        + "."
        + identity.cluster()
        + " and then ssyncd -d -B -a "
        + master.host()
        + " -p "
        + master.port()
        + remembered();
  }

  /** What is remembered is moved away with the directory. */
  private String remembered() {
    PairMemory memory = node.memory();
    boolean usual = node.options().dataDir().equals(PairOptions.USUAL_DATA);
    return memory.bind().map(address -> " --bind " + address).orElse("")
        + memory.keyFile().map(file -> " --key-file " + file).orElse("")
        + (memory.insecure() ? " --insecure" : "")
        + memory.poundConfig().map(pattern -> " --pound-config " + pattern).orElse("")
        + memory.poundSockets().map(at -> " --pound-sockets " + at).orElse("")
        + (usual ? "" : " --data-dir " + node.options().dataDir());
  }

  /**
   * Introduces itself, once.
   *
   * @return empty if it has no place yet; {@link #lastWord} says why
   */
  Optional<Settings> introduce() throws StartRefused {
    try {
      Introduced answer = ask(Optional.empty(), HostNetwork.name());
      if (answer.code() == Introduced.Code.MEMBER) {
        node.memory().with(answer.members()).write(node.options().dataDir());
        return Optional.of(node.settings(answer.cluster(), answer.name(), answer.members(), false));
      }
      say(answer.text());
    } catch (IOException e) {
      say(String.valueOf(e.getMessage()));
    }
    return Optional.empty();
  }

  private Introduced ask(Optional<String> cluster, String name) throws IOException {
    return Introduce.ask(
        new Introduction(cluster, name, node.own()),
        new InetSocketAddress(master.host(), master.port()),
        node.key());
  }

  /** Whoever listens where the master should be is no more than a stranger. */
  private void say(String told) {
    String word = Foreign.shown(told);
    if (!word.equals(lastWord)) {
      lastWord = word;
      log.warn("waiting for the master at {}: {}", master.text(), word);
    }
  }

  /** What is waited for, in words. */
  String lastWord() {
    return "waiting for the master at " + master.text() + ": " + lastWord;
  }
}
