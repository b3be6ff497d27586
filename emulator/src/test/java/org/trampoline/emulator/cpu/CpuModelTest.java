package org.trampoline.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** CPUID tells the truth about a model (SDM volume 2, CPUID). */
class CpuModelTest {
  @Test
  void vendorAndSignature() {
    assertEquals(0x756e6547, CpuModel.PENTIUM3.cpuid(0, 0, 1)); // "Genu"
    assertEquals(0x49656e69, CpuModel.PENTIUM3.cpuid(0, 0, 3)); // "ineI"
    assertEquals(0x6c65746e, CpuModel.PENTIUM3.cpuid(0, 0, 2)); // "ntel"
    assertEquals(2, CpuModel.PENTIUM3.cpuid(0, 0, 0));
    assertEquals(5, CpuModel.PENTIUM.cpuid(1, 0, 0) >> 8 & 15);
    assertEquals(15, CpuModel.PENTIUM4.cpuid(1, 0, 0) >> 8 & 15);
  }

  @Test
  void featureBitsAreThoseOfTheFeatures() {
    assertEquals(1, CpuModel.I486.cpuid(1, 0, 3)); // FPU only
    int pentium3 = CpuModel.PENTIUM3.cpuid(1, 0, 3);
    assertEquals(1 << 25 | 1 << 24 | 1 << 23 | 1 << 15, pentium3 & 0x0780_8000);
    assertEquals(0, pentium3 & 1 << 26);
    assertEquals(0, pentium3 & 1 << 1); // VME is absent
    assertEquals(1, CpuModel.PENTIUM4.cpuid(1, 0, 2)); // SSE3
    assertEquals(1 << 23 | 1 << 9 | 1, CpuModel.MAX.cpuid(1, 0, 2));
    assertEquals(1 << 20, CpuModel.PENTIUM4.cpuid(0x80000001, 0, 3)); // NX
  }

  @Test
  void leavesBeyondTheHighestAnswerAsTheHighest() {
    assertEquals(CpuModel.PENTIUM.cpuid(1, 0, 3), CpuModel.PENTIUM.cpuid(7, 0, 3));
    assertEquals(CpuModel.PENTIUM3.cpuid(2, 0, 0), CpuModel.PENTIUM3.cpuid(0x80000000, 0, 0));
    assertEquals(0x80000008, CpuModel.PENTIUM4.cpuid(0x80000000, 0, 0));
    assertEquals(CpuModel.PENTIUM4.cpuid(4, 0, 0), CpuModel.PENTIUM4.cpuid(0x80000009, 0, 0));
  }

  @Test
  void brandStringIsWords() {
    StringBuilder brand = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      int word = CpuModel.PENTIUM4.cpuid(0x80000002 + i / 4, 0, i % 4);
      for (int shift = 0; shift < 32; shift += 8) {
        brand.append((char) (word >> shift & 255));
      }
    }
    assertEquals("Trampoline Pentium 4", brand.toString().trim().replace("\0", ""));
  }

  @Test
  void aModelHasWhatTheOlderHad() {
    CpuModel older = null;
    for (CpuModel model : CpuModel.values()) {
      if (older != null) {
        assertTrue(model.features().containsAll(older.features()));
      }
      older = model;
    }
    assertFalse(CpuModel.PENTIUM4.has(CpuFeature.POPCNT));
  }

  @Test
  void anUnknownNameIsRefusedWithTheKnownOnes() {
    assertEquals(CpuModel.I486, CpuModel.of("486"));
    Exception e = assertThrows(IllegalArgumentException.class, () -> CpuModel.of("z80"));
    assertEquals(
        "no CPU model 'z80': expected one of 486, pentium, pentium3, pentium4, max",
        e.getMessage());
  }

  /** SDM volume 2, CPUID, tables 3-12 and 3-17: what software sizes caches by. */
  @Test
  void cachesAreThoseOfTheNamesakes() {
    assertEquals(0x03020101, CpuModel.PENTIUM3.cpuid(2, 0, 0));
    assertEquals(0x0c040882, CpuModel.PENTIUM3.cpuid(2, 0, 3));
    assertEquals(1, CpuModel.PENTIUM4.cpuid(2, 0, 0) & 0xff, "one call of leaf 2 tells all");
    int levels = 0;
    for (int k = 0; (CpuModel.PENTIUM4.cpuid(4, k, 0) & 31) != 0; k++) {
      int shape = CpuModel.PENTIUM4.cpuid(4, k, 1);
      int sets = CpuModel.PENTIUM4.cpuid(4, k, 2) + 1;
      int bytes =
          ((shape >>> 22) + 1) * ((shape >>> 12 & 0x3ff) + 1) * ((shape & 0xfff) + 1) * sets;
      assertEquals(k == 0 ? 16 << 10 : 1 << 20, bytes);
      assertEquals(0, CpuModel.PENTIUM4.cpuid(4, k, 0) >>> 26, "one core");
      levels++;
    }
    assertEquals(2, levels);
    assertEquals(1024, CpuModel.MAX.cpuid(0x80000006, 0, 2) >>> 16);
    assertEquals(0x2024, CpuModel.MAX.cpuid(0x80000008, 0, 0));
  }
}
