/* What guest programs have instead of a C library. */
#ifndef GUEST_H
#define GUEST_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned u32;
typedef unsigned long long u64;
typedef long long s64;

void put_char(char c);

/* %d %u %x %c %s and %ld %lu %lx for 64 bits; a width, with or without leading zeros */
void print(const char *format, ...);

/* a number with this many digits behind the point, and its bits */
void print_double(double value, int digits);
void print_float(float value);

void sort(void *base, u32 count, u32 size, int (*compare)(const void *, const void *));

#endif
