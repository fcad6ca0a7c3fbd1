package io.ssyncd.ctl;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A terminal that is drawn on as a whole, with plain ANSI sequences and {@code stty}: that is all a
 * live view needs. What was on the terminal before is there again afterwards, however this ends.
 */
final class Screen implements AutoCloseable {
  private static final String ENTER = "\u001b[?1049h\u001b[?25l\u001b[2J";
  private static final String LEAVE = "\u001b[?25h\u001b[?1049l";
  private static final String HOME = "\u001b[H";
  private static final String CLEAR_TO_END_OF_LINE = "\u001b[K";
  private static final String CLEAR_REST = "\u001b[J";
  private static final Pattern SIZE = Pattern.compile("(\\d+) (\\d+)");
  private static final int LINES = 24;
  private static final int ESCAPE = 27;
  private static final int INTERRUPT = 3;
  private static final long KEY_POLL_MS = 50;

  private final PrintStream out;
  private final InputStream keys;
  private final String before;
  private final Thread restore = new Thread(this::restore, "screen");
  private boolean restored;

  private Screen(PrintStream out, InputStream keys, String before) {
    this.out = out;
    this.keys = keys;
    this.before = before;
  }

  /**
   * Takes the terminal.
   *
   * @throws IOException if it cannot be had; then nothing has changed
   */
  static Screen open(PrintStream out, InputStream keys) throws IOException, InterruptedException {
    Screen screen = new Screen(out, keys, stty("-g"));
    stty("-icanon", "-echo", "min", "0", "time", "0");
    Runtime.getRuntime().addShutdownHook(screen.restore);
    out.print(ENTER);
    out.flush();
    return screen;
  }

  /** How many lines it has now. */
  int lines() throws InterruptedException {
    try {
      Matcher size = SIZE.matcher(stty("size"));
      int lines = size.find() ? Integer.parseInt(size.group(1)) : LINES;
      return lines > 0 ? lines : LINES;
    } catch (IOException e) {
      return LINES;
    }
  }

  /** Draws text in the place of what is there; what has no room is left out. */
  void draw(String text, int lines) {
    StringBuilder all = new StringBuilder(HOME);
    List<String> shown = text.lines().limit(lines).toList();
    for (int i = 0; i < shown.size(); i++) {
      all.append(i == 0 ? "" : "\r\n").append(shown.get(i)).append(CLEAR_TO_END_OF_LINE);
    }
    all.append(CLEAR_REST);
    byte[] bytes = all.toString().getBytes(StandardCharsets.UTF_8);
    out.write(bytes, 0, bytes.length);
    out.flush();
  }

  /** Waits, but not for longer than that; returns whether somebody wants to leave. */
  boolean isLeft(long mostMs) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(mostMs);
    while (System.nanoTime() < end) {
      while (keys.available() > 0) {
        int key = keys.read();
        if (key == 'q' || key == 'Q' || key == ESCAPE || key == INTERRUPT) {
          return true;
        }
      }
      Thread.sleep(KEY_POLL_MS);
    }
    return false;
  }

  private synchronized void restore() {
    if (restored) {
      return;
    }
    restored = true;
    out.print(LEAVE);
    out.flush();
    try {
      stty(before);
    } catch (IOException e) {
      // The terminal is gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    restore();
    try {
      Runtime.getRuntime().removeShutdownHook(restore);
    } catch (IllegalStateException e) {
      // It is running.
    }
  }

  private static String stty(String... arguments) throws IOException, InterruptedException {
    List<String> command = new java.util.ArrayList<>(List.of("stty"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.INHERIT)
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    if (process.waitFor() != 0) {
      throw new IOException("stty: " + said.strip());
    }
    return said.strip();
  }
}
