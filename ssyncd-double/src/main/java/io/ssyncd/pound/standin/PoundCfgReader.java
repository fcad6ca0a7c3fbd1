package io.ssyncd.pound.standin;

import io.ssyncd.pound.standin.Farm.Backend;
import io.ssyncd.pound.standin.Farm.Listener;
import io.ssyncd.pound.standin.Farm.Service;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads from a pound.cfg what the session protocol shows: names, order, addresses, TTLs, what is
 * disabled. Everything else in a block is passed over. Written apart from the daemon's own reader,
 * so that the two check each other.
 *
 * <p>{@code Include} is followed (Pound up to 2.8a.13); 2.8a.15 refuses it.
 */
public final class PoundCfgReader {
  /** Files that may include one another, as in Pound ({@code MAX_FIN}). */
  private static final int MAX_DEPTH = 99;

  private final Deque<Source> sources = new ArrayDeque<>();
  private String name = "";

  /** A file and how far it was read. */
  private static final class Source {
    final Path file;
    final List<String> lines;
    int next;

    Source(Path file) throws PoundCfgException {
      this.file = file;
      try {
        this.lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
      } catch (IOException e) {
        throw new PoundCfgException(file + ": cannot be read: " + e, e);
      }
    }
  }

  /** A directive and the rest of its line, without the quotes around it. */
  private record Line(String word, String value, String where) {
    boolean is(String other) {
      return word.equalsIgnoreCase(other);
    }

    int number() throws PoundCfgException {
      try {
        return Integer.parseInt(value);
      } catch (NumberFormatException e) {
        throw new PoundCfgException(where + ": " + word + " is not a number", e);
      }
    }
  }

  private PoundCfgReader() {}

  /**
   * Reads a file.
   *
   * @throws PoundCfgException naming file and line
   */
  public static Farm read(Path file) throws PoundCfgException {
    PoundCfgReader reader = new PoundCfgReader();
    reader.sources.push(new Source(file));
    Farm farm = reader.farm();
    if (farm.name().isEmpty()) {
      throw new PoundCfgException(file + ": no Name");
    }
    return farm;
  }

  private Farm farm() throws PoundCfgException {
    List<Listener> listeners = new ArrayList<>();
    List<Service> globals = new ArrayList<>();
    for (Line line = line(); line != null; line = line()) {
      if (line.is("Name")) {
        name = line.value;
      } else if (line.is("ListenHTTP") || line.is("ListenHTTPS")) {
        listeners.add(listener());
      } else if (line.is("Service")) {
        globals.add(service(line.value));
      }
    }
    return new Farm(name, listeners, globals);
  }

  private Listener listener() throws PoundCfgException {
    String address = "0.0.0.0";
    int port = 0;
    List<Service> services = new ArrayList<>();
    for (Line line = inBlock("listener"); !line.is("End"); line = inBlock("listener")) {
      switch (line.word.toLowerCase(Locale.ROOT)) {
        case "address" -> address = line.value;
        case "port" -> port = line.number();
        case "service" -> services.add(service(line.value));
        default -> {}
      }
    }
    return new Listener(address, port, services);
  }

  private Service service(String serviceName) throws PoundCfgException {
    SessionType type = SessionType.NONE;
    String id = "";
    int ttl = 0;
    Backend emergency = null;
    List<Backend> backends = new ArrayList<>();
    for (Line line = inBlock("Service"); !line.is("End"); line = inBlock("Service")) {
      switch (line.word.toLowerCase(Locale.ROOT)) {
        case "session" -> {
          Service session = session(line.where);
          type = session.type();
          id = session.id();
          ttl = session.ttlSeconds();
        }
        case "backend" -> backends.add(backend(line.where));
        case "redirect", "redirectappend", "redirectdynamic" ->
            backends.add(new Backend(Backend.REDIRECT, 0, 1, false));
        case "emergency" -> emergency = backend(line.where);
        case "orurls" -> skipBlock();
        default -> {}
      }
    }
    return new Service(serviceName, type, id, ttl, backends, emergency);
  }

  private Service session(String where) throws PoundCfgException {
    SessionType type = SessionType.NONE;
    String id = "";
    int ttl = 0;
    for (Line line = inBlock("Session"); !line.is("End"); line = inBlock("Session")) {
      switch (line.word.toLowerCase(Locale.ROOT)) {
        case "type" -> type = type(line);
        case "ttl" -> ttl = line.number();
        case "id" -> id = line.value;
        default -> throw new PoundCfgException(line.where + ": unknown directive " + line.word);
      }
    }
    if (type == SessionType.NONE || ttl == 0 || type.needsId() == id.isEmpty()) {
      throw new PoundCfgException(where + ": Session needs Type, TTL and for some types ID");
    }
    return new Service("", type, id, ttl, List.of());
  }

  private static SessionType type(Line line) throws PoundCfgException {
    for (SessionType type : SessionType.values()) {
      if (type != SessionType.NONE && type.name().equalsIgnoreCase(line.value)) {
        return type;
      }
    }
    throw new PoundCfgException(line.where + ": unknown session type " + line.value);
  }

  private Backend backend(String where) throws PoundCfgException {
    String address = null;
    int port = 0;
    int priority = Backend.DEFAULT_PRIORITY;
    boolean disabled = false;
    for (Line line = inBlock("BackEnd"); !line.is("End"); line = inBlock("BackEnd")) {
      switch (line.word.toLowerCase(Locale.ROOT)) {
        case "address" -> address = line.value;
        case "port" -> port = line.number();
        case "priority" -> priority = line.number();
        case "disabled" -> disabled = line.number() != 0;
        default -> {}
      }
    }
    if (address == null) {
      throw new PoundCfgException(where + ": BackEnd without Address");
    }
    return new Backend(Addresses.content(address), port, priority, disabled);
  }

  private void skipBlock() throws PoundCfgException {
    while (!inBlock("OrURLs").is("End")) {
      // Patterns are of no interest here.
    }
  }

  private Line inBlock(String block) throws PoundCfgException {
    Line line = line();
    if (line == null) {
      throw new PoundCfgException("end of file within " + block);
    }
    return line;
  }

  /** The next directive; null at the end of the last file. */
  private @Nullable Line line() throws PoundCfgException {
    while (true) {
      Source source = sources.peek();
      if (source == null) {
        return null;
      }
      if (source.next == source.lines.size()) {
        sources.pop();
        continue;
      }
      String text = source.lines.get(source.next++).strip();
      String where = source.file + " line " + source.next;
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      Line line = split(text, where);
      if (!line.is("Include")) {
        return line;
      }
      if (sources.size() == MAX_DEPTH) {
        throw new PoundCfgException(where + ": included too deep");
      }
      sources.push(new Source(Path.of(line.value)));
    }
  }

  private static Line split(String text, String where) {
    int blank = 0;
    while (blank < text.length() && text.charAt(blank) != ' ' && text.charAt(blank) != '\t') {
      blank++;
    }
    String value = text.substring(blank).strip();
    if (value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")) {
      value = value.substring(1, value.length() - 1);
    }
    return new Line(text.substring(0, blank), value, where);
  }
}
