package io.ssyncd.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.node.WarningCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every text for people fits 80 columns, whatever names and numbers there are. */
class LayoutsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final String LONG =
      "balancer-of-the-northern-data-centre.example.org-" + "x".repeat(14);
  private static final String WIDE = "商店".repeat(30);
  private static final String EVIL = "shop\u001b[2J\u202e\n";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static ObjectNode healthy(int members, int farms) {
    ObjectNode status = JSON.objectNode();
    status.put("version", 1).put("node", "lb1").put("role", "leader").put("state", "INGESTING");
    status.put("at", NOW.toString());
    status.put("stateSince", "2026-01-01T08:58:00.123Z").put("leader", "lb1");
    status.put("term", 3).put("epoch", 88).put("quorum", true).put("inSync", true);
    status.put("commitIndex", 912).put("appliedIndex", 912).put("digest", "9f00000000000000");
    ArrayNode all = status.putArray("members");
    for (int i = 1; i <= members; i++) {
      all.addObject()
          .put("name", "lb" + i)
          .put("address", "10.0.0." + i + ":7777")
          .put("witness", false)
          .put("voter", true)
          .put("role", i == 1 ? "leader" : "follower")
          .put("reachable", true)
          .put("appliedIndex", 912)
          .put("lagEntries", 0)
          .put("lagMs", 0)
          .put("clockOffsetMs", 0.4)
          .put("state", i == 1 ? "INGESTING" : "FOLLOWER");
    }
    ObjectNode sessions = status.putObject("sessions");
    ObjectNode http = sessions.putObject("http");
    sessions.putObject("recent");
    ArrayNode sinks = status.putArray("sinks");
    ArrayNode sources = status.putArray("sources");
    for (int i = 1; i <= farms; i++) {
      http.put("f" + i, 1000 * i);
      sink(sinks.addObject(), "f" + i);
      source(sources.addObject(), "f" + i);
    }
    status.putArray("warnings");
    status.putArray("failovers");
    return status;
  }

  private static void sink(ObjectNode sink, String farm) {
    sink.put("kind", "http").put("scope", farm).put("state", "VERIFIED");
    sink.put("stateSince", NOW.toString()).put("lastWrite", "2026-01-01T11:56:00Z");
    sink.putNull("lastError");
    sink.putArray("lastReport")
        .addObject()
        .put("kind", "http")
        .put("scope", farm)
        .put("applied", 1)
        .put("unchanged", 2)
        .put("removed", 3)
        .put("refused", 4)
        .put("mismatched", 5);
  }

  private static void source(ObjectNode source, String farm) {
    source.put("kind", "http").put("scope", farm).put("started", true);
    source.put("ingesting", true).put("connected", true).put("events", 12).put("notAdopted", 0);
  }

  /** The same with the longest names and largest numbers that there can be. */
  private static ObjectNode extreme() {
    ObjectNode status = healthy(25, 40);
    status.put("node", LONG).put("leader", LONG).put("inSync", false);
    status.put("term", Long.MAX_VALUE).put("epoch", Long.MAX_VALUE);
    status.put("appliedIndex", Long.MAX_VALUE);
    for (int i = 0; i < 25; i++) {
      ObjectNode member = (ObjectNode) status.path("members").get(i);
      member.put("name", i == 0 ? LONG : i + LONG).put("reachable", i % 2 == 0);
      member.put("address", "[2001:db8:1234:5678:9abc:def0:1234:5678]:65535");
      member.put("appliedIndex", Long.MAX_VALUE).put("lagEntries", Long.MAX_VALUE);
      member.put("lagMs", Long.MAX_VALUE).put("clockOffsetMs", 1e12);
    }
    String[] names = {LONG + LONG, WIDE, EVIL};
    for (String name : names) {
      ((ObjectNode) status.path("sessions").path("http")).put(name, 2_000_000_000L);
      ObjectNode sink = ((ArrayNode) status.path("sinks")).addObject();
      sink(sink, name);
      sink.put("lastError", "the socket of " + name + " cannot be reached ".repeat(5));
      ((ObjectNode) sink.path("lastReport").get(0)).put("applied", Long.MAX_VALUE);
      ObjectNode source = ((ArrayNode) status.path("sources")).addObject();
      source(source, name);
      source.put("events", Long.MAX_VALUE).put("connected", false).put("notAdopted", 1 << 30);
    }
    ((ObjectNode) status.path("sessions").path("recent")).put("T".repeat(200), Long.MAX_VALUE);
    for (WarningCode code : WarningCode.values()) {
      ((ArrayNode) status.path("warnings"))
          .addObject()
          .put("code", code.word())
          .put("text", "something about " + EVIL + " is wrong, and it takes many words to say so");
    }
    ObjectNode keepalived = status.putObject("keepalived");
    keepalived.put("vip", "here").put("track", 100).put("trackWhy", "written ".repeat(20));
    keepalived.putObject("instances").put("VI_" + LONG, "MASTER");
    status
        .putObject("materialise")
        .putArray("sinks")
        .addObject()
        .put("kind", "http")
        .put("scope", LONG)
        .put("lagEntries", Long.MAX_VALUE)
        .put("paused", "traffic ".repeat(20));
    return status;
  }

  private static void fits(String text) {
    assertThat(text.lines())
        .allSatisfy(
            line -> {
              assertThat(Columns.width(line)).as(line).isLessThanOrEqualTo(80);
              assertThat(line.chars().noneMatch(Character::isISOControl)).as(line).isTrue();
            });
  }

  @Test
  void aHealthyClusterIsUnderstoodAtAGlance() {
    String text = StatusText.of(healthy(3, 1), NOW, 10);

    assertThat(text.lines().toList())
        .startsWith(
            "lb1: leader, INGESTING since 2026-01-01T08:58:00Z (3 h 1 min)",
            "Leader   lb1, INGESTING; term 3, epoch 88",
            "In sync  yes: 3 of 3 members hold the same at index 912",
            "Quorum   safe: 3 of 3 voters answer, 2 needed; 1 more may fail",
            "Trouble  none");
    assertThat(text.lines()).as("a terminal of 24 lines").hasSizeLessThanOrEqualTo(23);
    assertThat(text).contains("4 min ago");
    fits(text);
  }

  @Test
  void theLongestNamesAndLargestNumbersFit() {
    ObjectNode status = extreme();

    fits(StatusText.of(status, NOW, 10));
    fits(StatusText.of(status, NOW, Integer.MAX_VALUE));
    fits(MembersText.of(status.path("members")));
    String some = StatusText.of(status, NOW, 10);
    assertThat(some).contains("and 15 more: ssyncdctl members", "more: ssyncdctl status --all");
    assertThat(some).as("trouble comes first").contains("DOWN");
  }

  @Test
  void aQuorumIsSafeAtRiskOrLost() {
    ObjectNode three = healthy(3, 0);
    ((ObjectNode) three.path("members").get(2)).put("reachable", false);
    three.put("inSync", false);
    assertThat(Verdicts.quorum(three))
        .isEqualTo("AT RISK: 2 of 3 voters answer, 2 needed; none may fail");
    assertThat(Verdicts.sync(three)).isEqualTo("NOT IN SYNC: no answer of lb3");

    ((ObjectNode) three.path("members").get(1)).put("reachable", false);
    three.put("quorum", false).putNull("leader");
    assertThat(Verdicts.quorum(three)).startsWith("LOST: 1 of 3 voters answer, 2 needed");
    assertThat(Verdicts.leader(three)).startsWith("NOBODY");
    assertThat(Verdicts.quorum(healthy(2, 0))).startsWith("AT RISK");
    assertThat(Verdicts.quorum(healthy(5, 0))).endsWith("; 2 more may fail");
  }

  /** A member that was dead for an hour was shown 0 entries behind. */
  @Test
  void howFarBehindIsWhoDoesNotAnswerIsNotTold() {
    ObjectNode status = healthy(3, 0);
    ((ObjectNode) status.path("members").get(2)).put("reachable", false);

    assertThat(StatusText.of(status, NOW, 10)).containsPattern("lb3 .* NO +- +-\n");
    assertThat(MembersText.of(status.path("members"))).containsPattern("lb3 .* NO +912 +- ");
  }

  @Test
  void whoIsALittleBehindIsNotOutOfSync() {
    ObjectNode status = healthy(3, 0).put("inSync", false);
    ((ObjectNode) status.path("members").get(1)).put("lagEntries", 2);

    assertThat(Verdicts.sync(status)).isEqualTo("not quite: lb2 on the way");
  }

  @Test
  void whatIsWrongComesWithWhatToDo() {
    ObjectNode status = healthy(2, 0);
    ((ArrayNode) status.path("warnings"))
        .addObject()
        .put("code", "two-nodes")
        .put("text", "two voters");

    assertThat(StatusText.of(status, NOW, 10))
        .endsWith(
            "! two-nodes: two voters\n"
                + "  -> add a witness on a third host: ssyncdctl member add --help\n");
  }

  @Test
  void thereIsAdviceForEveryWarningOfTheManual() throws IOException {
    String manual = Files.readString(Path.of("..", "docs", "warnings.md"));
    Matcher rows = Pattern.compile("(?m)^\\| `([a-z-]+)` \\|").matcher(manual);
    int count = 0;
    while (rows.find()) {
      String code = rows.group(1);
      assertThat(Advice.knows(code)).as(code).isTrue();
      assertThat(Advice.of(code)).as(code).hasSizeLessThanOrEqualTo(75).isNotBlank();
      count++;
    }
    assertThat(count).isGreaterThan(40);
    for (WarningCode code : WarningCode.values()) {
      assertThat(Advice.knows(code.word())).as(code.word()).isTrue();
    }
  }

  @Test
  void topFitsWhateverThereIs() {
    ObjectNode top = extreme();
    top.put("changes", Long.MAX_VALUE).put("moreBackends", 7);
    top.set("feeds", top.path("sources"));
    ArrayNode scopes = top.putArray("scopes");
    scopes.addObject().put("kind", "http").put("scope", LONG + LONG).put("records", Long.MAX_VALUE);
    scopes.addObject().put("kind", "http").put("scope", "f1").put("records", 5);
    ArrayNode backends = top.putArray("backends");
    for (int i = 0; i < 50; i++) {
      backends
          .addObject()
          .put("scope", WIDE)
          .put("listener", 4294967295L)
          .put("service", 4294967295L)
          .put("backend", 4294967295L)
          .put("address", "2001:db8:1234:5678:9abc:def0:1234:5678")
          .put("sessions", Long.MAX_VALUE);
    }
    for (int i = 0; i < 5; i++) {
      ((ArrayNode) top.path("failovers"))
          .addObject()
          .put("at", NOW.toString())
          .put("from", LONG)
          .put("to", LONG + i)
          .put("leaderlessMs", 310)
          .put("verifiedMs", 700)
          .put("ingestingMs", 820);
    }
    Rates rates = new Rates(Duration.ofSeconds(2), 1e12, 1e12, new HashMap<>());
    for (int lines : new int[] {24, 50, 1000}) {
      String text = TopText.of(top, rates, lines);
      fits(text);
      assertThat(text).contains("LAST CHANGES OF LEADER", "served after 820 ms", "BACKEND OF");
      if (lines >= 30) {
        assertThat(text.lines()).hasSizeLessThanOrEqualTo(lines);
      }
    }
  }

  @Test
  void topOfASmallClusterHasRoomOnATerminal() {
    ObjectNode top = healthy(3, 2);
    top.set("feeds", top.path("sources"));
    top.putArray("scopes");
    top.putArray("backends")
        .addObject()
        .put("scope", "f1")
        .put("listener", 0)
        .put("service", 1)
        .put("backend", 0)
        .put("address", "10.1.1.1")
        .put("sessions", 500);
    ObjectNode later = top.deepCopy();
    later.put("at", NOW.plusSeconds(2).toString()).put("appliedIndex", 932);
    ((ObjectNode) later.path("feeds").get(0)).put("events", 32);
    Rates rates = Rates.between(top, later);

    String text = TopText.of(later, rates, 24);
    assertThat(text.lines()).hasSizeLessThanOrEqualTo(24);
    assertThat(text).contains("a second: 10.0 entries").contains("http f1", "10.1.1.1");
    assertThat(rates.events().get("http f1")).isEqualTo(10.0);
  }

  @Test
  void aCounterThatWentBackHasNoRate() {
    ObjectNode before = healthy(1, 0);
    ObjectNode after =
        healthy(1, 0).put("appliedIndex", 1).put("at", NOW.plusSeconds(1).toString());
    before.putArray("feeds");
    after.putArray("feeds");

    assertThat(Rates.between(before, after).entries()).isZero();
  }

  @Test
  void whereAClientIsStuckFits() {
    ObjectNode found = JSON.objectNode();
    found.putObject("log").put("from", 100).put("to", 912);
    ObjectNode match = found.putArray("matches").addObject();
    match.put("kind", "http").put("scope", EVIL + LONG).put("listener", 0).put("service", 1);
    match.putNull("key").put("name", "0a1b2c3d").put("backend", 2).put("address", "10.1.1.3");
    match.put("lastAccessMs", 1_767_225_600_000L);
    match.putObject("since").put("index", 120).put("at", NOW.toString()).put("certain", false);
    match.putObject("latest").put("index", 130).put("at", NOW.toString());
    String text = FindCommand.text(found);
    fits(text);
    assertThat(text.replaceAll("\\s+", " "))
        .contains("session 0a1b2c3d (its key is a secret)", "backend 2 at 10.1.1.3")
        .contains("put there at index 120", "or before index 100", "last said at index 130");

    match.putObject("since").putNull("index").putNull("at").put("certain", true);
    assertThat(FindCommand.text(found).replaceAll("\\s+", " "))
        .contains("put there before index 100, where the log begins (in the snapshot)");
  }

  @Test
  void aHistoryFits() {
    ObjectNode history = JSON.objectNode();
    history.putObject("log").put("from", 100).put("to", 912);
    ObjectNode record = history.putArray("records").addObject();
    record.put("kind", "recent").put("scope", "T".repeat(200)).put("address", "10.0.0.7");
    record.put("held", false).put("older", 3);
    ArrayNode changes = record.putArray("changes");
    ObjectNode put =
        changes.addObject().put("index", 120).put("at", NOW.toString()).put("op", "put");
    put.put("ttl", 64).put("lastSeenMs", 1_767_225_600_000L);
    put.putArray("stampsMs").add(1_767_225_600_000L);
    changes.addObject().put("index", 130).put("at", NOW.toString()).put("op", "clear");
    String text = HistoryCommand.text(history);

    assertThat(text)
        .contains("the log goes from index 100 to 912", "3 older ones", "it is not held now");
    fits(text);
  }
}
