package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ssyncd.log.LogConfig.MemberAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The members as bytes: in logs and snapshots, so never to be changed but by a new version. */
class RosterTest {
  private static final MemberAddress LB1 = new MemberAddress("10.0.0.1", 7777, false);
  private static final MemberAddress W1 = new MemberAddress("w1.lan", 65535, true);

  private static SortedMap<String, MemberAddress> members() {
    SortedMap<String, MemberAddress> members = new TreeMap<>();
    members.put("lb1", LB1);
    members.put("w1", W1);
    return members;
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void goldenBytes() {
    String two = "02" + "036c6231" + "0831302e302e302e31" + "1e61" + "00";
    two += "027731" + "0677312e6c616e" + "ffff" + "01";
    assertThat(hex(new Roster(258, members()).encode())).isEqualTo("01" + "0000000000000102" + two);
    assertThat(hex(new RosterChange.Begin(members()).encode())).isEqualTo("0103" + two);
    assertThat(hex(new RosterChange.Put("w1", W1).encode()))
        .isEqualTo("0101" + "027731" + "0677312e6c616e" + "ffff" + "01");
    assertThat(hex(new RosterChange.Remove("lb1").encode())).isEqualTo("0102" + "036c6231");
  }

  @Test
  void whatIsWrittenIsRead() {
    Roster roster = new Roster(7, members());
    assertThat(Roster.decode(roster.encode())).isEqualTo(roster);
    for (RosterChange change :
        new RosterChange[] {
          new RosterChange.Begin(members()),
          new RosterChange.Put("lb1", LB1),
          new RosterChange.Remove("w1")
        }) {
      assertThat(RosterChange.decode(change.encode())).isEqualTo(change);
    }
  }

  @Test
  void bytesThatAreCutOrTooManyAreRefused() {
    byte[] whole = new Roster(7, members()).encode();
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatIllegalArgumentException().isThrownBy(() -> Roster.decode(cut));
    }
    byte[] change = new RosterChange.Put("lb1", LB1).encode();
    for (int length = 0; length < change.length; length++) {
      byte[] cut = Arrays.copyOf(change, length);
      assertThatIllegalArgumentException().isThrownBy(() -> RosterChange.decode(cut));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RosterChange.decode(Arrays.copyOf(change, change.length + 1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RosterChange.decode(new byte[] {2, 1}))
        .withMessageContaining("version 2");
  }

  @Test
  void eachChangeCountsOnceAndInOrder() {
    Roster begun = new Roster(0, members()).after(5, new RosterChange.Begin(members()));
    Roster grown = begun.after(6, new RosterChange.Put("lb2", LB1));
    assertThat(grown.members()).containsOnlyKeys("lb1", "lb2", "w1");
    assertThat(grown.after(6, new RosterChange.Remove("lb2"))).isSameAs(grown);
    assertThat(grown.after(8, new RosterChange.Begin(new TreeMap<>())).members())
        .containsOnlyKeys("lb1", "lb2", "w1");
    assertThat(grown.after(9, new RosterChange.Remove("w1")).members())
        .containsOnlyKeys("lb1", "lb2");
  }

  @Test
  void anAcquaintanceIsReadAsItWasWritten() {
    Acquaintance one =
        new Acquaintance(
            true,
            9,
            new LastEntry(8, 1234),
            new Acquaintance.Voters(
                77,
                8,
                1_700_000_000_000L,
                new TreeMap<>(
                    java.util.Map.of(
                        "lb1", io.atomix.protocols.raft.cluster.RaftMember.Type.ACTIVE))),
            new Roster(70, members()));
    assertThat(Acquaintance.decode(one.encode())).isEqualTo(one);
    byte[] bytes = one.encode();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatIllegalArgumentException().isThrownBy(() -> Acquaintance.decode(cut));
    }
  }
}
