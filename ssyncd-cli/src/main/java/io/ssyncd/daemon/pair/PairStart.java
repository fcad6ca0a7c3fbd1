package io.ssyncd.daemon.pair;

import io.ssyncd.daemon.control.ControlSocket;
import io.ssyncd.daemon.control.Exit;
import io.ssyncd.daemon.settings.Settings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** From a pair's options to settings; a backup may have to wait for its master on the way. */
public final class PairStart {
  private static final Duration PREDECESSOR = Duration.ofSeconds(10);

  /** One that still answers after this does not end. */
  private static final Duration ANSWERS = Duration.ofSeconds(2);

  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration AGAIN = Duration.ofMillis(500);

  private PairStart() {}

  /**
   * Finds out what this node is to be. Blocks, a backup without data for as long as its master does
   * not take it in; the control socket is answered meanwhile.
   *
   * @param onAnswering called when a backup that waits answers its control socket
   * @return empty if somebody said quit on the way
   * @throws StartRefused if an operator has to do something first
   */
  public static Optional<Settings> settings(PairOptions options, Runnable onAnswering)
      throws StartRefused, InterruptedException {
    awaitPredecessor(options);
    PairNode node = PairNode.of(options);
    if (node.master().isEmpty()) {
      return Optional.of(MasterStart.settings(node));
    }
    BackupStart start = new BackupStart(node, node.master().get());
    Optional<Settings> known = start.withData();
    return known.isPresent() ? known : await(options, start, onAnswering);
  }

  /** Scripts say quit, and start the next one at once: the one before may still be ending. */
  private static void awaitPredecessor(PairOptions options)
      throws StartRefused, InterruptedException {
    Path lock = options.dataDir().resolve("lock");
    long began = System.nanoTime();
    while (isHeld(lock)) {
      long waited = System.nanoTime() - began;
      boolean stays =
          waited >= ANSWERS.toNanos() && ControlQuestion.ask(options.socket(), "ping").isPresent();
      if (stays || waited >= PREDECESSOR.toNanos()) {
        throw new StartRefused(
            Exit.CONFIGURATION,
            "the data directory "
                + options.dataDir()
                + " is in use by another daemon: ssyncdctl quit ends it");
      }
      Thread.sleep(POLL.toMillis());
    }
  }

  private static boolean isHeld(Path lock) {
    if (!Files.exists(lock)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
      FileLock free = channel.tryLock();
      return free == null;
    } catch (IOException e) {
      return false; // who opens the directory will say what is wrong with it
    }
  }

  private static Optional<Settings> await(
      PairOptions options, BackupStart start, Runnable onAnswering)
      throws StartRefused, InterruptedException {
    CountDownLatch quit = new CountDownLatch(1);
    try (ControlSocket control =
        new ControlSocket(
            options.socket(),
            PosixFilePermissions.fromString("rw-rw----"),
            Optional.empty(),
            new Waiting(HostNetwork.name(), start::lastWord, quit::countDown))) {
      control.start();
      onAnswering.run();
      do {
        Optional<Settings> settings = start.introduce();
        if (settings.isPresent()) {
          return settings;
        }
      } while (!quit.await(AGAIN.toMillis(), TimeUnit.MILLISECONDS));
      return Optional.empty();
    } catch (IOException e) {
      throw new StartRefused(Exit.CONFIGURATION, String.valueOf(e.getMessage()), e);
    }
  }
}
