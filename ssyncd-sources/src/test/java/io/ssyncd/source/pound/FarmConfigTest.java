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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FarmConfigTest {
  private static final long NOW = 1_800_000_000_000L;

  private static final String SHOP =
      """
      User "root"
      Name shop
      # two listeners, services of all types
      ListenHTTP
          Address 10.0.0.100
          Port 80
          xHTTP 1
          Service "web server"
              HeadRequire "Host: shop"
              URL "^/End"
              Session
                  Type COOKIE
                  ID "sid"
                  TTL 300
              End
              BackEnd
                  Address 10.1.0.1
                  Port 8080
                  Priority 5
              End
              Redirect 302 "http://elsewhere"
              backend
                  ADDRESS 2001:db8:0:0:1:0:0:2
                  Port 8080
              End
              BackEnd
                  Address 10.1.0.3
                  Disabled 1
              End
              Emergency
                  Address 10.1.0.9
                  Port 8080
              End
          End
          Service
              OrURLs
                  URL "^/a"
                  URL "^/b"
              End
              BackEnd
                  Address 10.1.0.1
                  Port 8081
              End
          End
      End
      ListenHTTPS
          Address 10.0.0.100
          Port 443
          Cert "/etc/x.pem"
          Service "hashed"
              Session
                  Type IP
                  TTL -1
              End
              BackEnd
                  Address 10.1.0.1
              End
          End
          Service "basic"
              Session
                  Type BASIC
                  TTL 60
              End
              BackEnd
                  Address 10.1.0.1
              End
          End
      End
      """;

  @TempDir Path dir;

  @Test
  void positionsAreTheIdsOfFrames() throws Exception {
    FarmConfig shop = FarmConfig.read(file("shop.cfg", SHOP));

    assertThat(shop.listeners()).hasSize(2);
    Service web = shop.listeners().get(0).services().get(0);
    assertThat(web.name()).isEqualTo("web server");
    assertThat(web.type()).isEqualTo(SessionType.COOKIE);
    assertThat(web.ttl()).isEqualTo(Duration.ofSeconds(300));
    assertThat(web.backends())
        .extracting(Backend::address)
        .containsExactly("10.1.0.1", "", "2001:db8:0:0:1:0:0:2", "10.1.0.3");
    assertThat(web.backends().get(2).texts()).containsExactly(Bytes.utf8("2001:db8::1:0:0:2"));
    assertThat(web.backends().get(3).disabled()).isTrue();
    assertThat(shop.listeners().get(0).services().get(1).type()).isEqualTo(SessionType.NONE);
    assertThat(shop.listeners().get(1).services())
        .extracting(Service::name)
        .containsExactly("hashed", "basic");
    assertThat(shop.globalSessions()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0, 10.1.0.1, 0, ",
    "2, 0, 0, 10.1.0.1, 0, UNKNOWN_LISTENER",
    "4294967295, 0, 0, 10.1.0.1, 0, UNKNOWN_LISTENER",
    "0, 2, 0, 10.1.0.1, 0, UNKNOWN_SERVICE",
    "0, 300, 0, 10.1.0.1, 0, UNKNOWN_SERVICE",
    "0, 1, 0, 10.1.0.1, 0, UNKNOWN_SERVICE",
    "1, 0, 0, 10.1.0.1, 0, UNKNOWN_SERVICE",
    "0, 0, 4, 10.1.0.1, 0, UNKNOWN_BACKEND",
    "0, 0, 1, (UNKNOWN), 0, UNKNOWN_BACKEND",
    "0, 0, 0, 10.1.0.2, 0, ADDRESS_CHANGED",
    "0, 0, 0, 10.1.0.9, 0, ADDRESS_CHANGED",
    "0, 0, 2, 2001:db8::1:0:0:2, 0, ",
    "0, 0, 3, 10.1.0.3, 0, DISABLED_BACKEND",
    "0, 0, 0, 10.1.0.1, 300, ",
    "0, 0, 0, 10.1.0.1, 301, EXPIRED",
    "1, 1, 0, 10.1.0.1, 60, ",
    "1, 1, 0, 10.1.0.1, 61, EXPIRED",
  })
  void aSessionThatDoesNotFitIsRefusedWithItsReason(
      long listener, long service, long backend, String address, int ageSeconds, Reason reason)
      throws Exception {
    FarmConfig shop = FarmConfig.read(file("shop.cfg", SHOP));
    HttpSession session =
        new HttpSession(
            new HttpKey("shop", listener, service, Bytes.utf8("k")),
            backend,
            Bytes.utf8(address),
            NOW - ageSeconds * 1000L);
    assertThat(shop.refusal(session, NOW)).isEqualTo(Optional.ofNullable(reason));
  }

  @Test
  void aKeyThatPoundWouldCutIsRefused() throws Exception {
    FarmConfig shop = FarmConfig.read(file("shop.cfg", SHOP));
    for (Bytes key : new Bytes[] {Bytes.of(new byte[255]), Bytes.utf8("a\0b")}) {
      HttpSession session =
          new HttpSession(new HttpKey("shop", 0, 0, key), 0, Bytes.utf8("10.1.0.1"), NOW);
      assertThat(shop.refusal(session, NOW)).contains(Reason.KEY_SIZE);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "End | :1: End without a block",
        "ListenHTTP;Service;End | :3: ends within a listener block",
        "ListenHTTP;Service;BackEnd;Port 80;End | :5: BackEnd without an Address",
        "ListenHTTP;Service;BackEnd;Port 0 | :4: Port is 1 to 65535",
        "ListenHTTP;Service;BackEnd;Disabled 2 | :4: Disabled is 0 to 1",
        "ListenHTTP;Service;Session;Type MAGIC | :4: Type is IP, COOKIE, URL, PARM, BASIC or",
        "ListenHTTP;Service;Session;TTL soon | :4: TTL takes a number",
        "ListenHTTP;Service;Session;TTL 0 | :4: TTL is not 0",
        "ListenHTTP;Service;Session;Type IP;End | :5: Session without a Type or a TTL",
        "Include \"absent.cfg\" | :1: ",
        "IncludeDir \"absent\" | :1: ",
        "Include \"bad.cfg\" | includes too much, or itself",
      })
  void whatPoundWouldNotStartWithIsNamedWithFileAndLine(String lines, String what) {
    Path bad = file("bad.cfg", lines.replace(';', '\n'));
    assertThatThrownBy(() -> FarmConfig.read(bad))
        .isInstanceOf(FarmConfigException.class)
        .hasMessageContaining(bad + ":")
        .hasMessageContaining(what);
  }

  @Test
  void aLineOrAFileThatIsTooLongIsNamed() {
    assertThatThrownBy(() -> FarmConfig.read(file("long.cfg", "Name " + "x".repeat(4096))))
        .hasMessageContaining("long.cfg:1: has more than 4095 bytes");
    assertThatThrownBy(() -> FarmConfig.read(file("big.cfg", "# x\n".repeat(1_100_000))))
        .hasMessageContaining("big.cfg has more than");
    assertThatThrownBy(() -> FarmConfig.read(dir))
        .hasMessageContaining("is no file that can be read");
  }

  @Test
  void includedFilesStandInTheirPlace() throws Exception {
    Files.createDirectory(dir.resolve("d"));
    file("d/b.cfg", "Service \"b\"\nEnd\n");
    file("d/a.conf", "Service \"a\"\nEnd\n");
    file("d/.hidden.cfg", "End\n");
    file("d/c.txt", "End\n");
    Path tail = file("tail.cfg", "Service \"c\"\nEnd\n");
    Instant later = Instant.parse("2100-01-01T00:00:00Z");
    Files.setLastModifiedTime(tail, FileTime.from(later));
    Path main = file("main.cfg", "ListenHTTP\n  IncludeDir \"d\"\n  Include \"tail.cfg\"\nEnd\n");

    FarmConfig config = FarmConfig.read(main);

    assertThat(config.listeners().get(0).services())
        .extracting(Service::name)
        .containsExactly("a", "b", "c");
    assertThat(config.newestModification()).isEqualTo(later);
  }

  @Test
  void theDigestIsOfWhatIsSaidNotOfHow() throws Exception {
    String digest = FarmConfig.read(file("a.cfg", SHOP)).digest();
    assertThat(FarmConfig.read(file("b.cfg", "\n# more\n" + SHOP.replace("    ", "\t"))).digest())
        .isEqualTo(digest);
    assertThat(FarmConfig.read(file("c.cfg", SHOP.replace("8081", "8082"))).digest())
        .isNotEqualTo(digest);
  }

  @Test
  void servicesOutsideOfListenersAreSeen() throws Exception {
    String global = "Service\nSession\nType IP\nTTL 5\nEnd\nBackEnd\nAddress 10.0.0.1\nEnd\nEnd\n";
    FarmConfig config = FarmConfig.read(file("global.cfg", SHOP + global));
    assertThat(config.globalSessions()).isTrue();
    assertThat(config.listeners().get(0).services()).hasSize(2);
  }

  private Path file(String name, String text) {
    try {
      return Files.writeString(dir.resolve(name), text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
