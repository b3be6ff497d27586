package org.trampoline.emulator.device;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.memory.AbsentMemory;
import org.trampoline.emulator.memory.PhysicalMemory;
import org.trampoline.emulator.snapshot.StatePart;

/**
 * The board of a PC around a {@link Machine}: the chips at the ports and interrupt requests where
 * software expects them. A disk can be {@linkplain #attachDisk attached}; PCI is there for a BIOS
 * only; addresses where no memory is read as all ones. Of several processors the 8259s are
 * connected to LINT0 of the local APICs.
 *
 * <table>
 * <caption>What is where</caption>
 * <tr><td>20H, A0H, 4D0H<td>{@link PicPair}, edge/level registers
 * <tr><td>40H–43H, 61H<td>{@link Pit8254}, IRQ 0
 * <tr><td>60H, 64H<td>{@link Keyboard8042}, IRQ 1
 * <tr><td>70H, 71H<td>{@link Cmos}, IRQ 8
 * <tr><td>80H<td>POST codes
 * <tr><td>92H<td>{@link SystemControl}
 * <tr><td>F0H<td>{@link CoprocessorError}, IRQ 13
 * <tr><td>1F0H–1F7H, 3F6H<td>{@link AtaDisk}, IRQ 14, once attached
 * <tr><td>3C0H–3DFH<td>{@link VgaText}, its text at B8000H
 * <tr><td>510H, 511H<td>{@link FirmwareConfig}
 * <tr><td>CF8H–CFFH<td>{@link PciBus}, with a BIOS
 * <tr><td>3F8H–3FFH<td>{@link Uart16550} COM1, IRQ 4
 * <tr><td>E9H, 402H<td>text of programs and BIOSes made for virtual machines
 * </table>
 *
 * <pre>{@code
 * try (Pc pc = new Pc(Machine.builder().memory(64 << 20))) {
 *   pc.onSerial(value -> System.out.write(value));
 *   pc.machine().load(0x7c00, bootSector);
 *   StopReason reason = pc.run(1_000_000);
 * }
 * }</pre>
 */
public final class Pc implements AutoCloseable, StatePart {
  /** What appears of a ROM below 1 MB, at most. */
  private static final int LOW_ROM = 128 << 10;

  private static final int COM1 = 0x3f8;
  private static final int DEBUG_PORT = 0x402;
  private static final int DEBUG_PORT_IS_HERE = 0xe9;
  private static final int POST_PORT = 0x80;
  private static final int COPROCESSOR_PORT = 0xf0;
  private static final int DISK = 0x1f0;
  private static final int DISK_CONTROL = 0x3f6;

  // what SeaBIOS looks for in the CMOS memory of virtual machines
  private static final int BOOT_ORDER = 0x3d;
  private static final int BOOT_FROM_DISK = 2;

  // the 82371SB (Intel 290550): its functions, without bus mastering
  private static final int ISA_BRIDGE = 0x7000_8086;
  private static final int IDE_CONTROLLER = 0x7010_8086;

  private final PortBus ports = new PortBus();
  private final Machine machine;
  private final PicPair pics;
  private final Pit8254 pit;
  private final Cmos cmos;
  private final Keyboard8042 keyboard;
  private final Uart16550 com1;
  private final SystemControl system;
  private final VgaText display;
  private final FirmwareConfig firmware;

  private IntConsumer serial = value -> {};
  private IntConsumer debug = value -> {};
  private IntConsumer post = value -> {};
  private boolean restarts;
  private SerialInput input;
  private PciBus pci;
  private AtaDisk disk;

