package io.ssyncd.source.recent;

/**
 * How many bits the kernel's {@code unsigned long} has, and with it the arithmetic of jiffies: they
 * wrap, five minutes after boot on a 32-bit kernel, so only differences mean anything.
 */
public enum JiffiesWidth {
  /** A kernel of 32 bits: everything modulo 2^32. */
  BITS_32 {
    @Override
    public long since(long later, long earlier) {
      return (int) (later - earlier);
    }

    @Override
    public long wrap(long jiffies) {
      return jiffies & 0xFFFF_FFFFL;
    }
  },
  /** A kernel of 64 bits. */
  BITS_64 {
    @Override
    public long since(long later, long earlier) {
      return later - earlier;
    }

    @Override
    public long wrap(long jiffies) {
      return jiffies;
    }
  };

  /** How many jiffies lie between two; negative if {@code later} is the earlier one. */
  public abstract long since(long later, long earlier);

  /** The value as this kernel would hold it; an unsigned number. */
  public abstract long wrap(long jiffies);

  /** The width of the running kernel: a JVM of 64 bits needs one of 64. */
  public static JiffiesWidth ofThisKernel() {
    String arch = System.getProperty("os.arch", "");
    return arch.contains("64") || arch.equals("s390x") ? BITS_64 : BITS_32;
  }
}
