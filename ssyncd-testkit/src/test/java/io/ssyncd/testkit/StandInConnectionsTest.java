package io.ssyncd.testkit;

import java.io.IOException;
import java.nio.file.Path;

/** Who hears what from the stand-in. */
class StandInConnectionsTest extends ConnectionsContract {
  @Override
  PoundProcess start(Path directory) throws IOException {
    return PoundProcess.standIn(directory, Fixture.farm());
  }
}
