/* long double and the instructions that only the x87 FPU has. */
#include "guest.h"

static void show(long double value)
{
	union { long double d; struct { u64 significand; u16 sign; } s; } u;
	u.s.significand = 0;
	u.s.sign = 0;
	u.d = value;
	print("%04x:%016lx ", u.s.sign, u.s.significand);
}

#define UNARY(name, instruction) \
	static long double name(long double x) \
	{ \
		asm volatile(instruction : "+t"(x)); \
		return x; \
	}

UNARY(root, "fsqrt")
UNARY(whole, "frndint")
UNARY(absolute, "fabs")
UNARY(negative, "fchs")

static long double scale(long double x, long double n)
{
	asm volatile("fscale" : "+t"(x) : "u"(n));
	return x;
}

static long double remainder(long double x, long double y)
{
	u16 status;
	do
		asm volatile("fprem\n\tfnstsw %1" : "+t"(x), "=a"(status) : "u"(y));
	while (status & 0x400);
	return x;
}

static long double nearest_remainder(long double x, long double y)
{
	asm volatile("fprem1" : "+t"(x) : "u"(y) : "ax");
	return x;
}

static void control(u16 word)
{
	asm volatile("fldcw %0" : : "m"(word));
}

static u16 status(void)
{
	u16 word;
	asm volatile("fnstsw %0" : "=m"(word));
	return word & 0x3f;
}

static void decimal(s64 n)
{
	u8 packed[10];
	volatile long double x = n;
	asm volatile("fbstp %0" : "=m"(packed) : "t"((long double)x) : "st");
	for (int i = 9; i >= 0; i--)
		print("%02x", packed[i]);
	long double back;
	asm volatile("fbld %1" : "=t"(back) : "m"(packed));
	show(back);
	print("\n");
}

int main(void)
{
	volatile long double values[] = { 0.1L, 1.0L, 2.5L, -3.5L, 1e10L, 1e-10L, 123456789.123456789L,
		1e4000L, -1e-4930L, 0.0L };
	int n = sizeof values / sizeof *values;

	for (int c = 0; c < 12; c++) {
		u16 precision[] = { 0, 2, 3 };
		control(0x3f | precision[c / 4] << 8 | (c & 3) << 10);
		print("control %d %d\n", precision[c / 4], c & 3);
		for (int i = 0; i < n; i++) {
			asm volatile("fnclex");
			long double x = values[i], y = values[(i + 3) % n];
			show(x + y);
			show(x - y);
			show(x * y);
			show(x / y);
			show(root(x));
			show(whole(x));
			print("%x\n", status());
			volatile float f = x;
			volatile double d = x;
			show(f);
			show(d);
			show(absolute(x));
			show(negative(x));
			print("%x\n", status());
		}
	}
	control(0x37f);
	for (int i = 0; i < 8; i++) {
		long double x = values[i], y = values[(i + 1) % 7];
		show(scale(x, i * 3 - 7.9L));
		show(remainder(x < 1e100L ? x : 7, y < 1e100L ? y : 3));
		show(nearest_remainder(i * 1.7L, 2.3L));
		print("%d %ld\n", (int)(x < 1e9L ? x : 1), (s64)(x < 1e18L ? x : 1));
	}
	decimal(0);
	decimal(1234567890123456789 / 10);
	decimal(-999);

	/* the constants, and the transcendental functions to the digits that every processor gives */
	long double pi, l2e, ln2;
	asm("fldpi" : "=t"(pi));
	asm("fldl2e" : "=t"(l2e));
	asm("fldln2" : "=t"(ln2));
	show(pi);
	show(l2e);
	show(ln2);
	print("\n");
	for (int i = 1; i < 8; i++) {
		long double x = i * 0.11L, s, c, t, e = x, l = x + 0.5L;
		asm("fsincos" : "=t"(c), "=u"(s) : "0"(x));
		asm("fpatan" : "=t"(t) : "0"(1.0L), "u"(x) : "st(1)");
		asm("f2xm1" : "+t"(e));
		asm("fyl2x" : "+t"(l) : "u"(ln2) : "st(1)");
		print_double((double)(s * 1e15L), 0);
		print("%ld %ld %ld %ld %ld\n", (s64)(s * 1e15L), (s64)(c * 1e15L), (s64)(t * 1e15L),
			(s64)(e * 1e15L), (s64)(l * 1e15L));
	}
	return 0;
}
