package io.ssyncd.source.pound;

import java.util.OptionalInt;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.byref.IntByReference;

/**
 * What the kernel tells about a socket: whether there is something to read, how much, and how much
 * of what was sent the other side has not taken yet. Numbers are those of Linux on every
 * architecture but MIPS, PowerPC and SPARC ({@code asm-generic/ioctls.h}).
 *
 * <p>Not thread-safe: one for each thread that asks.
 */
final class SocketQueue {
  /** Something can be read. */
  static final int READABLE = 0x001;

  /** The other side is gone for good. */
  static final int HUNG_UP = 0x010;

  private static final int POLLERR = 0x008;
  private static final int POLLNVAL = 0x020;
  private static final long FIONREAD = 0x541B;
  private static final long TIOCOUTQ = 0x5411;
  private static final int POLLFD_BYTES = 8;

  /**
   * The functions of libc that jnr-unixsocket does not offer. Public, for jnr-ffi makes a class of
   * it.
   */
  public interface LibC {
    /** {@code man 2 ioctl}. */
    int ioctl(int fd, long request, IntByReference value);

    /** {@code man 2 poll}. */
    int poll(Pointer descriptors, long count, int timeoutMs);
  }

  private static final LibC LIBC = LibraryLoader.create(LibC.class).load("c");

  private final int fd;
  private final Pointer pollfd = Memory.allocateDirect(Runtime.getRuntime(LIBC), POLLFD_BYTES);
  private final IntByReference value = new IntByReference();

  SocketQueue(int fd) {
    this.fd = fd;
  }

  /**
   * Waits until something can be read, the other side is gone, or the time is over.
   *
   * @return a set of {@link #READABLE} and {@link #HUNG_UP}; 0 when the time is over
   */
  int await(int timeoutMs) {
    pollfd.putInt(0, fd);
    pollfd.putShort(4, (short) READABLE);
    pollfd.putShort(6, (short) 0);
    int ready = LIBC.poll(pollfd, 1, timeoutMs);
    if (ready <= 0) {
      return 0; // also on EINTR: the caller asks again
    }
    int events = pollfd.getShort(6);
    int hungUp = (events & (HUNG_UP | POLLERR | POLLNVAL)) != 0 ? HUNG_UP : 0;
    return (events & READABLE) | hungUp;
  }

  /**
   * How much of what was sent has not been taken by the other side. Counts the kernel's overhead,
   * so that only zero means something.
   *
   * @return empty where the kernel does not tell
   */
  OptionalInt unsent() {
    return ask(TIOCOUTQ);
  }

  /** How many bytes wait to be read; empty where the kernel does not tell. */
  OptionalInt unread() {
    return ask(FIONREAD);
  }

  private OptionalInt ask(long request) {
    return LIBC.ioctl(fd, request, value) < 0
        ? OptionalInt.empty()
        : OptionalInt.of(value.getValue());
  }
}
