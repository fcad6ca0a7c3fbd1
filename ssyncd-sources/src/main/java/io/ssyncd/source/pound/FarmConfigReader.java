package io.ssyncd.source.pound;

import io.ssyncd.source.pound.FarmConfig.Backend;
import io.ssyncd.source.pound.FarmConfig.Listener;
import io.ssyncd.source.pound.FarmConfig.Service;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the blocks of a pound.cfg that give ids their meaning, by the grammar of Pound 2.8a.15: a
 * directive a line, blocks closed by {@code End}. Directives that do not matter here are passed
 * over. Used once.
 */
final class FarmConfigReader {
  /** A block that is open, or the file itself. */
  private enum Block {
    FILE,
    LISTENER,
    SERVICE,
    BACKEND,
    EMERGENCY,
    SESSION,
    OR_URLS
  }

  private final List<Listener> listeners = new ArrayList<>();
  private final List<Block> open = new ArrayList<>(List.of(Block.FILE));
  private boolean globalSessions;

  private @Nullable List<Service> services;
  private List<Backend> backends = new ArrayList<>();
  private String serviceName = "";
  private SessionType type = SessionType.NONE;
  private long ttlSeconds;
  private String address = "";
  private int port;
  private boolean disabled;

  FarmConfig read(Path file) throws FarmConfigException {
    ConfigLines lines = new ConfigLines(file);
    for (ConfigLine line = lines.next(); line != null; line = lines.next()) {
      take(line);
    }
    Block block = open.get(open.size() - 1);
    if (block != Block.FILE) {
      throw new FarmConfigException(
          lines.place() + ": ends within a " + block.name().toLowerCase(Locale.ROOT) + " block");
    }
    return new FarmConfig(
        file, listeners, globalSessions, lines.newestModification(), lines.digest());
  }

  private void take(ConfigLine line) throws FarmConfigException {
    if (line.is("End")) {
      close(line);
      return;
    }
    switch (open.get(open.size() - 1)) {
      case FILE -> inFile(line);
      case LISTENER -> inListener(line);
      case SERVICE -> inService(line);
      case BACKEND -> inBackend(line);
      case SESSION -> inSession(line);
      case EMERGENCY, OR_URLS -> {
        // Nothing in these blocks has an id.
      }
    }
  }

  private void inFile(ConfigLine line) {
    if (line.is("ListenHTTP") || line.is("ListenHTTPS")) {
      open.add(Block.LISTENER);
      services = new ArrayList<>();
    } else if (line.is("Service")) {
      openService(line);
    }
  }

  private void inListener(ConfigLine line) {
    if (line.is("Service")) {
      openService(line);
    }
  }

  private void openService(ConfigLine line) {
    open.add(Block.SERVICE);
    serviceName = line.unquoted();
    type = SessionType.NONE;
    ttlSeconds = 0;
    backends = new ArrayList<>();
  }

  private void inService(ConfigLine line) {
    if (line.is("BackEnd")) {
      open.add(Block.BACKEND);
      address = "";
      port = 0;
      disabled = false;
    } else if (line.is("Redirect") || line.is("RedirectAppend") || line.is("RedirectDynamic")) {
      backends.add(new Backend("", Set.of(), 0, false));
    } else if (line.is("Emergency")) {
      open.add(Block.EMERGENCY);
    } else if (line.is("Session")) {
      open.add(Block.SESSION);
    } else if (line.is("OrURLs")) {
      open.add(Block.OR_URLS);
    }
  }

  private void inBackend(ConfigLine line) throws FarmConfigException {
    if (line.is("Address")) {
      address = line.rest();
    } else if (line.is("Port")) {
      port = (int) line.number(1, 65_535);
    } else if (line.is("Disabled")) {
      disabled = line.number(0, 1) == 1;
    }
  }

  private void inSession(ConfigLine line) throws FarmConfigException {
    if (line.is("Type")) {
      type =
          SessionType.named(line.rest())
              .orElseThrow(() -> line.wrong("Type is IP, COOKIE, URL, PARM, BASIC or HEADER"));
    } else if (line.is("TTL")) {
      ttlSeconds = line.number(Integer.MIN_VALUE, Integer.MAX_VALUE);
      if (ttlSeconds == 0) {
        throw line.wrong("TTL is not 0");
      }
    }
  }

  private void close(ConfigLine line) throws FarmConfigException {
    switch (open.get(open.size() - 1)) {
      case FILE -> throw line.wrong("End without a block");
      case LISTENER -> {
        listeners.add(new Listener(services == null ? List.of() : services));
        services = null;
      }
      case SERVICE -> closeService();
      case BACKEND -> {
        if (address.isEmpty()) {
          throw line.wrong("BackEnd without an Address");
        }
        backends.add(new Backend(address, BackendAddress.texts(address), port, disabled));
      }
      case SESSION -> {
        if (type == SessionType.NONE || ttlSeconds == 0) {
          throw line.wrong("Session without a Type or a TTL");
        }
      }
      case EMERGENCY, OR_URLS -> {
        // Nothing was kept of these blocks.
      }
    }
    open.remove(open.size() - 1);
  }

  private void closeService() {
    Service service = new Service(serviceName, type, Duration.ofSeconds(ttlSeconds), backends);
    if (services == null) {
      globalSessions |= service.keepsSessions();
    } else {
      services.add(service);
    }
  }
}
