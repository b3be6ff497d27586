package org.trampoline.kernel.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.trampoline.kernel.scenario.MainJob;
import org.trampoline.kernel.scenario.MainJob.Birth;
import org.trampoline.kernel.scenario.MainJob.End;
import org.trampoline.kernel.trace.Step;

/** The main job for programs. */
final class MainJobJson implements MainJob.Watcher {
  /** Lines of the log that are kept for the end. */
  private static final int LOG_LIMIT = 1000;

  private final MainJob job;
  private final JsonOutput json;
  private final List<String> log = new ArrayList<>();
  private boolean born;

  MainJobJson(MainJob job, JsonOutput json) {
    this.job = job;
    this.json = json;
    json.beginObject();
    json.string("engine", job.kernel().engine().name());
    json.string("kernel", job.kernel().version().release());
  }

  @Override
  public void born(Birth birth) {
    born = true;
    json.beginObject("copy_thread");
    json.number("pid", birth.pid());
    json.hex("address", birth.frame());
    json.beginObject("pt_regs");
    birth.registers().forEach((name, value) -> json.hex(name.toLowerCase(Locale.ROOT), value));
    json.endObject();
    json.hex("esp0", birth.esp0());
    json.hex("eip", birth.eip());
    json.endObject();
    json.beginArray("instructions");
  }

  @Override
  public void stepped(Step step) {
    json.step(step);
  }

  @Override
  public void logged(String line) {
    if (log.size() < LOG_LIMIT) {
      log.add(line);
    }
  }

  /** Prints the end. */
  void end(String failure) {
    if (born) {
      json.endArray();
    }
    json.beginArray("printk");
    log.forEach(json::element);
    json.endArray();
    End end = job.end();
    if (end == null) {
      json.nothing("do_exit");
    } else {
      json.beginObject("do_exit");
      json.number("code", end.code());
      json.number("on_stack", end.onStack());
      json.endObject();
    }
    json.number("count", job.kernel().engine().instructions());
    if (failure != null) {
      json.string("failure", failure);
    }
    json.endObject();
  }
}
