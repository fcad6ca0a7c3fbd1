package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.daemon.control.Exit;
import io.ssyncd.table.SavedTable;
import io.ssyncd.table.UnusableSnapshotException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code snapshot restore}. The whole file is read and checked before the daemon is asked. */
@Command(
    name = "restore",
    description = {
      "Replaces what the cluster holds by what a file holds, on all members at once.",
      "Sessions that were used after the file was saved stay. Asks first on a terminal.",
      "The leader then writes its Pound and kernel anew before it collects on."
    },
    footer = {
      "",
      "Examples:",
      "  ssyncdctl snapshot restore /root/before-the-move",
      "",
      "Exit codes: 0 restored, 65 the file is damaged, of another cluster or too",
      "large, 66 it cannot be read, 75 no quorum: nothing has changed, try again,",
      "77 no permission."
    })
final class SnapshotRestoreCommand implements Callable<Integer> {
  @ParentCommand private @Nullable SnapshotCommand parent;

  @Parameters(index = "0", paramLabel = "FILE", description = "A file of snapshot save.")
  private Path file = Path.of("");

  @Option(names = "--force", description = "Also if it was saved from a cluster of another name.")
  private boolean force;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(parent).main();
    SavedTable saved = verified();
    String question =
        "replace all records of the cluster by the "
            + saved.records()
            + " saved at "
            + Instant.ofEpochMilli(saved.savedAtMs())
            + " from "
            + saved.cluster()
            + "?";
    if (!Question.agreed(yes, question, tool.err())) {
      tool.err().println("nothing was restored");
      return 0;
    }
    ObjectNode request = Main.request("snapshot-restore").put("otherCluster", force);
    Answer answer = tool.send(request, file, "restoring " + saved.records() + " records");
    if (tool.json()) {
      tool.printJson(answer.result());
    } else {
      tool.err()
          .println(
              "restored "
                  + SavedFile.describe(answer.result())
                  + "; newer ones that stayed: "
                  + answer.result().path("kept").asLong());
    }
    return answer.exit();
  }

  private SavedTable verified() throws ControlException {
    try {
      return SavedFile.verify(file);
    } catch (UnusableSnapshotException e) {
      throw new ControlException(Exit.REFUSED, "damaged", file + ": " + e.getMessage());
    } catch (AccessDeniedException e) {
      throw new ControlException(
          Exit.NO_PERMISSION, "no-permission", file + ": you may not read it");
    } catch (IOException e) {
      throw new ControlException(Exit.NO_INPUT, "no-input", file + " cannot be read: " + e);
    }
  }
}
