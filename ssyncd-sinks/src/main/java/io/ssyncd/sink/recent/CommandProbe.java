package io.ssyncd.sink.recent;

import io.ssyncd.session.RecentEntry;
import io.ssyncd.source.recent.JiffiesMoment;
import io.ssyncd.source.recent.KernelTable;
import io.ssyncd.source.recent.KernelTables;
import io.ssyncd.source.recent.RecentAddress;
import io.ssyncd.source.recent.RecentRow;
import io.ssyncd.source.recent.TableFiles;
import io.ssyncd.source.recent.TablePolicy;
import io.ssyncd.source.recent.XtRecentModule;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what the kernel's module understands. This project's module says so in its version. The
 * older one with a restore command has no version, as the kernel's own has none, so it is tried
 * once, on one entry that is to be written anyway: a stock kernel refuses that command whole.
 */
final class CommandProbe {
  private static final Logger log = LoggerFactory.getLogger(CommandProbe.class);

  private final KernelTables tables;

  /** What was found, by the module's source version: another build is tried anew. */
  private final Map<String, Command> found = new HashMap<>();

  CommandProbe(KernelTables tables) {
    this.tables = tables;
  }

  /** The command for a table, whose lock is held. Nothing is tried in a dry run. */
  Command command(
      KernelTable table,
      XtRecentModule module,
      List<RecentEntry> entries,
      Map<RecentAddress, RecentRow> rows,
      @Nullable JiffiesMoment moment,
      boolean dryRun)
      throws IOException {
    if (moment == null) {
      return Command.STOCK;
    }
    if (module.restores()) {
      return Command.RESTORE;
    }
    String build = module.version() + '/' + module.sourceVersion();
    Command known = found.get(build);
    if (known != null || dryRun) {
      return known == null ? Command.STOCK : known;
    }
    PlannedEntry sample = sample(entries, rows, module.room());
    if (sample == null) {
      return Command.STOCK;
    }
    Command tried = attempt(table, sample, rows, moment);
    found.put(build, tried);
    log.info("the kernel's xt_recent was tried: {}", tried);
    return tried;
  }

  /** An entry that the table does not hold, and has room for. */
  private static @Nullable PlannedEntry sample(
      List<RecentEntry> entries, Map<RecentAddress, RecentRow> rows, int room) {
    if (rows.size() >= room) {
      return null;
    }
    for (RecentEntry entry : entries) {
      RecentAddress address = RecentAddress.of(entry.key().address());
      if (!address.v6() && !rows.containsKey(address)) {
        return new PlannedEntry(entry, address, null);
      }
    }
    return null;
  }

  private Command attempt(
      KernelTable table,
      PlannedEntry sample,
      Map<RecentAddress, RecentRow> rows,
      JiffiesMoment moment)
      throws IOException {
    try (TableFiles.Commands commands = tables.files().open(table.name())) {
      StockWriter stock = new StockWriter(commands, TablePolicy.Hits.PRESENCE);
      new LegacyWriter(commands, stock, moment).restore(sample);
    } catch (NoSuchFileException | ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      log.debug("the kernel refused a restore command: {}", e.toString());
      return Command.STOCK;
    }
    RecentRow row = tables.read(table.name()).get(sample.address());
    if (row == null || ReadBack.restored(sample.entry(), row, moment).row() == null) {
      return Command.STOCK;
    }
    rows.put(sample.address(), row);
    table.written(row, sample.entry());
    return Command.LEGACY;
  }
}
