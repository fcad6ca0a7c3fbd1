package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.daemon.control.Exit;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/**
 * {@code snapshot save}. The file is written beside the wanted one with mode 0600, synced, read
 * back and only then given its name.
 */
@Command(
    name = "save",
    description = {
      "Saves what the cluster holds, at one entry of the log, to a file of this host.",
      "The file holds session keys: it is readable for you alone."
    },
    footer = {
      "",
      "Examples:",
      "  ssyncdctl snapshot save /root/before-the-move",
      "",
      "Exit codes: 0 saved, 73 the file exists or cannot be made, 75 no quorum,",
      "77 no permission."
    })
final class SnapshotSaveCommand implements Callable<Integer> {
  @ParentCommand private @Nullable SnapshotCommand parent;

  @Parameters(index = "0", paramLabel = "FILE", description = "Where to.")
  private Path file = Path.of("");

  @Option(names = "--force", description = "Replace FILE if it exists.")
  private boolean force;

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(parent).main();
    Path target = file.toAbsolutePath();
    if (!force && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new ControlException(
          Exit.CANNOT_CREATE, "exists", file + " exists; --force replaces it");
    }
    Path beside = null;
    try {
      // Files.createTempFile makes it readable for its owner alone.
      beside =
          Files.createTempFile(
              Objects.requireNonNull(target.getParent()), target.getFileName() + ".", ".part");
      Answer answer = fetch(tool, beside);
      SavedFile.verify(beside);
      Files.move(
          beside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      sync(Objects.requireNonNull(target.getParent()));
      if (tool.json()) {
        tool.printJson(answer.result());
      } else {
        tool.err().println("saved " + SavedFile.describe(answer.result()) + " to " + file);
      }
      return answer.exit();
    } catch (IOException e) {
      throw failure(e);
    } finally {
      drop(beside);
    }
  }

  private static Answer fetch(Main tool, Path to) throws ControlException, IOException {
    try (FileChannel channel = FileChannel.open(to, StandardOpenOption.WRITE);
        OutputStream out = Channels.newOutputStream(channel);
        Progress progress = tool.progress("saving")) {
      IOException[] failed = new IOException[1];
      Answer answer =
          tool.ask(
              Main.request("snapshot-save"),
              item -> {
                try {
                  if (failed[0] == null) {
                    out.write(data(item));
                    progress.at(channel.position() / 1024 + " KiB");
                  }
                } catch (IOException e) {
                  failed[0] = e;
                }
              });
      if (failed[0] != null) {
        throw failed[0];
      }
      channel.force(true);
      return answer;
    }
  }

  private static byte[] data(ObjectNode item) throws IOException {
    return item.path("data").binaryValue();
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private ControlException failure(IOException e) {
    if (e instanceof AccessDeniedException) {
      return new ControlException(
          Exit.NO_PERMISSION, "no-permission", file + ": you may not write there");
    }
    String why =
        e instanceof NoSuchFileException ? "there is no such directory" : String.valueOf(e);
    return new ControlException(Exit.CANNOT_CREATE, "cannot-create", file + ": " + why);
  }

  private static void drop(@Nullable Path beside) {
    try {
      if (beside != null) {
        Files.deleteIfExists(beside);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("removing " + beside, e);
    }
  }
}
