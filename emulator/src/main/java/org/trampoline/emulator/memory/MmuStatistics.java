package org.trampoline.emulator.memory;

/**
 * What an {@link Mmu} has done so far; counted only where the fast path is left anyway.
 *
 * @param walks accesses that took the full translation: first uses of a page, page crossings,
 *     accesses to page tables, code, ROM and devices, faults
 * @param cr3Loads CR3 loads
 * @param invlpgs INVLPG instructions
 * @param switches changes to another address-space slot
 * @param recycled slots given to other page tables than they had (all processors)
 * @param slots slots in use (all processors)
 * @param tableStores stores to page tables and directories (all processors)
 * @param demotions page tables that were found to be data (all processors)
 */
public record MmuStatistics(
    long walks,
    long cr3Loads,
    long invlpgs,
    long switches,
    long recycled,
    int slots,
    long tableStores,
    long demotions) {}
