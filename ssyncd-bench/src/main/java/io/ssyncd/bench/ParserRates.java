package io.ssyncd.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs {@link ParserBenchmark} by JMH, and tells its figures as the others are told. */
final class ParserRates {
  private static final String BYTES_PER_OPERATION = "gc.alloc.rate.norm";

  private ParserRates() {}

  static void run(ObjectNode out) throws IOException {
    try {
      for (RunResult each :
          new Runner(
                  new OptionsBuilder()
                      .include(ParserBenchmark.class.getSimpleName())
                      .addProfiler(GCProfiler.class)
                      .measurementTime(new TimeValue(1, TimeUnit.SECONDS))
                      .verbosity(VerboseMode.SILENT)
                      .build())
              .run()) {
        String name =
            each.getParams().getParam("family") + ", " + each.getParams().getParam("stamps");
        ObjectNode result = out.putObject(name + " stamps");
        result.put("rowsPerSecond", Math.round(each.getPrimaryResult().getScore()));
        result.put("bytesAllocatedPerRow", bytesPerRow(each));
      }
    } catch (RunnerException e) {
      throw new IOException(e);
    }
  }

  private static double bytesPerRow(RunResult of) {
    for (Result<?> each : of.getSecondaryResults().values()) {
      if (each.getLabel().endsWith(BYTES_PER_OPERATION)) {
        return Math.round(each.getScore() * 10) / 10.0;
      }
    }
    return Double.NaN;
  }
}
