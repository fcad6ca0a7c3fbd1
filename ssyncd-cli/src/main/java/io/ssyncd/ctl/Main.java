package io.ssyncd.ctl;

/** Where the process starts. */
public final class Main {
  private Main() {}

  /** Prints how the program is called. */
  public static void main(String[] args) {
    System.err.println("usage: ssyncdctl [--socket PATH] VERB");
    System.exit(64);
  }
}
