package io.ssyncd.node.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ssyncd.session.Scope;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class QuestionTest {
  private static final UUID REQUEST = new UUID(1, 2);
  private static final List<Question> ALL =
      List.of(
          new Question.Prepare(REQUEST),
          new Question.Summary(REQUEST, 500),
          new Question.Buckets(REQUEST, Scope.farm("f1"), 64),
          new Question.Records(REQUEST, Scope.table("T"), 64, 7, 30),
          new Question.Done(REQUEST));

  @Test
  void whatIsEncodedIsRead() {
    for (Question question : ALL) {
      assertThat(Question.decode(question.encode())).isEqualTo(question);
    }
  }

  @Test
  void everyCutIsRefused() {
    for (Question question : ALL) {
      byte[] bytes = question.encode();
      for (int length = 0; length < bytes.length; length++) {
        byte[] cut = Arrays.copyOf(bytes, length);
        assertThatIllegalArgumentException().isThrownBy(() -> Question.decode(cut));
      }
    }
  }

  @Test
  void bytesByChanceAreReadOrRefused() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = ALL.get(i % ALL.size()).encode();
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      try {
        assertThat(Question.decode(bytes)).as("seed %d", seed).isNotNull();
      } catch (IllegalArgumentException refused) {
        assertThat(refused).as("seed %d", seed).hasMessageMatching("(?s).+");
      }
    }
  }
}
