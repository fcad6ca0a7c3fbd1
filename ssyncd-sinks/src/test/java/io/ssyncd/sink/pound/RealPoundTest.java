package io.ssyncd.sink.pound;

import io.ssyncd.pound.standin.Farm;
import io.ssyncd.testkit.PoundProcess;
import io.ssyncd.testkit.RealPound;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIf;

/** The real Pound that {@code SSYNCD_POUND} names. */
@EnabledIf("available")
class RealPoundTest extends PoundContract {
  static boolean available() {
    return RealPound.unavailable().isEmpty();
  }

  @Override
  PoundProcess start(Path where, Farm farm) throws IOException {
    return PoundProcess.real(where, farm);
  }
}
