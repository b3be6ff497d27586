/**
 * Single-instruction cases by the million: {@link
 * org.trampoline.emulator.differential.cases.CaseGenerator} derives them from the instruction table
 * into a {@link org.trampoline.emulator.differential.cases.CaseBatch} of off-heap records, {@link
 * org.trampoline.emulator.differential.cases.Oracle}s execute a batch and leave records of the same
 * layout, {@link org.trampoline.emulator.differential.cases.ResultComparison} compares those word
 * by word.
 */
package org.trampoline.emulator.differential.cases;
