package io.ssyncd.testkit;

import io.ssyncd.pound.standin.Farm;
import io.ssyncd.pound.standin.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A Pound as a process of its own, real or stand-in, with what drives it. The process that owns the
 * session socket has a pid of its own; a restart gives another, with empty tables.
 *
 * <p>Not thread-safe.
 */
public interface PoundProcess extends AutoCloseable {
  /** The environment variable that names a real Pound's binary. */
  String REAL_POUND = "SSYNCD_POUND";

  /**
   * Starts a stand-in; its socket, NAME.cfg and NAME.log are in the directory.
   *
   * @throws IOException if it does not come up
   */
  static StandInPound standIn(Path directory, Farm farm) throws IOException {
    return StandInPound.start(directory, farm);
  }

  /** Starts the real Pound that the environment names, in a mount namespace of its own. */
  static RealPound real(Path directory, Farm farm) throws IOException {
    return RealPound.start(directory, farm);
  }

  /** What it serves; ports may differ from what it was started with. */
  Farm farm();

  /** The pound.cfg it runs on. */
  Path config();

  /** Where its session socket can be reached. */
  Path socket();

  /** Of the process that owns the socket. */
  long pid();

  /** Whether the process that {@link #pid} named at the last start or restart still lives. */
  boolean alive();

  /** Kills the process that owns the socket, and waits until another one listens. */
  void restart() throws IOException;

  /** A client's request whose key is that: refreshes the session or makes one. */
  void request(int listener, int service, byte[] key) throws IOException;

  /** Adds a session, whether or not the key is there ({@code poundctl -N}). */
  void add(int listener, int service, byte[] key, int backend) throws IOException;

  /** Deletes a session ({@code poundctl -n}). */
  void delete(int listener, int service, byte[] key) throws IOException;

  /** Deletes the sessions of a backend ({@code poundctl -f}). */
  void flush(int listener, int service, int backend) throws IOException;

  /** Disables or enables a backend ({@code poundctl -b}, {@code -B}). */
  void disable(int listener, int service, int backend, boolean disabled) throws IOException;

  /**
   * A backend dies: Pound finds out by a failed connect, and deletes its sessions. One session of
   * it must exist.
   */
  void killBackend(int listener, int service, int backend) throws IOException;

  /**
   * The sessions, not asked over the session socket. The real one does not tell last accesses: -1.
   */
  List<Session> sessions() throws IOException;

  /** What it wrote, for a failed test. */
  String log();

  /** Ends it. */
  @Override
  void close();

  /** A key of text. */
  static byte[] key(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
