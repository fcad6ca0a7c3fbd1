package io.ssyncd.daemon.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.KeyName;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.SessionRecord;
import org.junit.jupiter.api.Test;

class PurgeVerbTest {
  private static final long NOW_MS = 1_000_000;
  private static final HttpSession KEY = http("f1", "abc", NOW_MS - 10_000);
  private static final HttpSession BY_ADDRESS = http("f2", "192.0.2.7", NOW_MS - 5_000);
  private static final RecentEntry ENTRY =
      new RecentEntry(
          new RecentKey("T1", Bytes.of((byte) 192, (byte) 0, (byte) 2, (byte) 7)),
          64,
          NOW_MS - 20_000);

  @Test
  void aKeyIsThatOfSessionsOrItsName() {
    assertMatches(request().put("key", "abc"), true, false, false);
    assertMatches(request().put("key", KeyName.of(KEY.key().key())), true, false, false);
    assertMatches(request().put("key", "ab"), false, false, false);
  }

  @Test
  void anAddressIsThatOfEntriesAndTheKeyOfSessionsThatArePersistentByIt() {
    assertMatches(request().put("address", "192.0.2.7"), false, true, true);
    assertMatches(request().put("address", "192.0.2.7").put("kind", "recent"), false, false, true);
  }

  @Test
  void whatIsOlderIsWhatWasLastUsedBefore() {
    assertMatches(request().put("olderThanSeconds", 5), true, false, true);
    assertMatches(request().put("olderThanSeconds", 15), false, false, true);
    assertMatches(
        request().put("olderThanSeconds", 0).put("kind", "http").put("scope", "f2"),
        false,
        true,
        false);
    assertMatches(request().put("olderThanSeconds", 0).put("scope", "f2"), false, true, false);
  }

  @Test
  void allThatIsSaidHasToBeSo() {
    assertMatches(
        request().put("address", "192.0.2.7").put("olderThanSeconds", 10), false, false, true);
  }

  @Test
  void nothingIsNotEverything() {
    assertThatThrownBy(() -> PurgeVerb.which(request().put("kind", "http"), NOW_MS))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PurgeVerb.which(request().put("olderThanSeconds", -1), NOW_MS))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PurgeVerb.which(request().put("key", ""), NOW_MS))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void assertMatches(
      ObjectNode request, boolean key, boolean byAddress, boolean entry) {
    var which = PurgeVerb.which(request, NOW_MS);
    assertThat(which.test(KEY)).isEqualTo(key);
    assertThat(which.test(BY_ADDRESS)).isEqualTo(byAddress);
    assertThat(which.test((SessionRecord) ENTRY)).isEqualTo(entry);
  }

  private static HttpSession http(String farm, String key, long lastMs) {
    return new HttpSession(
        new HttpKey(farm, 0, 0, Bytes.utf8(key)), 0, Bytes.utf8("10.0.0.1"), lastMs);
  }

  private static ObjectNode request() {
    return JsonNodeFactory.instance.objectNode().put("verb", "purge");
  }
}
