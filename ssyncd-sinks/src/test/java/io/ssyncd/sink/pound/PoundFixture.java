package io.ssyncd.sink.pound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.node.HostClock;
import io.ssyncd.node.ScopeReport;
import io.ssyncd.node.WriteOrder;
import io.ssyncd.pound.standin.Farm;
import io.ssyncd.pound.standin.PoundCfgWriter;
import io.ssyncd.pound.standin.PoundStandIn;
import io.ssyncd.pound.standin.Session;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.source.pound.PoundLinkConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A farm {@code f1}, Pounds in this process that serve it, and endpoints on them. The clock is
 * shared by all and only moves when told to.
 */
abstract class PoundFixture {
  static final String FARM = "f1";

  /** Two services of two backends each, TTL 300 s; and a second listener with TTL 60 s. */
  static final String SPEC = "2x300,2x300/2x60";

  private static final long START_S = 2_000_000_000L;

  @TempDir Path directory;
  final AtomicLong nowS = new AtomicLong(START_S);
  final MapTable table = new MapTable();
  final TableIntake intake = new TableIntake(table);
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  Path cfg = Path.of("");

  @BeforeEach
  void writeConfiguration() throws Exception {
    cfg = directory.resolve("f1.cfg");
    write(Farm.ofSpec(FARM, SPEC));
  }

  @AfterEach
  void closeAll() throws Exception {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }

  /** As a file that is older than this process, which plays Pound. */
  void write(Farm farm) throws IOException {
    Files.writeString(cfg, PoundCfgWriter.write(farm));
    Instant start = ProcessHandle.current().info().startInstant().orElseThrow();
    Files.setLastModifiedTime(cfg, FileTime.from(start.minusSeconds(60)));
  }

  <T extends AutoCloseable> T closing(T closeable) {
    opened.push(closeable);
    return closeable;
  }

  PoundStandIn pound() throws Exception {
    return closing(
        PoundStandIn.start(
            Farm.ofSpec(FARM, SPEC),
            directory,
            new PoundStandIn.Options(Duration.ZERO, nowS::get, 1)));
  }

  PoundLinkConfig config() {
    return PoundLinkConfig.of(FARM)
        .withSocketDirectory(directory)
        .withDeleteHold(Duration.ofSeconds(60))
        .withClock(HostClock.steady(() -> nowS.get() * 1000));
  }

  PoundEndpoint endpoint() {
    return endpoint(config());
  }

  PoundEndpoint endpoint(PoundLinkConfig config) {
    return closing(new PoundEndpoint(config, Optional.of(cfg)));
  }

  static ConditionFactory within() {
    return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(5));
  }

  void live(PoundEndpoint endpoint) {
    within().until(() -> endpoint.link().status().live());
  }

  /** A started source, past its first comparison. */
  PoundEndpoint started() {
    return started(endpoint());
  }

  PoundEndpoint started(PoundEndpoint endpoint) {
    live(endpoint);
    endpoint.source().start(intake);
    within().until(((io.ssyncd.source.pound.PoundSource) endpoint.source())::reporting);
    return endpoint;
  }

  static byte[] key(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static HttpKey httpKey(int listener, int service, String text) {
    return new HttpKey(FARM, listener, service, Bytes.of(key(text)));
  }

  /** A session as {@link Farm#ofSpec} addresses it. */
  HttpSession session(int listener, int service, int backend, String text, long agoS) {
    return new HttpSession(
        httpKey(listener, service, text),
        backend,
        Bytes.utf8("10." + (listener + 1) + "." + (service + 1) + "." + (backend + 1)),
        (nowS.get() - agoS) * 1000);
  }

  static HttpSession asSession(Session there) {
    return new HttpSession(
        new HttpKey(FARM, there.listener(), there.service(), Bytes.of(there.key())),
        there.backend(),
        Bytes.utf8(there.content()),
        there.lastAccess() * 1000);
  }

  /** What a Pound holds, canaries left out. */
  static Map<HttpKey, HttpSession> held(PoundStandIn pound) {
    Map<HttpKey, HttpSession> all = new HashMap<>();
    for (Session there : pound.sessions()) {
      if (!there.keyText().startsWith("\u0001ssyncd-canary-")) {
        HttpSession session = asSession(there);
        all.put(session.key(), session);
      }
    }
    return all;
  }

  void tableEquals(PoundStandIn pound) {
    within().untilAsserted(() -> assertThat(table.asMap()).isEqualTo(held(pound)));
  }

  ScopeReport write(PoundEndpoint endpoint) throws Exception {
    List<ScopeReport> reports = endpoint.sink().write(order(false));
    assertThat(reports).hasSize(1);
    return reports.get(0);
  }

  WriteOrder order(boolean dryRun) {
    return new WriteOrder(table, Set.of(), dryRun, false, WriteOrder.Fence.NONE);
  }
}
