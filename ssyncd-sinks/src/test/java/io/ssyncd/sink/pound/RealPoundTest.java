package io.ssyncd.sink.pound;

import io.ssyncd.pound.standin.Farm;
import io.ssyncd.source.pound.PoundctlTool;
import io.ssyncd.testkit.PoundProcess;
import io.ssyncd.testkit.RealPound;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
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

  /** {@code SSYNCD_POUNDCTL} names it; the control socket is where {@link RealPound} has it. */
  @Override
  Optional<PoundctlTool> tool(PoundProcess of) {
    return Optional.ofNullable(System.getenv("SSYNCD_POUNDCTL"))
        .filter(program -> !program.isBlank())
        .map(
            program ->
                new PoundctlTool(
                    Path.of(program),
                    of.socket().resolveSibling("pound.ctl"),
                    PoundctlTool.DEFAULT_TIMEOUT));
  }
}
