package io.ssyncd.ctl;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code snapshot}. */
@Command(
    name = "snapshot",
    subcommands = {
      SnapshotSaveCommand.class,
      SnapshotRestoreCommand.class,
      SnapshotAbandonCommand.class
    },
    description = "Saves what the cluster holds to a file, and restores it from one.")
final class SnapshotCommand implements Runnable {
  @ParentCommand private @Nullable Main main;
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "snapshot what? save, restore or abandon");
  }

  Main main() {
    return Objects.requireNonNull(main);
  }
}
