package io.ssyncd.pound.standin;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.pound.standin.SessionHash.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionHashTest {
  private static final long SEED = Long.getLong("ssyncd.seed", System.nanoTime());

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static List<String> order(SessionHash hash) {
    List<String> keys = new ArrayList<>();
    hash.forEach(e -> keys.add(new String(e.key, StandardCharsets.ISO_8859_1)));
    return keys;
  }

  @Test
  void highBytesAreSignExtended() {
    assertThat(SessionHash.hash(bytes(""))).isEqualTo(0x811c9dc5L);
    assertThat(SessionHash.hash(bytes("\u00ff")))
        .isEqualTo((0x811c9dc5L ^ 0xffffffffL) * 16777619 & 0xffffffffL);
  }

  @Test
  void entriesComeInThePoundsOrder() {
    SessionHash hash = new SessionHash();
    for (int i = 0; i < 60; i++) {
      hash.put(new Entry(bytes("key-" + i), 0, 1));
    }
    for (int i = 0; i < 45; i++) {
      hash.remove(bytes("key-" + i));
    }

    // As Pound 2.8a.15 with OpenSSL 3.0 dumped them.
    assertThat(order(hash))
        .containsExactly(
            "key-57", "key-58", "key-56", "key-46", "key-51", "key-48", "key-50", "key-47",
            "key-55", "key-49", "key-53", "key-54", "key-59", "key-52", "key-45");
  }

  @Test
  void aSecondPutOfAKeyReplacesAndKeepsThePlace() {
    SessionHash hash = new SessionHash();
    hash.put(new Entry(bytes("a"), 0, 1));
    hash.put(new Entry(bytes("b"), 0, 1));
    List<String> before = order(hash);

    assertThat(hash.put(new Entry(bytes("a"), 1, 2))).isTrue();

    assertThat(order(hash)).isEqualTo(before);
    assertThat(hash.size()).isEqualTo(2);
    Entry entry = hash.find(bytes("a"));
    assertThat(entry).isNotNull();
    assertThat(entry.backend).isEqualTo(1);
    assertThat(entry.lastAccess).isEqualTo(2);
  }

  @Test
  void holdsWhatAMapHoldsThroughGrowthAndShrinking() {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    SessionHash hash = new SessionHash();
    Map<String, Long> map = new HashMap<>();
    for (int step = 0; step < 60_000; step++) {
      boolean growing = step / 15_000 % 2 == 0;
      String key = "k" + random.nextInt(6_000);
      if (random.nextInt(10) < (growing ? 8 : 2)) {
        assertThat(hash.put(new Entry(bytes(key), 0, step))).isEqualTo(map.containsKey(key));
        map.put(key, (long) step);
      } else {
        assertThat(hash.remove(bytes(key)) != null).isEqualTo(map.remove(key) != null);
      }
      if (step % 20_000 == 0) {
        sweepSome(hash, map);
      }
    }
    assertSame(hash, map);
    map.keySet().forEach(key -> assertThat(hash.find(bytes(key))).isNotNull());
  }

  private static void sweepSome(SessionHash hash, Map<String, Long> map) {
    hash.sweep(
        e -> {
          if (e.lastAccess % 3 == 0) {
            hash.remove(e.key);
          }
        });
    map.values().removeIf(lastAccess -> lastAccess % 3 == 0);
    assertSame(hash, map);
  }

  private static void assertSame(SessionHash hash, Map<String, Long> map) {
    List<String> walked = order(hash);
    Set<String> distinct = new HashSet<>(walked);
    assertThat(walked).hasSameSizeAs(distinct);
    assertThat(distinct).isEqualTo(map.keySet());
    assertThat(hash.size()).isEqualTo(map.size());
  }

  @Test
  void aSweepOfEverythingLeavesNothing() {
    SessionHash hash = new SessionHash();
    for (int i = 0; i < 5_000; i++) {
      hash.put(new Entry(bytes("key-" + i), 0, 1));
    }
    hash.sweep(e -> hash.remove(e.key));

    assertThat(hash.size()).isZero();
    assertThat(order(hash)).isEmpty();
    hash.put(new Entry(bytes("again"), 0, 1));
    assertThat(order(hash)).containsExactly("again");
  }
}
