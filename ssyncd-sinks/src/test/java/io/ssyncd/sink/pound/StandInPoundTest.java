package io.ssyncd.sink.pound;

import io.ssyncd.pound.standin.Farm;
import io.ssyncd.testkit.PoundProcess;
import java.io.IOException;
import java.nio.file.Path;

class StandInPoundTest extends PoundContract {
  @Override
  PoundProcess start(Path where, Farm farm) throws IOException {
    return PoundProcess.standIn(where, farm);
  }
}
