package io.ssyncd.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.log.Outcome;
import io.ssyncd.session.Drawn;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import io.ssyncd.session.SessionRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TableModelTest {
  private final Drawn drawn = Drawn.dense(60);
  private final Map<SessionKey, SessionRecord> model = new HashMap<>();
  private final Rig rig = Rig.opened();

  @Test
  void theTableIsWhatANaiveMapIs() throws Exception {
    for (int step = 0; step < 2_000; step++) {
      List<Mutation> mutations = new ArrayList<>();
      for (int i = drawn.below(20); i > 0; i--) {
        Mutation mutation = drawn.mutation();
        mutations.add(mutation);
        applyToModel(mutation);
      }
      assertThat(rig.apply(mutations)).isEqualTo(Outcome.APPLIED);
      if (step % 100 == 0) {
        compare();
      }
      if (drawn.below(200) == 0) {
        throughASnapshot();
      }
    }
    compare();
  }

  private void applyToModel(Mutation mutation) {
    if (mutation instanceof Mutation.Put put) {
      model.put(put.session().key(), put.session());
    } else if (mutation instanceof Mutation.Delete delete) {
      model.remove(delete.key());
    } else {
      model.keySet().removeIf(key -> key.scope().equals(mutation.scope()));
    }
  }

  private void compare() {
    SortedMap<Scope, Integer> counts = new TreeMap<>();
    model.keySet().forEach(key -> counts.merge(key.scope(), 1, Integer::sum));
    assertThat(rig.table.counts()).as("%s", drawn).isEqualTo(counts);
    for (Kind kind : Kind.values()) {
      int count = (int) model.keySet().stream().filter(k -> k.scope().kind() == kind).count();
      assertThat(rig.table.count(kind)).as("%s", drawn).isEqualTo(count);
    }
    for (Scope scope : drawn.scopes()) {
      List<SessionRecord> records = new ArrayList<>(model.values());
      records.removeIf(record -> !record.key().scope().equals(scope));
      assertThat(rig.table.records(scope))
          .as("%s", drawn)
          .containsExactlyInAnyOrderElementsOf(records);
      assertThat(rig.table.digest(scope)).as("%s", drawn).isEqualTo(digest(scope, records));
    }
    model.forEach((key, record) -> assertThat(rig.table.get(key)).isEqualTo(record));
    for (int i = 0; i < 50; i++) {
      SessionKey key = drawn.key(drawn.scope());
      assertThat(rig.table.get(key)).as("%s", drawn).isEqualTo(model.get(key));
    }
  }

  private String digest(Scope scope, List<SessionRecord> records) {
    Collections.shuffle(records, new Random(drawn.any()));
    ScopeTable fresh = new ScopeTable(scope, new TableDigest());
    records.forEach(fresh::put);
    return TableDigest.text(fresh.sum());
  }

  private void throughASnapshot() throws Exception {
    String digest = rig.table.digest();
    rig.table = Rig.restored(rig.snapshot());
    assertThat(rig.table.digest()).as("%s", drawn).isEqualTo(digest);
  }
}
