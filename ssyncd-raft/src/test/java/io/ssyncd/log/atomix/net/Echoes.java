package io.ssyncd.log.atomix.net;

import static org.awaitility.Awaitility.await;

import io.ssyncd.log.LoopbackNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Transports of two members, a and b, that answer what they are asked with the same. */
final class Echoes implements AutoCloseable {
  static final Duration TIMEOUT = Duration.ofSeconds(10);
  static final byte[] HI = "hi".getBytes(StandardCharsets.UTF_8);

  /** Where the members are; a test may add to them. */
  final Map<String, Identity.Endpoint> members = new HashMap<>();

  private final List<Transport> started = new ArrayList<>();

  Echoes() {
    LoopbackNetwork network = LoopbackNetwork.unused();
    members.put("a", new Identity.Endpoint(network.address(1), LoopbackNetwork.PORT));
    members.put("b", new Identity.Endpoint(network.address(2), LoopbackNetwork.PORT));
  }

  /** Starts a transport, until the end. */
  Transport begin(Transport transport) throws IOException {
    transport.handle("echo", (from, bytes) -> CompletableFuture.completedFuture(bytes));
    transport.start();
    started.add(transport);
    return transport;
  }

  /** What comes back of "hi". */
  static String echo(Transport from, String to) throws Exception {
    byte[] answer = from.ask(to, "echo", HI, TIMEOUT).get(20, TimeUnit.SECONDS);
    return new String(answer, StandardCharsets.UTF_8);
  }

  /** Asks until the answer is a failure that says so: a first attempt may end in another way. */
  static void awaitFailure(Transport from, String to, String text) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              try {
                echo(from, to);
                return false;
              } catch (ExecutionException e) {
                return String.valueOf(e.getMessage()).contains(text);
              }
            });
  }

  @Override
  public void close() {
    started.forEach(transport -> transport.stop(Duration.ofSeconds(1)));
  }
}
