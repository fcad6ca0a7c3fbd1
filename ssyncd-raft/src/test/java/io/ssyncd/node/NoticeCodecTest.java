package io.ssyncd.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.session.Scope;
import io.ssyncd.table.MarkedScopes;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class NoticeCodecTest {
  private static Notice notice(int farms) {
    TreeMap<String, String> configurations = new TreeMap<>();
    for (int i = 0; i < farms; i++) {
      configurations.put("farm-ä-" + i, "0123456789abcdef".repeat(4));
    }
    TreeMap<String, Hearing.Silence> silent = new TreeMap<>();
    for (int i = 0; i < Math.min(farms, 40); i++) {
      silent.put("farm-ä-" + i, Hearing.Silence.values()[i % 2]);
    }
    return new Notice(
        1L << 40,
        NodeState.VERIFIED,
        true,
        true,
        1_700_000_000_000L,
        new Hearing(silent),
        configurations,
        farms,
        marked(farms));
  }

  private static Notice.Marked marked(int farms) {
    TreeMap<Scope, MarkedScopes.Marked> scopes = new TreeMap<>();
    for (int i = 0; i < Math.min(farms, 40); i++) {
      scopes.put(Scope.farm("farm-ä-" + i), new MarkedScopes.Marked(i, "9f00000000000001"));
    }
    return new Notice.Marked(77, "ff00000000000001", true, scopes);
  }

  @Test
  void scopesThatDoNotFitAreLeftOutAndThatIsSaid() {
    TreeMap<Scope, MarkedScopes.Marked> scopes = new TreeMap<>();
    for (int i = 0; i < 1_000; i++) {
      scopes.put(Scope.table("T" + i), new MarkedScopes.Marked(i, "9f00000000000001"));
    }
    Notice many =
        new Notice(
            1,
            NodeState.FOLLOWER,
            false,
            false,
            1,
            Hearing.ALL,
            new TreeMap<>(),
            0,
            new Notice.Marked(7, "00000000000000ff", true, scopes));
    Notice.Marked read = NoticeCodec.decode(NoticeCodec.encode(many)).marked();
    assertThat(read.whole()).isFalse();
    assertThat(read.index()).isEqualTo(7);
    assertThat(read.digest()).isEqualTo("00000000000000ff");
    assertThat(read.scopes()).hasSizeBetween(50, 200);
    assertThat(scopes.entrySet()).containsAll(read.scopes().entrySet());
  }

  @Test
  void whatIsWrittenIsRead() {
    assertThat(NoticeCodec.decode(NoticeCodec.encode(notice(3)))).isEqualTo(notice(3));
  }

  @Test
  void farmsThatDoNotFitAreLeftOut() {
    byte[] bytes = NoticeCodec.encode(notice(1_000));
    assertThat(bytes.length).isLessThanOrEqualTo(ReplicatedLog.MAX_NOTICE_BYTES);
    assertThat(NoticeCodec.decode(bytes).configurations().size()).isBetween(50, 200);
    assertThat(NoticeCodec.decode(bytes).hearing()).isEqualTo(notice(1_000).hearing());
  }

  @Test
  void fieldsAndStatesOfANewerReleaseArePassedOver() {
    byte[] known = NoticeCodec.encode(notice(1));
    byte[] more = Arrays.copyOf(known, known.length + 5);
    more[known.length] = (byte) 200;
    more[known.length + 2] = 2;
    assertThat(NoticeCodec.decode(more)).isEqualTo(notice(1));
    byte[] strange = known.clone();
    strange[1 + 3 + 8 + 3] = 'X';
    assertThat(NoticeCodec.decode(strange).state()).isEqualTo(NodeState.FOLLOWER);
  }

  @Test
  void aReleaseThatSaysNothingOfItsPoundsIsTakenToHearThem() {
    byte[] bytes = NoticeCodec.encode(notice(0));
    assertThat(NoticeCodec.decode(bytes).hearing()).isEqualTo(Hearing.ALL);
    byte[] reasonOfANewerOne = {1, 6, 0, 3, 99, 'f', '1'};
    assertThat(NoticeCodec.decode(reasonOfANewerOne).hearing().silent())
        .containsExactly(Map.entry("f1", Hearing.Silence.AWAY));
  }

  @Test
  void damageIsNoNotice() {
    assertThat(NoticeCodec.decode(null)).isNull();
    assertThat(NoticeCodec.decode(new byte[0])).isNull();
    assertThat(NoticeCodec.decode(new byte[] {9, 1, 2})).isNull();
    SplittableRandom random = new SplittableRandom(Long.getLong("ssyncd.seed", System.nanoTime()));
    byte[] known = NoticeCodec.encode(notice(3));
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = Arrays.copyOf(known, random.nextInt(known.length + 1));
      for (int j = random.nextInt(4); j > 0 && bytes.length > 0; j--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Notice unused = NoticeCodec.decode(bytes);
    }
  }
}
