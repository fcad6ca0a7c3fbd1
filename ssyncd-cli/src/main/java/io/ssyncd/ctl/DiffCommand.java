package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code diff}. */
@Command(
    name = "diff",
    description = {
      "Names the records that two members hold otherwise, at one entry of the log.",
      "Which members differ at all, digest says."
    },
    footer = {
      "",
      "Examples:",
      "  ssyncdctl diff lb1 lb2            the records that they hold otherwise",
      "  ssyncdctl diff lb1 lb2 --limit 5",
      "",
      "Keys of sessions that are passwords, and of services that this host's",
      "pound.cfg does not name, are not shown.",
      "",
      "Exit codes: 0 both hold the same, 65 they differ,",
      "75 no entry can be committed, or a member does not answer."
    })
final class DiffCommand implements Callable<Integer> {
  @ParentCommand private @Nullable Main main;

  @Parameters(index = "0", paramLabel = "MEMBER", description = "A member.")
  private String first = "";

  @Parameters(index = "1", paramLabel = "MEMBER", description = "Another one.")
  private String second = "";

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "How many records are named at most (${DEFAULT-VALUE}; up to 10000).")
  private int limit = 100;

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(main);
    ObjectNode request = Main.request("diff").put("first", first).put("second", second);
    Answer answer = tool.askPatiently(request.put("limit", limit), "comparing");
    if (tool.json()) {
      tool.printJson(answer.result());
    } else {
      tool.printUtf8(DiffText.of(answer.result()));
    }
    return answer.exit();
  }
}
