package io.ssyncd.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The name by which {@code pgrep}, {@code killall} and {@code top} know the process.
 *
 * <p>The kernel calls a process after the program it executed: {@code java}. A thread may rename
 * its process by writing to {@code /proc/self/comm} (proc(5)); the kernel keeps the first 15 bytes.
 */
public final class ProcessName {
  private static final Logger log = LoggerFactory.getLogger(ProcessName.class);
  private static final Path COMM = Path.of("/proc/self/comm");

  /** TASK_COMM_LEN of the kernel, 16, less the NUL. */
  static final int MAX_BYTES = 15;

  private ProcessName() {}

  /**
   * Renames this process. Where that is not possible (no /proc, a hardened container) the process
   * keeps its name and goes on: only scripts that look for it by name notice.
   *
   * @param name of 1 to {@value #MAX_BYTES} bytes
   */
  public static void set(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length == 0 || bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "process name '" + name + "' is not of 1 to " + MAX_BYTES + " bytes");
    }
    try {
      Files.write(COMM, bytes);
    } catch (IOException e) {
      log.debug("the process is not named {}: {}", name, e.toString());
    }
  }
}
