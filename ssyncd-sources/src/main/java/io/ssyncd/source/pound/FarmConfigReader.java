package io.ssyncd.source.pound;

import io.ssyncd.session.Scope;
import io.ssyncd.source.pound.FarmConfig.Backend;
import io.ssyncd.source.pound.FarmConfig.BackendKind;
import io.ssyncd.source.pound.FarmConfig.Listener;
import io.ssyncd.source.pound.FarmConfig.Service;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the blocks of a pound.cfg that give ids their meaning, by the grammar of Pound 2.8a.15: a
 * directive a line, blocks closed by {@code End}. Directives that do not matter here are passed
 * over. One that opens or closes a block, or takes a backend's place, has to be where it belongs:
 * if not, an End is missing or was taken for another block's, and positions cannot be trusted. Used
 * once.
 */
final class FarmConfigReader {
  private static final Set<String> STRUCTURE =
      Set.of(
          "listenhttp",
          "listenhttps",
          "service",
          "backend",
          "emergency",
          "redirect",
          "redirectappend",
          "redirectdynamic",
          "session",
          "orurls",
          "end");

  private static final Set<String> REDIRECT_STATUS = Set.of("301", "302", "307");

  private final Path file;
  private final ConfigLines lines;
  private final List<String> unknown = new ArrayList<>();

  /** What a Session block says. */
  private record Persistence(SessionType type, int ttlSeconds) {
    static final Persistence NONE = new Persistence(SessionType.NONE, 0);
  }

  FarmConfigReader(Path file) throws FarmConfigException {
    this.file = file;
    this.lines = new ConfigLines(file);
  }

  FarmConfig read() throws FarmConfigException {
    String name = "";
    String user = "";
    List<Listener> listeners = new ArrayList<>();
    boolean globalSessions = false;
    for (ConfigLine line = lines.next(); line != null; line = lines.next()) {
      switch (line.name()) {
        case "name" -> name = farmName(line);
        case "user" -> user = ConfigLine.utf8(line.quoted());
        case "listenhttp", "listenhttps" -> listeners.add(listener(line));
        case "service" -> globalSessions |= service(line).keepsSessions();
        default -> passOver(line, null);
      }
    }
    return new FarmConfig(
        file,
        name,
        user,
        listeners,
        globalSessions,
        lines.newestModification(),
        lines.digest(),
        unknown);
  }

  /** Blanks at its end are a part of it, for Pound too. */
  private static String farmName(ConfigLine line) throws FarmConfigException {
    try {
      return Scope.farm(ConfigLine.utf8(line.rest())).name();
    } catch (IllegalArgumentException e) {
      throw line.wrong(String.valueOf(e.getMessage()));
    }
  }

  private Listener listener(ConfigLine block) throws FarmConfigException {
    block.requireAlone();
    String address = "";
    int port = 0;
    List<Service> services = new ArrayList<>();
    for (ConfigLine line = within(block); !isEnd(line); line = within(block)) {
      switch (line.name()) {
        case "address" -> address = line.word();
        case "port" -> port = line.number(1, 65_535);
        case "service" -> services.add(service(line));
        default -> passOver(line, block);
      }
    }
    require(!address.isEmpty(), block, "Address");
    require(port != 0, block, "Port");
    String host = address.indexOf(':') < 0 ? address : "[" + address + "]";
    return new Listener(host + ":" + port, services);
  }

  private Service service(ConfigLine block) throws FarmConfigException {
    String name = block.value().isEmpty() ? "" : ConfigLine.utf8(block.quoted());
    Persistence sessions = Persistence.NONE;
    List<Backend> backends = new ArrayList<>();
    for (ConfigLine line = within(block); !isEnd(line); line = within(block)) {
      switch (line.name()) {
        case "backend" -> backends.add(backend(line));
        case "redirect", "redirectappend", "redirectdynamic" -> backends.add(redirect(line));
        case "emergency" -> backend(line); // has no position
        case "session" -> {
          if (sessions.type() != SessionType.NONE) {
            throw line.wrong("a second Session in the " + opened(block));
          }
          sessions = session(line);
        }
        case "orurls" -> orUrls(line);
        default -> passOver(line, block);
      }
    }
    return new Service(name, sessions.type(), Duration.ofSeconds(sessions.ttlSeconds()), backends);
  }

