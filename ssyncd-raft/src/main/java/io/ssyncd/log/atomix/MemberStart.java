package io.ssyncd.log.atomix;

import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogListener;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.log.SharedKey;
import io.ssyncd.log.StateMachine;
import io.ssyncd.log.atomix.disk.FreeSpace;
import io.ssyncd.log.atomix.disk.Ledgers;
import io.ssyncd.log.atomix.net.Identity;
import io.ssyncd.log.atomix.net.Reach;
import io.ssyncd.log.atomix.net.Transport;
import io.ssyncd.log.tls.CredentialsException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What comes before a member takes part: its directory is checked, its files are opened, its port
 * is bound. What does not allow it is named, and nothing stays open then.
 */
final class MemberStart {
  private static final Duration STOP = Duration.ofSeconds(5);

  private final LogConfig config;
  private final AtomixTuning tuning;
  private final Reach reach;
  private final Syncer.@Nullable Disk disk;

  /**
   * @param disk what is synced before an entry counts; null for nothing
   */
  MemberStart(LogConfig config, AtomixTuning tuning, Reach reach, Syncer.@Nullable Disk disk) {
    this.config = config;
    this.tuning = tuning;
    this.reach = reach;
    this.disk = disk;
  }

  /**
   * Opens the member; it says nothing to anybody yet.
   *
   * @throws LogRefusedException if the directory, the space on its disk or the address do not allow
   *     it
   */
  Member open(StateMachine machine, LogListener listener) throws LogRefusedException {
    LogFiles files = new LogFiles(config);
    files.prepare();
    FreeSpace space = new FreeSpace(config.directory(), tuning.minFreeBytes());
    requireSpace(space);
    Ledgers ledgers = Ledgers.open(config.directory());
    try {
      long last = files.check(ledgers);
      if (config.pairing().filter(LogConfig.Pairing::alone).isPresent()) {
        Alone.make(config, last);
      }
      return open(ledgers, new LogEnd(ledgers.acks().term(), last), machine, listener);
    } catch (LogRefusedException | RuntimeException e) {
      ledgers.close();
      throw e;
    }
  }

  private static void requireSpace(FreeSpace space) throws LogRefusedException {
    try {
      FreeSpace.Look look = space.look();
      if (look.state() == FreeSpace.State.GONE) {
        throw new LogRefusedException(
            space.text(look.bytes()) + "; make room, or lower the bound, then start again");
      }
    } catch (IOException e) {
      throw new LogRefusedException(
          "the free space below " + space.directory() + " cannot be seen: " + e, e);
    }
  }

  private Member open(Ledgers ledgers, LogEnd end, StateMachine machine, LogListener listener)
      throws LogRefusedException {
    Transport transport = listen();
    try {
      return new Member(config, tuning, transport, disk, ledgers, end, machine, listener);
    } catch (RuntimeException e) {
      transport.stop(STOP);
      throw new LogRefusedException(
          "the log in " + config.directory() + " cannot be opened: " + e, e);
    }
  }

  private Transport listen() throws LogRefusedException {
    Map<String, Identity.Endpoint> members = new HashMap<>();
    config
        .members()
        .forEach(
            (name, where) -> members.put(name, new Identity.Endpoint(where.host(), where.port())));
    try {
      Identity identity = new Identity(config.cluster(), config.member(), members);
      Transport transport = transport(identity);
      transport.start();
      return transport;
    } catch (CredentialsException e) {
      throw new LogRefusedException("cluster.tls." + e.part().word() + ": " + e.getMessage(), e);
    } catch (UnknownHostException e) {
      throw new LogRefusedException(
          String.format(
              "cannot listen on %s, the address of %s: this host knows no address of that name",
              config.self().text(), config.member()),
          e);
    } catch (IOException | IllegalArgumentException e) {
      throw new LogRefusedException(
          String.format(
              "cannot listen on %s, the address of %s: %s",
              config.self().text(), config.member(), e.getMessage()),
          e);
    }
  }

  private Transport transport(Identity identity) throws CredentialsException {
    if (config.tls().isPresent()) {
      return Transport.secured(identity, config.allow(), config.tls().get(), reach);
    }
    Optional<SharedKey> key = config.pairing().flatMap(LogConfig.Pairing::key);
    return key.isPresent()
        ? Transport.keyed(identity, config.allow(), key.get(), reach)
        : new Transport(identity, config.allow(), reach);
  }
}
