package org.trampoline.emulator.cpu;

import static org.trampoline.emulator.cpu.CpuFeature.*;

import java.util.EnumSet;
import java.util.Set;

/**
 * A named processor: which features it has and what CPUID reports. The decoder makes every
 * instruction of an absent feature {@code #UD}; CPUID reports exactly what is there, so a model
 * lacks bits its namesake had where this machine does not implement them (VME, SS, TM…).
 */
public enum CpuModel {
  /** 486DX4: the integer set, x87 and CPUID. */
  I486("486", 0x480, 1, "", CacheLeaves.NONE, null, I8086, I186, I286, I386, CpuFeature.I486, FPU),

  /** Pentium (P54C). */
  PENTIUM("pentium", 0x52c, 1, "", CacheLeaves.NONE, I486, DE, PSE, TSC, MSR, MCE, CX8),

  /** Pentium III (Coppermine). */
  PENTIUM3(
      "pentium3",
      0x686,
      2,
      "",
      CacheLeaves.PENTIUM3,
      PENTIUM,
      PAE,
      SEP,
      MTRR,
      PGE,
      MCA,
      CMOV,
      PAT,
      PSE36,
      MMX,
      FXSR,
      SSE,
      P6,
      PMC),

  /** Pentium 4 (Prescott). */
  PENTIUM4(
      "pentium4",
      0xf43,
      4,
      "Trampoline Pentium 4",
      CacheLeaves.PENTIUM4,
      PENTIUM3,
      CLFSH,
      SSE2,
      SSE3,
      NX),

  /** Everything the instruction table has. */
  MAX("max", 0x6f6, 4, "Trampoline i686", CacheLeaves.PENTIUM4, PENTIUM4, SSSE3, POPCNT, PREFETCHW);

  private static final String VENDOR = "GenuineIntel";
  private static final int MAXIMUM_EXTENDED_LEAF = 0x80000008;

  /** Leaf 80000008H: 32 bits of linear, 36 of physical addresses. */
  private static final int ADDRESS_BITS = 32 << 8 | 36;

  private final String id;
  private final int signature;
  private final int maximumLeaf;
  private final String brand;
  private final CacheLeaves caches;
  private final long features; // the CpuFeature.mask() of each

  CpuModel(
      String id,
      int signature,
      int maximumLeaf,
      String brand,
      CacheLeaves caches,
      CpuModel base,
      CpuFeature... added) {
    this.id = id;
    this.signature = signature;
    this.maximumLeaf = maximumLeaf;
    this.brand = brand;
    this.caches = caches;
    long mask = base == null ? 0 : base.features;
    for (CpuFeature feature : added) {
      mask |= feature.mask();
    }
    this.features = mask;
  }

  /**
   * The model of that name.
   *
   * @throws IllegalArgumentException if there is none; the message lists the names
   */
  public static CpuModel of(String id) {
    StringBuilder names = new StringBuilder();
    for (CpuModel model : values()) {
      if (model.id.equals(id)) {
        return model;
      }
      names.append(names.isEmpty() ? "" : ", ").append(model.id);
    }
    throw new IllegalArgumentException("no CPU model '" + id + "': expected one of " + names);
  }

  /** Name on the command line. */
  public String id() {
    return id;
  }

  /** Family, model and stepping as EDX holds them after reset and CPUID(1) reports them. */
  public int signature() {
    return signature;
  }

  /** What it has. */
  public Set<CpuFeature> features() {
    EnumSet<CpuFeature> set = EnumSet.noneOf(CpuFeature.class);
    for (CpuFeature feature : CpuFeature.values()) {
      if (has(feature)) {
        set.add(feature);
      }
    }
    return set;
  }

  /** Whether it has {@code feature}. */
  public boolean has(CpuFeature feature) {
    return (features & feature.mask()) != 0;
  }

  /**
   * What CPUID returns (SDM volume 2, CPUID).
   *
   * @param leaf EAX before the instruction; beyond the highest leaf it answers as the highest basic
   *     one, as Intel's processors do
   * @param subleaf ECX before the instruction
   * @param register 0 EAX, 1 EBX, 2 ECX, 3 EDX
   */
  public int cpuid(int leaf, int subleaf, int register) {
    if (!brand.isEmpty() && leaf < 0 && leaf <= MAXIMUM_EXTENDED_LEAF) {
      return extendedLeaf(leaf, register);
    }
    return switch (leaf >= 0 && leaf <= maximumLeaf ? leaf : maximumLeaf) {
      case 0 ->
          register == 0 ? maximumLeaf : text(VENDOR, register == 1 ? 0 : register == 3 ? 4 : 8);
      case 1 ->
          switch (register) {
            case 0 -> signature;
            case 1 -> has(CLFSH) ? 8 << 8 : 0; // CLFLUSH line of 64 bytes, APIC id 0
            case 2 -> bits(CpuFeature.Word.ECX);
            default -> bits(CpuFeature.Word.EDX);
          };
      case 2 -> caches.descriptor(register);
      case 4 -> caches.parameters(subleaf, register);
      default -> 0; // no serial number
    };
  }

  private int extendedLeaf(int leaf, int register) {
    return switch (leaf) {
      case 0x80000000 -> register == 0 ? MAXIMUM_EXTENDED_LEAF : 0;
      case 0x80000001 ->
          switch (register) {
            case 2 -> bits(CpuFeature.Word.EXTENDED_ECX);
            case 3 -> bits(CpuFeature.Word.EXTENDED_EDX);
            default -> 0;
          };
      case 0x80000002, 0x80000003, 0x80000004 ->
          text(brand, (leaf - 0x80000002) * 16 + register * 4);
      case 0x80000006 -> register == 2 ? caches.secondLevel() : 0;
      case 0x80000008 -> register == 0 ? ADDRESS_BITS : 0;
      default -> 0;
    };
  }

  private int bits(CpuFeature.Word word) {
    int bits = 0;
    for (CpuFeature feature : CpuFeature.values()) {
      bits |= has(feature) ? feature.bitIn(word) : 0;
    }
    return bits;
  }

  private static int text(String s, int at) {
    int word = 0;
    for (int i = 0; i < 4; i++) {
      word |= (at + i < s.length() ? s.charAt(at + i) : 0) << (8 * i);
    }
    return word;
  }
}
