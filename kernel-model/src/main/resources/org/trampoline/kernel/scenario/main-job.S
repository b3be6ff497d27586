# Called by process 1 during start-up: kernel_thread(fn, arg, CLONE_KERNEL).

        .globl  main_job
main_job:
        pushl   $THREAD_FLAGS
        pushl   $THREAD_ARG
        pushl   $THREAD_FN
        call    kernel_thread
        addl    $12, %esp
        ret
