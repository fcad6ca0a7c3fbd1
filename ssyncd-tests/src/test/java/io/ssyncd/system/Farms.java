package io.ssyncd.system;

/** Shapes of the system tests' farms, see {@link io.ssyncd.pound.standin.Farm#ofSpec}. */
final class Farms {
  /** Two listeners, of two services and one; sessions live for ten minutes. */
  static final String THREE_SERVICES = "2x600,3x600/2x600";

  /** One listener with one service of two backends. */
  static final String ONE_SERVICE = "2x600";

  /** Two services; sessions live for a day, so that none that is missing has expired. */
  static final String LASTING = "2x86400,3x86400";

  private Farms() {}
}
