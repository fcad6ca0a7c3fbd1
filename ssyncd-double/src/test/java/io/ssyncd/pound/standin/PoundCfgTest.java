package io.ssyncd.pound.standin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoundCfgTest {
  @TempDir private Path directory;

  private Farm read(String text) throws IOException, PoundCfgException {
    return PoundCfgReader.read(Files.writeString(directory.resolve("pound.cfg"), text));
  }

  @Test
  void readsWhatTheProtocolShows() throws Exception {
    Path services = Files.writeString(directory.resolve("more.cfg"), "Service\nEnd\n");
    Farm farm =
        read(
            """
            # a comment
            Name   shop
            Daemon 1
            ListenHTTP
              Address 10.0.0.1
              Port 80
              Err414 "/etc/e"
              Service "a b"
                OrURLs
                  URL "x"
                  URL "End"
                End
                BackEnd
                  Address 10.0.0.2
                  Port 8080
                  Priority 9
                  disabled 1
                End
                Redirect "http://x/"
                BackEnd
                  Address 2001:db8:0:0:1:0:0:1
                  Port 8080
                  HTTPS
                End
                Emergency
                  Address 10.0.0.9
                  Port 1
                End
                Session
                  Type COOKIE
                  ID "sid"
                  TTL 300
                End
              End
              Include "%s"
            End
            ListenHTTPS
              Address ::1
              Port 443
            End
            Service
              Session
                Type IP
                TTL -1
              End
            End
            """
                .formatted(services));

    assertThat(farm.name()).isEqualTo("shop");
    assertThat(farm.listeners()).hasSize(2);
    assertThat(farm.listeners().get(0).services()).hasSize(2);
    Farm.Service service = farm.listeners().get(0).services().get(0);
    assertThat(service.name()).isEqualTo("a b");
    assertThat(service.type()).isEqualTo(SessionType.COOKIE);
    assertThat(service.ttlSeconds()).isEqualTo(300);
    assertThat(service.backends())
        .containsExactly(
            new Farm.Backend("10.0.0.2", 8080, 9, true),
            new Farm.Backend("(UNKNOWN)", 0, 1, false),
            Farm.Backend.of("2001:db8::1:0:0:1", 8080));
    assertThat(service.emergency()).isEqualTo(Farm.Backend.of("10.0.0.9", 1));
    assertThat(farm.globals()).hasSize(1);
    assertThat(farm.globals().get(0).ttlSeconds()).isEqualTo(-1);
  }

  @Test
  void whatIsWrittenIsReadAgain() throws Exception {
    Farm farm =
        new Farm(
            "f1",
            List.of(
                new Farm.Listener(
                    "127.0.0.1",
                    8080,
                    List.of(
                        new Farm.Service("", SessionType.NONE, "", 0, List.of()),
                        new Farm.Service(
                            "s",
                            SessionType.HEADER,
                            "X-User",
                            60,
                            List.of(
                                new Farm.Backend("10.0.0.1", 80, 2, true),
                                new Farm.Backend(Farm.Backend.REDIRECT, 0, 1, false)),
                            Farm.Backend.of("10.0.0.3", 80))))),
            List.of(new Farm.Service("g", SessionType.IP, "", 5, List.of())));

    assertThat(read(PoundCfgWriter.write(farm, "Daemon 0"))).isEqualTo(farm);
  }

  @ParameterizedTest
  @CsvSource({
    "'Name f\nListenHTTP\n', end of file within listener",
    "'Name f\nListenHTTP\nPort x\nEnd\n', line 3: Port is not a number",
    "'Name f\nService\nSession\nType FOO\nEnd\n', line 4: unknown session type FOO",
    "'Name f\nService\nSession\nType IP\nEnd\nEnd\n', 'line 3: Session needs'",
    "'Name f\nService\nBackEnd\nPort 1\nEnd\nEnd\n', line 3: BackEnd without Address",
    "'Daemon 0\n', no Name",
    "'Include \"/nonexistent.cfg\"\n', cannot be read",
  })
  void errorsNameWhatIsWrong(String text, String message) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(PoundCfgException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aSpecGivesEveryBackendAnAddressOfItsOwn() throws PoundCfgException {
    Farm farm = Farm.ofSpec("f1", "2x300,3x60/1x5");

    assertThat(farm.listeners()).hasSize(2);
    assertThat(farm.listeners().get(0).services().get(1).ttlSeconds()).isEqualTo(60);
    assertThat(farm.listeners().get(0).services().get(1).backends().get(2).content())
        .isEqualTo("10.1.2.3");
    assertThatThrownBy(() -> Farm.ofSpec("f1", "2x300,")).hasMessageContaining("''");
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "::1, ::1",
    "::, ::",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "fe80::, fe80::",
    "::ffff:192.0.2.7, 192.0.2.7",
    "/run/app.sock, '\u0001'",
  })
  void contentIsWhatPoundWrites(String address, String content) {
    assertThat(Addresses.content(address)).isEqualTo(content);
  }
}
