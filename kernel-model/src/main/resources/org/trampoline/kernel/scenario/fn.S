# int fn(void *arg): the thread function of `trampoline run`, unless --fn names another.
# Its argument is in eax and on the stack, as the trampoline has left it there.

fn:
        movl    4(%esp), %ecx           # the same as eax: either calling convention works
        leal    1(%ecx), %eax           # what it returns becomes do_exit's argument
        ret
