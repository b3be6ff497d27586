package org.trampoline.kernel.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A recording as an HTML page that needs nothing else: the resource timeline.html and the data. */
public final class Timeline {
  private static final String DATA = "/*DATA*/null";
  private static final String TITLE = "@TITLE@";

  private Timeline() {}

  /**
   * Writes the page.
   *
   * @param title what was run
   */
  public static void write(Recording recording, String title, Writer out) throws IOException {
    String page;
    try (InputStream in = Timeline.class.getResourceAsStream("timeline.html")) {
      page = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    // "</" would end the script element, and "<!--" begin something worse
    String data = data(recording, title).replace("<", "\\u003c");
    out.write(page.replace(TITLE, escape(title)).replace(DATA, data));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }

  private static String data(Recording recording, String title) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("title", title);
      json.writeNumberField("end", recording.end());
      json.writeNumberField("dropped", recording.dropped());
      json.writeArrayFieldStart("threads");
      for (Recording.Life life : recording.lives()) {
        thread(json, life);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("spans"); // thread, processor, state, from, to
      for (Recording.Span span : recording.spans()) {
        json.writeStartArray();
        json.writeNumber(span.life());
        json.writeNumber(span.cpu());
        json.writeString(span.state());
        json.writeNumber(span.from());
        json.writeNumber(span.to());
        json.writeEndArray();
      }
      json.writeEndArray();
      json.writeArrayFieldStart("marks"); // thread, kind, at, text, other thread, processor
      for (Recording.Mark mark : recording.marks()) {
        json.writeStartArray();
        json.writeNumber(mark.life());
        json.writeString(mark.kind());
        json.writeNumber(mark.at());
        json.writeString(mark.text());
        json.writeNumber(mark.other());
        json.writeNumber(mark.cpu());
        json.writeEndArray();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    return text.toString();
  }

  private static void thread(JsonGenerator json, Recording.Life life) throws IOException {
    json.writeStartObject();
    json.writeNumberField("pid", life.pid);
    json.writeStringField("comm", life.comm);
    json.writeNumberField("born", life.born);
    json.writeNumberField("parent", life.parent);
    json.writeNumberField("cpu", life.cpu);
    json.writeObjectFieldStart("regs");
    for (Map.Entry<String, String> register : life.registers.entrySet()) {
      json.writeStringField(register.getKey(), register.getValue());
    }
    json.writeEndObject();
    json.writeArrayFieldStart("steps");
    for (Step step : life.steps) {
      json.writeString(StepRecorder.line(step));
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
