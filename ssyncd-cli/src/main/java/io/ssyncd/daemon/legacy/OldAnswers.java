package io.ssyncd.daemon.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.cli.OldListing;
import io.ssyncd.daemon.control.Exit;
import io.ssyncd.daemon.control.Reply;
import io.ssyncd.daemon.control.Requests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests of the old tool: asks the verb that {@code ssyncdctl} asks, and puts what it
 * says into the old daemon's words, typos included. The protocol knows no errors: their text is an
 * old one, or the daemon's log has it.
 */
final class OldAnswers {
  /**
   * What the answers that are being made or sent take together, in bytes; one that finds no room is
   * cut. The old tool takes so much.
   */
  static final int MAX_BYTES = 64 * 1024 * 1024;

  private static final String CUT = "... cut\n";
  private static final Logger log = LoggerFactory.getLogger(OldAnswers.class);

  private final Requests verbs;
  private final int maxBytes;
  private final AtomicLong held = new AtomicLong();

  OldAnswers(Requests verbs) {
    this(verbs, MAX_BYTES);
  }

  OldAnswers(Requests verbs, int maxBytes) {
    this.verbs = verbs;
    this.maxBytes = maxBytes;
  }

  /** An answer, which takes room until it is closed. */
  interface Answer extends AutoCloseable {
    /** The bytes to send, without an end mark: the old daemon closes the connection behind them. */
    byte[] bytes();

    @Override
    void close();
  }

  /** Asks; the answer is to be closed when it is sent. */
  Answer answer(OldRequest request) throws IOException {
    OldText text = new OldText();
    try {
      write(request, text);
    } catch (IOException | RuntimeException e) {
      text.close();
      throw e;
    }
    return text;
  }

  private void write(OldRequest request, OldText text) throws IOException {
    String name = request.name();
    switch (request.command()) {
      case START_HTTP -> {
        Asked asked = ask(feed("start", "http", name), item -> {});
        text.add(asked.first() ? "starting http sync service\n" : "");
        text.add(asked.ok() ? "http farm added" : "error adding http farm listener");
      }
      case STOP_HTTP -> {
        Asked asked = ask(feed("stop", "http", name), item -> {});
        text.add(asked.first() ? "http sync service not running\n" : "http farm removed");
      }
      case START_RECENT -> {
        Asked asked = ask(feed("start", "recent", null), item -> {});
        text.add(asked.first() || !asked.ok() ? "" : "recent sync service is already running");
      }
      case STOP_RECENT -> {
        Asked asked = ask(feed("stop", "recent", null), item -> {});
        text.add(
            asked.first() ? "recent sync service not running\n" : "stopping recent sync service\n");
      }
      case SHOW_HTTP -> ask(feed("show", "http", null), text.listing::session);
      case SHOW_RECENT -> ask(feed("show", "recent", null), text.listing::entry);
      case COUNT_HTTP -> ask(feed("count", "http", null), text.listing::count);
      case COUNT_RECENT -> ask(feed("count", "recent", null), text.listing::count);
      case CLEAR_HTTP -> ask(feed("clear", "http", null), item -> {});
      case CLEAR_RECENT -> ask(feed("clear", "recent", null), item -> {});
      case CLEAR_TABLE -> text.add(ofTable(feed("clear", "recent", name), "cleared", "clearing"));
      case WRITE_TABLE -> text.add(ofTable(write("recent", name), "written", "writing"));
      case WRITE_HTTP ->
          text.add(
              ask(write("http", null), item -> {}).ok()
                  ? "http session data written correclty"
                  : "error writing http session data");
      case WRITE_RECENT ->
          text.add(
              "writing data"
                  + (ask(write("recent", null), item -> {}).ok()
                      ? "recent data written correclty"
                      : "error writing recent data"));
      case MODE -> text.add(ask(verb("mode"), item -> {}).result().path("mode").asText("error"));
      case SWITCH_MASTER -> ask(verb("switch").put("to", "master"), item -> {});
      case SWITCH_BACKUP -> ask(verb("switch").put("to", "backup"), item -> {});
      case QUIT -> ask(verb("quit"), item -> {});
      case UNKNOWN -> text.add("Command no found\n");
    }
  }

  private String ofTable(ObjectNode request, String done, String failed) throws IOException {
    Asked asked = ask(request, item -> {});
    if (asked.ok()) {
      return "table " + done + " correclty";
    }
    boolean unknown = asked.exit() == Exit.REFUSED && asked.result().path("scopes").isEmpty();
    return unknown ? "table doesn't exist" : "error " + failed + " table";
  }

  private static ObjectNode verb(String verb) {
    return JsonNodeFactory.instance.objectNode().put("verb", verb);
  }

  private static ObjectNode feed(String verb, String kind, @Nullable String scope) {
    ObjectNode request = verb(verb).put("kind", kind);
    return scope == null ? request : request.put("scope", scope);
  }

  private static ObjectNode write(String kind, @Nullable String scope) {
    ObjectNode request = verb("write");
    request.putArray("kinds").add(kind);
    return scope == null ? request : request.put("scope", scope);
  }

  private Asked ask(ObjectNode request, Consumer<JsonNode> items) throws IOException {
    Asked asked = new Asked(items);
    verbs.answer(request, asked);
    return asked;
  }

  /** Takes a verb's answer. */
  private static final class Asked implements Reply {
    private final Consumer<JsonNode> items;
    private int exit = Exit.INTERNAL;
    private JsonNode result = JsonNodeFactory.instance.objectNode();

    Asked(Consumer<JsonNode> items) {
      this.items = items;
    }

    boolean ok() {
      return exit == Exit.OK;
    }

    int exit() {
      return exit;
    }

    JsonNode result() {
      return result;
    }

    /** Whether no feed of that kind ran before. */
    boolean first() {
      return result.path("first").asBoolean();
    }

    @Override
    public void item(JsonNode item) {
      items.accept(item);
    }

    @Override
    public void flush() {}

    @Override
    public void result(int code, JsonNode said) {
      exit = code;
      result = said;
    }

    @Override
    public void error(int code, String error) {
      exit = code;
      log.warn("to the old tool: {}", error);
    }
  }

  /** An answer that grows, in bytes: session keys are no text. */
  private final class OldText implements Answer {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final OldListing listing = new OldListing(this::add);
    private long taken;
    private boolean cut;

    void add(String text) {
      add(text.getBytes(StandardCharsets.UTF_8));
    }

    private void add(byte[] bytes) {
      if (!cut && held.addAndGet(bytes.length) <= maxBytes) {
        taken += bytes.length;
        out.writeBytes(bytes);
      } else if (!cut) {
        held.addAndGet(-bytes.length);
        cut = true;
        out.writeBytes(CUT.getBytes(StandardCharsets.UTF_8));
        log.warn(
            "an answer to the old tool is cut after {} bytes: all of them have {}",
            taken,
            maxBytes);
      }
    }

    @Override
    public byte[] bytes() {
      return out.toByteArray();
    }

    @Override
    public void close() {
      held.addAndGet(-taken);
      taken = 0;
    }
  }
}
