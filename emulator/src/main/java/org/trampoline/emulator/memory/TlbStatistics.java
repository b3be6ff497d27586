package org.trampoline.emulator.memory;

/**
 * What a {@link TlbModel} has counted. The counts depend on the guest's instructions alone, not on
 * the engine that executed them:
 *
 * <ul>
 *   <li>a data reference is one access of an instruction or of the processor itself, to one page:
 *       an access that crosses a page boundary makes two, a read-modify-write makes two (read and
 *       write), a push or a 16-byte load one;
 *   <li>an instruction reference is made once for each instruction executed, and once more if it
 *       continues on another page; each iteration of a repeated string instruction that an engine
 *       resumes does not make another;
 *   <li>an access that ends in a page fault counts as a page fault and as nothing else;
 *   <li>while paging is off nothing is counted.
 * </ul>
 *
 * @param instructionReferences instruction references
 * @param instructionHits those that the first level held
 * @param dataReferences data references
 * @param dataHits those that the first level held
 * @param secondHits references of both kinds that only the second level held
 * @param walks page walks: all other references, and {@code dirtyWalks}
 * @param dirtyWalks writes that hit, but had to set the dirty bit in memory first
 * @param evictions valid entries replaced by others
 * @param flushes CR3 loads: all entries dropped but the global ones
 * @param fullFlushes changes of CR0.PG, CR0.PE, CR4.PSE, PAE or PGE: all entries dropped
 * @param invlpgs INVLPG: one page dropped
 * @param pageFaults page faults; each drops the entries of its page (SDM vol. 3, 4.10.4.1)
 */
public record TlbStatistics(
    long instructionReferences,
    long instructionHits,
    long dataReferences,
    long dataHits,
    long secondHits,
    long walks,
    long dirtyWalks,
    long evictions,
    long flushes,
    long fullFlushes,
    long invlpgs,
    long pageFaults) {

  /** Instruction references that the first level did not hold. */
  public long instructionMisses() {
    return instructionReferences - instructionHits;
  }

  /** Data references that the first level did not hold. */
  public long dataMisses() {
    return dataReferences - dataHits;
  }
}
