package io.ssyncd.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One frame of Pound's session protocol, taken apart by a codec that knows nothing of the
 * product's: what tests send to a Pound and what they expect of one.
 *
 * @param action 1 SYNC_REQUEST, 2 ADD, 3 DELETE, 4 UPDATE, 5 WRITE
 * @param key as on the wire, with the NUL if it was counted
 * @param content as on the wire; empty for a DELETE
 * @param lastAccess Unix seconds; 0 for a DELETE
 */
@SuppressWarnings("ArrayRecordComponent")
public record SyncFrame(
    int action,
    String farm,
    int listener,
    int service,
    int backend,
    byte[] key,
    byte[] content,
    long lastAccess) {
  public static final int SYNC_REQUEST = 1;
  public static final int ADD = 2;
  public static final int DELETE = 3;
  public static final int UPDATE = 4;
  public static final int WRITE = 5;

  private static final int HEAD = 5;
  private static final byte[] NONE = {};

  /** A request for a dump. */
  public static byte[] syncRequest(String farm) {
    return new SyncFrame(SYNC_REQUEST, farm, 0, 0, 0, NONE, NONE, 0).bytes();
  }

  /** A WRITE as it should be sent: NUL counted in key and content. */
  public static SyncFrame write(
      String farm, int listener, int service, int backend, String key, long lastAccess) {
    byte[] text = key.getBytes(StandardCharsets.ISO_8859_1);
    return new SyncFrame(
        WRITE,
        farm,
        listener,
        service,
        backend,
        Arrays.copyOf(text, text.length + 1),
        "10.0.0.1\0".getBytes(StandardCharsets.ISO_8859_1),
        lastAccess);
  }

  public SyncFrame withAction(int other) {
    return new SyncFrame(other, farm, listener, service, backend, key, content, lastAccess);
  }

  public SyncFrame withKey(byte[] other) {
    return new SyncFrame(action, farm, listener, service, backend, other, content, lastAccess);
  }

  public SyncFrame withContent(byte[] other) {
    return new SyncFrame(action, farm, listener, service, backend, key, other, lastAccess);
  }

  public SyncFrame withIds(int otherListener, int otherService, int otherBackend) {
    return new SyncFrame(
        action, farm, otherListener, otherService, otherBackend, key, content, lastAccess);
  }

  public SyncFrame withLastAccess(long other) {
    return new SyncFrame(action, farm, listener, service, backend, key, content, other);
  }

  /** The key as text, each byte a character, without the counted NUL. */
  public String keyText() {
    String text = new String(key, StandardCharsets.ISO_8859_1);
    return text.endsWith("\0") ? text.substring(0, text.length() - 1) : text;
  }

  /** The content as text. */
  public String contentText() {
    return new String(content, StandardCharsets.ISO_8859_1);
  }

  /** The frame with its true length. */
  public byte[] bytes() {
    byte[] frame = bytes(0);
    frame[3] = (byte) frame.length;
    frame[4] = (byte) (frame.length >>> 8);
    return frame;
  }

  /** The frame with any length in its header; Pound itself always says 5. */
  public byte[] bytes(int len) {
    byte[] name = farm.getBytes(StandardCharsets.UTF_8);
    ByteBuffer b = ByteBuffer.allocate(64 + name.length + key.length + content.length);
    b.order(ByteOrder.LITTLE_ENDIAN);
    b.put((byte) 0xef).put((byte) 0xab).put((byte) 6).putShort((short) len).put((byte) action);
    b.put((byte) name.length).put(name);
    if (action != SYNC_REQUEST) {
      b.putInt(listener).putInt(service).putInt(backend).put((byte) key.length).put(key);
      if (hasContent(action)) {
        b.put((byte) content.length).put(content).putLong(lastAccess);
      }
    }
    return Arrays.copyOf(b.array(), b.position());
  }

  /**
   * Takes whole frames apart.
   *
   * @throws IllegalArgumentException if the bytes are no frames or end within one
   */
  public static List<SyncFrame> parse(byte[] bytes) {
    ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    List<SyncFrame> frames = new ArrayList<>();
    while (b.hasRemaining()) {
      int at = b.position();
      if (b.remaining() < HEAD + 2 || b.getShort() != (short) 0xabef || b.get() != 6) {
        throw new IllegalArgumentException("no frame at byte " + at);
      }
      b.getShort();
      try {
        frames.add(next(b));
      } catch (java.nio.BufferUnderflowException e) {
        throw new IllegalArgumentException("the frame at byte " + at + " is cut", e);
      }
    }
    return frames;
  }

  private static SyncFrame next(ByteBuffer b) {
    int action = b.get();
    String farm = new String(string(b), StandardCharsets.UTF_8);
    if (action == SYNC_REQUEST) {
      return new SyncFrame(action, farm, 0, 0, 0, NONE, NONE, 0);
    }
    int listener = b.getInt();
    int service = b.getInt();
    int backend = b.getInt();
    byte[] key = string(b);
    byte[] content = hasContent(action) ? string(b) : NONE;
    long lastAccess = hasContent(action) ? b.getLong() : 0;
    return new SyncFrame(action, farm, listener, service, backend, key, content, lastAccess);
  }

  private static boolean hasContent(int action) {
    return action == ADD || action == UPDATE || action == WRITE;
  }

  private static byte[] string(ByteBuffer b) {
    byte[] value = new byte[b.get() & 0xff];
    b.get(value);
    return value;
  }

  /** Several pieces one after the other. */
  public static byte[] concat(byte[]... pieces) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] piece : pieces) {
      all.writeBytes(piece);
    }
    return all.toByteArray();
  }

  /** Shows the key's size only. */
  @Override
  public String toString() {
    return "SyncFrame["
        + action
        + " "
        + listener
        + "/"
        + service
        + "/"
        + backend
        + ", key of "
        + key.length
        + ", "
        + contentText()
        + ", "
        + lastAccess
        + "]";
  }
}
