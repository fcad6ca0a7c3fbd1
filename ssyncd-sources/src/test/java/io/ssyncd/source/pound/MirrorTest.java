package io.ssyncd.source.pound;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import org.junit.jupiter.api.Test;

class MirrorTest {
  private final Mirror mirror = new Mirror(3);

  private static HttpSession session(int service, String key) {
    return new HttpSession(
        new HttpKey("f1", 0, service, Bytes.utf8(key)), 0, Bytes.utf8("10.0.0.1"), 1000);
  }

  private static Dump dump(long generation) {
    return new Dump(generation, Dump.End.MARKER, Dump.Liveness.LIVE, 0);
  }

  @Test
  void whatADumpDidNotHaveIsOlderThanIt() {
    mirror.put(session(0, "a"), 1);
    mirror.put(session(0, "b"), 1);
    mirror.put(session(0, "b"), 2);
    assertThat(mirror.get(session(0, "a").key(), dump(2))).isNull();
    assertThat(mirror.get(session(0, "b").key(), dump(2))).isNotNull();
    assertThat(mirror.size(dump(2))).isEqualTo(1);
    assertThat(mirror.removeOlder(2, session -> true))
        .extracting(Mirrored::session)
        .containsExactly(session(0, "a"));
    assertThat(mirror.size()).isEqualTo(1);
    assertThat(mirror.size(Mirror.ServiceId.of(session(0, "a").key()))).isEqualTo(1);
  }

  @Test
  void whatDoesNotPassTheTestIsNotTakenForAbsent() {
    mirror.put(session(0, "a"), 1);
    assertThat(mirror.removeOlder(2, session -> false)).isEmpty();
    assertThat(mirror.size()).isEqualTo(1);
  }

  @Test
  void beyondItsBoundASessionIsCountedAndLeftOut() {
    mirror.put(session(0, "a"), 1);
    mirror.put(session(0, "b"), 1);
    mirror.put(session(0, "c"), 1);
    assertThat(mirror.put(session(0, "d"), 1)).isNull();
    assertThat(mirror.put(session(0, "c"), 1)).isNotNull();
    assertThat(mirror.overflows()).isEqualTo(1);
    mirror.remove(session(0, "a").key());
    assertThat(mirror.put(session(0, "d"), 1)).isNotNull();
  }

  @Test
  void countsTheSessionsOfAService() {
    mirror.put(session(0, "a"), 1);
    mirror.put(session(0, "a"), 1);
    mirror.put(session(1, "b"), 1);
    Mirror.ServiceId first = Mirror.ServiceId.of(session(0, "a").key());
    assertThat(mirror.size(first)).isEqualTo(1);
    mirror.remove(session(0, "a").key());
    mirror.remove(session(0, "a").key());
    assertThat(mirror.size(first)).isZero();
    mirror.clear();
    assertThat(mirror.size()).isZero();
    assertThat(mirror.size(new Mirror.ServiceId(0, 1))).isZero();
  }
}
