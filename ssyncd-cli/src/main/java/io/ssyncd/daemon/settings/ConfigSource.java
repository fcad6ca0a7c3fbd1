package io.ssyncd.daemon.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** The text of a configuration file, as HOCON: that it can be read at all. */
final class ConfigSource {
  private ConfigSource() {}

  static Config parse(Path file) throws SettingsException {
    try {
      if (Files.isDirectory(file)) {
        throw new SettingsException(List.of(file + ": is a directory, not a configuration file"));
      }
      if (Files.size(file) > SettingsFile.MAX_BYTES) {
        throw new SettingsException(
            List.of(file + ": has more than " + SettingsFile.MAX_BYTES + " bytes"));
      }
      return ConfigFactory.parseFile(
          file.toFile(),
          ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF).setAllowMissing(false));
    } catch (NoSuchFileException e) {
      throw new SettingsException(
          List.of(file + ": does not exist; --config names the configuration file"));
    } catch (AccessDeniedException e) {
      throw new SettingsException(List.of(file + ": this user may not read it"));
    } catch (IOException e) {
      throw new SettingsException(List.of(file + ": cannot be read: " + e));
    } catch (ConfigException e) {
      throw unreadable(file, e);
    }
  }

  static Config parse(String text, String origin) throws SettingsException {
    try {
      return ConfigFactory.parseString(
          text,
          ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF).setOriginDescription(origin));
    } catch (ConfigException e) {
      throw unreadable(Path.of(origin), e);
    }
  }

  static Config resolve(Config written, Path file) throws SettingsException {
    try {
      return written.resolve();
    } catch (ConfigException e) {
      throw unreadable(file, e);
    }
  }

  private static SettingsException unreadable(Path file, ConfigException e) {
    String where = e.origin() == null ? file.toString() : Section.place(e.origin());
    String what = String.valueOf(e.getMessage()).replaceFirst("^.*?: \\d+: ", "");
    return new SettingsException(List.of(where + ": " + what));
  }
}
