package io.ssyncd.daemon.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.log.Entry;
import io.ssyncd.log.Outcome;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WatchTest {
  private static final HttpKey KEY = new HttpKey("f1", 1, 2, Bytes.utf8("client"));
  private static final HttpSession SESSION =
      new HttpSession(KEY, 3, Bytes.utf8("10.0.0.1"), 1_700_000_000_000L);

  private final Watch watch = new Watch(ChangeFilter.ALL, new Masked(key -> false));

  @Test
  void changesComeInTheOrderOfTheLogWithTheirIndex() {
    watch.applied(8, batch(new Mutation.Put(SESSION), new Mutation.Delete(KEY)), Outcome.APPLIED);
    watch.applied(9, batch(new Mutation.ClearScope(Scope.farm("f2"))), Outcome.APPLIED);
    watch.applied(10, batch(new Mutation.Put(SESSION)), Outcome.STALE_EPOCH);
    watch.applied(
        11,
        new Entry.Command(UUID.randomUUID(), new Entry.Operation.Clear(Kind.RECENT, null)),
        Outcome.APPLIED);
    watch.restored(20);

    // A name is salted anew by every process.
    assertThat(items(7, 7))
        .map(item -> item.replaceAll("(?<=\"name\":\")[0-9a-f]{8}", "........"))
        .containsExactly(
            "{\"index\":7}",
            "{\"op\":\"put\",\"kind\":\"http\",\"scope\":\"f1\",\"listener\":1,\"service\":2,"
                + "\"key\":\"client\",\"name\":\"........\",\"backend\":3,\"address\":\"10.0.0.1\","
                + "\"lastAccessMs\":1700000000000,\"index\":8}",
            "{\"op\":\"delete\",\"kind\":\"http\",\"scope\":\"f1\",\"listener\":1,\"service\":2,"
                + "\"key\":\"client\",\"name\":\"........\",\"index\":8}",
            "{\"op\":\"clear\",\"kind\":\"http\",\"scope\":\"f2\",\"index\":9}",
            "{\"index\":10}",
            "{\"op\":\"clear\",\"kind\":\"recent\",\"index\":11}",
            "{\"op\":\"restored\",\"index\":20}");
  }

  @Test
  void aSecretKeyIsNotShown() {
    Watch masking = new Watch(ChangeFilter.ALL, new Masked(key -> true));
    masking.applied(8, batch(new Mutation.Put(SESSION), new Mutation.Delete(KEY)), Outcome.APPLIED);

    assertThat(items(masking, 7, 3))
        .hasSize(3)
        .noneMatch(item -> item.contains("\"client\""))
        .filteredOn(item -> item.contains("\"op\""))
        .allMatch(item -> item.contains("\"key\":null,\"name\":\""));
  }

  @Test
  void aFilterLeavesOutWhatWasNotAskedFor() {
    ObjectNode request =
        JsonNodeFactory.instance.objectNode().put("kind", "http").put("who", "client");
    request.putArray("ops").add("delete").add("clear");
    Watch filtered = new Watch(ChangeFilter.of(request), new Masked(key -> false));
    HttpKey other = new HttpKey("f1", 1, 2, Bytes.utf8("other"));
    filtered.applied(
        8,
        batch(new Mutation.Put(SESSION), new Mutation.Delete(other), new Mutation.Delete(KEY)),
        Outcome.APPLIED);
    filtered.applied(9, batch(new Mutation.ClearScope(Scope.farm("f2"))), Outcome.APPLIED);
    filtered.applied(
        10,
        new Entry.Command(UUID.randomUUID(), new Entry.Operation.Clear(Kind.RECENT, null)),
        Outcome.APPLIED);
    filtered.restored(20);

    assertThat(items(filtered, 7, 5))
        .map(item -> item.replaceAll(",\"(listener|name).*,", ","))
        .containsExactly(
            "{\"index\":7}",
            "{\"op\":\"delete\",\"kind\":\"http\",\"scope\":\"f1\",\"index\":8}",
            "{\"op\":\"clear\",\"kind\":\"http\",\"scope\":\"f2\",\"index\":9}",
            "{\"index\":10}",
            "{\"index\":20}");
  }

  @Test
  void anOperationThatIsNoneIsNamed() {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    request.putArray("ops").add("puts");

    assertThatThrownBy(() -> ChangeFilter.of(request))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"puts\"");
  }

  @Test
  void aClientThatFallsBehindTheBoundIsToldSo() throws Exception {
    Entry full =
        batch(
            Collections.nCopies(Watch.MAX_WAITING, new Mutation.Put(SESSION))
                .toArray(Mutation[]::new));
    watch.applied(1, full, Outcome.APPLIED);
    Collected reply = new Collected(Integer.MAX_VALUE);

    watch.stream(reply, 0);

    assertThat(reply.error).contains("fell more than " + Watch.MAX_WAITING);
  }

  private static Entry batch(Mutation... mutations) {
    return new Entry.Batch("lb1", 1, 1, List.of(mutations));
  }

  /** What a client that leaves after so many items has seen. */
  private List<String> items(long index, int count) {
    return items(watch, index, count);
  }

  private static List<String> items(Watch of, long index, int count) {
    Collected reply = new Collected(count);
    assertThatThrownBy(() -> of.stream(reply, index)).hasMessage("the client left");
    return reply.items;
  }

  private static final class Collected implements Reply {
    private final List<String> items = new ArrayList<>();
    private final int most;
    private String error = "";

    Collected(int most) {
      this.most = most;
    }

    @Override
    public void item(JsonNode item) throws IOException {
      items.add(item.toString());
    }

    @Override
    public void flush() throws IOException {
      if (items.size() >= most) {
        throw new IOException("the client left");
      }
    }

    @Override
    public void result(int exit, JsonNode result) {
      throw new IllegalStateException("a watch has no result");
    }

    @Override
    public void error(int exit, String words) {
      assertThat(exit).isEqualTo(Exit.TRY_AGAIN);
      error = words;
    }
  }
}
