# A little of everything that a user's program does: what the launcher's cache is trained with. None
# of it is measured.
# Result: a hash of what its parts compute.
	.set WORDS, SCRATCH
	.set COPY, SCRATCH+0x2000
	.set COUNT, 96
main:
	pushl %ebp
	movl %ecx, %ebp
	movl $0x9e3779b9, %ebx
1:	call fill
	call sort
	call copy
	call wide
	call bits
	call dispatch
	call real
	call packed
	call shared
	decl %ebp
	jnz 1b
	movl %ebx, %eax
	popl %ebp
	ret

# ebx = hash of ebx and eax
mix:
	xorl %eax, %ebx
	roll $5, %ebx
	imull $0x01000193, %ebx
	leal 17(%ebx,%ebx,2), %ebx
	ret

# pseudo-random words
fill:
	movl $WORDS, %edi
	movl $COUNT, %ecx
	movl %ebx, %eax
1:	movl %eax, %edx
	shll $13, %edx
	xorl %edx, %eax
	movl %eax, %edx
	shrl $17, %edx
	xorl %edx, %eax
	movl %eax, %edx
	shll $5, %edx
	xorl %edx, %eax
	movl %eax, (%edi)
	addl $4, %edi
	loop 1b
	ret

# insertion sort
sort:
	pushl %ebp
	movl %esp, %ebp
	subl $8, %esp
	movl $1, -4(%ebp)
1:	movl -4(%ebp), %ecx
	movl WORDS(,%ecx,4), %eax
2:	cmpl %eax, WORDS-4(,%ecx,4)
	jle 3f
	movl WORDS-4(,%ecx,4), %edx
	movl %edx, WORDS(,%ecx,4)
	decl %ecx
	jnz 2b
3:	movl %eax, WORDS(,%ecx,4)
	incl -4(%ebp)
	cmpl $COUNT, -4(%ebp)
	jb 1b
	movl WORDS+COUNT*2, %eax
	leave
	jmp mix

# string instructions, bytes and words
copy:
	cld
	movl $WORDS, %esi
	movl $COPY, %edi
	movl $COUNT, %ecx
	rep movsl
	movl $WORDS, %esi
	movl $COPY, %edi
	movl $COUNT*4, %ecx
	repe cmpsb
	setne %al
	movzbl %al, %eax
	movl $COPY, %edi
	movl $COUNT*4, %ecx
	pushl %eax
	movb $0x7f, %al
	repne scasb
	popl %eax
	addl %ecx, %eax
	movl $COPY, %esi
	movl $31, %ecx
1:	lodsb
	addb %al, %ah
	movb %ah, 64(%esi)
	movw (%esi), %dx
	addw %dx, 128(%esi)
	loop 1b
	movl $COPY+0x400, %edi
	movl $16, %ecx
	rep stosl
	jmp mix

# 64 bits, multiplication and division
wide:
	movl WORDS, %eax
	movl WORDS+4, %edx
	addl WORDS+8, %eax
	adcl WORDS+12, %edx
	subl $0x12345, %eax
	sbbl $3, %edx
	shldl $7, %eax, %edx
	shrdl $3, %edx, %eax
	pushl %edx
	mull WORDS+16
	xorl %edx, %eax
	xorl %edx, %edx
	movl $1000, %ecx
	divl %ecx
	popl %ecx
	addl %ecx, %eax
	cdq
	pushl %ebx
	movl $-77, %ebx
	idivl %ebx
	popl %ebx
	sarl $1, %edx
	negl %edx
	notl %eax
	addl %edx, %eax
	jmp mix

# conditions and bits
bits:
	xorl %eax, %eax
	movl $COUNT-1, %ecx
1:	movl WORDS(,%ecx,4), %edx
	testl $0x40, %edx
	je 2f
	bswap %edx
2:	btl $9, %edx
	adcl $0, %eax
	btsl $3, %edx
	bsrl %edx, %esi
	cmovsl %edx, %esi
	cmpl %esi, %eax
	cmovgl %esi, %eax
	setc %dl
	movsbl %dl, %edi
	orl %edi, %eax
	rcrl $1, %eax
	xchgl %eax, %edx
	andl $0xffff, %edx
	leal (%eax,%edx,8), %eax
	decl %ecx
	jns 1b
	jmp mix

# calls through pointers, a recursion, and a table of jumps
dispatch:
	movl $11, %ecx
1:	movl %ecx, %eax
	andl $3, %eax
	pushl %ecx
	call *functions(,%eax,4)
	call mix
	popl %ecx
	decl %ecx
	jnz 1b
	ret
triangle:
	movl $6, %eax
sum:
	testl %eax, %eax
	jz 1f
	pushl %eax
	decl %eax
	call sum
	popl %edx
	addl %edx, %eax
1:	ret
minimum:
	movl WORDS, %eax
	cmpl WORDS+8, %eax
	jb 1f
	movl WORDS+8, %eax
1:	ret
choice:
	movl %ebx, %edx
	andl $3, %edx
	jmp *choices(,%edx,4)
one:	movl $1, %eax
	ret
two:	movw $0x202, %ax
	ret
length:
	pushl %edi
	movl $text, %edi
	xorl %eax, %eax
1:	cmpb $0, (%edi,%eax)
	je 2f
	incl %eax
	jmp 1b
2:	popl %edi
	ret

# x87
real:
	subl $16, %esp
	fldz
	fld1
	movl $24, %ecx
1:	fildl WORDS(,%ecx,4)
	fmul %st(1), %st
	fabs
	fsqrt
	faddp %st, %st(2)
	fldl third
	fmulp %st, %st(1)
	decl %ecx
	jnz 1b
	fstps (%esp)
	fcomi %st(0), %st
	fstl 8(%esp)
	fadds (%esp)
	fistpl 4(%esp)
	movl 4(%esp), %eax
	xorl 8(%esp), %eax
	addl $16, %esp
	jmp mix

# MMX and SSE
packed:
	movl $64, %ecx
	pxor %xmm2, %xmm2
	movups ramp, %xmm1
1:	movdqu WORDS(,%ecx,4), %xmm0
	paddd %xmm0, %xmm2
	pmullw %xmm2, %xmm0
	pshufd $0x1b, %xmm0, %xmm3
	pxor %xmm3, %xmm2
	mulps ramp, %xmm1
	addps ramp, %xmm1
	movss %xmm1, COPY
	cvttss2si %xmm1, %eax
	movdqu %xmm2, COPY+16
	subl $4, %ecx
	jnz 1b
	movq WORDS, %mm0
	paddw WORDS+8, %mm0
	punpcklbw %mm0, %mm1
	movd %mm0, %edx
	emms
	addl %edx, %eax
	movd %xmm2, %edx
	xorl %edx, %eax
	jmp mix

# atomic instructions and flags on the stack
shared:
	movl $COPY, %edi
	movl $1, %eax
	lock xaddl %eax, (%edi)
	lock incl 4(%edi)
	movl 4(%edi), %eax
	movl $7, %edx
	lock cmpxchgl %edx, 4(%edi)
	pushfl
	popl %edx
	andl $0x40, %edx
	addl %edx, %eax
	pushal
	popal
	jmp mix

	.balign 16
ramp:	.float 0.5, 0.25, 0.75, 0.125
third:	.double 0.333
functions:
	.long triangle, minimum, choice, length
choices:
	.long one, two, one, two
text:	.asciz "a text whose length somebody wants to know"
