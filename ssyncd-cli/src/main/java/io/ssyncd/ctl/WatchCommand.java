package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.cli.Foreign;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code watch}. */
@Command(
    name = "watch",
    description = {
      "Says what changes on this host's table, one line a change, until it is interrupted.",
    },
    footer = {
      "",
      "In JSON each line is a document. Keys that are passwords are not printed.",
      "",
      "Examples:",
      "  ssyncdctl watch --kind http --scope shop     all that happens in one farm",
      "  ssyncdctl watch 10.0.0.7                     one client",
      "  ssyncdctl watch --op delete --op clear       what goes",
      "",
      "Exit codes: 0 as many changes as were asked for, 69 the daemon ended,",
      "75 it fell behind."
    })
final class WatchCommand implements Callable<Integer> {
  /** What can happen. */
  enum Op {
    PUT,
    DELETE,
    CLEAR,
    RESTORED
  }

  @ParentCommand private @Nullable Main main;
  @Mixin private Who where = new Who();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "KEY|ADDRESS",
      description = "Whose, as in find; everybody's without.")
  private @Nullable String who;

  @Option(
      names = "--op",
      paramLabel = "OP",
      description = "Only put, delete, clear or restored; may be given more than once.")
  private List<Op> operations = List.of();

  @Option(names = "--count", paramLabel = "N", description = "Ends after so many changes.")
  private long count;

  /** Enough was seen: whoever streams has to be left. */
  private static final class Enough extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Enough() {
      super(null, null, false, false);
    }
  }

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(main);
    ObjectNode request = Main.request("watch");
    where.into(request);
    if (who != null) {
      request.put("who", who);
    }
    ArrayNode ops = request.putArray("ops");
    operations.forEach(op -> ops.add(op.name().toLowerCase(Locale.ROOT)));
    long[] seen = new long[1];
    try {
      return tool.ask(
              request,
              item -> {
                if (item.has("op")) {
                  print(tool, item);
                  if (++seen[0] == count) {
                    throw new Enough();
                  }
                }
              })
          .exit();
    } catch (Enough done) {
      return 0;
    }
  }

  private static void print(Main tool, ObjectNode item) {
    if (tool.json()) {
      tool.printJson(item.put("version", 1));
    } else {
      tool.printUtf8(line(item) + "\n");
    }
    tool.flush();
  }

  static String line(ObjectNode item) {
    String op = item.path("op").asText();
    String place =
        switch (op) {
          case "restored" -> "the whole table";
          case "clear" ->
              item.hasNonNull("scope")
                  ? item.path("kind").asText() + " " + item.path("scope").asText()
                  : "all of " + item.path("kind").asText();
          default -> RecordText.place(item);
        };
    String value = op.equals("put") ? ": " + RecordText.value(item) : "";
    return Foreign.shown(
        item.path("index").asLong() + " " + Columns.left(op, 8) + " " + place + value);
  }
}
