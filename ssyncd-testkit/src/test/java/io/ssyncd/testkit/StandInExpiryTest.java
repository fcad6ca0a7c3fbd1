package io.ssyncd.testkit;

import java.io.IOException;
import java.nio.file.Path;

/** What the stand-in's sweep says; a test says when it comes. */
class StandInExpiryTest extends ExpiryContract {
  @Override
  PoundProcess start(Path directory) throws IOException {
    return PoundProcess.standIn(directory, Fixture.expiring());
  }

  @Override
  void sweep() throws IOException {
    ((StandInPound) pound).expire();
  }
}
