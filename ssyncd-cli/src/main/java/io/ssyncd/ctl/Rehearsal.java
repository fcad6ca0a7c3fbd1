package io.ssyncd.ctl;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Plays the verbs that are used most against a daemon that answers by rote, so that the JVM notes
 * which classes they take: {@code lib/archive.sh} makes the archive of them with which the tool
 * starts faster. What is not played is loaded from the jars as ever.
 */
final class Rehearsal {
  private static final List<String[]> PLAY =
      List.of(
          new String[] {"status"},
          new String[] {"-o", "json", "status"},
          new String[] {"health"},
          new String[] {"members"},
          new String[] {"count", "http"},
          new String[] {"show", "http"},
          new String[] {"show", "mode"},
          new String[] {"write", "http"},
          new String[] {"start", "http", "shop"});

  private static final String STATUS =
      "{'version':1,'node':'lb1','role':'leader','state':'INGESTING',"
          + "'stateSince':'2026-01-01T00:00:00.123Z','leader':'lb1','term':3,'epoch':88,"
          + "'quorum':true,'inSync':true,'commitIndex':912,'appliedIndex':912,'digest':'9f',"
          + "'members':[{'name':'lb1','address':'10.0.0.1:7777','role':'leader','reachable':true,"
          + "'appliedIndex':912,'lagEntries':0,'lagMs':0,'clockOffsetMs':0.4}],"
          + "'sessions':{'http':{'shop':1000},'recent':{'T1':12}},"
          + "'sources':[{'kind':'http','scope':'shop','connected':true,'started':true,"
          + "'ingesting':true,'events':5,'notAdopted':1}],"
          + "'sinks':[{'kind':'http','scope':'shop','state':'VERIFIED',"
          + "'lastWrite':'2026-01-01T00:00:00Z','lastReport':[{'kind':'http','scope':'shop',"
          + "'applied':1,'unchanged':2,'removed':0,'refused':0,'mismatched':0,'extra':0}]}],"
          + "'keepalived':{'track':100,'trackWhy':'ready','vip':'here','instances':{'VI':'MASTER'}},"
          + "'materialise':{'sinks':[]},'warnings':[{'code':'two-nodes','text':'two"
          + " members'}],'mode':'master'}";

  private static final String ITEM =
      "{'item':{'kind':'http','scope':'shop','listener':0,'service':0,'key':'k','name':'0a',"
          + "'address':'10.0.0.9','lastAccessMs':1000,'count':1,"
          + "'services':[{'listener':0,'service':0,'count':1}]}}\n";

  private Rehearsal() {}

  /** Plays; takes no arguments. */
  public static void main(String[] args) throws IOException {
    Path dir = Files.createTempDirectory("ssyncdctl");
    Path socket = dir.resolve("s");
    try (ServerSocketChannel daemon = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      daemon.bind(UnixDomainSocketAddress.of(socket));
      Thread answers = new Thread(() -> answer(daemon), "daemon");
      answers.setDaemon(true);
      answers.start();
      PrintStream nowhere =
          new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
      for (String[] line : PLAY) {
        String[] all = new String[line.length + 2];
        all[0] = "--socket";
        all[1] = socket.toString();
        System.arraycopy(line, 0, all, 2, line.length);
        Main.run(nowhere, nowhere, all);
      }
    } finally {
      Files.deleteIfExists(socket);
      Files.delete(dir);
    }
  }

  private static void answer(ServerSocketChannel daemon) {
    while (true) {
      try (SocketChannel client = daemon.accept()) {
        String request =
            new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8)).readLine();
        boolean many = request.contains("\"show\"") || request.contains("\"count\"");
        String reply = (many ? ITEM : "") + "{'exit':0,'result':" + STATUS + "}\n";
        ByteBuffer bytes =
            ByteBuffer.wrap(reply.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          client.write(bytes);
        }
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        throw new AssertionError("nothing goes wrong on a socket of one's own", e);
      }
    }
  }
}
