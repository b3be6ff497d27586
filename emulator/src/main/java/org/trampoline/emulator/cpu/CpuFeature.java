package org.trampoline.emulator.cpu;

/**
 * What a {@link CpuModel} may have: the instruction groups that the instruction table names in its
 * feature column, and the architectural features without instructions of their own.
 *
 * <p>Source of the bits: Intel SDM volume 2, CPUID, leaf 1 and leaf 80000001H.
 */
public enum CpuFeature {
  /** Instructions of the 8086. */
  I8086("8086"),
  /** Added by the 80186. */
  I186("186"),
  /** Added by the 80286. */
  I286("286"),
  /** Added by the 80386. */
  I386("386"),
  /** Added by the 80486, CPUID included. */
  I486("486"),
  /** An x87 unit. */
  FPU("fpu", Word.EDX, 0),
  /** Debugging extensions: I/O breakpoints, CR4.DE. */
  DE("de", Word.EDX, 2),
  /** 4 MB pages, CR4.PSE. */
  PSE("pse", Word.EDX, 3),
  /** RDTSC, CR4.TSD. */
  TSC("tsc", Word.EDX, 4),
  /** RDMSR and WRMSR. */
  MSR("msr", Word.EDX, 5),
  /** Physical address extension, CR4.PAE. */
  PAE("pae", Word.EDX, 6),
  /** Machine-check exception: CR4.MCE, P5_MC_ADDR and P5_MC_TYPE; none ever occurs. */
  MCE("mce", Word.EDX, 7),
  /** CMPXCHG8B. */
  CX8("cx8", Word.EDX, 8),
  /** A local APIC; a machine that has one adds it to its model. */
  APIC("apic", Word.EDX, 9),
  /** SYSENTER and SYSEXIT. */
  SEP("sep", Word.EDX, 11),
  /** Memory type range registers. */
  MTRR("mtrr", Word.EDX, 12),
  /** Global pages, CR4.PGE. */
  PGE("pge", Word.EDX, 13),
  /** Machine-check architecture, without banks of its own. */
  MCA("mca", Word.EDX, 14),
  /** CMOVcc, FCMOVcc, FCOMI. */
  CMOV("cmov", Word.EDX, 15),
  /** Page attribute table. */
  PAT("pat", Word.EDX, 16),
  /** 4 MB pages anywhere in 64 GB: upper address bits in their directory entries. */
  PSE36("pse36", Word.EDX, 17),
  /** CLFLUSH. */
  CLFSH("clfsh", Word.EDX, 19),
  /** MMX. */
  MMX("mmx", Word.EDX, 23),
  /** FXSAVE and FXRSTOR. */
  FXSR("fxsr", Word.EDX, 24),
  /** SSE, with what it added to MMX. */
  SSE("sse", Word.EDX, 25),
  /** SSE2. */
  SSE2("sse2", Word.EDX, 26),
  /** SSE3 (FISTTP included, MONITOR and MWAIT not). */
  SSE3("sse3", Word.ECX, 0),
  /** SSSE3. */
  SSSE3("ssse3", Word.ECX, 9),
  /** POPCNT. */
  POPCNT("popcnt", Word.ECX, 23),
  /** The execute-disable bit of PAE paging, IA32_EFER.NXE. */
  NX("nx", Word.EXTENDED_EDX, 20),
  /** PREFETCHW. */
  PREFETCHW("prefetchw", Word.EXTENDED_ECX, 8),
  /** The multi-byte NOPs of family 6 and later, which have no CPUID bit. */
  P6("p6"),
  /** RDPMC, which has no CPUID bit. */
  PMC("pmc");

  /** The CPUID output word a feature is reported in. */
  enum Word {
    NONE,
    EDX,
    ECX,
    EXTENDED_EDX,
    EXTENDED_ECX
  }

  private final String text;
  private final Word word;
  private final int mask;

  CpuFeature(String text) {
    this.text = text;
    this.word = Word.NONE;
    this.mask = 0;
  }

  CpuFeature(String text, Word word, int bit) {
    this.text = text;
    this.word = word;
    this.mask = 1 << bit;
  }

  /** Its name in the instruction table's feature column, for instance {@code sse2}. */
  public String text() {
    return text;
  }

  /** Its bit in a set of features. */
  @SuppressWarnings("EnumOrdinal") // the mask does not leave the process
  long mask() {
    return 1L << ordinal();
  }

  /** The bit it sets in {@code output}, or 0 if it is reported elsewhere. */
  int bitIn(Word output) {
    return word == output ? mask : 0;
  }
}
