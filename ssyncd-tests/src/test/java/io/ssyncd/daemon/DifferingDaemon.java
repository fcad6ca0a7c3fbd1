package io.ssyncd.daemon;

import io.ssyncd.daemon.control.ControlSocket;
import io.ssyncd.daemon.control.Verbs;
import io.ssyncd.daemon.settings.Settings;
import io.ssyncd.daemon.settings.SettingsFile;
import io.ssyncd.log.Entry;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.log.MalformedEntryException;
import io.ssyncd.log.Outcome;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.log.StateMachine;
import io.ssyncd.log.atomix.AtomixLog;
import io.ssyncd.log.atomix.AtomixTuning;
import io.ssyncd.node.SyncNode;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Interner;
import io.ssyncd.session.Mutation;
import io.ssyncd.sink.pound.PoundEndpoints;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/**
 * A daemon whose table is not what the log says: while a file {@code garble} lies beside its data
 * directory, each session that is applied is a second younger. A bug would do that, or bad memory.
 * Put in the place of {@link Main} by {@code SSYNCD_JAVA_OPTS}, whose arguments it takes.
 */
public final class DifferingDaemon {
  private DifferingDaemon() {}

  /** Runs until it is killed. */
  public static void main(String[] args) throws Exception {
    Path file = Path.of(args[List.of(args).indexOf("--config") + 1]);
    Settings settings = SettingsFile.read(file);
    CountDownLatch end = new CountDownLatch(1);
    try (SyncNode node = new SyncNode(settings.node(), log(settings), List.of(pound(settings)));
        ControlSocket control =
            new ControlSocket(
                settings.control().socket(),
                settings.control().mode(),
                settings.control().group(),
                new Verbs(node, end::countDown))) {
      node.start();
      control.start();
      end.await();
    }
  }

  private static PoundEndpoints pound(Settings settings) {
    Map<String, Path> files = new TreeMap<>();
    settings.http().farms().forEach((farm, at) -> at.ifPresent(path -> files.put(farm, path)));
    return new PoundEndpoints(
        farm -> Wiring.link(settings, farm), files, settings.http().configPattern());
  }

  private static ReplicatedLog log(Settings settings) {
    Path garble = settings.node().dataDirectory().resolveSibling("garble");
    AtomixLog log =
        new AtomixLog(
            settings.node().log(),
            AtomixTuning.defaults().withMinFreeBytes(settings.minFreeBytes()));
    return (ReplicatedLog)
        Proxy.newProxyInstance(
            DifferingDaemon.class.getClassLoader(),
            new Class<?>[] {ReplicatedLog.class},
            (proxy, method, values) -> {
              if (method.getName().equals("start")) {
                values[0] = new Garbled((StateMachine) values[0], garble);
              }
              try {
                return method.invoke(log, values);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private record Garbled(StateMachine machine, Path garble) implements StateMachine {
    @Override
    public Outcome apply(long index, byte[] entry) {
      return machine.apply(index, Files.exists(garble) ? garbled(entry) : entry);
    }

    private static byte[] garbled(byte[] bytes) {
      try {
        if (EntryCodec.decode(bytes, new Interner()) instanceof Entry.Batch batch) {
          return EntryCodec.encode(
              new Entry.Batch(
                  batch.ingester(),
                  batch.epoch(),
                  batch.sequence(),
                  batch.mutations().stream().map(Garbled::younger).toList()));
        }
        return bytes;
      } catch (MalformedEntryException e) {
        return bytes;
      }
    }

    private static Mutation younger(Mutation mutation) {
      return mutation instanceof Mutation.Put put && put.session() instanceof HttpSession session
          ? new Mutation.Put(
              new HttpSession(
                  session.key(),
                  session.backend(),
                  session.address(),
                  session.lastAccessMs() + 1000))
          : mutation;
    }

    @Override
    public void writeSnapshot(OutputStream to) throws IOException {
      machine.writeSnapshot(to);
    }

    @Override
    public void readSnapshot(InputStream from) throws IOException {
      machine.readSnapshot(from);
    }
  }
}
