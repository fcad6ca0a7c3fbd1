package io.ssyncd.sink.pound;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.node.HostClock;
import io.ssyncd.pound.standin.PoundStandIn;
import io.ssyncd.session.HttpSession;
import io.ssyncd.source.pound.PoundSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The clock of a balancer, and of its Pound with it, is set while sessions of 300 s are in use. */
class PoundClockTest extends PoundFixture {
  private static final long HOUR_S = 3600;

  private final AtomicLong elapsedS = new AtomicLong();
  private final AtomicLong setS = new AtomicLong();

  private PoundEndpoint startedWithItsClock() {
    long beginS = nowS.get();
    HostClock clock =
        new HostClock(
            () -> (beginS + elapsedS.get() + setS.get()) * 1000,
            () -> Duration.ofSeconds(elapsedS.get()).toNanos());
    return started(endpoint(config().withClock(clock)));
  }

  private static PoundSource source(PoundEndpoint endpoint) {
    return (PoundSource) endpoint.source();
  }

  /** For the daemon, and for its Pound, which reads the same clock. */
  private void passes(long seconds) {
    elapsedS.addAndGet(seconds);
    nowS.addAndGet(seconds);
  }

  private void isSet(PoundEndpoint endpoint, long seconds) {
    setS.addAndGet(seconds);
    nowS.addAndGet(seconds);
    // The endpoint looks each second of its own; so a test need not wait.
    long unused = endpoint.link().config().clock().millis();
  }

  @Test
  void setForward_nobodyIsLoggedOutAndWhatIsLeftAloneGoesOneLifeLater() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = startedWithItsClock();
    PoundSource source = source(endpoint);
    pound.request(0, 0, key("a"));
    tableEquals(pound);
    table.put(session(0, 0, 0, "left", 0));

    isSet(endpoint, HOUR_S);
    source.expire();
    assertThat(table.size()).isEqualTo(2);

    passes(300 + 15 + 180);
    source.expire();
    assertThat(table.size()).isEqualTo(2);
    passes(1);
    source.expire();
    assertThat(table.size()).isZero();
  }

  @Test
  void setForward_whatPoundThenExpiresAtOnceStaysInTheCluster() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = startedWithItsClock();
    pound.request(0, 0, key("a"));
    pound.request(0, 0, key("b"));
    tableEquals(pound);

    isSet(endpoint, HOUR_S);
    pound.expire();

    within().until(() -> source(endpoint).counters().heldMassDropped() == 2);
    passes(60);
    source(endpoint).tick();
    assertThat(table.size()).isEqualTo(2);
  }

  @Test
  void setForward_aDeletionThatIsHeldIsHeldAsLongAsEver() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = startedWithItsClock();
    pound.request(0, 0, key("a"));
    pound.request(0, 0, key("b"));
    tableEquals(pound);
    pound.delete(0, 0, key("a"));
    within().until(() -> source(endpoint).counters().held() == 1);

    isSet(endpoint, HOUR_S);
    source(endpoint).tick();
    assertThat(table.size()).isEqualTo(2);

    passes(60);
    within().until(() -> table.size() == 1);
  }

  @Test
  void setBack_sessionsInUseDoNotAgeForTheOthers() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = startedWithItsClock();
    pound.request(0, 0, key("a"));
    tableEquals(pound);

    isSet(endpoint, -HOUR_S);
    passes(100);
    pound.request(0, 0, key("a"));
    pound.request(0, 0, key("new"));

    within().until(() -> table.size() == 2);
    long rightMs = (nowS.get() + HOUR_S) * 1000;
    within().until(() -> lastAccessMs("a") == rightMs);
    assertThat(lastAccessMs("new")).isEqualTo(rightMs);
  }

  @Test
  void aheadAndSetRight_whatIsUsedThenIsNewsAgain() throws Exception {
    PoundStandIn pound = pound();
    PoundEndpoint endpoint = startedWithItsClock();
    isSet(endpoint, HOUR_S);
    pound.add(0, 0, key("a"), 0);
    tableEquals(pound);

    isSet(endpoint, -HOUR_S);
    pound.add(0, 0, key("a"), 1);

    tableEquals(pound);
  }

  private long lastAccessMs(String text) {
    return ((HttpSession) table.get(httpKey(0, 0, text))).lastAccessMs();
  }
}
