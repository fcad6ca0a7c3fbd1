package io.ssyncd.source.pound;

import io.ssyncd.session.Bytes;
import java.io.IOException;
import java.io.InputStream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads what {@code poundctl -X} of 2.8a.15 prints: listeners, their services, and in these the
 * sessions, each with the position of its backend. Services without a listener are left out: their
 * sessions have no place in Pound's frames.
 */
final class PoundctlOutput {
  private final XMLStreamReader xml;
  private final Poundctl.Sessions to;
  private long listener = -1;
  private long service = -1;

  private PoundctlOutput(XMLStreamReader xml, Poundctl.Sessions to) {
    this.xml = xml;
    this.to = to;
  }

  /**
   * Reads to the end.
   *
   * @throws IOException if that is no such list, or longer than {@code mostBytes}
   */
  static void read(InputStream from, long mostBytes, Poundctl.Sessions to) throws IOException {
    try (PoundctlText text = new PoundctlText(from, mostBytes)) {
      XMLStreamReader xml = factory().createXMLStreamReader(text);
      new PoundctlOutput(xml, to).read();
      xml.close();
    } catch (XMLStreamException e) {
      Throwable cause = e.getNestedException();
      if (cause instanceof IOException io) {
        throw io;
      }
      // Its message may quote what it read: session keys.
      throw new IOException(
          "its output is no list of sessions: line " + e.getLocation().getLineNumber());
    }
  }

  /** No document type, no entities, nothing from elsewhere. */
  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, false);
    return factory;
  }

  private void read() throws XMLStreamException, IOException {
    boolean whole = false;
    while (xml.hasNext()) {
      int event = xml.next();
      if (event == XMLStreamConstants.START_ELEMENT) {
        begin(xml.getLocalName());
      } else if (event == XMLStreamConstants.DTD || event == XMLStreamConstants.ENTITY_REFERENCE) {
        throw new IOException("its output is no list of sessions, but asks for more to be read");
      } else if (event == XMLStreamConstants.END_ELEMENT) {
        whole = xml.getLocalName().equals("pound");
        end(xml.getLocalName());
      }
    }
    if (!whole) {
      throw new IOException("its output is no list of sessions");
    }
  }

  private void begin(String element) throws IOException {
    switch (element) {
      case "listener" -> listener = number("index");
      case "service" -> service = number("index");
      case "session" -> session();
      default -> {
        // The root, a queue, a backend: nothing that is asked for.
      }
    }
  }

  private void end(String element) {
    if (element.equals("listener")) {
      listener = -1;
    } else if (element.equals("service")) {
      service = -1;
    }
  }

  private void session() throws IOException {
    String key = xml.getAttributeValue(null, "key");
    if (service < 0 || key == null) {
      throw new IOException("its output has a session that is nowhere");
    }
    if (listener >= 0 && !key.isEmpty()) {
      to.session(listener, service, Bytes.of(PoundctlText.bytes(key)), number("backend"));
    }
  }

  private long number(String attribute) throws IOException {
    String value = xml.getAttributeValue(null, attribute);
    try {
      return Long.parseLong(String.valueOf(value));
    } catch (NumberFormatException e) {
      throw new IOException(
          "its output has a " + xml.getLocalName() + " without a number as " + attribute, e);
    }
  }
}
