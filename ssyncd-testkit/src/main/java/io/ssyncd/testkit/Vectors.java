package io.ssyncd.testkit;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Bytes captured from Pound 2.8a.15 (started with {@code -s}) and from ssyncd 1.0.0, as resources
 * {@code vectors/NAME.bin}. The number that starts a name groups them: 01 and 31 are requests for a
 * dump, 02 and 36 dumps, 10 to 28 live events, 30 to 35 writes (34 and 35 kill Pound), 50 and 51
 * what the original's pair says to each other.
 */
public final class Vectors {
  /** Every capture of bytes, in the order of its number. */
  public static final List<String> NAMES =
      List.of(
          "01_client_SYNC_REQUEST",
          "02_dump_after_SYNC_REQUEST",
          "10_SESS_ADD_parm",
          "11_SESS_UPDATE_parm",
          "12_SESS_ip",
          "13_SESS_ADD_cookie",
          "14_SESS_ADD_url",
          "15_SESS_ADD_basic",
          "16_SESS_ADD_header",
          "17_SESS_ADD_highbytes",
          "18_SESS_ADD_longkey300",
          "20_SESS_DELETE_ctl",
          "22_SESS_ADD_ctl",
          "23_SESS_ADD_ctl_dup",
          "25_SESS_ADD_127",
          "26_flush_backend",
          "28_SESS_DELETE_expiry",
          "30_original_write_http_first",
          "31_original_to_pound_after_start_http",
          "32_SESS_WRITE_nul_terminated",
          "33_SESS_WRITE_keylen24_no_nul",
          "34_SESS_WRITE_crash_empty_key",
          "35_SESS_WRITE_crash_bad_service",
          "36_dump_of_254_byte_key",
          "50_tcp_backup_hello",
          "51_tcp_master_clear_add_update_delete");

  /** The text capture: requests and replies of the original's control socket. */
  public static final String CONTROL_PROTOCOL = "40_ctl_protocol.txt";

  private Vectors() {}

  /** The bytes of one capture, by its name or by the number that starts it ({@code "10"}). */
  public static byte[] bytes(String nameOrNumber) {
    for (String name : NAMES) {
      if (name.equals(nameOrNumber) || name.startsWith(nameOrNumber + "_")) {
        return resource(name + ".bin");
      }
    }
    throw new IllegalArgumentException("no capture " + nameOrNumber);
  }

  /** The bytes of a resource of {@code vectors/}. */
  public static byte[] resource(String file) {
    try (InputStream in = Vectors.class.getResourceAsStream("/vectors/" + file)) {
      if (in == null) {
        throw new FileNotFoundException("vectors/" + file);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
