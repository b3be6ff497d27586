# The block layer's thread (Linux: drivers/block/ll_rw_blk.c). Requests are in Block.java.

        .text

# int blk_dev_init(void): kblockd, and the queue of the one disk.
        .balign 16
        .globl  blk_dev_init
blk_dev_init:
        call    blk_init_queue
        call    page_cache_init
        movl    $kblockd_name, %eax
        call    create_workqueue
        movl    %eax, kblockd_workqueue
        ret

# void blk_congestion_wait(ticks): while too much is queued for the disk.
        .balign 16
        .globl  blk_congestion_wait
blk_congestion_wait:
        SET_CURRENT_STATE TASK_UNINTERRUPTIBLE, %ecx
        jmp     schedule_timeout

        .section .rodata, "a"
kblockd_name:
        .asciz  "kblockd"

        .data
        .balign 4
        .globl  kblockd_workqueue
kblockd_workqueue:
        .long   0

        .bss
        .balign 4
        .globl  disk_queue
disk_queue:
        .space  RQUEUE_size
