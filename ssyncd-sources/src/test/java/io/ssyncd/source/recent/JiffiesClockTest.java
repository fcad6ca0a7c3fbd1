package io.ssyncd.source.recent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JiffiesClockTest {
  private static final long WALL = 1_800_000_000_000L;

  private static JiffiesMoment moment(JiffiesWidth width, int hz, long jiffies) {
    long tick = 1_000_000_000L / hz;
    return new JiffiesMoment(width, tick, jiffies, jiffies, tick / 3, WALL * 1_000_000 + 345_678);
  }

  @ParameterizedTest
  @CsvSource({"100,100", "100,250", "250,1000", "1000,100", "300,250", "1000,1000"})
  void anAgeIsCarriedBetweenHostsToWithinATickOfEach(int hzThere, int hzHere) {
    long seed = Long.getLong("ssyncd.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    JiffiesMoment there = moment(JiffiesWidth.BITS_64, hzThere, 4_294_967_296L + 7_000_000);
    JiffiesMoment here = moment(JiffiesWidth.BITS_64, hzHere, 4_294_967_296L + 123);
    for (int i = 0; i < 10_000; i++) {
      long ticks = random.nextLong(1_000_000);
      long stamp = here.toJiffies(there.toWallMs(there.jiffies() - ticks));
      double ageThere = ticks * 1000.0 / hzThere;
      double ageHere = (here.jiffies() - stamp) * 1000.0 / hzHere;
      assertThat(ageHere)
          .as("-Dssyncd.seed=%d", seed)
          .isCloseTo(ageThere, within(1000.0 / hzThere + 1000.0 / hzHere + 1));
    }
  }

  @ParameterizedTest
  @CsvSource({"100", "250", "300", "1000"})
  void aStampTranslatedBackIsTheSameOnTheSameHost(int hz) {
    JiffiesMoment moment = moment(JiffiesWidth.BITS_64, hz, 5_000_000_000L);
    for (long ticks = 1; ticks < 5000; ticks++) {
      long stamp = 5_000_000_000L - ticks;
      assertThat(moment.toJiffies(moment.toWallMs(stamp))).isBetween(stamp - 1, stamp + 1);
    }
  }

  @Test
  void jiffiesOf32BitsWrap() {
    JiffiesMoment moment = moment(JiffiesWidth.BITS_32, 1000, 500);

    assertThat(moment.toWallMs(0xFFFF_FFFFL)).isCloseTo(WALL - 501, within(1L));
    assertThat(moment.toJiffies(WALL - 600)).isCloseTo((1L << 32) - 100, within(1L));
    assertThat(moment.toJiffies(0))
        .as("as old as can be said")
        .isEqualTo((500 - 0x7FFF_FFFFL) & 0xFFFF_FFFFL);
  }

  @Test
  void jiffiesOf64BitsGoBackBeyondTheirBegin() {
    JiffiesMoment moment = moment(JiffiesWidth.BITS_64, 1000, 200);

    assertThat(moment.toJiffies(WALL - 1000)).isCloseTo(-800L, within(1L));
    assertThat(moment.toWallMs(-800)).isCloseTo(WALL - 1000, within(1L));
  }

  @Test
  void timesAreClampedToNowAndTo1970() {
    JiffiesMoment moment = moment(JiffiesWidth.BITS_64, 250, 1L << 33);

    assertThat(moment.toWallMs((1L << 33) + 99)).isEqualTo(WALL);
    assertThat(moment.toWallMs(1L << 33)).isLessThanOrEqualTo(WALL);
    assertThat(moment.toWallMs(Long.MIN_VALUE)).isIn(0L, WALL);
    assertThat(moment.toWallMs(5)).isBetween(0L, WALL);
    assertThat(moment.toJiffies(Long.MAX_VALUE)).isEqualTo(1L << 33);
    assertThat(moment.toJiffies(Long.MIN_VALUE)).isLessThan(1L << 33);
  }

  @ParameterizedTest
  @CsvSource({"100", "250", "300", "1000"})
  void theRateIsSnapped(int hz) throws IOException {
    JiffiesReader.Reading first = new JiffiesReader.Reading(9_000_000_000L, 1000);
    JiffiesReader.Reading second =
        new JiffiesReader.Reading(9_000_000_000L + 311_000_000, 1000 + hz * 311L / 1000);

    assertThat(TickLength.between(first, second, JiffiesWidth.BITS_64))
        .isEqualTo(1_000_000_000L / hz);
  }

  @ParameterizedTest
  @CsvSource({"100", "250", "300", "1000"})
  void theRateIsKnownFromWhatPassedSinceBoot(int hz) {
    long jiffies = (1L << 32) - 300L * hz + 5000L * hz + 25;
    JiffiesReader.Reading reading = new JiffiesReader.Reading(5_000_000_000_000L, jiffies);

    assertThat(TickLength.sinceBoot(reading, JiffiesWidth.BITS_64)).hasValue(1_000_000_000L / hz);
    assertThat(TickLength.sinceBoot(reading, JiffiesWidth.BITS_32)).isEmpty();
  }

  @Test
  void aRateOfNoKernelIsRefused() {
    JiffiesReader.Reading first = new JiffiesReader.Reading(0, 1000);
    JiffiesReader.Reading second = new JiffiesReader.Reading(300_000_000, 1000);

    assertThatThrownBy(() -> TickLength.between(first, second, JiffiesWidth.BITS_64))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("0 Hz");
  }

  @Test
  void theListOfTimersIsReadUpToTheFirstJiffies(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("timer_list");
    Files.writeString(
        file,
        "Timer List Version: v0.10\nnow at 1406876294414 nsecs\n\ncpu: 0\n"
            + "  .idle_jiffies   : 4295243936\n".repeat(2000)
            + "jiffies: 4295243953\njiffies: 1\n");

    assertThat(new TimerList(file).read().jiffies()).isEqualTo(4295243953L);
  }

  /** Entries came out a second too old where the processors were busy. */
  @Test
  void aReadingThatIsKeptWaitingIsNotBeforeItsJiffies(@TempDir Path dir) throws Exception {
    Path fifo = dir.resolve("timer_list");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    CompletableFuture<Long> counted =
        CompletableFuture.supplyAsync(
            () -> {
              try (OutputStream list = Files.newOutputStream(fifo)) {
                long now = System.nanoTime();
                list.write(("now at " + now + " nsecs\n").getBytes(StandardCharsets.US_ASCII));
                while (System.nanoTime() - now < 20_000_000) {
                  Thread.onSpinWait();
                }
                long jiffiesAt = System.nanoTime();
                list.write("jiffies: 5\n".getBytes(StandardCharsets.US_ASCII));
                return jiffiesAt;
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });

    JiffiesReader.Reading reading = new TimerList(fifo).read();

    assertThat(reading.jiffies()).isEqualTo(5);
    assertThat(reading.nanos() - counted.get()).isGreaterThanOrEqualTo(0);
  }

  /** What the kernel prints behind the counter took 15 ms, by which all stamps were too young. */
  @Test
  void aReadingIsOverOnceTheProcessorsPartWasPrinted() throws Exception {
    AtomicLong asked = new AtomicLong();
    ByteBuffer text =
        ByteBuffer.wrap(
            ("now at 5 nsecs\n\ncpu: 0\n" + " active timers:\n".repeat(300) + "jiffies: 5\n")
                .getBytes(StandardCharsets.US_ASCII));
    PieceByPiece list =
        to -> {
          if (text.position() > 0) {
            asked.compareAndSet(0, System.nanoTime());
          } else {
            assertThat(to.remaining()).isEqualTo(TimerList.FIRST_BYTES);
          }
          int count = Math.min(to.remaining(), text.remaining());
          to.put(text.slice(text.position(), count));
          text.position(text.position() + count);
          return count;
        };

    JiffiesReader.Reading reading = new TimerList(Path.of("timer_list")).read(list);

    assertThat(reading.jiffies()).isEqualTo(5);
    assertThat(asked.get() - reading.nanos()).isNotNegative();
  }

  private interface PieceByPiece extends ReadableByteChannel {
    @Override
    default boolean isOpen() {
      return true;
    }

    @Override
    default void close() {}
  }

  @Test
  void aMaskedListOfTimersIsNamed(@TempDir Path dir) throws IOException {
    Path empty = Files.createFile(dir.resolve("timer_list"));
    Path nonsense = Files.writeString(dir.resolve("nonsense"), "now at x nsecs\njiffies: 1\n");

    assertThatThrownBy(() -> new TimerList(empty).read()).hasMessageContaining("timer_list");
    assertThatThrownBy(() -> new TimerList(nonsense).read()).hasMessageContaining("no number");
    JiffiesClock clock = new JiffiesClock(List.of(new TimerList(empty)), JiffiesWidth.BITS_64);
    assertThatThrownBy(clock::moment)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("jiffies cannot be translated")
        .hasMessageContaining("no scratch table");
  }

  /** A copy of the file was believed, measured anew ten times a second, and said so in the log. */
  @Test
  void aCounterThatStandsStillIsNamedAndTheNextWayTaken(@TempDir Path dir) throws Exception {
    SteadyKernel kernel = SteadyKernel.sinceBoot(250);
    long jiffies = kernel.read().jiffies();
    Path copy =
        Files.writeString(dir.resolve("copy"), "now at 1 nsecs\njiffies: " + jiffies + "\n");
    TimerList still = new TimerList(copy);

    JiffiesClock alone = new JiffiesClock(List.of(still), JiffiesWidth.BITS_64);
    assertThatThrownBy(alone::moment)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(copy.toString())
        .hasMessageMatching("(?s).*(stand still at " + jiffies + "| 0 Hz).*");
    assertThat(alone.calibrations()).isZero();
    JiffiesMoment moment = new JiffiesClock(List.of(still, kernel), JiffiesWidth.BITS_64).moment();
    assertThat(kernel.read().jiffies() - moment.jiffies()).isNotNegative();
  }

  /** A stamp of somebody else's would have put the begin of jiffies too early, for good. */
  @Test
  void aScratchTableThatOthersWriteToIsNotReadBeforeTheirStamps() throws Exception {
    SharedTable files = new SharedTable();

    JiffiesReader.Reading reading = new ScratchTable(files, "S", JiffiesWidth.BITS_64).read();

    assertThat(reading.jiffies()).isEqualTo(7);
    assertThat(reading.nanos() - files.stampedAt).isNotNegative();
  }

  @Test
  void theSecondWayIsTakenWhereTheFirstIsBarred(@TempDir Path dir) throws Exception {
    SteadyKernel kernel = new SteadyKernel(250, 4_294_000_000L);
    JiffiesClock clock =
        new JiffiesClock(List.of(new TimerList(dir.resolve("none")), kernel), JiffiesWidth.BITS_64);

    JiffiesMoment moment = clock.moment();

    assertThat(moment.tickMs()).isEqualTo(4);
    assertThat(clock.errorNanos()).isPresent();
  }

  /** An emulated machine on a busy host was 22 ms off and said that it was good to 4 ms. */
  @Test
  void aCounterThatIsLateForAWhileIsNotTakenForExact() throws Exception {
    SteadyKernel kernel = SteadyKernel.sinceBoot(250);
    kernel.jump(30_000_000);
    kernel.afterReadings(1 + JiffiesClock.READINGS / 2, () -> kernel.jump(-30_000_000));

    JiffiesClock clock = new JiffiesClock(List.of(kernel), JiffiesWidth.BITS_64);
    clock.moment();

    assertThat(clock.errorNanos().orElseThrow()).isGreaterThan(20_000_000);
  }

  @Test
  void aWatchMeasuresAndThenLooksOn() {
    SteadyKernel kernel = new SteadyKernel(250, 4_294_000_000L);
    kernel.jump(30_000_000);
    JiffiesClock clock = new JiffiesClock(List.of(kernel), JiffiesWidth.BITS_64);
    try (JiffiesWatch watch = new JiffiesWatch(clock)) {
      await().until(() -> clock.calibrations() == 1);
      kernel.jump(-30_000_000);
      int before = kernel.readings();
      await().until(() -> kernel.readings() > before + 1);
    }
  }

  /** Its thread ended, and nobody looked after the clock any more. */
  @Test
  void aWatchOutlivesABug() {
    SteadyKernel kernel = new SteadyKernel(250, 4_294_000_000L);
    kernel.afterReadings(
        0,
        () -> {
          throw new IllegalStateException("a bug");
        });
    JiffiesClock clock = new JiffiesClock(List.of(kernel), JiffiesWidth.BITS_64);
    try (JiffiesWatch watch = new JiffiesWatch(clock)) {
      await().until(() -> clock.calibrations() == 1);
    }
  }

  /**
   * In a machine that its host kept waiting the clock was measured anew, and was 0.5 s off then.
   */
  @Test
  void readingsThatAreLateForAWhileMoveNothing() throws Exception {
    SteadyKernel kernel = SteadyKernel.sinceBoot(1000);
    JiffiesClock clock = new JiffiesClock(List.of(kernel), JiffiesWidth.BITS_64);
    clock.moment();
    kernel.jump(500_000_000);
    int before = kernel.readings();
    await()
        .until(
            () -> {
              clock.moment();
              return kernel.readings() > before + 6;
            });
    kernel.jump(-500_000_000);

    long least = kernel.jiffies();
    assertThat(clock.moment().jiffies()).isBetween(least - 1, kernel.jiffies() + 1);
    assertThat(clock.calibrations()).isEqualTo(1);
  }

  @Test
  void aJumpIsMeasuredAnew() throws Exception {
    SteadyKernel kernel = new SteadyKernel(1000, 4_294_000_000L);
    JiffiesClock clock =
        new JiffiesClock(List.of(kernel), JiffiesWidth.BITS_64, Duration.ofMillis(500));
    clock.moment();
    clock.moment();
    assertThat(clock.calibrations()).isEqualTo(1);

    kernel.jump(500_000_000);
    await()
        .until(
            () -> {
              clock.moment();
              return clock.calibrations() == 2;
            });
    long before = kernel.read().jiffies();
    JiffiesMoment moment = clock.moment();
    long after = kernel.read().jiffies();

    assertThat(moment.jiffies()).isBetween(before - 1, after);
  }

  /** Somebody stamps the row right before it is read. */
  private static final class SharedTable implements TableFiles {
    long stampedAt;

    @Override
    public void read(String table, Piece to) {
      stampedAt = System.nanoTime();
      byte[] row =
          "src=192.0.2.1 ttl: 0 last_seen: 7 oldest_pkt: 1 7\n".getBytes(StandardCharsets.US_ASCII);
      to.take(row, 0, row.length);
    }

    @Override
    public Commands open(String table) {
      return new Commands() {
        @Override
        public int write(ByteBuffer commands) {
          return commands.remaining();
        }

        @Override
        public void close() {
          // Nothing is open.
        }
      };
    }

    @Override
    public List<String> names() {
      return List.of("S");
    }

    @Override
    public boolean isEmpty(String table) {
      return false;
    }
  }
}
