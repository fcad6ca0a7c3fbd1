package io.ssyncd.daemon.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whoever adds a key says what it is for; the manual page is made of that. */
class SettingsReferenceTest {
  @Test
  void everyKeyThatIsAskedForHasItsText() {
    assertThat(SettingTexts.all().keySet())
        .as("keys of SettingTexts, and keys that the daemon asks a file for")
        .containsExactlyInAnyOrderElementsOf(SettingsReference.asked().keySet());
    assertThat(SettingTexts.all().values())
        .allSatisfy(text -> assertThat(text).hasSizeGreaterThan(10).matches(".*[.,]"));
  }

  @Test
  void typeAndDefaultAreThoseOfTheReading() {
    assertThat(setting("node").form()).isEqualTo("Text; required.");
    assertThat(setting("cluster.election-timeout").form())
        .isEqualTo("Time, 100 ms to 1 min; default 500 ms.");
    assertThat(setting("cluster.durability").form()).isEqualTo("One of fsync, os; default fsync.");
    assertThat(setting("cluster.min-free").form())
        .isEqualTo("Size, 1 MiB to 1048576 MiB; default 160 MiB.");
    assertThat(setting("http.max-sessions").form())
        .isEqualTo("Number, 1 to 50000000; default 2000000.");
    assertThat(setting("recent.enabled").form()).isEqualTo("True or false; default false.");
    assertThat(setting("promotion.write").form()).isEqualTo("List; default http, recent.");
    assertThat(setting("control.socket").form())
        .isEqualTo("Path; default /run/ssyncd/ssyncd.sock.");
    assertThat(setting("cluster.members.NAME.address").required()).isTrue();
  }

  private static Setting setting(String path) {
    Optional<Setting> found =
        SettingsReference.all().stream().filter(s -> s.path().equals(path)).findFirst();
    return found.orElseThrow(() -> new AssertionError("no key " + path + ": " + keys()));
  }

  private static Map<String, AskedKeys.Asked> keys() {
    return SettingsReference.asked();
  }
}
