package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.OR;
import static org.trampoline.emulator.translate.HostOpcodes.SHL;
import static org.trampoline.emulator.translate.HostOpcodes.SHR;

import org.trampoline.emulator.cpu.Eflags;

/**
 * EFLAGS as one value, put together from where translated code keeps its parts, and taken apart.
 */
final class FlagImage {
  private static final int FLAGS = HostRegisters.FLAGS;
  private static final int STATE = HostRegisters.STATE;

  private FlagImage() {}

  /** Puts EFLAGS, without RF, into {@code to}; the status flags must be at home. */
  static void compose(HostAssembler a, int to, int scratch) {
    a.move(to, FLAGS);
    a.shift(4, SHR, to, 8);
    a.and(to, 0xd5);
    a.memory(4, 0x0b, to, STATE, SystemState.EFLAGS);
    a.move(scratch, FLAGS);
    a.and(scratch, 1);
    a.shift(4, SHL, scratch, 11);
    a.register(4, 0x09, scratch, to);
    a.memory(4, 0x8b, scratch, STATE, TranslatorState.DIRECTION);
    a.and(scratch, Eflags.DF);
    a.register(4, 0x09, scratch, to);
  }

  /** Sets DF and the status flags, then at home, from {@code image}, which does not keep it. */
  static void load(HostAssembler a, int image, int scratch) {
    a.move(scratch, image);
    a.and(scratch, Eflags.DF);
    a.register(4, 0xf7, 3, scratch); // neg
    a.register(4, 0x1b, scratch, scratch);
    a.arithmeticImmediate(4, OR, scratch, 1);
    a.memory(4, 0x89, scratch, STATE, TranslatorState.DIRECTION);
    a.move(FLAGS, image);
    a.and(FLAGS, 0xd5);
    a.shift(4, SHL, FLAGS, 8);
    a.arithmeticImmediate(4, OR, FLAGS, 0x200);
    a.shift(4, SHR, image, 11);
    a.and(image, 1);
    a.register(4, 0x09, image, FLAGS);
  }
}
