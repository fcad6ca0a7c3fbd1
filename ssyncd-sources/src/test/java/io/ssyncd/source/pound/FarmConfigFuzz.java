package io.ssyncd.source.pound;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whatever a pound.cfg says: a configuration, or an error that names the file. */
class FarmConfigFuzz {
  @FuzzTest(maxDuration = "15s")
  void anyFile(byte[] content) throws IOException {
    Path file = Files.createTempFile("pound", ".cfg");
    try {
      // Directories of this machine are not to be read, nor names looked up.
      String text = new String(content, StandardCharsets.ISO_8859_1);
      Files.writeString(
          file,
          text.replaceAll("(?i)include", "xclude").replaceAll("(?i)address", "adress"),
          StandardCharsets.ISO_8859_1);
      FarmConfig.read(file);
    } catch (FarmConfigException e) {
      if (!String.valueOf(e.getMessage()).startsWith(file.toString())) {
        throw new AssertionError("does not name the file", e);
      }
    } finally {
      Files.delete(file);
    }
  }
}
