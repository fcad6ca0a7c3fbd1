package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ssyncd.pound.standin.Farm;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.Member;
import io.ssyncd.testkit.StandInPound;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What {@code write} reports, and what it exits with. */
@ExtendWith(ShowsLogsOnFailure.class)
class WriteTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int GOOD = 9_990;

  @TempDir Path dir;
  private Cluster cluster;
  private StandInPound other;

  @AfterEach
  void stop() {
    if (other != null) {
      other.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  /** The follower's pound.cfg has a service less, a disabled backend, and a moved one. */
  @Test
  void ofTenThousandSessionsTheTenThatAreRefusedAreNamedAndPoundLives() throws Exception {
    cluster = ClusterSpec.in(dir).farm("f1", "2x86400,3x86400,2x86400").build();
    Member leader = cluster.startPounds().start().awaitLeader();
    List<String> refused = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      refused.add(add(leader, 2, "no-service-" + i, i % 2));
    }
    for (int i = 0; i < 3; i++) {
      refused.add(add(leader, 1, "disabled-" + i, 1));
      refused.add(add(leader, 1, "moved-" + i, 2));
    }
    for (int i = 0; i < GOOD; i++) {
      add(leader, 0, "good-" + i, i % 2);
    }
    cluster.awaitSessions("f1", GOOD + refused.size());
    Member follower = cluster.followers().get(0);
    follower.pound("f1").kill();
    Farm changed = changed(Farm.ofSpec("f1", "2x86400,3x86400"));
    other = StandInPound.start(follower.poundSocket("f1").getParent(), changed);
    cluster.awaitThat(
        "it is connected", () -> Sources.of(follower, "f1").path("connected").asBoolean());

    Command.Result text = follower.ctl("write", "http");
    JsonNode report = JSON.readTree(follower.ctl("-o", "json", "write", "http").out());

    assertThat(text.exit()).isEqualTo(65);
    assertThat(text.out()).isEqualTo("error writing http session data\n");
    assertThat(text.err())
        .contains("9990 applied", "10 refused")
        .contains("refused, unknown-service: 4")
        .contains("refused, disabled-backend: 3")
        .contains("refused, address-changed: 3");
    JsonNode scope = report.path("scopes").path(0);
    assertThat(scope.path("unchanged").asInt()).isEqualTo(GOOD);
    assertThat(scope.path("applied").asInt()).isZero();
    assertThat(scope.path("refused").asInt()).isEqualTo(refused.size());
    assertThat(namesIn(scope)).isEqualTo(names(follower, refused));
    assertThat(text.err()).doesNotContain("no-service-").doesNotContain("moved-");
    assertThat(other.alive()).isTrue();
    assertThat(other.sessions()).filteredOn(s -> s.lastAccess() != 1).hasSize(GOOD);
  }

  private static String add(Member member, int service, String key, int backend) {
    member.pound("f1").command("add 0/" + service + " " + key + " " + backend);
    return key;
  }

  private static Farm changed(Farm farm) {
    Farm.Listener listener = farm.listeners().get(0);
    Farm.Service second = listener.services().get(1);
    List<Farm.Backend> backends = new ArrayList<>(second.backends());
    Farm.Backend one = backends.get(1);
    backends.set(1, new Farm.Backend(one.content(), one.port(), one.priority(), true));
    backends.set(2, Farm.Backend.of("10.9.9.9", 80));
    Farm.Service replaced =
        new Farm.Service(second.name(), second.type(), second.id(), second.ttlSeconds(), backends);
    return new Farm(
        farm.name(),
        List.of(
            new Farm.Listener(
                listener.address(),
                listener.port(),
                List.of(listener.services().get(0), replaced))));
  }

  /** The names that the report gives: the last word of each example. */
  private static Set<String> namesIn(JsonNode scope) {
    return StreamSupport.stream(scope.path("examples").spliterator(), false)
        .map(JsonNode::asText)
        .map(example -> example.substring(example.lastIndexOf(' ') + 1))
        .collect(Collectors.toSet());
  }

  /** The names by which the daemon calls these keys: {@code show} tells those who may see them. */
  private static Set<String> names(Member member, List<String> keys) throws Exception {
    JsonNode shown = JSON.readTree(member.ctl("-o", "json", "show", "http", "--reveal").ok().out());
    return StreamSupport.stream(shown.path("items").spliterator(), false)
        .filter(session -> keys.contains(session.path("key").asText()))
        .map(session -> session.path("name").asText())
        .collect(Collectors.toSet());
  }

  /** It has read no snapshot, and nobody tells it how much of its log was committed. */
  @Test
  void aNodeAloneThatWasRestartedSaysThatItKnowsOfNothing() throws Exception {
    cluster = ClusterSpec.in(dir).members("lb1", "lb2").farm("f1", Farms.LASTING).build();
    Member leader = cluster.startPounds().start().awaitLeader();
    leader.pound("f1").traffic("client-", 100);
    cluster.awaitSessions("f1", 100);
    Member alone = cluster.followers().get(0);
    cluster.killAll();
    alone.start();
    cluster.awaitThat("it answers", () -> alone.ctl("status").exit() == 2);

    Command.Result text = alone.ctl("write", "--last-known", "http");
    JsonNode report = JSON.readTree(alone.ctl("-o", "json", "write", "--last-known", "http").out());

    assertThat(text.exit()).isEqualTo(75);
    assertThat(text.out()).isEqualTo("error writing http session data\n");
    assertThat(text.err()).contains("knows of nothing yet");
    assertThat(report.path("result").asText()).isEqualTo("unavailable");
    assertThat(report.path("index").asLong()).isZero();
    assertThat(java.nio.file.Files.readString(alone.trackFile(), StandardCharsets.US_ASCII))
        .isEqualTo("0\n");
    assertThat(alone.pound("f1").sessions()).isEmpty();
  }
}
