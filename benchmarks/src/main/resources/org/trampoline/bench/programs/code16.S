# 16-bit code as in a boot loader, in segments of 64 KB and on a 16-bit stack: sorts 64 words, prints
# them in decimal, and sums what was printed. Result: the sum.
	.set GDT, SCRATCH+0x20000
	.set CODE_BASE, PROGRAM
	.set WORDS, 0x1000		# offsets from SCRATCH
	.set TEXT, 0x2000
	.set SAVED_ESP, SCRATCH+0x3000
	.set COUNT, 64
main:
	pushl %ecx
	call load_segments
	popl %edi
	jmp program
load_segments:
	movl $0x0000ffff, GDT+0x60	# the flat segments that are loaded already
	movl $0x00cf9b00, GDT+0x64
	movl $0x0000ffff, GDT+0x68
	movl $0x00cf9300, GDT+0x6c
	movl $0x0000ffff, GDT+0x70	# code at CODE_BASE
	movl $0x00009b20, GDT+0x74
	movl $0x0000ffff, GDT+0x78	# data at SCRATCH
	movl $0x00009380, GDT+0x7c
	lgdt gdtr
	ljmp $0x60, $1f			# whatever they were called before
1:	movl $0x68, %eax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	ret
gdtr:
	.word 0x7f
	.long GDT
program:
	movl %esp, SAVED_ESP
	movl $0x78, %eax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	movl $0xfff0, %esp
	lcall $0x70, $start16-CODE_BASE
	movl $0x68, %ecx
	movw %cx, %ds
	movw %cx, %es
	movw %cx, %ss
	movl SAVED_ESP, %esp
	ret

	.code16
start16:
	xorw %bp, %bp
1:	pushw %di
	call generate
	call sort
	call print
	call sum
	popw %di
	decw %di
	jnz 1b
	movzwl %bp, %eax
	lretl

generate:				# COUNT words from a linear congruence
	movw $WORDS, %di
	movw $COUNT, %cx
	movw %bp, %ax
1:	movw $25173, %dx
	mulw %dx
	addw $13849, %ax
	stosw
	loop 1b
	ret

sort:					# by insertion
	movw $2, %bx
1:	movw WORDS(%bx), %ax
	movw %bx, %si
2:	movw WORDS-2(%si), %dx
	cmpw %ax, %dx
	jbe 3f
	movw %dx, WORDS(%si)
	subw $2, %si
	jnz 2b
3:	movw %ax, WORDS(%si)
	addw $2, %bx
	cmpw $COUNT*2, %bx
	jb 1b
	ret

print:					# each word and a space
	movw $WORDS, %si
	movw $TEXT, %di
	movw $COUNT, %cx
1:	lodsw
	pushw %cx
	xorw %cx, %cx
2:	xorw %dx, %dx
	movw $10, %bx
	divw %bx
	addb $'0', %dl
	pushw %dx
	incw %cx
	testw %ax, %ax
	jnz 2b
3:	popw %ax
	movb %al, (%di)
	incw %di
	loop 3b
	movb $' ', (%di)
	incw %di
	popw %cx
	loop 1b
	movb $0, (%di)
	ret

sum:					# into bp
	movw $TEXT, %si
	xorb %ah, %ah
1:	movb (%si), %al
	incw %si
	orb %al, %al
	jz 2f
	rolw $1, %bp
	addw %ax, %bp
	xorb %al, %ah
	jmp 1b
2:	xchgb %ah, %al
	addw %ax, %bp
	ret
	.code32
