package org.trampoline.kernel.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import org.trampoline.kernel.layout.Hex;
import org.trampoline.kernel.trace.Step;

/** JSON as it comes, so that a long trace takes no memory. The only class that needs Jackson. */
final class JsonOutput implements AutoCloseable {
  private final PrintWriter out;
  private final JsonGenerator json;

  JsonOutput(PrintWriter out) {
    this.out = out;
    try {
      json = new JsonFactory().createGenerator(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    json.setPrettyPrinter(new DefaultPrettyPrinter());
  }

  /** Something that is written. */
  @FunctionalInterface
  private interface Write {
    void run() throws IOException;
  }

  private static void write(Write write) {
    try {
      write.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void beginObject() {
    write(json::writeStartObject);
  }

  void beginObject(String name) {
    write(() -> json.writeObjectFieldStart(name));
  }

  void endObject() {
    write(json::writeEndObject);
  }

  void beginArray(String name) {
    write(() -> json.writeArrayFieldStart(name));
  }

  void endArray() {
    write(json::writeEndArray);
  }

  void string(String name, String value) {
    write(() -> json.writeStringField(name, value));
  }

  void element(String value) {
    write(() -> json.writeString(value));
  }

  void number(String name, long value) {
    write(() -> json.writeNumberField(name, value));
  }

  void truth(String name, boolean value) {
    write(() -> json.writeBooleanField(name, value));
  }

  void nothing(String name) {
    write(() -> json.writeNullField(name));
  }

  /** Addresses and registers are strings, {@code 0x} and eight digits. */
  void hex(String name, int value) {
    string(name, "0x" + Hex.word(value));
  }

  /** An executed instruction. */
  void step(Step step) {
    beginObject();
    number("number", step.number());
    hex("address", step.address());
    StringBuilder bytes = new StringBuilder();
    for (byte b : step.code()) {
      bytes.append(bytes.isEmpty() ? "" : " ").append(Hex.digits(b, 2));
    }
    string("bytes", bytes.toString());
    string("text", step.text());
    beginObject("changes");
    for (Step.Change change : step.changes()) {
      hex(change.register(), change.value());
    }
    endObject();
    for (Step.Store store : step.stores()) {
      beginObject("pushed");
      hex("address", store.address());
      hex("value", store.value());
      endObject();
    }
    endObject();
  }

  @Override
  public void close() {
    write(json::close);
    out.println();
  }
}
