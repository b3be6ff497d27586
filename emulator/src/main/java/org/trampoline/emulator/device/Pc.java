package org.trampoline.emulator.device;

import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.Cpu;

/**
 * The board of a PC around a {@link Machine}: interrupt controllers and timer, at the ports and
 * interrupt requests where software expects them.
 *
 * <pre>{@code
 * try (Pc pc = new Pc(Machine.builder().memory(64 << 20))) {
 *   pc.machine().load(...);
 *   StopReason reason = pc.machine().run(1_000_000);
 * }
 * }</pre>
 */
public final class Pc implements AutoCloseable {
  private final PortBus ports = new PortBus();
  private final Machine machine;
  private final PicPair pics;
  private final Pit8254 pit;

  /**
   * @param builder what the machine is to be like; its ports are set here
   */
  public Pc(Machine.Builder builder) {
    machine = builder.ports(ports).build();
    Cpu cpu = machine.cpu();
    pics =
        new PicPair(
            high -> {
              cpu.interruptLine = high;
              cpu.noticeEvents();
            });
    pics.claimPorts(ports);
    cpu.interruptController = pics;
    pit = new Pit8254(cpu.clock, pics.line(0));
    pit.claimPorts(ports);
  }

  public Machine machine() {
    return machine;
  }

  /** The I/O space, for devices of an embedder's own. */
  public PortBus ports() {
    return ports;
  }

  /** The interrupt request lines, for devices of an embedder's own. */
  public PicPair pics() {
    return pics;
  }

  public Pit8254 pit() {
    return pit;
  }

  @Override
  public void close() {
    machine.close();
  }
}
