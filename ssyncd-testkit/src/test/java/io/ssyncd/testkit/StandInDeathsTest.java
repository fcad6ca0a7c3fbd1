package io.ssyncd.testkit;

import java.io.IOException;
import java.nio.file.Path;

/** What kills the stand-in. */
class StandInDeathsTest extends DeathsContract {
  @Override
  PoundProcess start(Path directory) throws IOException {
    return PoundProcess.standIn(directory, Fixture.farm());
  }
}
