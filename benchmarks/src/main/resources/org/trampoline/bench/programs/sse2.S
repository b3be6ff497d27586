# Packed doubles and packed words over 32 KB: y = y * a + x, then a sum of absolute differences.
# Result: both, folded.
	.set X, SCRATCH
	.set Y, SCRATCH+0x8000
	.set BYTES, 0x8000
main:
	movl %ecx, %ebp
	xorl %ecx, %ecx
1:	cvtsi2sdl %ecx, %xmm0
	movsd %xmm0, X(%ecx)
	addsd one, %xmm0
	movsd %xmm0, Y(%ecx)
	addl $8, %ecx
	cmpl $BYTES, %ecx
	jne 1b
	movsd half, %xmm7
	unpcklpd %xmm7, %xmm7
	pxor %xmm6, %xmm6
2:	xorl %ecx, %ecx
3:	movapd Y(%ecx), %xmm0
	mulpd %xmm7, %xmm0
	addpd X(%ecx), %xmm0
	movapd %xmm0, Y(%ecx)
	movdqa X(%ecx), %xmm1
	psadbw %xmm0, %xmm1
	paddq %xmm1, %xmm6
	addl $16, %ecx
	cmpl $BYTES, %ecx
	jne 3b
	decl %ebp
	jnz 2b
	movd %xmm6, %eax
	psrldq $8, %xmm6
	movd %xmm6, %edx
	addl %edx, %eax
	xorl Y+8*37+4, %eax
	ret
	.balign 16
one:	.double 1.0
half:	.double 0.5
