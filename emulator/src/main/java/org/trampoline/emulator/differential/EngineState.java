package org.trampoline.emulator.differential;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.GuestPages;
import org.trampoline.emulator.engine.Register;

/** The registers of an engine at one moment. */
public final class EngineState {
  private static final Register[] REGISTERS = Register.values();
  private static final Map<Register, Integer> INDEX = new EnumMap<>(Register.class);

  static {
    for (Register register : REGISTERS) {
      INDEX.put(register, INDEX.size());
    }
  }

  private final int[] values = new int[REGISTERS.length];

  /** The registers as they are now. */
  public static EngineState of(Engine engine) {
    EngineState state = new EngineState();
    state.read(engine);
    return state;
  }

  /** Takes the registers as they are now. */
  void read(Engine engine) {
    for (int i = 0; i < REGISTERS.length; i++) {
      values[i] = engine.get(REGISTERS[i]);
    }
  }

  /** A register's value. */
  public int get(Register register) {
    return values[INDEX.get(register)];
  }

  void set(Register register, int value) {
    values[INDEX.get(register)] = value;
  }

  /** Translations of linear addresses as the page tables in {@code ram} have them in this state. */
  public GuestPages pages(MemorySegment ram) {
    GuestPages pages = new GuestPages(ram);
    control(pages);
    return pages;
  }

  /** Makes the onlooker use these control registers. */
  void control(GuestPages pages) {
    pages.control(get(Register.CR0), get(Register.CR3), get(Register.CR4));
  }

  boolean sameAs(EngineState other) {
    return Arrays.equals(values, other.values);
  }

  /** The registers whose values differ, in the order of {@link Register}. */
  List<Register> differences(EngineState other) {
    List<Register> differing = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      if (values[i] != other.values[i]) {
        differing.add(REGISTERS[i]);
      }
    }
    return differing;
  }

  EngineState copy() {
    EngineState copy = new EngineState();
    System.arraycopy(values, 0, copy.values, 0, values.length);
    return copy;
  }
}
