package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.memory.Host;
import org.trampoline.emulator.memory.TranslationMap;

/** In debug mode an address outside guest memory is found before it is used, whatever uses it. */
class WildAddressTest {
  private static final int CODE = 0x1000;
  private static final int DATA = 0x5000;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "movl (%esi), %eax",
        "movb %al, 3(%esi)",
        "movl (%esi,%ecx), %eax",
        "addl %eax, (%esi)",
        "movl 0x5004, %eax",
        "pushl %eax",
        "popl %eax",
        "call 0x1800",
        "ret",
        "leave",
        "lock; xaddl %eax, (%esi)",
        "cmpxchg8b (%esi)",
        "btl $3, (%esi)",
        "shll $2, (%esi)",
        "mull (%esi)",
        "lodsl",
        "stosl",
        "movsb",
        "rep; stosl",
        "rep; movsb",
        "fldl (%esi)",
        "fstps (%esi)",
        "movups (%esi), %xmm1",
        "movaps %xmm1, (%esi)",
        "movq (%esi), %mm1"
      })
  void isFound(String instruction) {
    try (Machine machine =
            Machine.builder()
                .memory(1 << 20)
                .engine(ExecutionEngine.TRANSLATOR)
                .checkedAddresses(true)
                .build();
        Arena arena = Arena.ofConfined()) {
      assumeTrue(machine.translatorStatistics() != null, machine.whyNoTranslator());
      machine.flatProtectedMode();
      String text = instruction + "\n1: jmp 1b\n";
      machine.load(CODE, Assembler.assemble(new Source("test.S", text), CODE, Map.of()).bytes());
      machine.set(Register.EIP, CODE);
      for (Register register :
          new Register[] {Register.ESI, Register.EDI, Register.ESP, Register.EBP}) {
        machine.set(register, DATA + 0x100);
      }
      machine.set(Register.ECX, 8);
      // memory of somebody else's, as a fault of ours would have it in the maps
      MemorySegment other = arena.allocate(0x1000, 0x1000);
      long addend = other.address() - DATA;
      for (long map : new long[] {TranslationMap.READ, TranslationMap.WRITE}) {
        Host.put64(machine.cpu().mmu.map() + map + ((long) DATA >>> 12 << 3), addend);
      }
      var e = assertThrows(IllegalStateException.class, () -> machine.run(1000));
      assertTrue(e.getMessage().startsWith("emitted code formed the host address"), e.getMessage());
      assertTrue(other.mismatch(arena.allocate(0x1000)) < 0, "it was written to");
    }
  }
}
