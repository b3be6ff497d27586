# Room for what C initialises statically (Linux: arch/i386/kernel/init_task.c). What is
# in it is written by InitTask.java, before the machine starts.

        .section .data.init_task, "aw"
        .globl  init_thread_union
init_thread_union:                      # thread_info at the bottom, stack from the top
        .space  THREAD_SIZE

        .data
        .balign 16
        .globl  init_task
init_task:
        .space  TASK_size
        .globl  init_mm
init_mm:
        .space  MM_size
        .globl  init_fs
init_fs:
        .space  FS_size
        .globl  init_files
init_files:
        .space  FILES_size
        .globl  init_signals
init_signals:
        .space  SIGNAL_size
        .globl  init_sighand
init_sighand:
        .space  SIGHAND_size
        .balign 128
        .globl  init_tss
init_tss:
        .if     CONFIG_SMP
        .space  TSS_size * NR_CPUS      # one for each processor
        .else
        .space  TSS_size
        .endif
        .globl  init_pda
init_pda:
        .if     CONFIG_SMP
        .space  PDA_size * NR_CPUS
        .else
        .space  PDA_size
        .endif

        .bss
        .balign 16
        .globl  runqueues
runqueues:                              # one for each processor
        .space  RQ_size * NR_CPUS
        .globl  malloc_sizes            # heads of the free lists of kmalloc
malloc_sizes:
        .space  4 * 16
        .globl  mm_state                # counters of the page allocator
mm_state:
        .space  MMSTATE_size
        .globl  pidmap
pidmap:                                 # a bit per process id
        .space  PID_MAX / 8
        .globl  page_bitmap
page_bitmap:                            # a bit per page of memory, set = in use
        .space  MAX_LOWMEM / PAGE_SIZE / 8
        .balign 4096
        .globl  pg0
        .set    pg0, _end               # the first page table, behind the image