  private Backend backend(ConfigLine block) throws FarmConfigException {
    block.requireAlone();
    String address = "";
    int port = 0;
    boolean disabled = false;
    for (ConfigLine line = within(block); !isEnd(line); line = within(block)) {
      switch (line.name()) {
        case "address" -> address = line.word();
        case "port" -> port = line.number(1, 65_535);
        case "disabled" -> disabled = line.flag();
        default -> passOver(line, block);
      }
    }
    require(!address.isEmpty(), block, "Address");
    Backend backend = Backend.of(address, port, disabled);
    require(port != 0 || backend.kind() == BackendKind.SOCKET, block, "Port");
    return backend;
  }

  /** A line {@code Redirect "URL"}, with an HTTP status before the URL or without. */
  private static Backend redirect(ConfigLine line) throws FarmConfigException {
    String rest = line.rest();
    boolean status = rest.length() > 3 && REDIRECT_STATUS.contains(rest.substring(0, 3));
    ConfigLine url =
        status
            ? new ConfigLine(
                line.file(), line.number(), line.directive(), rest.substring(3).stripLeading())
            : line;
    url.quoted();
    return Backend.REDIRECT;
  }

  private Persistence session(ConfigLine block) throws FarmConfigException {
    block.requireAlone();
    SessionType type = SessionType.NONE;
    int ttl = 0;
    String id = "";
    for (ConfigLine line = within(block); !isEnd(line); line = within(block)) {
      switch (line.name()) {
        case "type" -> {
          if (type != SessionType.NONE) {
            throw line.wrong("a second Type in the " + opened(block));
          }
          type = type(line);
        }
        case "ttl" -> {
          ttl = line.number(Integer.MIN_VALUE, Integer.MAX_VALUE);
          if (ttl == 0) {
            throw line.wrong("TTL is not 0");
          }
        }
        case "id" -> {
          if (!type.hasId()) {
            throw line.wrong("ID without a Type COOKIE, URL or HEADER before it");
          }
          id = line.quoted();
        }
        default -> passOver(line, block);
      }
    }
    require(type != SessionType.NONE, block, "Type");
    require(ttl != 0, block, "TTL");
    require(!type.hasId() || !id.isEmpty(), block, "ID");
    return new Persistence(type, ttl);
  }

  private static SessionType type(ConfigLine line) throws FarmConfigException {
    return SessionType.named(line.value())
        .orElseThrow(() -> line.wrong("Type is IP, COOKIE, URL, PARM, BASIC or HEADER"));
  }

  private void orUrls(ConfigLine block) throws FarmConfigException {
    block.requireAlone();
    for (ConfigLine line = within(block); !isEnd(line); line = within(block)) {
      passOver(line, block);
    }
  }

  /** The next line of a block that is not closed yet. */
  private ConfigLine within(ConfigLine block) throws FarmConfigException {
    ConfigLine line = lines.next();
    if (line == null) {
      throw block.wrong(block.directive() + " has no End");
    }
    return line;
  }

  private static boolean isEnd(ConfigLine line) throws FarmConfigException {
    if (!line.name().equals("end")) {
      return false;
    }
    line.requireAlone();
    return true;
  }

  private static void require(boolean there, ConfigLine block, String what)
      throws FarmConfigException {
    if (!there) {
      throw block.wrong(block.directive() + " has no " + what);
    }
  }

  /** Lets a line be that does not matter, unless it means that a block was missed. */
  private void passOver(ConfigLine line, @Nullable ConfigLine block) throws FarmConfigException {
    if (STRUCTURE.contains(line.name())) {
      throw line.wrong(
          line.directive()
              + (block == null ? " outside of a block" : " inside the " + opened(block)));
    }
    if (!KnownDirectives.has(line.directive()) && unknown.size() < FarmConfig.MAX_UNKNOWN) {
      unknown.add(line.place() + ": " + ConfigLine.utf8(line.directive()));
    }
  }

  private static String opened(ConfigLine block) {
    return block.directive() + " of line " + block.number();
  }
}
