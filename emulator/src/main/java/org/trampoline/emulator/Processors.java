package org.trampoline.emulator;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.UndefinedFlags;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.device.Clock;
import org.trampoline.emulator.device.InterruptController;
import org.trampoline.emulator.device.LocalApics;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.memory.PhysicalMemory;
import org.trampoline.emulator.snapshot.StatePart;
import org.trampoline.emulator.translate.Translator;
import org.trampoline.emulator.translate.TranslatorUnavailableException;

/**
 * The processors of a machine on their common memory, and what several have besides: local APICs,
 * and turns to take.
 */
final class Processors {
  private final Processor[] all;

  /** Null where there is one processor, as are the turns. */
  private final LocalApics apics;

  private final Interleaving turns;
  private String whyNoTranslator;

  /**
   * @param arena frees the memory when it is closed
   * @param machine what host functions are given
   */
  Processors(Machine.Builder builder, Arena arena, Engine machine) {
    InstructionTable.prepare();
    PhysicalMemory memory = new PhysicalMemory(arena, builder.memory);
    memory.limitSlots(builder.slotLimits);
    Decoder decoder = new Decoder(InstructionTable.get(), builder.model.features());
    all = new Processor[builder.processors];
    if (all.length == 1) {
      Cpu cpu = new Cpu(builder.model, memory, builder.ports, builder.frequency);
      all[0] = new Processor(cpu, decoder, machine);
      apics = null;
      turns = null;
    } else {
      Clock clock = sharedClock(builder.frequency);
      for (int i = 0; i < all.length; i++) {
        Cpu cpu = new Cpu(builder.model, memory, builder.ports, clock, i);
        all[i] = new Processor(cpu, decoder, machine);
      }
      List<Cpu> cpus = Arrays.stream(all).map(processor -> processor.cpu).toList();
      apics = new LocalApics(cpus, () -> current().cpu, running -> initRunning());
      memory.mapDevice(LocalApics.BASE, LocalApics.SIZE, apics);
      turns = new Interleaving(all, clock, builder.seed, apics::init);
    }
    for (Processor processor : all) {
      processor.cpu.undefinedFlags = builder.undefinedFlags;
    }
    if (builder.engine == ExecutionEngine.INTERPRETER) {
      whyNoTranslator = "the interpreter was asked for";
    } else if (builder.undefinedFlags != UndefinedFlags.USUAL) {
      whyNoTranslator = "undefined flags other than the usual are the interpreter's";
    } else {
      for (Processor processor : all) {
        attachTranslator(processor, builder, arena, decoder);
      }
    }
  }

  private Clock sharedClock(long frequency) {
    Clock clock =
        new Clock(
            frequency,
            () -> turns == null ? 0 : turns.current().cpu.instructions,
            () -> turns.current().cpu.askForEvents());
    clock.share(all.length);
    return clock;
  }

  private void initRunning() {
    turns.initCurrent();
  }

  private void attachTranslator(
      Processor processor, Machine.Builder builder, Arena arena, Decoder decoder) {
    try {
      processor.translate(
          new Translator(
              arena,
              processor.cpu,
              processor.interpreter,
              decoder,
              builder.codeBytes / Integer.highestOneBit(all.length) & ~4095,
              builder.checkedAddresses,
              builder.sampling));
    } catch (TranslatorUnavailableException e) {
      whyNoTranslator = e.getMessage();
    }
  }

  /** Why there is no translator, for people; null if there is one. */
  String whyNoTranslator() {
    return whyNoTranslator;
  }

  Processor[] all() {
    return all;
  }

  int count() {
    return all.length;
  }

  Processor get(int number) {
    return all[number];
  }

  Processor first() {
    return all[0];
  }

  /** The processor whose turn it is; the first one before anything has run. */
  Processor current() {
    return turns == null ? all[0] : turns.current();
  }

  /** What belongs to the machine's state besides the processors. */
  List<StatePart> parts() {
    return turns == null ? List.of() : List.of(apics, turns);
  }

  void connect(InterruptController controller) {
    if (apics == null) {
      all[0].cpu.interruptController = controller;
    } else {
      apics.connect(controller);
    }
  }

  void interruptPin(boolean high) {
    if (apics == null) {
      all[0].cpu.interruptLine = high;
      all[0].cpu.noticeEvents();
    } else {
      apics.set(high);
    }
  }

  void reset() {
    if (apics == null) {
      all[0].cpu.reset();
    } else {
      apics.reset();
    }
  }

  /** As {@link Machine#run(long)}. */
  StopReason run(long instructions) {
    return turns == null ? all[0].interpreter.run(instructions) : turns.run(instructions);
  }

  /** Instructions that all have executed so far. */
  long instructions() {
    return turns == null ? all[0].cpu.instructions : turns.instructions();
  }

  void requestStop() {
    if (turns == null) {
      all[0].interpreter.requestStop();
    } else {
      turns.requestStop();
    }
  }

  /** Takes back a request that has not been heeded. */
  void cancelStop() {
    if (turns == null) {
      all[0].interpreter.cancelStop();
    } else {
      turns.cancelStop();
    }
  }
}
