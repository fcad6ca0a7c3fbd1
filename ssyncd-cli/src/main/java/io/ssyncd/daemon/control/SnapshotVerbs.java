package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.node.RestoreRefusedException;
import io.ssyncd.node.RestoreReport;
import io.ssyncd.node.SyncNode;
import io.ssyncd.table.SavedTable;
import io.ssyncd.table.UnusableSnapshotException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;

/**
 * {@code snapshot save} and {@code restore}. The file is the client's: it is written with the
 * operator's rights, not the daemon's. Saved bytes go out as items of Base64; a file that is to be
 * restored comes as it is, behind the request.
 */
final class SnapshotVerbs {
  private static final int CHUNK_BYTES = 24 * 1024;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final SyncNode node;

  SnapshotVerbs(SyncNode node) {
    this.node = node;
  }

  Map<String, Verb> all() {
    return Map.of(
        "snapshot-save", (request, reply) -> save(reply),
        "snapshot-restore", this::restore,
        "snapshot-abandon", (request, reply) -> abandon(reply));
  }

  private void save(Reply reply) throws IOException, InterruptedException, LogUnavailableException {
    OutputStream to = new BufferedOutputStream(new Chunks(reply), CHUNK_BYTES);
    SavedTable saved = node.save(to);
    to.flush();
    reply.result(Exit.OK, of(saved));
  }

  private void restore(ObjectNode request, Reply reply) throws IOException, InterruptedException {
    InputStream body = reply.body();
    try {
      RestoreReport report = node.restore(body, request.path("otherCluster").asBoolean());
      reply.result(
          Exit.OK, of(report.saved()).put("entry", report.index()).put("kept", report.kept()));
    } catch (UnusableSnapshotException e) {
      refuse(body, reply, Exit.REFUSED, e);
    } catch (RestoreRefusedException e) {
      refuse(body, reply, Exit.REFUSED, e);
    } catch (LogUnavailableException e) {
      refuse(body, reply, Exit.TRY_AGAIN, e);
    }
  }

  /** The client sends on until it is done: closing over unread bytes would take the answer back. */
  private static void refuse(InputStream body, Reply reply, int exit, Exception why)
      throws IOException {
    body.transferTo(OutputStream.nullOutputStream());
    reply.error(exit, String.valueOf(why.getMessage()));
  }

  private void abandon(Reply reply)
      throws IOException, InterruptedException, LogUnavailableException {
    reply.result(Exit.OK, JSON.objectNode().put("abandoned", node.abandonRestore()));
  }

  private static ObjectNode of(SavedTable saved) {
    return JSON.objectNode()
        .put("version", 1)
        .put("cluster", saved.cluster())
        .put("member", saved.member())
        .put("index", saved.index())
        .put("epoch", saved.epoch())
        .put("savedAt", Instant.ofEpochMilli(saved.savedAtMs()).toString())
        .put("http", saved.httpSessions())
        .put("recent", saved.recentEntries())
        .put("digest", saved.digest());
  }

  /** Sends what is written as items. */
  private static final class Chunks extends OutputStream {
    private final Reply reply;

    Chunks(Reply reply) {
      this.reply = reply;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      reply.item(JSON.objectNode().put("data", Arrays.copyOfRange(bytes, offset, offset + length)));
    }
  }
}
