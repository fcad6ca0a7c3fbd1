package io.ssyncd.log.tls;

/** A certificate, key or CA that cannot be used. The message names the file and what is wrong. */
public final class CredentialsException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Which of the three files, as the configuration calls it. */
  public enum Part {
    CERTIFICATE,
    KEY,
    CA;

    /** The key of the configuration. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  private final Part part;

  CredentialsException(Part part, String message) {
    super(message);
    this.part = part;
  }

  /** Which of the three files. */
  public Part part() {
    return part;
  }
}
