package io.ssyncd.daemon.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LegacyTest {
  /** It ended the import: with LANG=C every name beyond ASCII is such a one. */
  @Test
  void aFarmWhoseNameNoFileCanHaveHasNoPoundConfig() {
    assertThat(Legacy.file("/etc/pound/%s.cfg", "shop")).contains(Path.of("/etc/pound/shop.cfg"));
    assertThat(Legacy.file("/etc/pound/%s.cfg", "sh\0p")).isEmpty();
  }
}
