package io.ssyncd.daemon;

/** Where the process starts. */
public final class Main {
  private Main() {}

  /** Prints how the program is called. */
  public static void main(String[] args) {
    System.err.println("usage: ssyncd --config FILE");
    System.exit(64);
  }
}
