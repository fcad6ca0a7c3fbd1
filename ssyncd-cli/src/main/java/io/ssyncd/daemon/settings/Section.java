package io.ssyncd.daemon.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.ssyncd.cli.Nearest;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One object of the configuration file, read key by key. It remembers which keys were asked for, so
 * that {@link #end()} can name the ones that nobody knows; what is wrong is collected, so that one
 * look shows all of it.
 */
final class Section {
  private final String path;
  private final @Nullable ConfigObject object;

  /** The same before substitutions: what a {@code ${key}} becomes has the line of that key. */
  private final @Nullable ConfigObject written;

  private final ConfigOrigin origin;
  private final List<String> problems;
  private final AskedKeys asked;
  private final Set<String> known = new LinkedHashSet<>();

  private Section(
      String path,
      @Nullable ConfigObject object,
      @Nullable ConfigObject written,
      ConfigOrigin origin,
      List<String> problems,
      AskedKeys asked) {
    this.asked = asked;
    this.path = path;
    this.object = object;
    this.written = written;
    this.origin = origin;
    this.problems = problems;
  }

  /**
   * The whole file.
   *
   * @param object with substitutions done
   * @param written without
   * @param asked notes what is asked for
   */
  static Section root(
      ConfigObject object, ConfigObject written, List<String> problems, AskedKeys asked) {
    return new Section("", object, written, object.origin(), problems, asked);
  }

  /** Whether the file has this section at all. */
  boolean present() {
    return object != null;
  }

  boolean has(String key) {
    return value(key) != null;
  }

  /** The keys of the section, for those whose keys are names; in the order of the file. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    if (object != null) {
      names.addAll(object.keySet());
      names.sort(
          Comparator.<String>comparingInt(name -> originOf(name).lineNumber())
              .thenComparing(Comparator.naturalOrder()));
      known.addAll(names);
    }
    return names;
  }

  Section section(String key) {
    ConfigValue value = value(key);
    asked.section(pathOf(key));
    if (value == null) {
      return new Section(pathOf(key), null, null, origin, problems, asked);
    }
    if (value instanceof ConfigObject found) {
      ConfigObject before = asWritten(key) instanceof ConfigObject same ? same : null;
      return new Section(pathOf(key), found, before, found.origin(), problems, asked);
    }
    problem(value.origin(), key, "is a section: " + key + " { ... }");
    return new Section(pathOf(key), null, null, value.origin(), problems, asked);
  }

  String string(String key, String fallback) {
    asked.read(pathOf(key), "text", fallback);
    return scalar(key, fallback, () -> atomic(key).getString("v"));
  }

  Optional<String> string(String key) {
    return has(key) ? Optional.of(string(key, "")) : Optional.empty();
  }

  /** A string that has to be there; {@code ""} and a problem if it is not. */
  String required(String key) {
    asked.required(pathOf(key));
    if (!has(key)) {
      problem(origin, key, "is missing");
      return "";
    }
    return scalar(key, "", () -> atomic(key).getString("v"));
  }

  boolean bool(String key, boolean fallback) {
    asked.read(pathOf(key), "true or false", Boolean.toString(fallback));
    return scalar(key, fallback, () -> atomic(key).getBoolean("v"));
  }

  int integer(String key, int fallback, int least, int most) {
    asked.read(pathOf(key), "number, " + least + " to " + most, Integer.toString(fallback));
    int number = scalar(key, fallback, () -> atomic(key).getInt("v"));
    return within(key, number, fallback, number >= least && number <= most, least + " to " + most);
  }

  /** A size such as {@code 64 MiB}, in bytes. */
  long bytes(String key, long fallback, long least, long most) {
    asked.read(
        pathOf(key),
        "size, " + SettingsReference.text(least) + " to " + SettingsReference.text(most),
        SettingsReference.text(fallback));
    long size = scalar(key, fallback, () -> atomic(key).getBytes("v"));
    return within(
        key, size, fallback, size >= least && size <= most, least + " to " + most + " bytes");
  }

  Duration duration(String key, Duration fallback, Duration least, Duration most) {
    asked.read(
        pathOf(key),
        "time, " + SettingsReference.text(least) + " to " + SettingsReference.text(most),
        SettingsReference.text(fallback));
    Duration time = scalar(key, fallback, () -> atomic(key).getDuration("v"));
    boolean fits = time.compareTo(least) >= 0 && time.compareTo(most) <= 0;
    return within(
        key, time, fallback, fits, least.toMillis() + " ms to " + most.toMillis() + " ms");
  }

  Path path(String key, String fallback) {
    String text = string(key, fallback);
    asked.read(pathOf(key), "path", fallback);
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      problem(originOf(key), key, "is no path: " + e.getReason());
      return Path.of(fallback);
    }
  }

  List<String> strings(String key, List<String> fallback) {
    asked.read(pathOf(key), "list", String.join(", ", fallback));
    return scalar(key, fallback, () -> atomic(key).getStringList("v"));
  }

  /** A list of strings, or a string for a list of one; empty if the key is not there. */
  List<String> oneOrMore(String key) {
    ConfigValue value = value(key);
    boolean one = value != null && value.valueType() != ConfigValueType.LIST;
    return one ? List.of(string(key, "")) : strings(key, List.of());
  }

  <E extends Enum<E>> E word(String key, E fallback, Class<E> type) {
    String text = string(key, fallback.name());
    asked.read(
        pathOf(key),
        SettingsReference.words(type.getEnumConstants()),
        fallback.name().toLowerCase(Locale.ROOT));
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equalsIgnoreCase(text)) {
        return constant;
      }
    }
    List<String> words = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      words.add(constant.name().toLowerCase(Locale.ROOT));
    }
    problem(originOf(key), key, "is one of " + words + ", not \"" + text + "\"");
    return fallback;
  }

  /** Says what is wrong with the value of a key. */
  void wrong(String key, String what) {
    known.add(key);
    problem(originOf(key), key, what);
  }

  /** To be called when all keys were read: names those that nobody asked for. */
  void end() {
    if (object == null) {
      return;
    }
    for (String key : new TreeSet<>(object.keySet())) {
      if (!known.contains(key)) {
        String meant = Nearest.to(key, known).map(k -> "; did you mean " + k + "?").orElse("");
        problem(originOf(key), key, "is unknown" + meant);
      }
    }
  }

  private @Nullable ConfigValue value(String key) {
    known.add(key);
    asked.looked(pathOf(key));
    ConfigValue value = object == null ? null : object.get(key);
    return value == null || value.valueType() == ConfigValueType.NULL ? null : value;
  }

  private Config atomic(String key) {
    ConfigValue value = value(key);
    if (value == null) {
      throw new IllegalStateException(key + " was looked at before it was looked for");
    }
    return value.atKey("v");
  }

  private <T> T scalar(String key, T fallback, Supplier<T> read) {
    if (value(key) == null) {
      return fallback;
    }
    try {
      return read.get();
    } catch (ConfigException e) {
      // Its message is "FILE: LINE: v ...", and the file and line are ours to say.
      String message = String.valueOf(e.getMessage());
      int at = message.indexOf(": v ");
      String what = at >= 0 ? message.substring(at + 4) : message.replaceFirst("^.*?: \\d+: ", "");
      problem(originOf(key), key, what.replace(" at 'v'", ""));
      return fallback;
    }
  }

  private <T> T within(String key, T value, T fallback, boolean fits, String range) {
    if (fits) {
      return value;
    }
    problem(originOf(key), key, "is " + range + ", not " + string(key, ""));
    return fallback;
  }

  private ConfigOrigin originOf(String key) {
    ConfigValue value = asWritten(key);
    if (value == null) {
      value = object == null ? null : object.get(key);
    }
    return value == null ? origin : value.origin();
  }

  private @Nullable ConfigValue asWritten(String key) {
    try {
      return written == null ? null : written.get(key);
    } catch (ConfigException.NotResolved e) {
      // A section that is itself a substitution: its lines are those of where it was written.
      return null;
    }
  }

  private String pathOf(String key) {
    String quoted = ConfigUtil.joinPath(key);
    return path.isEmpty() ? quoted : path + "." + quoted;
  }

  private void problem(ConfigOrigin where, String key, String what) {
    problems.add(place(where) + ": " + pathOf(key) + " " + what);
  }

  static String place(ConfigOrigin where) {
    String file = where.filename() == null ? where.description() : where.filename();
    return where.lineNumber() > 0 ? file + ":" + where.lineNumber() : file;
  }
}
