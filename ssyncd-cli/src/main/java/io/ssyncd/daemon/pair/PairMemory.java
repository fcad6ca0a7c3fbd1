package io.ssyncd.daemon.pair;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigUtil;
import io.ssyncd.daemon.control.Exit;
import io.ssyncd.daemon.settings.HostPort;
import io.ssyncd.log.LogConfig.MemberAddress;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What a node of a pair was told when it was started before, in the file {@code pair} of its data
 * directory: a promotion script says {@code ssyncd -d -M -p 9999} and no more.
 *
 * @param master where the master was, {@code host:port}
 * @param bind this node's own address, if it was said
 * @param keyFile the key that is shared
 * @param insecure whether it was said that there is none
 * @param poundConfig where farms' pound.cfg are
 * @param poundSockets where Pound makes its sockets
 * @param members those that the master named when this node was taken in
 */
record PairMemory(
    Optional<String> master,
    Optional<String> bind,
    Optional<Path> keyFile,
    boolean insecure,
    Optional<String> poundConfig,
    Optional<Path> poundSockets,
    SortedMap<String, MemberAddress> members) {
  private static final int MAX_BYTES = 64 * 1024;

  static final PairMemory NONE =
      new PairMemory(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false,
          Optional.empty(),
          Optional.empty(),
          new TreeMap<>());

  PairMemory {
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
  }

  /** The same, of a pair of these members. */
  PairMemory with(SortedMap<String, MemberAddress> now) {
    return new PairMemory(master, bind, keyFile, insecure, poundConfig, poundSockets, now);
  }

  private static Path file(Path directory) {
    return directory.resolve("pair");
  }

  /** Whether a data directory is a pair's. */
  static boolean isIn(Path directory) {
    return Files.exists(file(directory));
  }

  /** Reads what is kept; {@link #NONE} if nothing is. */
  static PairMemory read(Path directory) throws StartRefused {
    Path file = file(directory);
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new StartRefused(Exit.CONFIGURATION, file + " is none of ours: it is too long");
      }
      return of(
          ConfigFactory.parseFile(
              file.toFile(),
              ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF).setAllowMissing(false)));
    } catch (NoSuchFileException e) {
      return NONE;
    } catch (IOException | ConfigException | IllegalArgumentException e) {
      throw new StartRefused(
          Exit.CONFIGURATION,
          file + " cannot be read: " + e.getMessage() + "; say all options anew, and delete it",
          e);
    }
  }

  private static PairMemory of(Config kept) {
    SortedMap<String, MemberAddress> members = new TreeMap<>();
    if (kept.hasPath("members")) {
      for (String name : kept.getObject("members").keySet()) {
        String text = kept.getString("members." + ConfigUtil.quoteString(name));
        HostPort at =
            HostPort.parse(text, 1)
                .orElseThrow(() -> new IllegalArgumentException("no address is " + text));
        members.put(name, new MemberAddress(at.host(), at.port(), false));
      }
    }
    Function<String, Optional<String>> value =
        key -> kept.hasPath(key) ? Optional.of(kept.getString(key)) : Optional.empty();
    return new PairMemory(
        value.apply("master"),
        value.apply("bind"),
        value.apply("key-file").map(Path::of),
        kept.hasPath("insecure") && kept.getBoolean("insecure"),
        value.apply("pound-config"),
        value.apply("pound-sockets").map(Path::of),
        members);
  }

  /** Replaces what is kept. */
  void write(Path directory) throws StartRefused {
    StringBuilder text = new StringBuilder("# how ssyncd was started here; ssyncd writes this\n");
    line(text, "master", master);
    line(text, "bind", bind);
    line(text, "key-file", keyFile.map(Path::toString));
    line(text, "insecure", insecure ? Optional.of("true") : Optional.empty());
    line(text, "pound-config", poundConfig);
    line(text, "pound-sockets", poundSockets.map(Path::toString));
    for (Map.Entry<String, MemberAddress> member : members.entrySet()) {
      line(
          text,
          "members." + ConfigUtil.quoteString(member.getKey()),
          Optional.of(member.getValue().text()));
    }
    Path file = file(directory);
    Path next = file.resolveSibling("pair.next");
    try {
      makeDirectory(directory);
      Files.writeString(next, text.toString());
      try (FileChannel written = FileChannel.open(next, StandardOpenOption.WRITE)) {
        written.force(true);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new StartRefused(Exit.CONFIGURATION, file + " cannot be written: " + e, e);
    }
  }

  /** Sessions are nobody's but the daemon's. */
  private static void makeDirectory(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.createDirectory(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private static void line(StringBuilder text, String key, Optional<String> value) {
    value.ifPresent(
        words -> text.append(key).append(" = ").append(ConfigUtil.quoteString(words)).append('\n'));
  }
}
