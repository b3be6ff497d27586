package org.trampoline.emulator.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.engine.Register;

/** What a {@link TlbModel} counts while a machine runs a program. */
class TlbMachineTest {
  private static final int CODE = 0x7ff8;

  @ParameterizedTest
  @EnumSource
  void aLoopAcrossPages(TlbModel.Mode mode) {
    try (Machine machine = Machine.builder().memory(1 << 20).build()) {
      machine.flatProtectedMode();
      PhysicalMemory memory = machine.cpu().memory;
      memory.write32(0x1000, 0x2007);
      for (int page = 0; page < 16; page++) {
        memory.write32(0x2000 + 4 * page, page << 12 | 7);
      }
      String code =
          "b90a000000" // mov ecx, 10
              + "a100500000" // 1: mov eax, [0x5000], across the end of the page
              + "010500600000" // add [0x6000], eax
              + "49" // dec ecx
              + "75f2" // jnz 1b
              + "f4"; // hlt
      machine.load(CODE, HexFormat.of().parseHex(code));
      memory.write32(0x5000, 3);
      machine.set(Register.CR3, 0x1000);
      machine.set(Register.CR0, machine.get(Register.CR0) | 1 << 31);
      machine.set(Register.EIP, CODE);
      TlbModel tlb = new TlbModel(TlbGeometry.PENTIUM3, mode);
      machine.cpu().mmu.setTlb(tlb);
      assertInstanceOf(StopReason.Halted.class, machine.run(1000));
      assertEquals(30, memory.read32(0x6000));
      TlbStatistics s = tlb.statistics();
      // 42 instructions, of which ten continue on the other page
      assertEquals(52, s.instructionReferences());
      assertEquals(50, s.instructionHits());
      // each iteration reads twice and writes once; the first write finds a clean entry
      assertEquals(30, s.dataReferences());
      assertEquals(28, s.dataHits());
      assertEquals(1, s.dirtyWalks());
      assertEquals(5, s.walks());
      assertEquals(0, s.pageFaults());
    }
  }
}
