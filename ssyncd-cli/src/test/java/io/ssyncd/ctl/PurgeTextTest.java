package io.ssyncd.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class PurgeTextTest {
  @Test
  void whatWentAndWhoseFilesAreRidOfIt() throws IOException {
    assertThat(
            PurgeCommand.text(
                JsonText.read(
                    "{\"result\":\"done\",\"scopes\":[{\"kind\":\"http\",\"scope\":\"f1\","
                        + "\"records\":2},{\"kind\":\"recent\",\"scope\":\"T1\",\"records\":1}],"
                        + "\"members\":{\"done\":[\"lb1\",\"lb2\"],\"open\":[],\"away\":[]}}")))
        .isEqualTo(
            "purged 3 records: http f1 2, recent T1 1\n"
                + "no file holds them any more on lb1, lb2\n");
  }

  @Test
  void whoIsAwayIsNamed() throws IOException {
    assertThat(
            PurgeCommand.text(
                JsonText.read(
                    "{\"result\":\"incomplete\",\"scopes\":[],"
                        + "\"members\":{\"done\":[\"lb1\"],\"open\":[\"lb2\"],\"away\":[\"lb3\"]}}")))
        .isEqualTo(
            "purged 0 records\n"
                + "no file holds them any more on lb1\n"
                + "NOT YET rid of them, purge again if it stays so: lb2\n"
                + "NOT IN REACH, its files hold them, purge again then: lb3\n");
  }
}
