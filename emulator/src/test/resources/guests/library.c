#include "guest.h"

void *memcpy(void *to, const void *from, unsigned long n)
{
	u8 *t = to;
	const u8 *f = from;
	while (n--)
		*t++ = *f++;
	return to;
}

void *memset(void *to, int value, unsigned long n)
{
	u8 *t = to;
	while (n--)
		*t++ = value;
	return to;
}

static void number(u64 value, int base, int width, char pad)
{
	char digits[24];
	int n = 0;
	do {
		digits[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	for (; width > n; width--)
		put_char(pad);
	while (n)
		put_char(digits[--n]);
}

static void text(const char *s)
{
	while (*s)
		put_char(*s++);
}

void print(const char *format, ...)
{
	__builtin_va_list list;
	__builtin_va_start(list, format);
	for (; *format; format++) {
		if (*format != '%') {
			put_char(*format);
			continue;
		}
		char pad = *++format == '0' ? *format++ : ' ';
		int width = 0, wide = 0;
		while (*format >= '0' && *format <= '9')
			width = width * 10 + *format++ - '0';
		if (*format == 'l') {
			wide = 1;
			format++;
		}
		switch (*format) {
		case 'd': {
			s64 v = wide ? __builtin_va_arg(list, s64) : __builtin_va_arg(list, int);
			if (v < 0)
				put_char('-');
			number(v < 0 ? -(u64)v : (u64)v, 10, width, pad);
			break;
		}
		case 'u':
		case 'x': {
			u64 v = wide ? __builtin_va_arg(list, u64) : __builtin_va_arg(list, u32);
			number(v, *format == 'x' ? 16 : 10, width, pad);
			break;
		}
		case 'c':
			put_char(__builtin_va_arg(list, int));
			break;
		case 's':
			text(__builtin_va_arg(list, const char *));
			break;
		default:
			put_char(*format);
		}
	}
	__builtin_va_end(list);
}

void print_double(double value, int digits)
{
	union { double d; u64 bits; } u = { value };
	if (value < 0) {
		put_char('-');
		value = -value;
	}
	if (value == value && value < 1e15) {
		u64 whole = (u64)value;
		print("%lu.", whole);
		value -= whole;
		while (digits--) {
			value *= 10;
			int digit = (int)value;
			put_char('0' + digit);
			value -= digit;
		}
	}
	print(" [%016lx]", u.bits);
}

void print_float(float value)
{
	union { float f; u32 bits; } u = { value };
	print("[%08x]", u.bits);
}

void sort(void *base, u32 count, u32 size, int (*compare)(const void *, const void *))
{
	u8 *first = base, *last = first + (count - 1) * size;
	if (count < 2)
		return;
	u8 *i = first, *j = last, pivot[64], temporary[64];
	memcpy(pivot, first + count / 2 * size, size);
	while (i <= j) {
		while (compare(i, pivot) < 0)
			i += size;
		while (compare(j, pivot) > 0)
			j -= size;
		if (i <= j) {
			memcpy(temporary, i, size);
			memcpy(i, j, size);
			memcpy(j, temporary, size);
			i += size;
			j -= size;
		}
	}
	if (j > first)
		sort(first, (j - first) / size + 1, size, compare);
	if (i < last)
		sort(i, (last - i) / size + 1, size, compare);
}
