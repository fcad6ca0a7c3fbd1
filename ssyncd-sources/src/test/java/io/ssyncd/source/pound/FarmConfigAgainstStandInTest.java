package io.ssyncd.source.pound;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.node.Reason;
import io.ssyncd.pound.standin.Farm;
import io.ssyncd.pound.standin.PoundCfgReader;
import io.ssyncd.pound.standin.PoundCfgWriter;
import io.ssyncd.pound.standin.SessionType;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The stand-in reads a pound.cfg by a reader of its own: both give every session the same place.
 */
class FarmConfigAgainstStandInTest {
  private static final List<String> ADDRESSES =
      List.of("10.0.0.1", "192.168.7.200", "::1", "2001:db8::1:0:0:2", "fe80::1:2");

  @TempDir Path dir;

  @Test
  void aFileOfAnOperator() throws Exception {
    Path file = FarmConfigTest.resource("shop.cfg");

    agree(FarmConfig.read(file), PoundCfgReader.read(file));
  }

  @Test
  void anyFarm() throws Exception {
    Random random = Seed.random();
    for (int round = 0; round < 300; round++) {
      Farm farm = new Farm("f1", some(random, 4, l -> listener(random)), services(random, 2));
      Path file = Files.writeString(dir.resolve("f1.cfg"), PoundCfgWriter.write(farm, "Daemon 0"));

      FarmConfig config = FarmConfig.read(file, "f1");

      agree(config, farm);
      agree(config, PoundCfgReader.read(file));
      assertThat(config.unknownDirectives()).isEmpty();
    }
  }

  private static void agree(FarmConfig config, Farm farm) {
    assertThat(config.name()).isEqualTo(farm.name());
    assertThat(config.listeners()).hasSameSizeAs(farm.listeners());
    for (int l = 0; l < farm.listeners().size(); l++) {
      List<Farm.Service> services = farm.listeners().get(l).services();
      assertThat(config.listeners().get(l).services()).hasSameSizeAs(services);
      for (int s = 0; s < services.size(); s++) {
        FarmConfig.Service service = config.listeners().get(l).services().get(s);
        assertThat(service.name()).isEqualTo(services.get(s).name());
        assertThat(service.type().name()).isEqualTo(services.get(s).type().name());
        assertThat(service.ttl()).hasSeconds(services.get(s).ttlSeconds());
        assertThat(service.backends()).hasSameSizeAs(services.get(s).backends());
        for (int b = 0; b < service.backends().size(); b++) {
          agree(config, l, s, b, services.get(s).backends().get(b));
        }
      }
    }
  }

  /** A session that Pound announces on that backend may be written, unless it is disabled. */
  private static void agree(FarmConfig config, int l, int s, int b, Farm.Backend backend) {
    HttpKey key = new HttpKey("f1", l, s, Bytes.utf8("k"));
    HttpSession session = new HttpSession(key, b, Bytes.utf8(backend.content()), 1000);

    Optional<Reason> expected =
        config.ttl(key).isEmpty()
            ? Optional.of(Reason.UNKNOWN_SERVICE)
            : backend.disabled() ? Optional.of(Reason.DISABLED_BACKEND) : Optional.empty();

    assertThat(config.refusal(session, 1000)).isEqualTo(expected);
  }

  private static Farm.Listener listener(Random random) {
    return new Farm.Listener(any(random, ADDRESSES), 80, services(random, 4));
  }

  private static List<Farm.Service> services(Random random, int most) {
    return some(random, most, s -> service(random, s));
  }

  private static Farm.Service service(Random random, int position) {
    SessionType type = any(random, List.of(SessionType.values()));
    boolean kept = type != SessionType.NONE;
    boolean named =
        type == SessionType.COOKIE || type == SessionType.URL || type == SessionType.HEADER;
    return new Farm.Service(
        random.nextBoolean() ? "" : "service " + position,
        type,
        named ? "id" : "",
        kept ? (random.nextInt(5) == 0 ? -1 : 1 + random.nextInt(5000)) : 0,
        some(random, 5, b -> backend(random)),
        random.nextInt(4) == 0 ? backend(any(random, ADDRESSES), random) : null);
  }

  private static Farm.Backend backend(Random random) {
    return random.nextInt(6) == 0
        ? Farm.Backend.of(Farm.Backend.REDIRECT, 0)
        : backend(any(random, ADDRESSES), random);
  }

  private static Farm.Backend backend(String address, Random random) {
    return new Farm.Backend(
        address, 1 + random.nextInt(65535), 1 + random.nextInt(9), random.nextInt(4) == 0);
  }

  private static <T> List<T> some(Random random, int most, IntFunction<T> one) {
    return IntStream.range(0, random.nextInt(most + 1)).mapToObj(one).toList();
  }

  private static <T> T any(Random random, List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
