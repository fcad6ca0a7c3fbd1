package io.ssyncd.node;

/**
 * A number of one endpoint, for {@code status} and metrics.
 *
 * @param name in the way of Prometheus, without prefix: {@code jiffies_error_seconds}
 * @param help what it is, a sentence
 * @param counter whether it only grows, from the start of this process on
 * @param value of it now
 */
public record Figure(String name, String help, boolean counter, double value) {
  /** One that goes up and down. */
  public static Figure gauge(String name, String help, double value) {
    return new Figure(name, help, false, value);
  }

  /** One that only grows. */
  public static Figure counter(String name, String help, double value) {
    return new Figure(name, help, true, value);
  }
}
