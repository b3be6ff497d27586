package org.trampoline.kernel.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;

/**
 * A recording in Chrome's trace event format, which Perfetto and chrome://tracing load: a lane for
 * each processor and one for each thread, arrows from who wakes or forks to who is woken, and a
 * counter of CR3 loads. Times are microseconds with three decimals.
 */
public final class ChromeTrace {
  /** "Process" of the processors' lanes, and of the threads'. */
  private static final int CPUS = 1;

  private static final int THREADS = 2;

  private final JsonGenerator json;

  private ChromeTrace(JsonGenerator json) {
    this.json = json;
  }

  /** Writes a recording. */
  public static void write(Recording recording, Writer out) throws IOException {
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      new ChromeTrace(json).write(recording);
    }
  }

  private void write(Recording recording) throws IOException {
    json.writeStartObject();
    json.writeStringField("displayTimeUnit", "ns");
    json.writeArrayFieldStart("traceEvents");
    name("process_name", CPUS, 0, "Processors");
    name("process_name", THREADS, 0, "Threads");
    int cpus = recording.lives().stream().mapToInt(life -> life.cpu).max().orElse(0) + 1;
    for (int cpu = 0; cpu < cpus; cpu++) {
      name("thread_name", CPUS, cpu + 1, "CPU " + cpu);
    }
    for (Recording.Life life : recording.lives()) {
      name("thread_name", THREADS, tid(life), name(life, cpus));
    }
    for (Recording.Span span : recording.spans()) {
      span(recording.lives().get(span.life()), span);
    }
    int loads = 0;
    int arrows = 0;
    for (Recording.Mark mark : recording.marks()) {
      Recording.Life life = recording.lives().get(mark.life());
      mark(life, mark);
      if (mark.kind().equals("cr3") || mark.kind().equals("leave")) {
        counter(mark.at(), ++loads);
      }
      if (mark.kind().equals("ipi") || mark.kind().equals("flush") || mark.kind().equals("leave")) {
        processorMark(mark);
      }
      if (mark.other() >= 0 && (mark.kind().equals("wakeup") || mark.kind().equals("birth"))) {
        arrow("s", ++arrows, mark.at(), recording.lives().get(mark.other()));
        arrow("f", arrows, mark.at(), life);
      }
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /** Of several processors each has a process 0: they are told apart as later kernels do. */
  private static String name(Recording.Life life, int cpus) {
    return life.comm + (life.pid == 0 && cpus > 1 ? "/" + life.cpu : "") + ":" + life.pid;
  }

  /** Thread ids in the file: the number of the life, as a pid may be used again. */
  private static int tid(Recording.Life life) {
    return 1000 + life.id;
  }

  private void begin(String phase, String name, int process, int thread, long at)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("ph", phase);
    json.writeStringField("name", name);
    json.writeNumberField("pid", process);
    json.writeNumberField("tid", thread);
    json.writeFieldName("ts");
    micros(at);
  }

  private void micros(long nanos) throws IOException {
    String rest = Long.toString(nanos % 1000 + 1000).substring(1);
    json.writeNumber(nanos / 1000 + "." + rest);
  }

  private void name(String kind, int process, int thread, String name) throws IOException {
    begin("M", kind, process, thread, 0);
    json.writeObjectFieldStart("args");
    json.writeStringField("name", name);
    json.writeEndObject();
    json.writeEndObject();
  }

  private void span(Recording.Life life, Recording.Span span) throws IOException {
    boolean running = span.state().equals("running");
    slice(running ? "running" : state(span.state()), THREADS, tid(life), life, span);
    if (running && life.pid != 0) {
      slice(life.comm + ":" + life.pid, CPUS, span.cpu() + 1, life, span);
    }
  }

  private static String state(String letter) {
    return switch (letter) {
      case "R" -> "runnable";
      case "S" -> "sleeping";
      case "D" -> "uninterruptible";
      case "T" -> "stopped";
      default -> "zombie";
    };
  }

  private void slice(String name, int process, int thread, Recording.Life life, Recording.Span span)
      throws IOException {
    begin("X", name, process, thread, span.from());
    json.writeStringField("cat", "sched");
    json.writeFieldName("dur");
    micros(span.to() - span.from());
    json.writeObjectFieldStart("args");
    json.writeNumberField("pid", life.pid);
    json.writeNumberField("cpu", span.cpu());
    json.writeEndObject();
    json.writeEndObject();
  }

  private void mark(Recording.Life life, Recording.Mark mark) throws IOException {
    begin("i", mark.kind(), THREADS, tid(life), mark.at());
    json.writeStringField("cat", mark.kind());
    json.writeStringField("s", "t");
    json.writeObjectFieldStart("args");
    json.writeStringField("what", mark.text());
    json.writeEndObject();
    json.writeEndObject();
  }

  /** What concerns a processor more than a thread is shown on its lane, too. */
  private void processorMark(Recording.Mark mark) throws IOException {
    begin("i", mark.text(), CPUS, mark.cpu() + 1, mark.at());
    json.writeStringField("cat", mark.kind());
    json.writeStringField("s", "t");
    json.writeEndObject();
  }

  private void counter(long at, int value) throws IOException {
    begin("C", "CR3 loads (TLB flushes)", CPUS, 0, at);
    json.writeObjectFieldStart("args");
    json.writeNumberField("loads", value);
    json.writeEndObject();
    json.writeEndObject();
  }

  private void arrow(String phase, int id, long at, Recording.Life life) throws IOException {
    begin(phase, "wakes", THREADS, tid(life), at);
    json.writeStringField("cat", "wakes");
    json.writeNumberField("id", id);
    if (phase.equals("f")) {
      json.writeStringField("bp", "e");
    }
    json.writeEndObject();
  }
}
