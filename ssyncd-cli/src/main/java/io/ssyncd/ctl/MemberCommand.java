package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code member add} and {@code member remove}. */
@Command(
    name = "member",
    description = "Takes a member into the cluster, or out of it.",
    subcommands = {MemberCommand.Add.class, MemberCommand.Remove.class})
final class MemberCommand implements Runnable {
  @ParentCommand private @Nullable Main main;
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "add or remove? member --help says how");
  }

  private int ask(ObjectNode request, String done) throws ControlException {
    Main tool = Objects.requireNonNull(main);
    Answer answer = tool.ask(request);
    if (tool.json()) {
      tool.printJson(answer.result().put("version", 1));
    } else {
      tool.printUtf8(done + "\n");
    }
    return answer.exit();
  }

  /** {@code member add}. */
  @Command(
      name = "add",
      description = {
        "Takes a member in, or gives a member a new address.",
        "member add NAME HOST:PORT [--witness]"
      },
      footer = {
        "",
        "Examples:",
        "  ssyncdctl member add lb4 10.0.0.4:7777",
        "  ssyncdctl member add w1 10.0.0.9:7777 --witness",
        "",
        "It needs an empty data directory and a configuration that names itself and at",
        "least one other member. It fills itself, and votes once it has caught up.",
        "",
        "Exit codes: 0 done, 64 no such address, 75 no quorum, or another change runs."
      })
  static final class Add implements Callable<Integer> {
    @ParentCommand private @Nullable MemberCommand member;

    @Parameters(index = "0", paramLabel = "NAME", description = "Its name.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "HOST:PORT", description = "Where its log listens.")
    private String address = "";

    @Option(names = "--witness", description = "It votes only, and keeps no Pound.")
    private boolean witness;

    @Override
    public Integer call() throws ControlException {
      return Objects.requireNonNull(member)
          .ask(
              Main.request("member-add")
                  .put("name", name)
                  .put("address", address)
                  .put("witness", witness),
              name + " is a member now; start ssyncd there");
    }
  }

  /** {@code member remove}. */
  @Command(
      name = "remove",
      description = {
        "Takes a member out; one that leads hands over first.",
        "member remove NAME [--force]"
      },
      footer = {
        "",
        "Examples:",
        "  ssyncdctl member remove lb2       dead or alive",
        "",
        "Exit codes: 0 done, 75 refused, for the rest would be without a majority."
      })
  static final class Remove implements Callable<Integer> {
    @ParentCommand private @Nullable MemberCommand member;

    @Parameters(index = "0", paramLabel = "NAME", description = "Its name.")
    private String name = "";

    @Option(
        names = "--force",
        description = "Also if the rest is then without a majority in reach.")
    private boolean force;

    @Override
    public Integer call() throws ControlException {
      return Objects.requireNonNull(member)
          .ask(
              Main.request("member-remove").put("name", name).put("force", force),
              name + " is no member any more");
    }
  }
}
