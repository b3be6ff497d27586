package org.trampoline.emulator.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Writes to code are noticed, whoever makes them (SDM vol. 3, 9.1.3: self-modifying code). */
class CodePagesTest extends PagingFixture {
  private final List<String> written = new ArrayList<>();

  @BeforeEach
  void listen() {
    memory.addCodeListener((at, size) -> written.add(Integer.toHexString(at) + "+" + size));
  }

  @Test
  void everyWriterIsNoticed() {
    simple();
    table(5, 0x345000 | P | RW | US);
    mmu.write32(0x5100, 1);
    memory.markCode(0x345100, 8);
    mmu.write8(0x5104, 1);
    mmu.write32System(0x5100, 1);
    mmu.setUser(true);
    mmu.write16(0x5106, 1);
    memory.write32(0x345108, 1);
    memory.write(0x345000, MemorySegment.ofArray(new byte[0x200]));
    memory.written(0x345104, 1);
    assertEquals(
        List.of("345104+1", "345100+4", "345106+2", "345108+4", "345000+512", "345104+1"), written);
    assertEquals(PhysicalMemory.CODE, memory.attributes(0x345000));
    assertEquals(0, mmu.writeHost(0x5100));
    memory.unmarkCode(0x345000);
    mmu.write8(0x5104, 1);
    assertEquals(6, written.size());
    assertEquals(0, memory.attributes(0x345000));
  }

  @Test
  void dataInOtherLinesOfThePageIsNot() {
    memory.markCode(0x345fff, 2);
    mmu.write8(0x345fbf, 1);
    mmu.write8(0x346040, 1);
    assertEquals(List.of(), written);
    mmu.write8(0x345fc0, 1);
    mmu.write8(0x34603f, 1);
    mmu.write64(0x345fb9, 1);
    assertEquals(List.of("345fc0+1", "34603f+1", "345fb9+8"), written);
  }

  @Test
  void anAccessedBitSetInCode() {
    simple();
    table(5, 0x345000 | P | RW);
    memory.markCode(TABLE + 20, 1);
    mmu.read8(0x5000);
    assertEquals(List.of("2014+1"), written);
  }

  @Test
  void aRegionLaidOverCode() {
    memory.markCode(0x345000, 1);
    memory.mapRom(0x345000, new byte[4096]);
    assertEquals(List.of("345000+4096"), written);
    memory.markCode(0x345000, 1);
    mmu.write8(0x345000, 1);
    assertEquals(1, written.size());
  }

  @Test
  void aRemovedListenerIsSilent() {
    CodeListener other = (at, size) -> written.add("other");
    memory.addCodeListener(other);
    memory.removeCodeListener(other);
    memory.markCode(0x345000, 1);
    memory.write8(0x345000, 1);
    assertEquals(List.of("345000+1"), written);
  }
}
