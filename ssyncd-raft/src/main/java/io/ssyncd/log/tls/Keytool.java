package io.ssyncd.log.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The JDK's {@code keytool}, which every Java run-time of a distribution has, as a process. */
final class Keytool {
  private static final long PATIENCE_SECONDS = 60;

  /** The password is in the environment, where other users do not see it, unlike arguments. */
  private static final String VARIABLE = "SSYNCD_STORE_PASSWORD";

  private final Path store;
  private final String password;

  /**
   * @param store the PKCS#12 file that it works on
   */
  Keytool(Path store, char[] password) {
    this.store = store;
    this.password = new String(password);
  }

  /**
   * Makes a key and its certificate.
   *
   * @param arguments beside the store: who it is for, who signs, how long
   * @throws IOException if there is no keytool, or with what it said
   */
  void generate(String... arguments) throws IOException {
    Path program = Path.of(System.getProperty("java.home"), "bin", "keytool");
    if (!Files.isExecutable(program)) {
      throw new IOException(
          "there is no " + program + ": certificates are made with a Java that has keytool");
    }
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.addAll(
        List.of("-J-Duser.language=en", "-J-XX:TieredStopAtLevel=1", "-genkeypair", "-noprompt"));
    command.addAll(List.of("-storetype", "PKCS12", "-keystore", store.toString()));
    command.addAll(List.of("-storepass:env", VARIABLE));
    command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
    command.addAll(List.of("-sigalg", "SHA256withECDSA"));
    command.addAll(List.of(arguments));
    run(command);
  }

  private void run(List<String> command) throws IOException {
    Path said = Files.createTempFile(store.getParent(), "keytool", ".out");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
    builder.environment().put(VARIABLE, password);
    builder.environment().remove("JDK_JAVA_OPTIONS");
    Process process = builder.start();
    process.getOutputStream().close();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("keytool did not end within " + PATIENCE_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while keytool ran", e);
    }
    if (process.exitValue() != 0) {
      throw new IOException(
          "keytool failed: " + Files.readString(said, StandardCharsets.UTF_8).strip());
    }
  }
}
