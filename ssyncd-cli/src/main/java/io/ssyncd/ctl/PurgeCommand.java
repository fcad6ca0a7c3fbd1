package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.cli.Foreign;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code purge}. */
@Command(
    name = "purge",
    sortOptions = false,
    description = {
      "Makes the cluster forget somebody for good: in its tables and on its disks.",
      "The records go from all members and from the kernel's tables, and the logs and snapshots of"
          + " all members move on until no file holds them. Takes some seconds.",
      "A Pound cannot delete: its own session stays until it expires, and is told of again when"
          + " its client comes back. Files of snapshot save are yours."
    },
    footer = {
      "",
      "Examples:",
      "  ssyncdctl purge --address 192.0.2.7 --dry-run    what there is of a client",
      "  ssyncdctl purge --address 192.0.2.7              forget it",
      "  ssyncdctl purge --key 1a2b3c4d                   a key by its name in reports",
      "  ssyncdctl purge --older-than 30d --scope shop    of one farm or table",
      "",
      "Others on this host can see a command line: give a key that is a password by",
      "the name that show and reports have for it.",
      "",
      "Exit codes: 0 no member's files hold it any more, 75 no quorum, or not all",
      "members yet: purge again when those that were away are back."
    })
final class PurgeCommand implements Callable<Integer> {
  @ParentCommand private @Nullable Main main;
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "HTTP sessions of this key, or of this name of a key; \\xNN is a byte.")
  private @Nullable String key;

  @Option(
      names = "--address",
      paramLabel = "ADDRESS",
      description = "Entries of this client, and HTTP sessions whose key is its address.")
  private @Nullable String address;

  @Option(
      names = "--older-than",
      paramLabel = "AGE",
      converter = Span.Age.class,
      description = "Records that were last used so long ago: 90s, 15m, 12h, 30d.")
  private @Nullable Duration olderThan;

  @Mixin private Who where = new Who();

  @Option(names = "--dry-run", description = "Count them, and change nothing.")
  private boolean dryRun;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(main);
    ObjectNode request = request();
    if (!dryRun && !yes && Terminal.own().in()) {
      Answer found = tool.askPatiently(request.deepCopy().put("dryRun", true), "looking");
      String question = "purge " + records(found.result()) + " from the whole cluster?";
      if (!Question.agreed(false, question, tool.err())) {
        tool.err().println("nothing was purged");
        return 0;
      }
    }
    Answer answer = tool.askPatiently(request.put("dryRun", dryRun), "purging");
    if (tool.json()) {
      tool.printJson(answer.result());
    } else {
      tool.printUtf8(text(answer.result()));
    }
    return answer.exit();
  }

  private ObjectNode request() {
    if (key == null && address == null && olderThan == null) {
      throw wrong("purge what? --key, --address or --older-than; clear drops everything");
    }
    ObjectNode request = Main.request("purge");
    if (key != null) {
      request.put("key", key);
    }
    if (address != null) {
      request.put("address", address);
    }
    if (olderThan != null) {
      request.put("olderThanSeconds", olderThan.toSeconds());
    }
    where.into(request);
    return request;
  }

  private ParameterException wrong(String text) {
    return new ParameterException(Objects.requireNonNull(spec).commandLine(), text);
  }

  static String text(JsonNode result) {
    boolean dry = result.path("result").asText().equals("dry-run");
    StringBuilder out = new StringBuilder(dry ? "would purge " : "purged ");
    out.append(records(result)).append('\n');
    JsonNode members = result.path("members");
    line(out, members.path("done"), "no file holds them any more on ");
    line(out, members.path("open"), "NOT YET rid of them, purge again if it stays so: ");
    line(out, members.path("away"), "NOT IN REACH, its files hold them, purge again then: ");
    return out.toString();
  }

  /** How many there are, and where. */
  private static String records(JsonNode result) {
    long sum = 0;
    StringBuilder where = new StringBuilder();
    for (JsonNode scope : result.path("scopes")) {
      sum += scope.path("records").asLong();
      where.append(where.isEmpty() ? ": " : ", ");
      where.append(scope.path("kind").asText()).append(' ');
      where.append(Foreign.shown(scope.path("scope").asText()));
      where.append(' ').append(scope.path("records").asLong());
    }
    return sum + (sum == 1 ? " record" : " records") + where;
  }

  private static void line(StringBuilder out, JsonNode names, String what) {
    if (!names.isEmpty()) {
      StringBuilder list = new StringBuilder();
      for (JsonNode name : names) {
        list.append(list.isEmpty() ? "" : ", ").append(Foreign.shown(name.asText()));
      }
      out.append(what).append(list).append('\n');
    }
  }
}
