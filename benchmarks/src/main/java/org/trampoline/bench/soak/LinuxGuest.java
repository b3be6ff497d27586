package org.trampoline.bench.soak;

import java.util.Optional;
import org.trampoline.bench.EngineKind;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.device.Pc;
import org.trampoline.emulator.image.LinuxImage;
import org.trampoline.emulator.translate.TranslatorStatistics;

/** A kernel whose first process reboots in the end; each boot has a new machine. */
public final class LinuxGuest implements Guest {
  /** What the kernel has to be told: this board has a PC's old chips only. */
  static final String COMMAND_LINE =
      "console=ttyS0 panic=-1 nolapic noapic acpi=off cryptomgr.notests";

  private static final long MEMORY = 128 << 20;
  private static final int PAGE = 4096;
  private static final int SLICE = 50_000_000;

  private final EngineKind engine;
  private final byte[] kernel;
  private final byte[] initrd;
  private Pc pc;
  private long before;
  private int boots;

  /**
   * @param engine one of ours
   * @param initrd may be empty
   */
  public LinuxGuest(EngineKind engine, byte[] kernel, byte[] initrd) {
    this.engine = engine;
    this.kernel = kernel;
    this.initrd = initrd;
    boot();
  }

  @SuppressWarnings("MustBeClosedChecker") // close() closes it
  private void boot() {
    pc =
        new Pc(
            Machine.builder()
                .memory(MEMORY)
                .engine(ExecutionEngine.valueOf(engine.name()))
                .translatedCode(CODE));
    touchAll();
    new LinuxImage(kernel, COMMAND_LINE, initrd).load(pc);
  }

  /** So that the memory that a kernel uses little by little is no growth. */
  private void touchAll() {
    for (int address = 0; address < MEMORY; address += PAGE) {
      pc.machine().load(address, new byte[1]);
    }
  }

  @Override
  public String title() {
    return "linux, boot " + (boots + 1);
  }

  @Override
  public void advance() {
    StopReason reason = pc.run(SLICE);
    if (reason instanceof StopReason.Reset) {
      before += pc.machine().instructions();
      boots++;
      pc.close();
      boot();
    } else if (!(reason instanceof StopReason.InstructionLimit)) {
      throw new GuestFailure(title() + " ended with " + reason);
    }
  }

  @Override
  public Optional<TranslatorStatistics> statistics() {
    return Optional.ofNullable(pc.machine().translatorStatistics());
  }

  @Override
  public long instructions() {
    return before + pc.machine().instructions();
  }

  @Override
  public void close() {
    pc.close();
  }
}
