package io.ssyncd.daemon;

import io.ssyncd.demo.Demo;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code ssyncd demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Three nodes in this process: kills the leader, and shows its sessions elsewhere.",
      "Each has a Pound of its own (a stand-in) and generated traffic. Takes half a minute at"
          + " most, needs no root, leaves nothing behind."
    })
final class DemoCommand implements Callable<Integer> {
  @Override
  public Integer call() throws IOException, InterruptedException {
    return new Demo(System.out).run();
  }
}
