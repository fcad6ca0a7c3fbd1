package io.ssyncd.daemon.settings;

/**
 * A key of the configuration file.
 *
 * @param path from below {@code ssyncd}; words in capitals stand for names of the operator's
 * @param type what it takes, in words
 * @param fallback what counts where it is not there; empty if there is nothing, or it is required
 * @param required whether it has to be there
 * @param meaning what it is for
 */
public record Setting(String path, String type, String fallback, boolean required, String meaning) {
  /** Type and default in one line. */
  public String form() {
    String rest = required ? "; required" : fallback.isEmpty() ? "" : "; default " + fallback;
    return Character.toUpperCase(type.charAt(0)) + type.substring(1) + rest + ".";
  }
}
