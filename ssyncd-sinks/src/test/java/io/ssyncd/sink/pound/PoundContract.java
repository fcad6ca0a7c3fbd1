package io.ssyncd.sink.pound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.node.ScopeReport;
import io.ssyncd.node.Warning;
import io.ssyncd.node.WriteOrder;
import io.ssyncd.pound.standin.Farm;
import io.ssyncd.pound.standin.Farm.Backend;
import io.ssyncd.pound.standin.Farm.Service;
import io.ssyncd.pound.standin.SessionType;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.source.pound.FrameEncoder;
import io.ssyncd.source.pound.PoundLinkConfig;
import io.ssyncd.source.pound.PoundSource;
import io.ssyncd.source.pound.PoundctlTool;
import io.ssyncd.testkit.PoundProcess;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What link, source and sink do with a Pound that is a process, real or stand-in. */
abstract class PoundContract {
  private static final int TTL = 300;

  @TempDir Path directory;
  private final MapTable table = new MapTable();
  private final TableIntake intake = new TableIntake(table);
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private PoundProcess pound;

  /** A Pound with its files in that directory. */
  abstract PoundProcess start(Path where, Farm farm) throws IOException;

  private static Farm farm() {
    return new Farm(
        "f1",
        List.of(
            new Farm.Listener("127.0.0.1", 0, List.of(service("a"), service("b"))),
            new Farm.Listener("127.0.0.1", 0, List.of(service("c")))));
  }

  private static Service service(String name) {
    return new Service(
        name,
        SessionType.HEADER,
        "X-User",
        TTL,
        List.of(Backend.of("127.0.0.1", 0), Backend.of("127.0.0.1", 0)));
  }

  @BeforeEach
  void startPound() throws IOException {
    pound = start(directory.resolve("p"), farm());
    opened.push(pound);
  }

  @AfterEach
  void closeAll() throws Exception {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }

  private PoundEndpoint endpoint() {
    PoundEndpoint endpoint = open();
    within().until(() -> endpoint.link().status().live());
    return endpoint;
  }

  private PoundEndpoint open() {
    PoundLinkConfig config =
        PoundLinkConfig.of("f1")
            .withSocketDirectory(pound.socket().getParent())
            .withDeleteHold(Duration.ofSeconds(1));
    PoundEndpoint endpoint = new PoundEndpoint(config, Optional.of(pound.config()), tool(pound));
    opened.push(endpoint);
    return endpoint;
  }

  /** Pound's own tool, if this Pound has one; writes are read back by it then. */
  Optional<PoundctlTool> tool(PoundProcess of) {
    return Optional.empty();
  }

  private PoundEndpoint started() {
    PoundEndpoint endpoint = endpoint();
    endpoint.source().start(intake);
    within().until(((PoundSource) endpoint.source())::reporting);
    return endpoint;
  }

