package io.ssyncd.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

/** {@code digest} and {@code diff} for people. */
class ComparisonTextTest {
  private static JsonNode json(String text) throws Exception {
    return new ObjectMapper().readTree(text.replace('\'', '"'));
  }

  @Test
  void aDigestIsOneLineForEachScope() throws Exception {
    String text =
        DigestCommand.text(
            json(
                """
                {'version':1,'result':'differs','index':912,'digest':'aa','members':[
                {'name':'lb1','result':'equal','index':912,'digest':'aa'},
                {'name':'lb2','result':'equal','index':912,'digest':'aa'},
                {'name':'lb3','result':'differs','index':912,'digest':'bb'},
                {'name':'lb4','result':'unreachable','index':null,'digest':null}],
                'scopes':[{'kind':'http','scope':'f1','members':[
                {'name':'lb1','result':'equal','records':10,'digest':'cc'},
                {'name':'lb2','result':'equal','records':10,'digest':'cc'},
                {'name':'lb3','result':'differs','records':9,'digest':'dd'}]}]}
                """));
    assertThat(text.lines())
        .contains("index 912, differs")
        .anyMatch(
            line ->
                line.startsWith("all")
                    && line.contains("aa")
                    && line.endsWith("equal: lb1, lb2; differs: lb3 (bb); unreachable: lb4"))
        .anyMatch(
            line ->
                line.startsWith("http")
                    && line.contains(" 10  cc")
                    && line.endsWith("equal: lb1, lb2; differs: lb3 (9 records, dd)"));
  }

  @Test
  void aDiffNamesRecordsAndShowsNeitherSecretsNorCommandsOfATerminal() throws Exception {
    String text =
        DiffText.of(
            json(
                """
                {'version':1,'result':'differs','members':['lb1','lb3'],'index':912,
                'scopes':[{'kind':'http','scope':'f1','result':'differs','records':[2,1]}],
                'records':[
                {'first':{'kind':'http','scope':'f1','listener':0,'service':3,
                'key':'a\\u001b[31m','backend':1,'address':'10.0.0.1','lastAccessMs':0},
                'second':null},
                {'first':null,'second':{'kind':'recent','scope':'T','address':'10.1.1.1','ttl':64,
                'lastSeenMs':0,'stampsMs':[0,0]}},
                {'first':{'kind':'http','scope':'f1','listener':0,'service':4,'key':null,
                'backend':1,'address':'10.0.0.1','lastAccessMs':0},'second':null}],
                'more':true,'rest':['lb1: epoch 3','lb3: epoch 2']}
                """));
    assertThat(text)
        .contains("index 912, lb1 and lb3: differs")
        .contains("http f1: listener 0 service 3 key a\\x1b[31m")
        .contains("lb1: backend 1 at 10.0.0.1, last access 1970-01-01T00:00:00Z")
        .contains("recent T: 10.1.1.1")
        .contains("lb3: ttl 64, 2 hits, last seen 1970")
        .contains("service 4 key (not shown)")
        .contains("lb3: epoch 2")
        .contains("and more");
  }
}
