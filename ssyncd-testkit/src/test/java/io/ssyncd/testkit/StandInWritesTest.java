package io.ssyncd.testkit;

import java.io.IOException;
import java.nio.file.Path;

/** What the stand-in takes from others. */
class StandInWritesTest extends WritesContract {
  @Override
  PoundProcess start(Path directory) throws IOException {
    return PoundProcess.standIn(directory, Fixture.farm());
  }
}
