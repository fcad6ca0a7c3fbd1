package io.ssyncd.log.atomix.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.ssyncd.log.SharedKey;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Introduces a host to whoever listens at an address, before it runs a log of its own; see {@link
 * Introductions}. One connection, one request, one answer; blocks, for some seconds at most.
 */
public final class Visit {
  private static final int CONNECT_MILLIS = 1000;
  private static final int ANSWER_MILLIS = 3000;
  private static final ByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;

  private Visit() {}

  /**
   * Asks.
   *
   * @param name how this host calls itself
   * @param from its own address
   * @param to where somebody listens
   * @param key what both have to hold
   * @param request what it says of itself
   * @return what it is answered
   * @throws IOException if nobody is there, or it does not talk to us, or is not who holds the key;
   *     says what an operator should know
   */
  public static byte[] ask(
      String name, InetAddress from, InetSocketAddress to, Optional<SharedKey> key, byte[] request)
      throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(ANSWER_MILLIS);
      if (!from.isAnyLocalAddress()) {
        socket.bind(new InetSocketAddress(from, 0));
      }
      socket.connect(to, CONNECT_MILLIS);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      greet(Hello.ofStranger(name), key, in, out);
      send(out, Frame.request(1, Introductions.SUBJECT, request).encode(ALLOCATOR));
      return answer(in);
    } catch (SocketTimeoutException e) {
      throw new IOException("no answer of " + text(to), e);
    } catch (EOFException e) {
      throw new IOException(text(to) + " closed the connection", e);
    } catch (IllegalArgumentException e) {
      throw new IOException(text(to) + " answers with " + e.getMessage(), e);
    } catch (IOException e) {
      throw new IOException(text(to) + ": " + e.getMessage(), e);
    }
  }

  private static void greet(
      Hello hello, Optional<SharedKey> key, DataInputStream in, OutputStream out)
      throws IOException {
    KeyExchange.Connecting exchange =
        key.map(shared -> new KeyExchange.Connecting(shared, hello)).orElse(null);
    send(out, exchange == null ? hello.encode(ALLOCATOR) : exchange.hello(ALLOCATOR));
    ByteBuf answer = message(in);
    while (exchange != null && KeyExchange.isOne(answer)) {
      @Nullable ByteBuf next = exchange.answered(answer, ALLOCATOR);
      if (next != null) {
        send(out, next);
      }
      answer = message(in);
    }
    Welcome welcome = Welcome.decode(answer);
    if (!welcome.ok()) {
      throw new IOException("it refuses us: " + welcome.text());
    }
    if (exchange != null && !exchange.proved()) {
      throw new IOException("it does not prove that it holds the shared key: --key-file");
    }
  }

  private static byte[] answer(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > Frame.MAX_BYTES) {
      throw new IOException("it answers with " + length + " bytes");
    }
    Frame frame = Frame.decode(Unpooled.wrappedBuffer(in.readNBytes(length)));
    if (frame.kind() != Frame.ANSWER) {
      throw new IOException(
          "it cannot answer: " + new String(frame.payload(), StandardCharsets.UTF_8));
    }
    return frame.payload();
  }

  private static ByteBuf message(DataInputStream in) throws IOException {
    int length = in.readUnsignedShort();
    if (length > Hello.MAX_BYTES) {
      throw new IOException("it greets with " + length + " bytes");
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return Unpooled.wrappedBuffer(bytes);
  }

  private static void send(OutputStream out, ByteBuf bytes) throws IOException {
    bytes.readBytes(out, bytes.readableBytes());
    out.flush();
  }

  private static String text(InetSocketAddress to) {
    String host = to.getHostString();
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + to.getPort();
  }
}
