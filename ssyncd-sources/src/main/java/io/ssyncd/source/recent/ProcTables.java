package io.ssyncd.source.recent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables of a network namespace: {@code /proc/net/xt_recent}, or {@code
 * /proc/PID/net/xt_recent} of a process in another one.
 */
public final class ProcTables implements TableFiles {
  /** The kernel hands out 4 KB a read, more only if one row is longer. */
  private static final int READ_BYTES = 8 * 1024;

  private static final Logger log = LoggerFactory.getLogger(ProcTables.class);

  private final Path directory;
  private final AtomicBoolean truncated = new AtomicBoolean();

  /** The buffer of the last reader; tables are read many times a second, mostly by one thread. */
  private final AtomicReference<byte @Nullable []> spare = new AtomicReference<>();

  /** The tables below {@code directory}. */
  public ProcTables(Path directory) {
    this.directory = directory;
  }

  @Override
  public List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (names.size() == MAX_TABLES) {
          if (!truncated.getAndSet(true)) {
            log.warn("{} holds more than {} tables; the rest is not seen", directory, MAX_TABLES);
          }
          break;
        }
        names.add(file.getFileName().toString());
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    Collections.sort(names);
    return names;
  }

  @Override
  public void read(String table, Piece to) throws IOException {
    try (FileChannel file = FileChannel.open(directory.resolve(table), StandardOpenOption.READ)) {
      byte[] last = spare.getAndSet(null);
      byte[] bytes = last == null ? new byte[READ_BYTES] : last;
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      int count;
      while ((count = file.read(buffer.clear())) > 0) {
        to.take(bytes, 0, count);
      }
      spare.set(bytes);
    }
  }

  @Override
  public boolean isEmpty(String table) throws IOException {
    try (FileChannel file = FileChannel.open(directory.resolve(table), StandardOpenOption.READ)) {
      return file.read(ByteBuffer.allocate(1)) <= 0; // the kernel prints rows until that is full
    }
  }

  @Override
  public Commands open(String table) throws IOException {
    FileChannel file = FileChannel.open(directory.resolve(table), StandardOpenOption.WRITE);
    return new Commands() {
      @Override
      public int write(ByteBuffer commands) throws IOException {
        file.position(0);
        return file.write(commands);
      }

      @Override
      public void close() throws IOException {
        file.close();
      }
    };
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