  private static ConditionFactory within() {
    return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(5));
  }

  private static byte[] key(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static HttpKey httpKey(int listener, int service, String text) {
    return new HttpKey("f1", listener, service, Bytes.of(key(text)));
  }

  private void fill(int count) {
    long now = System.currentTimeMillis() / 1000;
    for (int i = 0; i < count; i++) {
      table.put(
          new HttpSession(
              httpKey(i % 2, 0, "k" + i),
              (i / 2) % 2,
              Bytes.utf8("127.0.0.1"),
              (now - i % 50) * 1000));
    }
  }

  private ScopeReport write(PoundEndpoint endpoint) throws Exception {
    return endpoint
        .sink()
        .write(new WriteOrder(table, Set.of(), false, false, WriteOrder.Fence.NONE))
        .get(0);
  }

  private static Map<Object, Object> mirrored(PoundEndpoint endpoint) {
    Map<Object, Object> all = new HashMap<>();
    endpoint.link().mirror().sessions().forEach(s -> all.put(s.key(), s));
    return all;
  }

  @Test
  void whatIsThereAndWhatHappensReachesTheTable() throws Exception {
    pound.add(0, 0, key("before"), 1);
    started();
    within().until(() -> table.size() == 1);
    pound.add(0, 1, key("other-service"), 0);
    pound.request(1, 0, key("by-http"));
    within().until(() -> table.size() == 3);
    assertThat(((HttpSession) table.get(httpKey(0, 0, "before"))).backend()).isEqualTo(1);
    pound.delete(0, 0, key("before"));
    pound.add(0, 0, key("stays"), 0);
    within().until(() -> table.get(httpKey(0, 0, "before")) == null || table.size() == 4);
  }

  @Test
  void tenThousandSessionsAreWrittenAndReadBackByteForByte() throws Exception {
    PoundEndpoint endpoint = endpoint();
    fill(10_000);
    ScopeReport report = write(endpoint);
    assertThat(report.applied()).isEqualTo(10_000);
    assertThat(report.complete()).isTrue();
    assertThat(report.notes()).as("such as that the tool failed").isEmpty();
    assertThat(mirrored(endpoint)).isEqualTo(table.asMap());
    endpoint.close();
    PoundEndpoint next = endpoint();
    assertThat(mirrored(next)).isEqualTo(table.asMap());
    assertThat(pound.alive()).isTrue();
  }

  @Test
  void aPoundThatTookThePlaceOfTheWrittenOneIsKnownAsUnwrittenWhoeverLeads() throws Exception {
    PoundEndpoint endpoint = endpoint();
    fill(10);
    assertThat(endpoint.sink().isUnwritten()).as("before the first write").isTrue();
    assertThat(write(endpoint).applied()).isEqualTo(10);
    assertThat(endpoint.sink().isUnwritten()).as("after it").isFalse();
    pound.restart(); // its source was never started: this node does not lead
    within().until(endpoint.sink()::isUnwritten);
    within().until(() -> endpoint.link().status().live());
    assertThat(write(endpoint).applied()).isEqualTo(10);
    assertThat(endpoint.sink().isUnwritten()).as("after the next").isFalse();
  }

  @Test
  void aRestartedPoundIsWrittenBackAndEmptiesNothing() throws Exception {
    PoundEndpoint endpoint = endpoint();
    fill(1_000);
    assertThat(write(endpoint).applied()).isEqualTo(1_000);
    endpoint.source().start(intake);
    pound.restart();
    within().until(() -> intake.replacements.get() == 1);
    endpoint.source().stop();
    within().until(() -> endpoint.link().status().live());
    assertThat(write(endpoint).applied()).isEqualTo(1_000);
    endpoint.source().start(intake);
    pound.request(0, 0, key("after"));
    within().until(() -> table.size() == 1_001);
    assertThat(intake.deletes).hasValue(0);
    assertThat(intake.replacements).hasValue(1);
  }

  @Test
  void trafficIsWhatClientsDoNotWhatIsWrittenOrAskedFor() throws Exception {
    pound.add(0, 0, key("before"), 1);
    PoundEndpoint endpoint = endpoint();
    fill(200);
    assertThat(write(endpoint).applied()).isEqualTo(200);
    table.put(
        new HttpSession(
            httpKey(0, 0, "k0"), 1, Bytes.utf8("127.0.0.1"), System.currentTimeMillis() + 2000));
    assertThat(write(endpoint).complete()).isTrue();
    assertThat(endpoint.source().traffic()).isZero();
    pound.delete(0, 0, key("k0"));
    pound.request(1, 0, key("by-http"));
    within().until(() -> endpoint.source().traffic() == 1);
  }

  @Test
  void nothingThatKillsPoundIsSent() throws Exception {
    PoundEndpoint endpoint = endpoint();
    fill(10);
    long now = System.currentTimeMillis();
    Bytes address = Bytes.utf8("127.0.0.1");
    table.put(new HttpSession(httpKey(0, 300, "x"), 0, address, now));
    table.put(new HttpSession(httpKey(9, 0, "x"), 0, address, now));
    table.put(new HttpSession(httpKey(0, 0, "x"), 9, address, now));
    table.put(new HttpSession(httpKey(0, 0, "y"), 0, Bytes.EMPTY, now));
    ScopeReport report = write(endpoint);
    assertThat(report.applied()).isEqualTo(10);
    assertThat(report.refused()).isEqualTo(4);
    assertThat(pound.alive()).isTrue();
  }

  @Test
  void aPoundThatAnAbruptCloseMadeDeafIsRecognised() throws Exception {
    PoundEndpoint endpoint = endpoint();
    fill(10_000);
    assertThat(write(endpoint).applied()).isEqualTo(10_000);
    endpoint.close();
    ByteBuffer request = ByteBuffer.allocate(FrameEncoder.MAX_FRAME);
    FrameEncoder.syncRequest("f1", request);
    try (SocketChannel abrupt = SocketChannel.open(UnixDomainSocketAddress.of(pound.socket()))) {
      abrupt.write(request.flip());
      assertThat(abrupt.read(ByteBuffer.allocate(10))).isPositive();
    }
    PoundEndpoint next = open();
    within()
        .untilAsserted(
            () ->
                assertThat(next.source().status().warnings())
                    .extracting(Warning::code)
                    .contains("pound-deaf"));
    pound.restart();
    within().until(() -> next.link().status().live());
    assertThat(next.source().status().warnings()).isEmpty();
    assertThat(write(next).applied()).isEqualTo(10_000);
  }

  @Test
  void afterManyCleanClosesTheNextConnectionIsStillTold() throws Exception {
    for (int round = 0; round < 10; round++) {
      pound.add(0, 0, key("round" + round), 0);
      endpoint().close();
    }
    started();
    pound.request(0, 0, key("heard"));
    within().until(() -> table.get(httpKey(0, 0, "heard")) != null);
    assertThat(table.size()).isEqualTo(11);
  }
}
