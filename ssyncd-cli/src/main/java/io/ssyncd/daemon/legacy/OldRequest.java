package io.ssyncd.daemon.legacy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A request of the old tool: {@code ef ab | 07 | len u16 | command u8}, and of some commands {@code
 * n u8, name[n]}. The length is true.
 *
 * @param command what is wanted
 * @param name of a farm or a table; empty where the command has none
 */
record OldRequest(Command command, String name) {
  /** The longest request that the original reads, in bytes. */
  static final int MAX_BYTES = 1024;

  private static final int HEAD_BYTES = 6;
  private static final int AT_LENGTH = 3;

  /** The commands, by their number on the wire. */
  enum Command {
    START_HTTP(2, true),
    STOP_HTTP(3, true),
    SHOW_HTTP(4, false),
    CLEAR_HTTP(5, false),
    WRITE_HTTP(6, false),
    STOP_RECENT(7, false),
    START_RECENT(8, false),
    SHOW_RECENT(9, false),
    CLEAR_RECENT(10, false),
    CLEAR_TABLE(11, true),
    WRITE_TABLE(12, true),
    WRITE_RECENT(13, false),
    SWITCH_MASTER(14, false),
    SWITCH_BACKUP(15, false),
    COUNT_RECENT(16, false),
    MODE(17, false),
    QUIT(18, false),
    COUNT_HTTP(19, false),
    /** A number that is none of these. */
    UNKNOWN(0, false);

    private final int number;
    private final boolean named;

    Command(int number, boolean named) {
      this.number = number;
      this.named = named;
    }

    static Command of(int number) {
      for (Command command : values()) {
        if (command.number == number) {
          return command;
        }
      }
      return UNKNOWN;
    }
  }

  /**
   * How long a request is that begins so; 0 while that is not known, -1 if it is none.
   *
   * @param bytes the first {@code count} of which are there
   */
  static int length(byte[] bytes, int count) {
    int[] head = {0xef, 0xab, 7};
    for (int i = 0; i < Math.min(count, head.length); i++) {
      if ((bytes[i] & 0xff) != head[i]) {
        return -1;
      }
    }
    if (count < AT_LENGTH + 2) {
      return 0;
    }
    int length = bytes[AT_LENGTH] & 0xff | (bytes[AT_LENGTH + 1] & 0xff) << 8;
    return length < HEAD_BYTES || length > MAX_BYTES ? -1 : length;
  }

  /** What a whole request says; empty if its fields do not fill it. */
  static Optional<OldRequest> read(byte[] bytes, int length) {
    ByteBuffer in = ByteBuffer.wrap(bytes, 0, length).order(ByteOrder.LITTLE_ENDIAN);
    Command command = Command.of(in.get(HEAD_BYTES - 1) & 0xff);
    in.position(HEAD_BYTES);
    if (!command.named) {
      return Optional.of(new OldRequest(command, ""));
    }
    if (!in.hasRemaining() || (in.get() & 0xff) != in.remaining() || !in.hasRemaining()) {
      return Optional.empty();
    }
    try {
      CharBuffer name = StandardCharsets.UTF_8.newDecoder().decode(in);
      return Optional.of(new OldRequest(command, name.toString()));
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
