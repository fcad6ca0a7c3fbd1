package io.ssyncd.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class WriteTextTest {
  private static List<String> report(String scope) throws Exception {
    String json = "{'result':'ok','dryRun':true,'scopes':[" + scope + "]}";
    return WriteText.report(new ObjectMapper().readTree(json.replace('\'', '"')));
  }

  /** Twenty records were named of a thousand, as if these were all. */
  @Test
  void aDryRunSaysHowManyItDoesNotName() throws Exception {
    assertThat(
            report(
                "{'kind':'recent','scope':'T1','applied':1000,'removed':1,'extra':3,"
                    + "'planned':['write 192.0.2.1: it is not there',"
                    + "'write 192.0.2.2: it is not there',"
                    + "'remove 192.0.2.3: to make room for newer ones',"
                    + "'leave 192.0.2.4: the cluster does not know it']}"))
        .endsWith(
            "  would write 192.0.2.1: it is not there",
            "  would write 192.0.2.2: it is not there",
            "  would remove 192.0.2.3: to make room for newer ones",
            "  would leave 192.0.2.4: the cluster does not know it",
            "  would write 998 more",
            "  would leave 2 more");
  }

  @Test
  void aWriteNamesNothingAndThereforeNoRest() throws Exception {
    assertThat(report("{'kind':'http','scope':'shop','applied':5,'extra':1,'planned':[]}"))
        .noneMatch(line -> line.contains("would"));
  }
}
