package io.ssyncd.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The lines are those of keepalived 2.2.7 in these situations. */
class VrrpStatesTest {
  private final VrrpStates states = new VrrpStates(List.of());

  private boolean say(String name, VrrpState state) {
    return states.heard(new VrrpLine(false, name, state, 100));
  }

  private void startAsMaster(String... names) {
    for (String name : names) {
      say(name, VrrpState.BACKUP);
    }
    for (String name : names) {
      say(name, VrrpState.MASTER);
    }
  }

  @Test
  void nothingIsKnownBeforeAnythingWasSaid() {
    assertThat(states.master()).isNull();
    say("VI_1", VrrpState.BACKUP);
    assertThat(states.master()).isFalse();
  }

  @Test
  void anInstanceThatAReloadRemovedIsNoMaster() {
    startAsMaster("VI_1", "VI_2");
    say("VI_1", VrrpState.BACKUP);
    assertThat(states.master()).isTrue();
    say("VI_2", VrrpState.FAULT); // what a reload says of one that is gone
    assertThat(states.master()).isFalse();
  }

  @Test
  void anInstanceThatTheNextKeepalivedDoesNotHaveIsForgotten() {
    startAsMaster("VI_1", "VI_2", "VI_3");
    say("VI_3", VrrpState.FAULT);
    say("VI_1", VrrpState.STOP);
    say("VI_2", VrrpState.STOP);
    assertThat(states.all()).hasSize(3);
    assertThat(states.master()).isFalse();

    assertThat(say("VI_1", VrrpState.BACKUP)).isTrue();
    assertThat(states.all()).containsOnlyKeys("VI_1");
    assertThat(states.master()).isFalse();
    say("VI_1", VrrpState.MASTER);
    assertThat(states.master()).isTrue();
  }

  @Test
  void aMasterThatWasLeftBehindByAKilledKeepalivedGoesWithTheNextOneThatEnds() {
    startAsMaster("VI_1", "VI_2");
    // Killed, and started with VI_1 alone.
    say("VI_1", VrrpState.BACKUP);
    say("VI_1", VrrpState.STOP);
    say("VI_1", VrrpState.BACKUP);
    assertThat(states.all()).containsOnlyKeys("VI_1");
    assertThat(states.master()).isFalse();
  }

  @Test
  void instancesThatDoNotCountEndNothing() {
    VrrpStates one = new VrrpStates(List.of("VI_1"));
    one.heard(new VrrpLine(false, "VI_1", VrrpState.MASTER, 100));
    one.heard(new VrrpLine(false, "VI_2", VrrpState.STOP, 100));
    one.heard(new VrrpLine(false, "VI_2", VrrpState.BACKUP, 100));
    one.heard(new VrrpLine(true, "VI_1", VrrpState.STOP, 0));
    assertThat(one.master()).isTrue();
    assertThat(one.all()).containsOnlyKeys("VI_1");
  }
}
