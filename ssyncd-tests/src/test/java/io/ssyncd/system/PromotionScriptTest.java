package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.ssyncd.pound.standin.Farm;
import io.ssyncd.testkit.BalancerNetwork;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.NetworkNamespace;
import io.ssyncd.testkit.StandInPound;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promotion script in the wild, as it stands: a pair on two hosts of their own, started as ever
 * but for the key, its master killed.
 */
@Tag("long")
class PromotionScriptTest {
  private static final int SESSIONS = 50;
  private static final String ENTRY = "203.0.113.7";

  @TempDir Path dir;

  private Path key() throws Exception {
    Path file = Files.writeString(dir.resolve("pair.key"), "0123456789abcdef".repeat(4) + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static String script() throws Exception {
    URL found = Objects.requireNonNull(PromotionScriptTest.class.getResource("/pair/promote"));
    Path script = Path.of(found.toURI());
    assertThat(script.toFile().setExecutable(true)).isTrue(); // a copied resource may have lost it
    return script.toString();
  }

  @Test
  void theScriptInTheWildWorksAsItStands() throws Exception {
    assumeTrue(NetworkNamespace.allowed(), "root makes network namespaces");
    Farm farm = Farm.ofSpec("f1", Farms.LASTING);
    try (BalancerNetwork network = BalancerNetwork.of(2);
        PairHost first = PairHost.apart(dir.resolve("a"), network.namespaces().get(0).name());
        PairHost second = PairHost.apart(dir.resolve("b"), network.namespaces().get(1).name())) {
      for (NetworkNamespace balancer : network.namespaces()) {
        balancer.recentTable("T4", false);
      }
      String key = key().toString();
      StandInPound firstPound = first.pound(farm);
      StandInPound secondPound = second.pound(farm);

      // The pair, as before.
      Command.Result master = first.start(with(first, "-M", "-p", "9999", "--key-file", key)).ok();
      assertThat(master.err()).contains("plain text").contains("open on all addresses");
      assertThat(first.ctl("show", "mode").ok().out()).isEqualTo("master\n");
      assertThat(first.ctl("start", "http", "f1").ok().out())
          .isEqualTo("starting http sync service\nhttp farm added\n");
      first.ctl("start", "recent").ok();
      second.start(with(second, "-B", "-p", "9999", "-a", "10.213.0.1", "--key-file", key)).ok();
      second.await("two voters", () -> second.voters() == 2);
      assertThat(second.ctl("show", "mode").ok().out()).isEqualTo("backup\n");
      second.await("the warning of two", () -> codes(second).contains("two-nodes"));
      firstPound.command("traffic " + SESSIONS + " client-");
      Files.writeString(
          network.namespaces().get(0).recentTables().resolve("T4"), "+" + ENTRY + "\n");
      second.await("all sessions", () -> second.sessions("f1") == SESSIONS);
      second.await("the entry", () -> entries(second) == 1);
      JsonNode before = second.status().orElseThrow();

      // The master's host dies, and keepalived runs the script.
      first.kill();
      firstPound.close();
      Command.Result promoted = second.run(script(), "f1").ok();

      assertThat(promoted.out())
          .startsWith(
              "http session data written correclty\n"
                  + "writing datarecent data written correclty\n")
          .endsWith("http farm added\n");
      assertThat(promoted.err())
          .contains("warning: no majority is in reach")
          .contains("plain text");
      assertThat(second.ctl("show", "mode").ok().out()).isEqualTo("master\n");
      assertThat(second.run("pgrep", "-x", "ssyncd").ok().out().lines())
          .contains(Long.toString(second.pid()));
      assertThat(kept(secondPound)).isEqualTo(SESSIONS);
      assertThat(Files.readString(network.namespaces().get(1).recentTables().resolve("T4")))
          .contains("src=" + ENTRY + " ");
      JsonNode after = second.status().orElseThrow();
      assertThat(after.path("cluster").asText()).isNotEqualTo(before.path("cluster").asText());
      assertThat(after.path("epoch").asLong()).isGreaterThan(before.path("epoch").asLong());
      secondPound.command("traffic 10 later-");
      second.await("it collects", () -> second.sessions("f1") == SESSIONS + 10);

      // One table, with the old words.
      assertThat(second.ctl("show", "recent").ok().out())
          .startsWith("# T4\n src: " + ENTRY + "ttl: ");
      assertThat(second.ctl("count", "recent").ok().out()).isEqualTo("# T4: 1\n\n");
      assertThat(second.ctl("write", "recent", "table", "T4").ok().out())
          .isEqualTo("writing datarecent data written correclty\n");
      assertThat(second.ctl("clear", "recent", "table", "T4").ok().out()).isEmpty();
      assertThat(Files.readString(network.namespaces().get(1).recentTables().resolve("T4")))
          .isEmpty();

      // The old master is back, with what it knew.
      Command.Result refused = first.start("-B", "-p", "9999", "-a", "10.213.0.2");
      assertThat(refused.exit()).isEqualTo(78);
      assertThat(refused.err())
          .contains("the master at 10.213.0.2:9999 leads " + after.path("cluster").asText())
          .contains("mv /var/lib/ssyncd /var/lib/ssyncd." + before.path("cluster").asText())
          .contains("ssyncd -d -B -a 10.213.0.2 -p 9999 --key-file " + key);
      first.run("mv", "/var/lib/ssyncd", "/var/lib/ssyncd.old").ok();
      first.start("-B", "-a", "10.213.0.2", "-p", "9999", "--key-file", key).ok();
      first.await(
          "it is filled", () -> first.sessions("f1") == SESSIONS + 10 && first.voters() == 2);
      assertThat(first.ctl("show", "mode").ok().out()).isEqualTo("backup\n");
    }
  }

  private static String[] with(PairHost host, String... args) {
    String[] pound = host.poundFlags();
    String[] all = new String[args.length + pound.length];
    System.arraycopy(args, 0, all, 0, args.length);
    System.arraycopy(pound, 0, all, args.length, pound.length);
    return all;
  }

  private static int entries(PairHost host) {
    return host.status().map(s -> s.path("sessions").path("recent").path("T4").asInt()).orElse(0);
  }

  private static java.util.List<String> codes(PairHost host) {
    return host.status().orElseThrow().path("warnings").findValuesAsText("code");
  }

  /** Without ssyncd's own sign of life. */
  private static long kept(StandInPound pound) throws Exception {
    return pound.sessions().stream().filter(session -> session.lastAccess() != 1).count();
  }
}
