package io.ssyncd.daemon.settings;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * All keys of the configuration file. Type, range and default are noted while the file is read, by
 * reading one that has each section; what a key is for stands in {@link SettingTexts}.
 */
public final class SettingsReference {
  /** Each section once; names of the operator's in capitals. Nothing is there that it names. */
  private static final String EVERY_SECTION =
      """
      ssyncd {
        node = NAME
        cluster { members { NAME { address = "127.0.0.1:1" } }, tls { enabled = false } }
        http { farms { FARM { config = /FARM, poundctl { program = /P, socket = /S } } } }
        legacy { listen = "127.0.0.1:2", allow = ["127.0.0.1"] }
        recent { policies { GLOB { seconds = 60 } } }
      }
      """;

  private SettingsReference() {}

  /** The keys, in the order of {@link SettingTexts}. */
  public static List<Setting> all() {
    Map<String, AskedKeys.Asked> asked = asked();
    List<Setting> all = new ArrayList<>();
    SettingTexts.all()
        .forEach(
            (path, text) -> {
              AskedKeys.Asked how = asked.get(path);
              if (how != null) {
                String type = how.type().isEmpty() ? "text" : how.type();
                all.add(new Setting(path, type, how.fallback(), how.required(), text));
              }
            });
    return all;
  }

  /** What the daemon asks a file for, by path below {@code ssyncd}. */
  static Map<String, AskedKeys.Asked> asked() {
    AskedKeys keys = new AskedKeys();
    ConfigObject file = ConfigFactory.parseString(EVERY_SECTION).root();
    SettingsFile.look(file, keys);
    Map<String, AskedKeys.Asked> asked = new java.util.TreeMap<>();
    keys.keys().forEach((path, how) -> asked.put(path.replaceFirst("^ssyncd\\.", ""), how));
    asked.remove("ssyncd");
    return asked;
  }

  /** A duration as one would write it. */
  static String text(java.time.Duration time) {
    long ms = time.toMillis();
    if (ms % 3_600_000 == 0 && ms > 0) {
      return ms / 3_600_000 + " h";
    } else if (ms % 60_000 == 0 && ms > 0) {
      return ms / 60_000 + " min";
    }
    return ms % 1000 == 0 ? ms / 1000 + " s" : ms + " ms";
  }

  /** A size as one would write it. */
  static String text(long bytes) {
    return bytes % (1024 * 1024) == 0 ? bytes / (1024 * 1024) + " MiB" : bytes + " bytes";
  }

  /** The words of a type. */
  static String words(Enum<?>[] constants) {
    List<String> words = new ArrayList<>();
    for (Enum<?> constant : constants) {
      words.add(constant.name().toLowerCase(Locale.ROOT));
    }
    return "one of " + String.join(", ", words);
  }
}
