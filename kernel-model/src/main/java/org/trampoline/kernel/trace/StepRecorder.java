package org.trampoline.kernel.trace;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.trampoline.emulator.decode.CodeBytes;
import org.trampoline.emulator.differential.EngineState;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.GuestPages;
import org.trampoline.emulator.engine.Observer;
import org.trampoline.emulator.engine.Register;
import org.trampoline.kernel.layout.Hex;

/**
 * Writes instructions down: address, bytes, text, and what they changed. An instruction is handed
 * on when the next one begins, or with {@link #finish}.
 */
public final class StepRecorder implements Observer {
  private static final int TEXT_COLUMN = 32;
  private static final int CHANGES_COLUMN = 66;

  private static final Register[] WATCHED = {
    Register.EAX,
    Register.ECX,
    Register.EDX,
    Register.EBX,
    Register.ESP,
    Register.EBP,
    Register.ESI,
    Register.EDI,
    Register.EFLAGS,
    Register.ES,
    Register.CS,
    Register.SS,
    Register.DS,
    Register.FS,
    Register.GS,
    Register.CR0,
    Register.CR2,
    Register.CR3,
    Register.CR4
  };

  private final IntPredicate wanted;
  private final Consumer<Step> sink;
  private final InsnText insnText;
  private final Map<Register, String> names = new HashMap<>();

  private EngineState before;
  private long number;
  private InsnText.Line insn;

  /**
   * A recorder.
   *
   * @param wanted whether the instruction at an address that is about to execute is to be recorded
   * @param symbols value of each symbol that shall be shown by name
   * @param sink takes the instructions
   */
  public StepRecorder(IntPredicate wanted, Map<String, Integer> symbols, Consumer<Step> sink) {
    this.wanted = wanted;
    this.sink = sink;
    Map<Integer, String> byAddress = new HashMap<>();
    symbols.forEach((name, value) -> byAddress.put(value, name));
    insnText = new InsnText(byAddress::get);
    for (Register register : WATCHED) {
      names.put(register, register.name().toLowerCase(Locale.ROOT));
    }
  }

  @Override
  public void instruction(Engine engine, int address) {
    finish(engine);
    if (wanted.test(address)) {
      begin(engine, address);
    }
  }

  private void begin(Engine engine, int address) {
    before = EngineState.of(engine);
    number = engine.instructions();
    MemorySegment ram = engine.ram();
    GuestPages pages = before.pages(ram);
    CodeBytes bytes =
        offset -> {
          long physical = pages.physical(address + offset);
          return physical == GuestPages.NOWHERE
              ? 0
              : ram.get(ValueLayout.JAVA_BYTE, physical) & 0xff;
        };
    insn = insnText.line(engine, address, bytes);
  }

  /** Hands on the instruction that has been executed last; to be called at the end of a run. */
  public void finish(Engine engine) {
    if (before == null) {
      return;
    }
    EngineState after = EngineState.of(engine);
    List<Step.Change> changes = new ArrayList<>();
    for (Register register : WATCHED) {
      if (after.get(register) != before.get(register)) {
        changes.add(new Step.Change(names.get(register), after.get(register)));
      }
    }
    List<Step.Store> stores = new ArrayList<>();
    int esp = after.get(Register.ESP);
    if (esp == before.get(Register.ESP) - 4) {
      long physical = after.pages(engine.ram()).physical(esp);
      if (physical != GuestPages.NOWHERE && physical + 4 <= engine.ram().byteSize()) {
        stores.add(new Step.Store(esp, engine.ram().get(ValueLayout.JAVA_INT_UNALIGNED, physical)));
      }
    }
    before = null;
    sink.accept(new Step(number, insn.address(), insn.code(), insn.text(), changes, stores));
  }

  /** A line for people: address, bytes, text, changes. */
  public static String line(Step step) {
    StringBuilder line =
        new InsnText.Line(step.address(), step.code(), step.text()).at(TEXT_COLUMN);
    InsnText.pad(line, CHANGES_COLUMN);
    for (Step.Change change : step.changes()) {
      line.append(' ').append(change.register()).append('=').append(Hex.word(change.value()));
    }
    for (Step.Store store : step.stores()) {
      line.append(" [").append(Hex.word(store.address())).append("]=");
      line.append(Hex.word(store.value()));
    }
    return line.toString().stripTrailing();
  }
}
