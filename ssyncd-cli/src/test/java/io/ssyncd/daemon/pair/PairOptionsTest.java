package io.ssyncd.daemon.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ssyncd.daemon.control.Exit;
import io.ssyncd.daemon.settings.Settings;
import io.ssyncd.log.LogConfig.MemberAddress;
import io.ssyncd.node.Warning;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class PairOptionsTest {
  @TempDir Path dir;

  @Command(name = "test")
  private static final class Program {
    @Mixin private PairOptions pair = new PairOptions();
  }

  private static PairOptions options(String... args) {
    Program program = new Program();
    var unused = new CommandLine(program).parseArgs(args);
    return program.pair;
  }

  private PairOptions pair(String... args) {
    String[] all = new String[args.length + 4];
    System.arraycopy(args, 0, all, 0, args.length);
    all[args.length] = "--data-dir";
    all[args.length + 1] = dir.resolve("data").toString();
    all[args.length + 2] = "--socket";
    all[args.length + 3] = dir.resolve("s.sock").toString();
    PairOptions options = options(all);
    assertThat(options.wanted()).isTrue();
    return options;
  }

  private Path key() throws Exception {
    Path file = Files.writeString(dir.resolve("key"), "k".repeat(40));
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  @ParameterizedTest
  @CsvSource({
    "-M -B -a 127.0.0.1, not both",
    "-p 9999, goes with -M or -B",
    "-a 10.0.0.1, goes with -M or -B",
    "--insecure, goes with -M or -B",
    "--key-file k, goes with -M or -B",
    "-M -p 0, 1 to 65535",
    "-M -p 70000, 1 to 65535",
    "-M --insecure --key-file k, not both",
    "-M --bind x:y:z:0, --bind",
    "-M --pound-config /etc/x.cfg, farm's name",
  })
  void whatDoesNotGoTogetherIsAnErrorOfUsage(String line, String text) {
    assertThatExceptionOfType(ParameterException.class)
        .isThrownBy(() -> options(line.split(" ")).wanted())
        .withMessageContaining(text);
  }

  @Test
  void withoutAnyNoPairIsWanted() {
    assertThat(options().wanted()).isFalse();
  }

  @Test
  void aBackupHasToKnowItsMaster() {
    assertThatExceptionOfType(ParameterException.class)
        .isThrownBy(() -> PairNode.of(pair("-B")))
        .withMessageContaining("-B needs -a");
  }

  @Test
  void betweenHostsAKeyIsNeededOrSaidNotToBe() throws Exception {
    assertThatExceptionOfType(StartRefused.class)
        .isThrownBy(() -> PairNode.of(pair("-M", "-p", "9999")))
        .withMessageContaining("--key-file")
        .withMessageContaining("0.0.0.0:9999")
        .satisfies(e -> assertThat(e.exit()).isEqualTo(Exit.CONFIGURATION));
    assertThatExceptionOfType(StartRefused.class)
        .isThrownBy(() -> PairNode.of(pair("-M", "--bind", "10.1.2.3")))
        .withMessageContaining("--insecure");
    assertThat(PairNode.of(pair("-M", "--key-file", key().toString())).key()).isPresent();
    assertThat(PairNode.of(pair("-M", "--insecure")).key()).isEmpty();
    assertThat(PairNode.of(pair("-B", "-a", "127.0.0.1", "--bind", "127.0.0.2")).key()).isEmpty();
  }

  @Test
  void aKeyThatOthersCanReadIsRefused() throws Exception {
    Path open = key();
    var unused = Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatExceptionOfType(StartRefused.class)
        .isThrownBy(() -> PairNode.of(pair("-M", "--key-file", open.toString())))
        .withMessageContaining("chmod 600");
  }

  @Test
  void aBackupListensWhereItsMasterCanBeReachedAndAtTheSamePort() throws Exception {
    PairNode node = PairNode.of(pair("-B", "-a", "127.9.9.9", "-p", "9998"));
    assertThat(node.own()).isEqualTo(new MemberAddress("127.0.0.1", 9998, false));
    assertThat(node.master()).contains(new MemberAddress("127.9.9.9", 9998, false));
  }

  @Test
  void twoNodesNeedTwoAddresses() {
    assertThatExceptionOfType(StartRefused.class)
        .isThrownBy(() -> PairNode.of(pair("-B", "-a", "127.0.0.1")))
        .withMessageContaining("--bind 127.0.0.2");
  }

  @Test
  void aMasterThatNobodyWasNamedToListensEverywhereAndSaysSo() throws Exception {
    PairNode node = PairNode.of(pair("-M", "--insecure", "-p", "9999"));
    assertThat(node.own()).isEqualTo(new MemberAddress("0.0.0.0", 9999, false));
    Settings settings = node.settings("pair-1", "lb1", new TreeMap<>(), false);
    assertThat(settings.warnings())
        .extracting(Warning::code)
        .containsExactly("plain-text", "no-key", "all-addresses");
    assertThat(settings.recent().enabled()).as("start recent starts it, as ever").isFalse();
    assertThat(settings.node().log().pairing()).isPresent();
  }

  /** A promotion script says {@code ssyncd -d -M -p 9999} and no more. */
  @Test
  void whatWasSaidOnceIsKnownAtTheNextStart() throws Exception {
    PairNode first =
        PairNode.of(pair("-B", "-a", "127.0.0.7", "-p", "9999", "--key-file", key().toString()));
    first.memory().write(dir.resolve("data"));

    PairNode next = PairNode.of(pair("-M", "-p", "9999"));
    assertThat(next.key()).isPresent();
    assertThat(PairNode.of(pair("-B")).master())
        .contains(new MemberAddress("127.0.0.7", 9999, false));
    assertThat(next.memory().keyFile()).contains(dir.resolve("key"));
  }

  @Test
  void whatIsRememberedComesBackAsItWas() throws Exception {
    TreeMap<String, MemberAddress> members = new TreeMap<>();
    members.put("lb.1", new MemberAddress("::1", 7777, false));
    members.put("lb2", new MemberAddress("10.0.0.2", 9999, false));
    PairMemory all =
        new PairMemory(
            Optional.of("10.0.0.1:9999"),
            Optional.of("10.0.0.2"),
            Optional.of(Path.of("/etc/ssyncd/a \"key\"")),
            false,
            Optional.of("/etc/pound/%s.cfg"),
            Optional.of(Path.of("/tmp")),
            members);
    all.write(dir);
    assertThat(PairMemory.read(dir)).isEqualTo(all);
    Files.writeString(dir.resolve("pair"), "members { a = [");
    assertThatExceptionOfType(StartRefused.class)
        .isThrownBy(() -> PairMemory.read(dir))
        .withMessageContaining(dir.resolve("pair").toString());
  }

  /** A cluster of three would become one of one by a slip. */
  @Test
  void theDataOfAConfigurationFileAreLeftAlone() throws Exception {
    Path data = Files.createDirectories(dir.resolve("data"));
    Files.writeString(data.resolve("identity"), "cluster = prod\nmember = lb1\n");
    assertThatExceptionOfType(StartRefused.class)
        .isThrownBy(() -> PairNode.of(pair("-M", "--insecure")))
        .withMessageContaining("member lb1 of cluster prod")
        .withMessageContaining("--data-dir");
  }
}
