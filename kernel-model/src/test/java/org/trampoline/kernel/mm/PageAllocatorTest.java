package org.trampoline.kernel.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.trampoline.kernel.Booted;
import org.trampoline.kernel.KernelVersion;

/** mm/page_alloc.c and mm/slab.c. */
class PageAllocatorTest {
  private Booted booted;
  private PageAllocator pages;

  @BeforeEach
  void boot() {
    booted = new Booted(KernelVersion.V2_6_11);
    booted.run();
    pages = booted.kernel.pages();
  }

  @AfterEach
  void close() {
    booted.close();
  }

  @Test
  void givesOutEveryPageOnceAndThenNone() {
    int free = pages.free();
    Set<Integer> given = new HashSet<>();
    for (int page; (page = pages.allocate(0)) != 0; ) {
      assertEquals(0, page & 0xfff);
      assertTrue(given.add(page), "twice");
    }
    assertEquals(free, given.size());
    assertEquals(0, pages.free());
    given.forEach(page -> pages.free(page, 0));
    assertEquals(free, pages.free());
  }

  /** A kernel stack has to be aligned to its size, or current would not be found. */
  @Test
  void twoPagesAreAlignedToTheirSize() {
    int odd = pages.allocate(0);
    int stack = pages.allocate(1);
    assertEquals(0, stack & 8191);
    assertNotEquals(odd & ~8191, stack);
  }

  @Test
  void theKernelAndItsPageTablesAreNotGivenOut() {
    int first = pages.allocate(0);
    int tables = booted.kernel.memory().read(booted.kernel.symbol("init_pg_tables_end"));
    assertTrue(Integer.compareUnsigned(first, tables + 0xc000_0000) >= 0);
  }

  @Test
  void smallObjectsDoNotOverlapAndComeBack() {
    Slab slab = booted.kernel.slab();
    Set<Integer> given = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      int object = slab.allocate(100);
      assertEquals(0, object & 127);
      assertTrue(given.add(object), "twice");
    }
    int free = pages.free();
    given.forEach(object -> slab.free(object, 100));
    for (int i = 0; i < 500; i++) {
      assertTrue(given.contains(slab.allocate(128)), "of the same size class");
    }
    assertEquals(free, pages.free());
  }
}
