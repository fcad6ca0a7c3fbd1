package io.ssyncd.source.pound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ssyncd.node.Reason;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.source.pound.FarmConfig.Backend;
import io.ssyncd.source.pound.FarmConfig.Service;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FarmConfigTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final Bytes KEY = Bytes.utf8("k");

  @TempDir Path dir;

  @Test
  void positionsAreTheIdsOfFrames() throws Exception {
    // As poundctl lists them, of a Pound 2.8a.15 that runs with this file.
    assertThat(described(shop()))
        .isEqualTo(
            """
            shop, sessions outside of listeners
            0 127.0.0.1:18180
              0 "web" COOKIE PT5M
                0 NUMERIC 127.0.0.1 18181
                1 REDIRECT (UNKNOWN) 0
                2 NUMERIC ::1 18182
                3 NUMERIC 127.0.0.3 18183 disabled
              1 "" NONE PT0S
                0 NUMERIC 127.0.0.1 18181
              2 "retired" IP PT2H
                0 NUMERIC 127.0.0.1 18181
                1 NUMERIC 0:0:0:0:0:ffff:127.0.0.2 18182
            1 [::1]:18143
              0 "hashed" HEADER PT-1S
                0 NUMERIC 127.0.0.1 18181
              1 "login" BASIC PT1M
                0 NAMED localhost 18181
                1 SOCKET /run/app.sock 0
              2 "empty" URL PT1M
            2 127.0.0.1:18184
            """);
    assertThat(shop().unknownDirectives()).isEmpty();
  }

  /** Every address is what that Pound announced when such a session was written into it. */
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0, 127.0.0.1, 0, ",
    "0, 0, 1, (UNKNOWN), 0, ",
    "0, 0, 2, ::1, 0, ",
    "0, 2, 1, 127.0.0.2, 0, ",
    "1, 1, 0, 127.0.0.1, 0, ",
    "1, 1, 0, ::1, 0, ",
    "1, 1, 1, '\u0001', 0, ",
    "3, 0, 0, 127.0.0.1, 0, UNKNOWN_LISTENER",
    "4294967295, 0, 0, 127.0.0.1, 0, UNKNOWN_LISTENER",
    "0, 3, 0, 127.0.0.1, 0, UNKNOWN_SERVICE",
    "0, 300, 0, 127.0.0.1, 0, UNKNOWN_SERVICE",
    "0, 4294967295, 0, 127.0.0.1, 0, UNKNOWN_SERVICE",
    "0, 1, 0, 127.0.0.1, 0, UNKNOWN_SERVICE",
    "1, 0, 0, 127.0.0.1, 0, UNKNOWN_SERVICE",
    "2, 0, 0, 127.0.0.1, 0, UNKNOWN_SERVICE",
    "0, 0, 4, 127.0.0.1, 0, UNKNOWN_BACKEND",
    "0, 0, 4294967295, 127.0.0.1, 0, UNKNOWN_BACKEND",
    "1, 2, 0, 127.0.0.1, 0, UNKNOWN_BACKEND",
    "0, 0, 0, 127.0.0.2, 0, ADDRESS_CHANGED",
    "0, 0, 0, 127.0.0.1:18181, 0, ADDRESS_CHANGED",
    "0, 0, 0, '', 0, ADDRESS_CHANGED",
    "0, 0, 0, localhost, 0, ADDRESS_CHANGED",
    "0, 2, 0, 127.0.0.9, 0, ADDRESS_CHANGED",
    "0, 0, 1, 127.0.0.1, 0, ADDRESS_CHANGED",
    "0, 0, 3, 127.0.0.1, 0, ADDRESS_CHANGED",
    "1, 1, 0, (UNKNOWN), 0, ADDRESS_CHANGED",
    "1, 1, 1, 127.0.0.1, 0, ADDRESS_CHANGED",
    "0, 0, 3, 127.0.0.3, 0, DISABLED_BACKEND",
    "0, 0, 0, 127.0.0.1, 300, ",
    "0, 0, 0, 127.0.0.1, 301, EXPIRED",
    "0, 2, 0, 127.0.0.1, 301, ",
    "1, 1, 0, 127.0.0.1, 60, ",
    "1, 1, 0, 127.0.0.1, 61, EXPIRED",
  })
  void aSessionThatDoesNotFitIsRefusedWithItsReason(
      long listener, long service, long backend, String address, int ageSeconds, Reason reason)
      throws Exception {
    HttpSession session =
        new HttpSession(
            new HttpKey("shop", listener, service, Bytes.utf8("k")),
            backend,
            Bytes.utf8(address),
            NOW - ageSeconds * 1000L);

    assertThat(shop().refusal(session, NOW)).isEqualTo(Optional.ofNullable(reason));
  }

  @ParameterizedTest
  @CsvSource({
    "2001:db8::1, 2001:0DB8:0:0:0:0:0:1, true",
    "2001:db8:0:0:1:0:0:2, 2001:db8::1:0:0:2, true",
    "::ffff:10.0.0.1, 10.0.0.1, true",
    "10.0.0.1, ::ffff:a00:1, true",
    "fe80::1%eth0, fe80::1, true",
    "::1, 0.0.0.1, false",
    "2001:db8::1, 2001:db8::2, false",
    "10.0.0.1, 10.0.0.01, false",
    "10.0.0.1, 10.0.0.257, false",
    "10.0.0.1, 10.0.1, false",
    "10.0.0.1, ' 10.0.0.1', false",
    "::1, ::1::, false",
    "::1, :::, false",
    "app.example, 10.0.0.1, true",
    "app.example, 2001:db8::1, true",
    "app.example, app.example, false",
    "127.1, 127.0.0.1, true",
  })
  void addressesAreComparedByValueAndNeverResolved(String ours, String announced, boolean fits) {
    assertThat(Backend.of(ours, 80, false).isAnnouncedAs(Bytes.utf8(announced))).isEqualTo(fits);
  }

  @Test
  void aTtlIsKnownWhereSessionsAreKept() throws Exception {
    FarmConfig shop = shop();

    assertThat(shop.ttl(new HttpKey("shop", 0, 0, KEY))).contains(Duration.ofSeconds(300));
    assertThat(shop.ttl(new HttpKey("shop", 1, 1, KEY))).contains(Duration.ofSeconds(60));
    assertThat(shop.ttl(new HttpKey("shop", 0, 1, KEY))).isEmpty();
    assertThat(shop.ttl(new HttpKey("shop", 1, 0, KEY))).as("negative").isEmpty();
    assertThat(shop.ttl(new HttpKey("shop", 0, 3, KEY))).isEmpty();
    assertThat(shop.ttl(new HttpKey("shop", HttpKey.MAX_ID, 0, KEY))).isEmpty();
  }

  @Test
  void aKeyThatPoundWouldCutIsRefused() throws Exception {
    for (Bytes key : new Bytes[] {Bytes.utf8("k".repeat(255)), Bytes.utf8("a\0b")}) {
      HttpSession session =
          new HttpSession(new HttpKey("shop", 0, 0, key), 0, Bytes.utf8("127.0.0.1"), NOW);

      assertThat(shop().refusal(session, NOW)).contains(Reason.KEY_SIZE);
    }
  }

  @Test
  void timesOfAnyRangeAreCompared() throws Exception {
    for (long lastAccessMs : new long[] {Long.MIN_VALUE, 0, Long.MAX_VALUE}) {
      HttpSession session =
          new HttpSession(new HttpKey("shop", 0, 0, KEY), 0, Bytes.utf8("127.0.0.1"), lastAccessMs);

      assertThat(shop().refusal(session, NOW).isPresent()).isEqualTo(lastAccessMs <= 0);
    }
  }

  @Test
  void theUserOfItsWorkerIsKnown() throws Exception {
    Path named = file("user.cfg", "User \"nobody\"\nName f1\n");
    assertThat(FarmConfig.read(named).user()).isEqualTo("nobody");
    assertThat(FarmConfig.read(file("none.cfg", "Name f1\n")).user()).isEmpty();
  }

  @Test
  void theFileOfAnotherFarmIsRefused() throws Exception {
    Path shop = resource("shop.cfg");
    Path nameless = file("nameless.cfg", "Daemon 0\n");

    assertThat(FarmConfig.read(shop, "shop").name()).isEqualTo("shop");
    assertThatThrownBy(() -> FarmConfig.read(shop, "f1"))
        .isInstanceOf(FarmConfigException.class)
        .hasMessage(shop + ": is of farm shop, not of f1");
    assertThatThrownBy(() -> FarmConfig.read(nameless, "f1"))
        .isInstanceOf(FarmConfigException.class)
        .hasMessage(nameless + ": names no farm, not of f1");
  }

  @Test
  void includedFilesStandInTheirPlace() throws Exception {
    FarmConfig older = FarmConfig.read(resource("older/farm.cfg"), "older");

    assertThat(described(older))
        .isEqualTo(
            """
            older
            0 10.0.0.100:80
              0 "B" NONE PT0S
              1 "a" NONE PT0S
              2 "b" NONE PT0S
              3 "last" IP PT1M
                0 NUMERIC 10.0.0.1 80
            """);
  }

  @Test
  void theNewestModificationIsThatOfAnyFileOrIncludedDirectory() throws Exception {
    Files.createDirectory(dir.resolve("d"));
    Path inDirectory = file("d/a.cfg", "Alive 5\n");
    Path included = file("b.inc", "Grace 1\n");
    Path main = file("main.cfg", "IncludeDir \"d\"\nInclude \"" + included + "\"\n");
    List<Path> all = List.of(main, included, inDirectory, dir.resolve("d"));
    for (Path path : all) {
      Files.setLastModifiedTime(path, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
    }
    Instant next = Instant.parse("2021-01-01T00:00:00Z");

    for (Path path : all) {
      next = next.plusSeconds(60);
      Files.setLastModifiedTime(path, FileTime.from(next));

      assertThat(FarmConfig.read(main).newestModification()).isEqualTo(next);
    }
  }

  @Test
  void theDigestIsOfWhatIsSaidNotOfHow() throws Exception {
    String text = Files.readString(resource("shop.cfg"));
    String digest = FarmConfig.read(file("a.cfg", text)).digest();
    int half = text.indexOf("ListenHTTPS");
    file("half.inc", text.substring(half));

    for (String same :
        List.of(
            "\n# more\n" + text.replace("\t", "      "),
            text.replace("\n", "\r\n"),
            text.replace("\n", " \t\n").replace("shop \t\n", "shop\n"),
            text.replace("BackEnd", "backend"),
            text.substring(0, half) + "Include \"half.inc\"\n")) {
      assertThat(FarmConfig.read(file("b.cfg", same)).digest()).isEqualTo(digest);
    }
    for (String other :
        List.of(text.replace("18183", "18184"), text.replace("sid", "SID"), text + "Grace 1\n")) {
      assertThat(FarmConfig.read(file("c.cfg", other)).digest()).isNotEqualTo(digest);
    }
    assertThat(digest).matches("[0-9a-f]{64}");
  }

  @Test
  void whatPoundDoesNotKnowIsPassedOverAndNamed() throws Exception {
    String text =
        "Frobnicate 1\nListenHTTP\nAddress 10.0.0.1\nPort 80\nshine \"End\"\nService\nEnd\nEnd\n";
    Path file = file("new.cfg", text);

    FarmConfig config = FarmConfig.read(file);

    assertThat(config.listeners().get(0).services()).hasSize(1);
    assertThat(config.unknownDirectives())
        .containsExactly(file + ":1: Frobnicate", file + ":5: shine");
    Path many = file("many.cfg", "x\n".repeat(100));
    assertThat(FarmConfig.read(many).unknownDirectives()).hasSize(FarmConfig.MAX_UNKNOWN);
  }

  @Test
  void aLineEndsBeforeItsFirstCarriageReturn() throws Exception {
    FarmConfig config =
        FarmConfig.read(file("cr.cfg", "ListenHTTP\r\nAddress ::1\rEnd\nPort 1\r\nEnd\rEnd"));

    assertThat(config.listeners()).extracting(FarmConfig.Listener::name).containsExactly("[::1]:1");
  }

  @Test
  void namesAreTakenForUtf8() throws Exception {
    FarmConfig config =
        FarmConfig.read(file("ü.cfg", "Include \"é.inc\"\n", "é.inc", "Name frühling\n"));

    assertThat(config.name()).isEqualTo("frühling");
  }

  private FarmConfig shop() throws FarmConfigException {
    return FarmConfig.read(resource("shop.cfg"));
  }

  static Path resource(String name) {
    try {
      return Path.of(FarmConfigTest.class.getResource("/pound-cfg/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path file(String name, String text, String... others) throws IOException {
    for (int i = 0; i < others.length; i += 2) {
      Files.writeString(dir.resolve(others[i]), others[i + 1]);
    }
    return Files.writeString(dir.resolve(name), text);
  }

  /** A line each for farm, listeners, services and backends, with their positions. */
  private static String described(FarmConfig config) {
    StringBuilder out = new StringBuilder(config.name());
    out.append(config.globalSessions() ? ", sessions outside of listeners\n" : "\n");
    for (int l = 0; l < config.listeners().size(); l++) {
      FarmConfig.Listener listener = config.listeners().get(l);
      out.append(l).append(' ').append(listener.name()).append('\n');
      for (int s = 0; s < listener.services().size(); s++) {
        Service service = listener.services().get(s);
        out.append("  ").append(s).append(" \"").append(service.name()).append("\" ");
        out.append(service.type()).append(' ').append(service.ttl()).append('\n');
        for (int b = 0; b < service.backends().size(); b++) {
          Backend backend = service.backends().get(b);
          out.append("    ").append(b).append(' ').append(backend.kind()).append(' ');
          out.append(backend.address()).append(' ').append(backend.port());
          out.append(backend.disabled() ? " disabled\n" : "\n");
        }
      }
    }
    return out.toString();
  }
}