  /**
   * @param builder what the machine is to be like; its ports are set here
   */
  public Pc(Machine.Builder builder) {
    machine = builder.ports(ports).build();
    Cpu cpu = machine.cpu();
    cpu.memory.setAbsentMemory(AbsentMemory.OPEN_BUS);
    pics = new PicPair(machine::interruptPin);
    machine.connect(pics);
    pit = new Pit8254(cpu.clock, pics.line(0));
    system = new SystemControl(cpu.memory);
    keyboard = new Keyboard8042(pics.line(1), system);
    com1 = new Uart16550(cpu.clock, pics.line(4), value -> serial.accept(value));
    cmos = new Cmos(cpu.clock, pics.line(8));
    cmos.setMemorySize(cpu.memory.size());
    CoprocessorError coprocessor = new CoprocessorError(cpu.fpu.errorLine(), pics.line(13));
    cpu.fpu.errorLine().connect(coprocessor);
    ports.claim(COPROCESSOR_PORT, 2, coprocessor);
    display = new VgaText(cpu.memory);
    firmware = new FirmwareConfig(cpu.memory.size(), machine.processors());
    display.claimPorts(ports);
    firmware.claimPorts(ports);
    pics.claimPorts(ports);
    pit.claimPorts(ports);
    keyboard.claimPorts(ports);
    cmos.claimPorts(ports);
    system.claimPorts(ports);
    ports.claim(COM1, 8, com1);
    ports.claim(POST_PORT, 1, new OutputPort(0xff, value -> post.accept(value)));
    textPort(DEBUG_PORT);
    textPort(DEBUG_PORT_IS_HERE);
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

  public Cmos cmos() {
    return cmos;
  }

  public Keyboard8042 keyboard() {
    return keyboard;
  }

  public Uart16550 com1() {
    return com1;
  }

  public VgaText display() {
    return display;
  }

  /** What a BIOS can learn of its machine. */
  public FirmwareConfig firmware() {
    return firmware;
  }

  /** Makes a disk the primary channel's device 0; to be called once, before the machine runs. */
  public void attachDisk(DiskMedium medium) {
    disk = new AtaDisk(medium, pics.line(14), DISK_CONTROL);
    ports.claim(DISK, 8, disk);
    ports.claim(DISK_CONTROL, 1, disk);
    cmos.set(BOOT_ORDER, BOOT_FROM_DISK);
  }

  /** Who gets the bytes that the guest sends to COM1. */
  public void onSerial(IntConsumer listener) {
    serial = listener;
  }

  /**
   * Puts a BIOS into the machine: read-only memory at the end of the 4 GB and, at most 128 KB of
   * its end, below 1 MB, where a {@link HostBridge} can put RAM instead; and the {@link PciBus} on
   * which it looks for that and for the disk's controller.
   *
   * @param rom 64, 128 or 256 KB
   */
  public void installRom(byte[] rom) {
    PhysicalMemory memory = machine.cpu().memory;
    memory.mapRom(-rom.length, rom);
    int low = Math.min(rom.length, LOW_ROM);
    pci = new PciBus();
    pci.plug(0, 0, new HostBridge(memory, Arrays.copyOfRange(rom, rom.length - low, rom.length)));
    pci.plug(1, 0, new PciFunction(ISA_BRIDGE, 0x06_0100, 0).oneOfSeveral());
    pci.plug(1, 1, new PciFunction(IDE_CONTROLLER, 0x01_0180, 0));
    pci.claimPorts(ports);
  }

  /** Where the bytes come from that the guest receives at COM1; to be called once. */
  public void serialInput(SerialInput.Source source) {
    Cpu cpu = machine.cpu();
    input = new SerialInput(cpu.clock, com1, source, () -> cpu.halted);
  }

  /** Who gets the bytes that the guest writes to the debug port. */
  public void onDebug(IntConsumer listener) {
    debug = listener;
  }

  /** Who gets the POST codes. */
  public void onPost(IntConsumer listener) {
    post = listener;
  }

  /**
   * Makes a port one where programs write text for somebody outside: the listener of {@link
   * #onDebug} gets it.
   */
  public void textPort(int port) {
    ports.claim(port, 1, new OutputPort(DEBUG_PORT_IS_HERE, value -> debug.accept(value)));
  }

  /** Puts an {@link ExitPort} at a port and the three that follow. */
  public void exitPort(int port) {
    ports.claim(port, Math.min(4, 0x1_0000 - port), new ExitPort());
  }

  /**
   * Whether a reset that the guest asks for starts it again, as on a real board; unless this is
   * set, it ends the run.
   */
  public void restartOnReset(boolean restarts) {
    this.restarts = restarts;
  }

  /** The processors start anew; memory and devices stay as they are. */
  public void resetProcessor() {
    machine.cpu().memory.setA20(true);
    machine.resetProcessors();
    machine.interruptPin(pics.interrupts());
  }

  /** Runs at most {@code instructions} more instructions, as {@link Machine#run} does. */
  public StopReason run(long instructions) {
    long end = machine.instructions() + instructions;
    while (true) {
      StopReason reason = machine.run(end < 0 ? Long.MAX_VALUE : end - machine.instructions());
      boolean again = reason instanceof StopReason.Reset;
      if (!again || !restarts) {
        return reason;
      }
      end--; // endless resets end, too
      resetProcessor();
    }
  }

  @Override
  public void close() {
    machine.close();
  }
}
