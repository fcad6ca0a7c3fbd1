package io.ssyncd.bench;

import io.ssyncd.testkit.NetworkNamespace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.IntStream;

/** Real tables of this kernel, in a network namespace of their own, each as full as it gets. */
final class FullTables implements AutoCloseable {
  /** The rows of each. */
  static final int ROWS = 100;

  private final NetworkNamespace namespace;
  private final List<String> names;

  private FullTables(NetworkNamespace namespace, List<String> names) {
    this.namespace = namespace;
    this.names = names;
  }

  /** So many empty tables. */
  static FullTables make(int count) throws IOException, InterruptedException {
    NetworkNamespace namespace = NetworkNamespace.create();
    List<String> names = IntStream.range(0, count).mapToObj("T%03d"::formatted).toList();
    for (String name : names) {
      namespace.recentTable(name, false);
    }
    return new FullTables(namespace, names);
  }

  /** The folder that the kernel shows them in. */
  Path directory() {
    return namespace.recentTables();
  }

  List<String> names() {
    return names;
  }

  /** Takes all rows out. */
  void empty() throws IOException {
    for (String name : names) {
      Files.writeString(directory().resolve(name), "/\n", StandardOpenOption.WRITE);
    }
  }

  /** Gives every row of every table so many stamps. */
  void fill(int stamps) throws IOException {
    for (String name : names) {
      try (FileChannel table =
          FileChannel.open(directory().resolve(name), StandardOpenOption.WRITE)) {
        for (int i = 0; i < stamps * ROWS; i++) {
          String command = "+10.20.0." + i % ROWS + "\n";
          table.position(0);
          int unused = table.write(ByteBuffer.wrap(command.getBytes(StandardCharsets.US_ASCII)));
        }
      }
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    namespace.close();
  }
}
