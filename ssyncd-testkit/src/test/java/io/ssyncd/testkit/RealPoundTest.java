package io.ssyncd.testkit;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;

/** The real Pound that {@code SSYNCD_POUND} names does what the contracts say. */
@EnabledIf("available")
class RealPoundTest {

  static boolean available() {
    return RealPound.unavailable().isEmpty();
  }

  @Nested
  class Announcements extends AnnouncementsContract {
    @Override
    PoundProcess start(Path directory) throws IOException {
      return PoundProcess.real(directory, Fixture.farm());
    }
  }

  @Nested
  class Writes extends WritesContract {
    @Override
    PoundProcess start(Path directory) throws IOException {
      return PoundProcess.real(directory, Fixture.farm());
    }
  }

  @Nested
  class Deaths extends DeathsContract {
    @Override
    PoundProcess start(Path directory) throws IOException {
      return PoundProcess.real(directory, Fixture.farm());
    }
  }

  @Nested
  class Connections extends ConnectionsContract {
    @Override
    PoundProcess start(Path directory) throws IOException {
      return PoundProcess.real(directory, Fixture.farm());
    }
  }

  @Nested
  @Tag("long")
  class Expiry extends ExpiryContract {
    @Override
    PoundProcess start(Path directory) throws IOException {
      return PoundProcess.real(directory, Fixture.expiring());
    }

    @Override
    void sweep() throws IOException {
      // The real one sweeps each 60 s.
    }
  }
}
