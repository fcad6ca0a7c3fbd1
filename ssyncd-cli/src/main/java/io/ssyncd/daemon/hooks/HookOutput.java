package io.ssyncd.daemon.hooks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The beginning of what a hook prints, for the log; the rest is taken from it and counted. */
final class HookOutput {
  /** So much is kept. */
  static final int MOST_BYTES = 4096;

  private final byte[] kept = new byte[MOST_BYTES];
  private final byte[] buffer = new byte[8192];
  private int length;
  private long beyond;

  /** Takes what is there, and says whether there was anything; never waits. */
  boolean take(InputStream from) throws IOException {
    boolean any = false;
    for (int ready = from.available(); ready > 0; ready = from.available()) {
      int read = from.read(buffer, 0, Math.min(ready, buffer.length));
      if (read <= 0) {
        return any;
      }
      any = true;
      int fits = Math.min(read, kept.length - length);
      System.arraycopy(buffer, 0, kept, length, fits);
      length += fits;
      beyond += read - fits;
    }
    return any;
  }

  /** Its lines, fit for a log, and one more that says how much is missing. */
  List<String> lines() {
    String text = new String(kept, 0, length, StandardCharsets.UTF_8);
    List<String> lines =
        text.lines()
            .map(line -> line.replaceAll("\\p{Cntrl}", "?"))
            .filter(line -> !line.isBlank())
            .collect(java.util.stream.Collectors.toCollection(java.util.ArrayList::new));
    if (beyond > 0) {
      lines.add("(" + beyond + " more bytes)");
    }
    return lines;
  }
}
