package io.ssyncd.source.pound;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a pound.cfg says: a configuration, or a fault that names a file; and the same when a
 * part of it is in an included file. Longer than every day: {@code mvn test -Dssyncd.groups=jazzer
 * -Djazzer.max_duration=1h}.
 */
class FarmConfigFuzz {
  @TempDir(factory = InMemory.class)
  Path dir;

  /**
   * In memory, where there is such a place: on a disk most of the fuzzer's time goes into writing
   * the files, for ext4 writes out at once what replaces a file by cutting it to nothing first.
   */
  static final class InMemory implements TempDirFactory {
    private static final Path MEMORY = Path.of("/dev/shm");

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
        throws IOException {
      String prefix = "ssyncd-fuzz";
      return Files.isWritable(MEMORY)
          ? Files.createTempDirectory(MEMORY, prefix)
          : Files.createTempDirectory(prefix);
    }
  }

  static Stream<byte[]> files() {
    return Stream.of("shop.cfg", "older/farm.cfg", "older/session.inc")
        .map(FarmConfigTest::resource)
        .map(
            file -> {
              try {
                return Files.readAllBytes(file);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  @MethodSource("files")
  @FuzzTest(maxDuration = "5s")
  void anyFile(byte[] content) throws IOException {
    String text = new String(content, StandardCharsets.ISO_8859_1);
    boolean includes = text.toLowerCase(Locale.ROOT).contains("include");
    if (includes) {
      text = text.replace('/', '_').replace("..", "__"); // nothing outside of dir is read
    }
    Optional<FarmConfig> whole = read(text);

    if (!includes && text.indexOf('\n') >= 0) {
      int half = text.indexOf('\n', text.length() / 2);
      half = half < 0 ? text.indexOf('\n') : half;
      write("half.inc", text.substring(half + 1));
      Optional<FarmConfig> parted = read(text.substring(0, half + 1) + "Include \"half.inc\"\n");
      check(parted.map(FarmConfig::digest).equals(whole.map(FarmConfig::digest)), "digest");
      check(parted.map(FarmConfig::listeners).equals(whole.map(FarmConfig::listeners)), "ids");
    }
    whole.ifPresent(FarmConfigFuzz::whatMayBeWrittenHasAPlace);
  }

  private Optional<FarmConfig> read(String text) throws IOException {
    Path file = write("main.cfg", text);
    try {
      return Optional.of(FarmConfig.read(file));
    } catch (FarmConfigException e) {
      check(String.valueOf(e.getMessage()).startsWith(dir.toString()), "no file is named");
      return Optional.empty();
    }
  }

  private static void whatMayBeWrittenHasAPlace(FarmConfig config) {
    for (int listener = 0; listener < 3; listener++) {
      for (int service = 0; service < 3; service++) {
        for (int backend = 0; backend < 3; backend++) {
          HttpKey key = new HttpKey("f1", listener, service, Bytes.utf8("k"));
          HttpSession session = new HttpSession(key, backend, Bytes.utf8("127.0.0.1"), 1000);
          if (config.refusal(session, 1000).isEmpty()) {
            FarmConfig.Service there = config.listeners().get(listener).services().get(service);
            check(there.keepsSessions(), "keeps no sessions");
            check(!there.backends().get(backend).disabled(), "is disabled");
          }
        }
      }
    }
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(dir.resolve(name), text, StandardCharsets.ISO_8859_1);
  }

  private static void check(boolean good, String what) {
    if (!good) {
      throw new AssertionError(what);
    }
  }
}
