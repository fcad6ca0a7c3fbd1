package io.ssyncd.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ssyncd.log.RecordCodec;
import io.ssyncd.session.Drawn;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The file of {@code ssyncdctl snapshot save}: whole, or refused with the place of the damage. */
class SavedTableTest {
  private final Drawn drawn = Drawn.spread();
  private final Rig rig = Rig.opened();

  private byte[] saved(int records) throws IOException {
    for (int i = 0; i < records; i++) {
      Scope scope = i % 3 == 0 ? Scope.table("T" + i % 2) : Scope.farm("f" + i % 2);
      SessionRecord record = drawn.record(scope);
      while (RecordCodec.size(record) > 1000) {
        record = drawn.record(scope);
      }
      rig.apply(new Mutation.Put(record));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    SavedTable unused = SavedTableWriter.write("prod", "lb1", 77, rig.table.copy(), bytes);
    return bytes.toByteArray();
  }

  private static List<SessionRecord> read(byte[] file) throws IOException {
    SavedTableReader reader = new SavedTableReader(new ByteArrayInputStream(file));
    List<SessionRecord> all = new ArrayList<>();
    for (List<SessionRecord> some = reader.next(); !some.isEmpty(); some = reader.next()) {
      all.addAll(some);
    }
    return all;
  }

  @Test
  void whatIsSavedIsRead() throws Exception {
    byte[] file = saved(6_000);
    SavedTable header = new SavedTableReader(new ByteArrayInputStream(file)).header();
    assertThat(header.cluster()).isEqualTo("prod");
    assertThat(header.member()).isEqualTo("lb1");
    assertThat(header.index()).isEqualTo(rig.table.appliedIndex());
    assertThat(header.epoch()).isEqualTo(1);
    assertThat(header.savedAtMs()).isEqualTo(77);
    assertThat(header.records()).isEqualTo(6_000);
    assertThat(read(file))
        .as("%s", drawn)
        .containsExactlyInAnyOrderElementsOf(
            rig.table.copy().records().values().stream().flatMap(List::stream).toList());
  }

  @Test
  void anEmptyTableIsSavedToo() throws Exception {
    assertThat(read(saved(0))).isEmpty();
  }

  @Test
  void everyFlippedByteIsFoundAndItsPlaceNamed() throws Exception {
    byte[] file = saved(30);
    for (int at = 0; at < file.length; at++) {
      for (int flip : new int[] {1, 0x80, 0xFF}) {
        byte[] damaged = file.clone();
        damaged[at] ^= (byte) flip;
        assertThatThrownBy(() -> read(damaged))
            .as("%s, byte %s", drawn, at)
            .isInstanceOf(UnusableSnapshotException.class)
            .hasMessageContaining("byte ");
      }
    }
  }

  @Test
  void everyTruncationIsFound() throws Exception {
    byte[] file = saved(30);
    for (int length = 0; length < file.length; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThatThrownBy(() -> read(cut)).isInstanceOf(UnusableSnapshotException.class);
    }
    assertThatThrownBy(() -> read(Arrays.copyOf(file, file.length + 1)))
        .hasMessageContaining("more bytes after the end");
  }

  @Test
  void damageIsFoundInItsBlock() throws Exception {
    byte[] file = saved(6_000);
    file[file.length / 2] ^= 1;
    assertThatThrownBy(() -> read(file))
        .satisfies(
            e -> {
              String byteNumber =
                  String.valueOf(e.getMessage()).replaceAll(".*byte (\\d+).*", "$1");
              assertThat(Long.parseLong(byteNumber))
                  .isBetween(file.length / 2L - 70_000, file.length / 2L + 70_000);
            });
  }

  @Test
  void aNewerFormatIsNamed() throws Exception {
    byte[] file = saved(1);
    file[9] = 2;
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(UnusableSnapshotException.class)
        .hasMessageContaining("format 2, this release reads 1");
  }
}
