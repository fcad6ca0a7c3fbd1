package io.ssyncd.testkit;

import java.io.IOException;
import java.nio.file.Path;

/** What the stand-in announces. */
class StandInAnnouncementsTest extends AnnouncementsContract {
  @Override
  PoundProcess start(Path directory) throws IOException {
    return PoundProcess.standIn(directory, Fixture.farm());
  }
}
