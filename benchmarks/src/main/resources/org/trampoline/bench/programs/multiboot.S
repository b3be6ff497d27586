# The header by which a boot loader knows a multiboot image (Multiboot specification 0.6.96, 3.1), with
# the address fields, as there is no ELF header; END is defined by whoever assembles it.
	.set FLAGS, 0x10000
	.set MAGIC, 0x1badb002
header:
	.long MAGIC, FLAGS, -(MAGIC+FLAGS), header, header, END, END, _start
