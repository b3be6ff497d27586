package org.trampoline.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.trampoline.bench.EngineKind;

/** The time of one access to a page, by what the access finds, and of the invalidations. */
public class TlbBenchmark extends OperationTime {
  private static final int ITERATIONS = 200;
  private static final int PAGES = 16;

  /** Where {@code paging.S} maps what. */
  private static final int USER = 0x0800_0000;

  private static final int LARGE = 0x0c00_0000;
  private static final int GLOBAL = 0x1000_0000;

  @Param public EngineKind engine;

  private GuestProgram hit;
  private GuestProgram hitLarge;
  private GuestProgram miss;
  private GuestProgram missLarge;
  private GuestProgram invlpg;
  private GuestProgram tableEdit;
  private GuestProgram cr3Load;
  private GuestProgram cr3LoadAndReads;
  private GuestProgram cr3LoadAndGlobalReads;

  @Setup(Level.Trial)
  public void open() {
    hit = program("tlb-hit", USER);
    hitLarge = program("tlb-hit", LARGE);
    miss = program("tlb-miss", USER);
    missLarge = program("tlb-miss", LARGE);
    invlpg = program("invlpg", USER);
    tableEdit = program("table-edit", USER);
    cr3Load = program("cr3-load", 0);
    cr3LoadAndReads = program("cr3-load", USER);
    cr3LoadAndGlobalReads = program("cr3-load", GLOBAL);
  }

  private GuestProgram program(String name, int page) {
    return new GuestProgram(engine, name, 0, ITERATIONS, page);
  }

  @TearDown(Level.Trial)
  public void close() {
    hit.close();
    hitLarge.close();
    miss.close();
    missLarge.close();
    invlpg.close();
    tableEdit.close();
    cr3Load.close();
    cr3LoadAndReads.close();
    cr3LoadAndGlobalReads.close();
  }

  /** A read of a page whose translation is known. */
  @Benchmark
  @Title(row = 1, value = "a read, translation known, 4 KB page")
  @OperationsPerInvocation(ITERATIONS * PAGES)
  public int hit() {
    return hit.run();
  }

  /** The same in a page of 4 MB. */
  @Benchmark
  @Title(row = 2, value = "a read, translation known, 4 MB page")
  @OperationsPerInvocation(ITERATIONS * PAGES)
  public int hitLarge() {
    return hitLarge.run();
  }

  /** An invlpg, and a read that has to walk two levels. */
  @Benchmark
  @Title(row = 3, value = "invlpg and a read: a walk to a 4 KB page")
  @OperationsPerInvocation(ITERATIONS * PAGES)
  public int miss() {
    return miss.run();
  }

  /** An invlpg, and a read that has to walk one level. */
  @Benchmark
  @Title(row = 4, value = "invlpg and a read: a walk to a 4 MB page")
  @OperationsPerInvocation(ITERATIONS * PAGES)
  public int missLarge() {
    return missLarge.run();
  }

  /** An invlpg. */
  @Benchmark
  @Title(row = 5, value = "invlpg of a page nobody reads")
  @OperationsPerInvocation(ITERATIONS * PAGES)
  public int invlpg() {
    return invlpg.run();
  }

  /** An edit of a page-table entry, an invlpg, and a read through the new entry. */
  @Benchmark
  @Title(row = 6, value = "page-table edit, invlpg and a read")
  @OperationsPerInvocation(ITERATIONS * PAGES)
  public int tableEdit() {
    return tableEdit.run();
  }

  /** A load of CR3 with its own value. */
  @Benchmark
  @Title(row = 7, value = "CR3 load")
  @OperationsPerInvocation(ITERATIONS)
  public int cr3Load() {
    return cr3Load.run();
  }

  /** A load of CR3, and a read of each of sixteen pages after it. */
  @Benchmark
  @Title(row = 8, value = "CR3 load, then 16 pages read")
  @OperationsPerInvocation(ITERATIONS)
  public int cr3LoadAndReads() {
    return cr3LoadAndReads.run();
  }

  /** The same with pages that a CR3 load leaves in the TLB. */
  @Benchmark
  @Title(row = 9, value = "CR3 load, then 16 global pages read")
  @OperationsPerInvocation(ITERATIONS)
  public int cr3LoadAndGlobalReads() {
    return cr3LoadAndGlobalReads.run();
  }
}
