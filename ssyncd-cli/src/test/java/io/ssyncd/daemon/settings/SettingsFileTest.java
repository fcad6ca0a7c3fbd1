package io.ssyncd.daemon.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ssyncd.daemon.hooks.HookEvent;
import io.ssyncd.log.AddressRange;
import io.ssyncd.log.Durability;
import io.ssyncd.log.tls.Authority;
import io.ssyncd.node.NodeConfig;
import io.ssyncd.node.NodeConfig.Following;
import io.ssyncd.node.NodeConfig.Gate;
import io.ssyncd.node.Warning;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.source.pound.Adopt;
import io.ssyncd.source.pound.PoundctlTool;
import io.ssyncd.source.pound.Thinning;
import io.ssyncd.source.recent.Conntrack;
import io.ssyncd.source.recent.TablePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsFileTest {
  private static final String LEAST =
      """
      ssyncd {
        node = lb1
        cluster {
          tls { enabled = false }
          members { lb1 { address = "127.0.0.1:7777" } }
        }
      }
      """;

  @TempDir Path dir;

  @Test
  void defaultsFillAllButNodeMembersAndTls() throws Exception {
    Settings settings = SettingsFile.read(file(LEAST));

    assertThat(settings.node().name()).isEqualTo("lb1");
    assertThat(settings.node().dataDirectory()).isEqualTo(Path.of("/var/lib/ssyncd"));
    assertThat(settings.node().log().electionTimeout()).isEqualTo(Duration.ofMillis(500));
    assertThat(settings.node().log().heartbeat()).isEqualTo(Duration.ofMillis(100));
    assertThat(settings.node().log().durability()).isEqualTo(Durability.FSYNC);
    assertThat(settings.node().promotion().write()).containsExactly(Kind.HTTP, Kind.RECENT);
    assertThat(settings.node().promotion().deadline()).isEqualTo(Duration.ofSeconds(10));
    assertThat(settings.node().clockLimit()).isEqualTo(Duration.ofSeconds(1));
    assertThat(settings.recent().tables().conntrack()).isEqualTo(Conntrack.AUTO);
    assertThat(settings.node().promotion().gate()).isEqualTo(Gate.PRIORITY);
    assertThat(settings.node().limits().maxHttpSessions()).isEqualTo(2_000_000);
    assertThat(settings.control().socket()).isEqualTo(Path.of("/run/ssyncd/ssyncd.sock"));
    assertThat(PosixFilePermissions.toString(settings.control().mode())).isEqualTo("rw-rw----");
    assertThat(settings.http().socketDir()).isEqualTo(Path.of("/tmp"));
    assertThat(settings.http().configPattern()).isEqualTo("/etc/pound/%s.cfg");
    assertThat(settings.http().thinning()).isEqualTo(Thinning.DEFAULT);
    assertThat(settings.http().adopt()).isEqualTo(Adopt.NEWER);
    assertThat(settings.http().tools()).isEmpty();
    assertThat(settings.metrics().map(at -> at.getPort())).contains(7780);
    assertThat(settings.node().feeds()).isEmpty();
  }

  @Test
  void theExampleOfTheDocumentationIsReadInFull() throws Exception {
    Settings settings =
        SettingsFile.read(
            file(
                """
                ssyncd {
                  node = lb1
                  data-dir = /var/lib/x
                  control { socket = /run/x/s.sock, mode = "0600", group = adm }
                  cluster {
                    name = prod
                    members {
                      lb1 { address = "10.0.0.1:7777" }
                      lb2 { address = "[2001:db8::2]:7777" }
                      w1  { address = "10.0.0.3:7777", witness = true }
                    }
                    election-timeout = 1 s
                    heartbeat = 50 ms
                    durability = os
                    clock-limit = 250 ms
                    allow = ["10.0.0.0/24", "2001:db8::/64"]
                    tls { enabled = false }
                  }
                  http   { socket-dir = /tmp, adopt = never, farms { f1 { config = /etc/pound/f1.cfg
                           poundctl { program = /usr/sbin/poundctl, socket = /run/pound/f1.ctl
                                      timeout = 3 s } }, f2 {} } }
                  recent { enabled = true, tables = ["_web_*"], interval = 100 ms
                           conntrack = /opt/bin/conntrack
                           policies { "_web_*" { seconds = 120, hits = replay } } }
                  promotion { write = [recent], vip = ["10.0.0.9"], track-file = /run/x/ready
                              deadline = 5 s, gate = strict, notify-fifo = /run/x/fifo
                              instances = [VI_1], follow-vip = true, hold-down = 9 s }
                  metrics { listen = off }
                }
                """));

    assertThat(settings.node().log().members().get("lb2").text()).isEqualTo("[2001:db8::2]:7777");
    assertThat(settings.node().log().members().get("w1").witness()).isTrue();
    assertThat(settings.node().log().allow())
        .containsExactly(
            AddressRange.parse("10.0.0.0/24"), AddressRange.parse("2001:db8:0:0:0:0:0:0/64"));
    assertThat(settings.node().feeds())
        .containsExactly(Feed.farm("f1"), Feed.farm("f2"), Feed.RECENT);
    assertThat(settings.http().farms())
        .containsEntry("f1", Optional.of(Path.of("/etc/pound/f1.cfg")))
        .containsEntry("f2", Optional.empty());
    assertThat(settings.http().tools())
        .containsOnly(
            Map.entry(
                "f1",
                new PoundctlTool(
                    Path.of("/usr/sbin/poundctl"),
                    Path.of("/run/pound/f1.ctl"),
                    Duration.ofSeconds(3))));
    assertThat(settings.http().adopt()).isEqualTo(Adopt.NEVER);
    assertThat(settings.recent().tables().policies())
        .containsExactly(
            new TablePolicy(
                "_web_*", Optional.of(Duration.ofSeconds(120)), TablePolicy.Hits.REPLAY));
    assertThat(settings.recent().tables().interval()).isEqualTo(Duration.ofMillis(100));
    assertThat(settings.node().clockLimit()).isEqualTo(Duration.ofMillis(250));
    assertThat(settings.recent().tables().conntrack())
        .isEqualTo(Conntrack.by(Path.of("/opt/bin/conntrack")));
    assertThat(settings.node().promotion().gate()).isEqualTo(Gate.STRICT);
    assertThat(settings.node().promotion().following())
        .isEqualTo(
            new Following(
                true, Optional.of(Path.of("/run/x/fifo")), List.of("VI_1"), Duration.ofSeconds(9)));
    assertThat(settings.metrics()).isEmpty();
    assertThat(settings.warnings()).extracting(Warning::code).contains("plain-text");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "election-timeout = soon | :7: ssyncd.cluster.election-timeout",
        "heartbeat = 400 ms | :7: ssyncd.cluster.heartbeat is at most half",
        "hartbeat = 1 ms | :7: ssyncd.cluster.hartbeat is unknown; did you mean heartbeat?",
        "durability = maybe | :7: ssyncd.cluster.durability is one of [fsync, os], not \"maybe\"",
        "members { lb2 { adress = x } } | ssyncd.cluster.members.lb2.address is missing",
        "members { lb2 { address = x } } | :7: ssyncd.cluster.members.lb2.address is host:port",
        "members { lb2 { address = \"h:70000\" } } | :7: ssyncd.cluster.members.lb2.address is",
        "members { \"a b\" { address = \"h:1\" } } | :7: ssyncd.cluster.members.\"a b\" is no"
            + " member",
        "members { lb2 { address = \"10.0.0.2:1\", witness = 7 } } | :7:"
            + " ssyncd.cluster.members.lb2",
        "name = \"a b\" | :7: ssyncd.cluster.name is letters",
        "tls { certificate = x } | :7: ssyncd.cluster.tls.key is missing",
        "tls { } | :7: ssyncd.cluster.tls has no certificate, key and ca",
        "tls { certificate = /x/c, key = /x/k, ca = /x/ca } | :7: ssyncd.cluster.tls.certificate"
            + " /x/c: does not exist",
        "tls { certficate = x } | ssyncd.cluster.tls.certficate is unknown; did you mean"
            + " certificate?",
      })
  void aWrongClusterKeyIsNamedWithFileAndLine(String line, String expected) {
    Path file =
        file(
            """
            ssyncd {
              node = lb1
              cluster {
                members {
                  lb1 { address = "127.0.0.1:7777" }
                }
            """
                + line.replace("tls {", "tls { enabled = true, ")
                + (line.startsWith("tls") ? "" : "\n tls { enabled = false }")
                + "\n }\n}\n");
    assertThatThrownBy(() -> SettingsFile.read(file))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nod = x | :7: ssyncd.nod is unknown; did you mean node?",
        "control { mode = \"rw\" } | :7: ssyncd.control.mode is three octal digits",
        "http { farms { \"a/b\" {} } } | :7: ssyncd.http.farms.\"a/b\" is no farm",
        "http { farms { abcdefghijklmnopqrstuvwxyz0 {} } } | 1 to 26 bytes, not 27",
        "http { farms { f1 { confg = x } } } | :7: ssyncd.http.farms.f1.confg is unknown",
        "http { adopt = always } | :7: ssyncd.http.adopt is one of [newer, never]",
        "http { farms { f1 { poundctl { program = /x } } } } | f1.poundctl.socket is missing",
        "http { farms { f1 { poundctl { program = \"poundctl -X\", socket = /s } } } } |"
            + " f1.poundctl.program is an absolute path, not poundctl -X",
        "http { config-pattern = /etc/x } | :7: ssyncd.http.config-pattern is a path with one %s",
        "http { max-sessions = 0 } | :7: ssyncd.http.max-sessions is 1 to",
        "http = 5 | :7: ssyncd.http is a section",
        "http { thinning { least = 0 s } } | :7: ssyncd.http.thinning.least is 1000 ms to",
        "http { thinning { least = 2 h } } | :7: ssyncd.http.thinning.least is 1000 ms to",
        "http { thinning { fraction = 1 } } | :7: ssyncd.http.thinning.fraction is 2 to 1000",
        "http { thinning { fracton = 9 } } | did you mean fraction?",
        "http { thinning = 5 s } | :7: ssyncd.http.thinning is a section",
        "recent { interval = 1 ms } | :7: ssyncd.recent.interval is 10 ms to",
        "recent { conntrack = on } | :7: ssyncd.recent.conntrack is auto, off, or",
        "promotion { write = [pound] } | :7: ssyncd.promotion.write names http and recent",
        "promotion { vip = [\"example.org\"] } | :7: ssyncd.promotion.vip is a list of addresses",
        "promotion { follow-vip = true } | :7: ssyncd.promotion.follow-vip needs vip or"
            + " notify-fifo",
        "promotion { gate = strict } | :7: ssyncd.promotion.gate is strict, but needs track-file",
        "promotion { instances = [VI_1] } | :7: ssyncd.promotion.instances needs notify-fifo",
        "promotion { hold-down = 0 s } | :7: ssyncd.promotion.hold-down is 100 ms to",
        "metrics { listen = here } | :7: ssyncd.metrics.listen is host:port",
      })
  void aWrongKeyIsNamedWithFileAndLine(String line, String expected) {
    Path file = file(LEAST.substring(0, LEAST.lastIndexOf('}')) + line + "\n}\n");
    assertThatThrownBy(() -> SettingsFile.read(file))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void allProblemsAreToldAtOnce() {
    Path file = file("ssyncd { node = a, foo = 1\n cluster { bar = 2\n members {} } }");
    assertThatThrownBy(() -> SettingsFile.read(file))
        .isInstanceOfSatisfying(
            SettingsException.class, e -> assertThat(e.problems()).hasSizeGreaterThanOrEqualTo(2));
  }

  @Test
  void aNodeThatIsNoMemberIsRefused() {
    assertThatThrownBy(() -> SettingsFile.read(file(LEAST.replace("node = lb1", "node = lb9"))))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(":2: ssyncd.node is none of cluster.members: [lb1]");
  }

  @Test
  void withoutTlsOnlyLoopbackStarts() throws Exception {
    String unstated = LEAST.replace("tls { enabled = false }", "");

    assertThat(SettingsFile.read(file(unstated)).warnings())
        .extracting(Warning::code)
        .contains("plain-text");
    assertThatThrownBy(() -> SettingsFile.read(file(unstated.replace("127.0.0.1", "10.0.0.1"))))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("ssyncd.cluster.tls is missing");
  }

  @Test
  void fsyncIsTheDefaultAndNeedsNoWarning() throws Exception {
    Settings settings = SettingsFile.read(file(LEAST));
    assertThat(settings.node().log().durability()).isEqualTo(Durability.FSYNC);
    assertThat(settings.warnings()).isEmpty();
  }

  @Test
  void theBoundOnFreeSpaceIsASize() throws Exception {
    assertThat(SettingsFile.read(file(LEAST)).minFreeBytes()).isEqualTo(160L << 20);
    String stated = LEAST.replace("cluster {", "cluster { min-free = 2 GiB");
    assertThat(SettingsFile.read(file(stated)).minFreeBytes()).isEqualTo(2L << 30);
    assertThatThrownBy(() -> SettingsFile.read(file(stated.replace("2 GiB", "1 KiB"))))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("ssyncd.cluster.min-free")
        .hasMessageContaining("1048576 to");
  }

  @Test
  void aCertificateIsReadAndChecked() throws Exception {
    Authority authority = Authority.create(dir.resolve("tls"), "ssyncd");
    authority.issue("lb1", 10, dir.resolve("tls"));
    authority.issue("lb2", 30, dir.resolve("tls"));
    String secured =
        LEAST.replace(
            "tls { enabled = false }",
            """
            tls {
              certificate = DIR/${ssyncd.node}.crt
              key = DIR/${ssyncd.node}.key
              ca = DIR/ca.crt }\
            """
                .replace("DIR", dir.resolve("tls").toString()));

    Settings settings = SettingsFile.read(file(secured));
    assertThat(settings.node().log().tls().orElseThrow().certificate())
        .isEqualTo(dir.resolve("tls/lb1.crt"));
    assertThat(settings.warnings()).extracting(Warning::code).contains("certificate-expires");

    assertThatThrownBy(
            () -> SettingsFile.read(file(secured.replace("${ssyncd.node}.crt", "lb2.crt"))))
        .hasMessageContaining("ssyncd.cluster.tls.key ")
        .hasMessageContaining("is not the key of the certificate");
    assertThatThrownBy(() -> SettingsFile.read(file(secured.replace("${ssyncd.node}", "lb2"))))
        .hasMessageContaining("ssyncd.cluster.tls.certificate ")
        .hasMessageContaining(
            "is the certificate of ssyncd://ssyncd/lb2, this node is ssyncd://ssyncd/lb1");
  }

  @Test
  void aFileThatCannotBeReadIsNamed() {
    for (Path path : List.of(dir, dir.resolve("absent.conf"))) {
      assertThatThrownBy(() -> SettingsFile.read(path))
          .isInstanceOf(SettingsException.class)
          .hasMessageContaining(path.toString());
    }
  }

  @Test
  void aFileThatDoesNotExistIsToldWithoutTheNameOfAnException() {
    assertThatThrownBy(() -> SettingsFile.read(dir.resolve("absent.conf")))
        .hasMessageContaining("absent.conf: does not exist; --config names")
        .hasMessageNotContaining("Exception");
  }

  @Test
  void aValueWithASubstitutionIsNamedWithItsOwnLine() {
    String secured =
        LEAST.replace(
            "tls { enabled = false }",
            "tls { key = /x/k, ca = /x/ca\n certificate = /x/${ssyncd.node}.crt }");
    assertThatThrownBy(() -> SettingsFile.read(file(secured)))
        .hasMessageContaining(":5: ssyncd.cluster.tls.certificate /x/lb1.crt: does not exist");
  }

  @Test
  void twoMembersAtOneAddressAreRefused() {
    String twice = LEAST.replace("members {", "members {\n lb2 { address = \"127.0.0.1:7777\" }\n");
    assertThatThrownBy(() -> SettingsFile.read(file(twice)))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(
            ":6: ssyncd.cluster.members.lb2.address is 127.0.0.1:7777, which is the address of"
                + " lb1");
  }

  @Test
  void aPoundConfigurationThatIsNotThereOrIsAnotherFarmsIsWarnedOf() throws Exception {
    Path other = Files.writeString(dir.resolve("shop.cfg"), "Name other\n");
    String farms =
        "http.farms { shop { config = \"" + other + "\" }, api { config = /x/api.cfg } }";
    Path file = file(LEAST.replace("node = lb1", "node = lb1\n" + farms));

    assertThat(SettingsFile.read(file).warnings())
        .containsExactly(
            new Warning(
                "no-configuration",
                "http.farms.api.config /x/api.cfg does not exist: until it does, the farm's"
                    + " sessions are collected here, but never written"),
            new Warning("configuration-error", other + ": is of farm other, not of shop"));
  }

  @Test
  void aSyntaxErrorIsNamedWithItsLine() {
    assertThatThrownBy(() -> SettingsFile.read(file("ssyncd {\n node = \"x\n}")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("ssyncd.conf:2: ");
  }

  @Test
  void sinksAreWrittenOnPromotionUnlessTheFileSaysOtherwise() throws Exception {
    assertThat(SettingsFile.read(file(LEAST)).node().materialise().keeps(Feed.RECENT)).isFalse();
    NodeConfig.Materialise kept =
        SettingsFile.read(
                file(
                    LEAST
                        + """
                        ssyncd {
                          http {
                            materialise = continuous, materialise-interval = 7 s
                            farms { idle {}, busy { materialise = on-promotion } }
                          }
                          recent { materialise = continuous }
                          follower.cpu-percent = 25
                        }
                        """))
            .node()
            .materialise();
    assertThat(kept.keeps(Feed.farm("idle"))).isTrue();
    assertThat(kept.keeps(Feed.farm("busy"))).isFalse();
    assertThat(kept.keeps(Feed.farm("started-by-hand"))).isTrue();
    assertThat(kept.keeps(Feed.RECENT)).isTrue();
    assertThat(kept.pauses())
        .containsEntry(Kind.HTTP, Duration.ofSeconds(7))
        .containsEntry(Kind.RECENT, Duration.ofSeconds(1));
    assertThat(kept.cpuPercent()).isEqualTo(25);
    assertThatThrownBy(() -> SettingsFile.read(file(LEAST + "ssyncd.recent.materialise = always")))
        .hasMessageContaining("ssyncd.recent.materialise is one of [on-promotion, continuous]");
  }

  @Test
  void hooksAreProgramsWithTheirArguments() throws Exception {
    Path hook = Files.writeString(dir.resolve("hook"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
    Settings settings =
        SettingsFile.read(
            file(
                LEAST
                    + "ssyncd.hooks { ingesting = [\"%s\", up, \"a b\"], any = \"%s\", timeout = 3 s }"
                        .formatted(hook, hook)));
    assertThat(settings.hooks().timeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(settings.hooks().commands())
        .containsEntry(HookEvent.INGESTING, List.of(hook.toString(), "up", "a b"))
        .containsEntry(HookEvent.ANY, List.of(hook.toString()));
  }

  @Test
  void aHookThatCannotBeRunIsAnErrorWithItsKey() throws Exception {
    Path file = file(LEAST + "ssyncd.hooks { elected = /no/such/hook, any = [], on = x }");
    assertThatThrownBy(() -> SettingsFile.read(file))
        .isInstanceOfSatisfying(
            SettingsException.class,
            e ->
                assertThat(e.problems())
                    .anyMatch(p -> p.contains("ssyncd.hooks.elected") && p.contains("exist"))
                    .anyMatch(p -> p.contains("ssyncd.hooks.any"))
                    .anyMatch(p -> p.contains("ssyncd.hooks.on is unknown")));
  }

  private Path file(String text) {
    try {
      return Files.writeString(dir.resolve("ssyncd.conf"), text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
