package io.ssyncd.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyHashTest {
  @Test
  void orderAgreesWithEquality() {
    Drawn drawn = Drawn.dense(8);
    for (int i = 0; i < 20_000; i++) {
      Scope farm = Scope.farm(drawn.below(2) == 0 ? "f1" : "f2");
      HttpKey a = (HttpKey) drawn.key(farm);
      HttpKey b = (HttpKey) drawn.key(farm);
      assertThat(a.compareTo(b) == 0).as("%s", drawn).isEqualTo(a.equals(b));
      assertThat(Integer.signum(a.compareTo(b))).isEqualTo(-Integer.signum(b.compareTo(a)));
      Scope table = Scope.table(drawn.below(2) == 0 ? "T1" : "T2");
      RecentKey c = (RecentKey) drawn.key(table);
      RecentKey d = (RecentKey) drawn.key(table);
      assertThat(c.compareTo(d) == 0).as("%s", drawn).isEqualTo(c.equals(d));
    }
  }

  @Test
  void addressesOfANetworkHardlyCollide() {
    Set<Integer> hashes = new HashSet<>();
    for (int i = 0; i < 1 << 16; i++) {
      hashes.add(Bytes.of((byte) 10, (byte) 0, (byte) (i >> 8), (byte) i).hashCode());
    }
    assertThat(hashes).hasSizeGreaterThan(65_000);
  }

  @Test
  void keysThatCollideAsTextDoNotAsBytes() {
    List<String> colliding = List.of("");
    for (int i = 0; i < 16; i++) {
      List<String> longer = new ArrayList<>();
      colliding.forEach(key -> longer.addAll(List.of(key + "Aa", key + "BB")));
      colliding = longer;
    }
    Set<Integer> hashes = new HashSet<>();
    colliding.forEach(key -> hashes.add(new HttpKey("f1", 0, 0, Bytes.utf8(key)).hashCode()));
    assertThat(colliding.stream().map(String::hashCode).distinct()).hasSize(1);
    assertThat(hashes).hasSizeGreaterThan(65_000);
  }
}
