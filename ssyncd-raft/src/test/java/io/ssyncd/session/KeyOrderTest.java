package io.ssyncd.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeyOrderTest {
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

  /** Without an order, the 131,072 keys below would take minutes. */
  @Test
  void keysChosenToCollideAreKeptAsWellAsOthers() {
    List<String> colliding = List.of("");
    for (int i = 0; i < 17; i++) {
      List<String> longer = new ArrayList<>();
      colliding.forEach(key -> longer.addAll(List.of(key + "Aa", key + "BB")));
      colliding = longer;
    }
    Map<SessionKey, Integer> kept = new HashMap<>();
    for (String key : colliding) {
      kept.put(new HttpKey("f1", 0, 0, Bytes.utf8(key)), key.length());
    }
    assertThat(kept.keySet().stream().map(Object::hashCode).distinct()).hasSize(1);
    assertThat(kept).hasSize(1 << 17);
  }
}
