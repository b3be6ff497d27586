/*
 * The start of a guest program: on the bare machine it readies the FPU and SSE, sends its output to COM1
 * and ends at the exit port F4H; natively (NATIVE) it is a static Linux program without a C library.
 */
#include "guest.h"

int main(void);

#ifdef NATIVE

static int system_call(int number, int a, const void *b, int c)
{
	int result;
	asm volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
	return result;
}

void put_char(char c)
{
	system_call(4, 1, &c, 1);
}

static void end(int status)
{
	system_call(1, status, 0, 0);
}

#else

void put_char(char c)
{
	asm volatile("outb %0, %1" : : "a"(c), "Nd"((unsigned short)0x3f8));
}

static void end(int status)
{
	asm volatile("outl %0, $0xf4" : : "a"(status));
}

#endif

__attribute__((used)) static void run(void)
{
#ifndef NATIVE
	unsigned cr;
	asm volatile("movl %%cr0, %0; andl $~0xc, %0; orl $0x22, %0; movl %0, %%cr0" : "=r"(cr));
#ifdef __SSE__
	asm volatile("movl %%cr4, %0; orl $0x600, %0; movl %0, %%cr4" : "=r"(cr));
#endif
	asm volatile("fninit");
#endif
	end(main());
}

asm(".globl _start\n"
    "_start: xorl %ebp, %ebp\n"
    "andl $-16, %esp\n"
    "call run\n"
    "hlt\n");
