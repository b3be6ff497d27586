package org.trampoline.emulator.snapshot;

import java.util.List;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.device.Pc;
import org.trampoline.emulator.memory.PhysicalMemory;

/**
 * A machine's state at one moment: processors, RAM, virtual time and, of a {@link Pc}, the chips.
 * It can be set back into the machine it was taken from any number of times; the run from there is
 * the same each time.
 *
 * <p>Not part of it: devices of an embedder's own unless they are {@link StatePart}s given to
 * {@link #of(Machine, List)}, hooks, stops and host functions, the layout of ROM and devices, and
 * the contents of the visible TLB model, which is empty after a restore.
 */
public final class Snapshot {
  private final Machine machine;
  private final FieldState fields = new FieldState();
  private final RamPages ram;
  private final boolean a20;

  private Snapshot(Machine machine, List<? extends StatePart> devices) {
    this.machine = machine;
    ram = new RamPages(machine.cpu().memory);
    a20 = machine.cpu().memory.a20();
    for (int i = 0; i < machine.processors(); i++) {
      fields.save(machine.cpu(i));
    }
    machine.parts().forEach(fields::save);
    devices.forEach(fields::save);
  }

  public static Snapshot of(Machine machine) {
    return new Snapshot(machine, List.of());
  }

  /**
   * @param devices further parts that belong to the machine's state
   */
  public static Snapshot of(Machine machine, List<? extends StatePart> devices) {
    return new Snapshot(machine, devices);
  }

  public static Snapshot of(Pc pc) {
    return new Snapshot(pc.machine(), List.of(pc));
  }

  /** Sets the machine back. Not from within one of its hooks. */
  public void restore() {
    PhysicalMemory memory = machine.cpu().memory;
    memory.setA20(a20);
    ram.restore(memory);
    fields.restore();
  }

  /** Bytes of RAM that the snapshot holds. */
  public long size() {
    return ram.size();
  }
}
