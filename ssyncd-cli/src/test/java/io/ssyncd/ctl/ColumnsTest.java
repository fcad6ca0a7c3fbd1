package io.ssyncd.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.cli.Foreign;
import org.junit.jupiter.api.Test;

class ColumnsTest {
  @Test
  void aNameThatIsTooLongLosesItsMiddle() {
    assertThat(Columns.fit("balancer-of-the-north-1", 12)).isEqualTo("balan..rth-1");
    assertThat(Columns.left("lb1", 5)).isEqualTo("lb1  ");
    assertThat(Columns.right("lb1", 5)).isEqualTo("  lb1");
    assertThat(Columns.fit("abc", 2)).isEqualTo("..");
  }

  @Test
  void aNumberIsRoundedOnlyWhereItDoesNotFit() {
    assertThat(Columns.right(2_000_000, 7)).isEqualTo("2000000");
    assertThat(Columns.right(12_345_678, 7)).isEqualTo(" 12.35M");
    assertThat(Columns.right(12_345_678_901L, 5)).isEqualTo("12.3G");
    assertThat(Columns.right(Long.MAX_VALUE, 5)).isEqualTo("9.22E");
    assertThat(Columns.right(999_999, 5)).isEqualTo("1000K");
  }

  @Test
  void charactersTakeAsManyColumnsAsATerminalGivesThem() {
    assertThat(Columns.width("äöü")).isEqualTo(3);
    assertThat(Columns.width("商店")).isEqualTo(4);
    assertThat(Columns.width("e\u0301")).isEqualTo(1);
    assertThat(Columns.left("商店", 6)).isEqualTo("商店  ");
    assertThat(Columns.width(Columns.fit("商店商店商店商店", 7))).isLessThanOrEqualTo(7);
  }

  @Test
  void whatATerminalWouldObeyIsShown() {
    assertThat(Columns.fit("a\u001b[2Jb", 20)).isEqualTo("a\\x1b[2Jb");
    assertThat(Foreign.shown("user\u202etxt.exe")).isEqualTo("user\\u202etxt.exe");
    assertThat(Foreign.shown("\u0085\u007f")).isEqualTo("\\x85\\x7f");
  }
}
