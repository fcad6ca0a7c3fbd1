package io.ssyncd.source.pound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Pound would not start with, or would take for something else, is named with its line. */
class FarmConfigFaultsTest {
  @TempDir Path dir;

  /** Semicolons stand for line ends. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "End | 1: End outside of a block",
        "ListenHTTP;Address ::1;Port 1;End;End | 5: End outside of a block",
        "BackEnd | 1: BackEnd outside of a block",
        "session | 1: session outside of a block",
        "Redirect \"http://x\" | 1: Redirect outside of a block",
        "ListenHTTP | 1: ListenHTTP has no End",
        "ListenHTTP;Address ::1;Port 1 | 1: ListenHTTP has no End",
        "ListenHTTP x | 1: ListenHTTP takes nothing behind it",
        "ListenHTTPS;End | 1: ListenHTTPS has no Address",
        "ListenHTTP;Address ::1;End | 1: ListenHTTP has no Port",
        "ListenHTTP;Address a b | 2: Address takes one word",
        "ListenHTTP;Address | 2: Address takes one word",
        "ListenHTTP;Port 0 | 2: Port is 1 to 65535",
        "ListenHTTP;Port 080 | 2: Port is 1 to 65535",
        "ListenHTTP;Port http | 2: Port takes a number",
        "ListenHTTP;ListenHTTP | 2: ListenHTTP inside the ListenHTTP of line 1",
        "ListenHTTP;BackEnd | 2: BackEnd inside the ListenHTTP of line 1",
        "ListenHTTP;Service;Service | 3: Service inside the Service of line 2",
        "ListenHTTP;Service;ListenHTTPS | 3: ListenHTTPS inside the Service of line 2",
        "Service;End;End | 3: End outside of a block",
        "Service x | 1: Service takes a text in double quotes",
        "Service \"\" | 1: Service takes a text in double quotes",
        "Service \"x | 1: Service takes a text in double quotes",
        "Service;End # of service | 2: End takes nothing behind it",
        "Service;BackEnd;Port 1;End | 2: BackEnd has no Address",
        "Service;BackEnd;Address 10.0.0.1;End | 2: BackEnd has no Port",
        "Service;BackEnd;Address app;End | 2: BackEnd has no Port",
        "Service;Emergency;End | 2: Emergency has no Address",
        "Service;BackEnd;Disabled yes | 3: Disabled takes a number",
        "Service;BackEnd;Disabled 2 | 3: Disabled is 0 to 1",
        "Service;BackEnd;Disabled | 3: Disabled takes a number",
        "Service;BackEnd;Port 65536 | 3: Port is 1 to 65535",
        "Service;BackEnd;Port +1 | 3: Port is 1 to 65535",
        "Service;BackEnd;Port 99999999999 | 3: Port takes a number",
        "Service;BackEnd;BackEnd | 3: BackEnd inside the BackEnd of line 2",
        "Service;BackEnd;Address ::1;Port 1;Session | 5: Session inside the BackEnd of line 2",
        "Service;BackEnd;Redirect \"http://x\" | 3: Redirect inside the BackEnd of line 2",
        "Service;OrURLs;URL \"a\";BackEnd | 4: BackEnd inside the OrURLs of line 2",
        "Service;OrURLs;URL \"a\" | 2: OrURLs has no End",
        "Service;Redirect http://x | 2: Redirect takes a text in double quotes",
        "Service;RedirectAppend 301 | 2: RedirectAppend takes a text in double quotes",
        "Service;Session;End | 2: Session has no Type",
        "Service;Session;Type IP;End | 2: Session has no TTL",
        "Service;Session;TTL 9;End | 2: Session has no Type",
        "Service;Session;Type COOKIE;TTL 9;End | 2: Session has no ID",
        "Service;Session;Type MAGIC | 3: Type is IP, COOKIE, URL, PARM, BASIC or HEADER",
        "Service;Session;Type NONE | 3: Type is IP, COOKIE, URL, PARM, BASIC or HEADER",
        "Service;Session;Type | 3: Type is IP, COOKIE, URL, PARM, BASIC or HEADER",
        "Service;Session;Type IP;Type IP | 4: a second Type in the Session of line 2",
        "Service;Session;Type IP;TTL 0 | 4: TTL is not 0",
        "Service;Session;Type IP;TTL soon | 4: TTL takes a number",
        "Service;Session;Type IP;TTL 4294967296 | 4: TTL takes a number",
        "Service;Session;Type IP;ID \"x\" | 4: ID without a Type COOKIE, URL or HEADER before it",
        "Service;Session;Type URL;ID x | 4: ID takes a text in double quotes",
        "Service;Session;Type IP;TTL 9;End;Session | 6: a second Session in the Service of line 1",
        "Service;Session;Type IP;TTL 9;Service | 5: Service inside the Session of line 2",
        "Service;Session IP 300 | 2: Session takes nothing behind it",
        "Name a/b | 1: a farm name is a file name, without a slash or a NUL: \"a/b\"",
        "Include x.cfg | 1: Include takes a text in double quotes",
        "Include \"absent.cfg\" | 1: DIR/absent.cfg cannot be read: there is no such file",
        "Include \".\" | 1: DIR/. is no file that can be read",
        "IncludeDir \"absent\" | 1: DIR/absent cannot be read: there is no such file",
      })
  void aFaultIsNamedWithFileAndLine(String lines, String what) throws Exception {
    Path bad = file("bad.cfg", lines.replace(';', '\n'));

    assertThatThrownBy(() -> FarmConfig.read(bad))
        .isInstanceOf(FarmConfigException.class)
        .hasMessage(bad + ":" + what.replace("DIR", dir.toString()));
  }

  @Test
  void aFaultOfAnIncludedFileIsNamedWithThatFile() throws Exception {
    Path included = file("inc.cfg", "\n\nPort x\n");
    Path main = file("main.cfg", "ListenHTTP\nInclude \"inc.cfg\"\n");

    assertThatThrownBy(() -> FarmConfig.read(main))
        .hasMessage(included + ":3: Port takes a number");
  }

  @Test
  void aFileThatCannotBeReadIsNamed() throws Exception {
    Path absent = dir.resolve("absent.cfg");

    assertThatThrownBy(() -> FarmConfig.read(absent))
        .isInstanceOf(FarmConfigException.class)
        .hasMessage(absent + ": " + absent + " cannot be read: there is no such file");
    assertThatThrownBy(() -> FarmConfig.read(dir))
        .isInstanceOf(FarmConfigException.class)
        .hasMessage(dir + ": " + dir + " is no file that can be read");
  }

  @Test
  void aFarmNameThatOverrunsPoundsBufferIsRefused() throws Exception {
    assertThat(FarmConfig.read(file("a.cfg", "Name " + "f".repeat(26))).name()).hasSize(26);
    Path bad = file("bad.cfg", "Name " + "f".repeat(27));

    assertThatThrownBy(() -> FarmConfig.read(bad))
        .isInstanceOf(FarmConfigException.class)
        .hasMessageStartingWith(bad + ":1: a farm name has 1 to 26 bytes, not 27");
  }

  @Test
  void aLineThatPoundWouldTakeForTwoIsRefused() throws Exception {
    String longest = "# " + "x".repeat(ConfigLines.MAX_LINE_BYTES - 2);
    assertThat(FarmConfig.read(file("good.cfg", longest + "\n" + longest)).listeners()).isEmpty();
    Path bad = file("bad.cfg", "\n" + longest + "x\n");

    assertThatThrownBy(() -> FarmConfig.read(bad))
        .isInstanceOf(FarmConfigException.class)
        .hasMessage(bad + ":2: has more than 4095 bytes");
  }

  @Test
  void aNulIsNamed() throws Exception {
    Path bad = file("bad.cfg", "Name f1\nAddress \0\n");

    assertThatThrownBy(() -> FarmConfig.read(bad))
        .isInstanceOf(FarmConfigException.class)
        .hasMessage(bad + ":2: has a NUL byte");
  }

  @Test
  void fileAndLengthsAreBounded() throws Exception {
    Path big = file("big.cfg", "#\n".repeat(ConfigLines.MAX_FILE_BYTES / 2) + "\n");
    file("part.inc", "#\n".repeat(ConfigLines.MAX_FILE_BYTES / 2));
    Path parts = file("parts.cfg", "Include \"part.inc\"\n".repeat(4));

    assertThatThrownBy(() -> FarmConfig.read(big))
        .isInstanceOf(FarmConfigException.class)
        .hasMessage(big + ": " + big + " has more than 4194304 bytes");
    assertThatThrownBy(() -> FarmConfig.read(parts))
        .isInstanceOf(FarmConfigException.class)
        .hasMessage(
            parts
                + ":4: "
                + dir.resolve("part.inc")
                + " has more than 16777216 bytes with what is included before");
  }

  @Test
  void includesAreBounded() throws Exception {
    Path itself = file("itself.cfg", "Include \"itself.cfg\"\n");
    file("empty.inc", "");
    Path many = file("many.cfg", "Include \"empty.inc\"\n".repeat(ConfigLines.MAX_FILES));
    Files.createDirectory(dir.resolve("d"));
    for (int i = 0; i <= ConfigLines.MAX_DIRECTORY_FILES; i++) {
      file("d/" + i + ".cfg", "");
    }
    Path directory = file("directory.cfg", "IncludeDir \"d\"\n");

    assertThatThrownBy(() -> FarmConfig.read(itself))
        .isInstanceOf(FarmConfigException.class)
        .hasMessage(itself + ":1: includes too much, or itself");
    assertThatThrownBy(() -> FarmConfig.read(many))
        .isInstanceOf(FarmConfigException.class)
        .hasMessage(many + ":1000: includes too much, or itself");
    assertThatThrownBy(() -> FarmConfig.read(directory))
        .isInstanceOf(FarmConfigException.class)
        .hasMessage(directory + ":1: " + dir.resolve("d") + " has more than 200 files");
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(dir.resolve(name), text, StandardCharsets.ISO_8859_1);
  }
}
