package io.ssyncd.testkit;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;

/** The stand-in does what the contracts say. */
class StandInPoundTest {

  @Nested
  class Announcements extends AnnouncementsContract {
    @Override
    PoundProcess start(Path directory) throws IOException {
      return PoundProcess.standIn(directory, Fixture.farm());
    }
  }

  @Nested
  class Writes extends WritesContract {
    @Override
    PoundProcess start(Path directory) throws IOException {
      return PoundProcess.standIn(directory, Fixture.farm());
    }
  }

  @Nested
  class Deaths extends DeathsContract {
    @Override
    PoundProcess start(Path directory) throws IOException {
      return PoundProcess.standIn(directory, Fixture.farm());
    }
  }

  @Nested
  class Connections extends ConnectionsContract {
    @Override
    PoundProcess start(Path directory) throws IOException {
      return PoundProcess.standIn(directory, Fixture.farm());
    }
  }

  @Nested
  class Expiry extends ExpiryContract {
    @Override
    PoundProcess start(Path directory) throws IOException {
      return PoundProcess.standIn(directory, Fixture.expiring());
    }

    @Override
    void sweep() throws IOException {
      ((StandInPound) pound).expire();
    }
  }
}
