/* Integers of all widths: hashing, sorting, 64-bit arithmetic, bit fields, tables of functions. */
#include "guest.h"

static u32 seed = 12345;

static u32 random(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed;
}

static u32 rotate(u32 x, int n)
{
	return x >> n | x << (32 - n);
}

/* the constants of SHA-256 are the fractions of roots of primes; integer arithmetic finds them */
static u32 k[64], h[8];

static u32 root_fraction(u32 prime, int cube)
{
	/* the root in units of 2^-32, by bisection; products need more than 64 bits */
	u64 low = 0, high = (u64)prime << 32;
	while (high - low > 1) {
		u64 middle = low + (high - low) / 2;
		u64 a = middle >> 16;
		unsigned long long square = a * a;		/* in units of 2^-32 */
		int over;
		if (cube) {
			u64 whole = square >> 32, part = square & 0xffffffff;
			u64 m1 = middle >> 32, m0 = middle & 0xffffffff;
			u64 product = (whole * m1 << 16) + (whole * m0 >> 16) + (part * m1 >> 16);
			over = product >= (u64)prime << 16;
		} else {
			over = square >= (u64)prime << 32;
		}
		if (over)
			high = middle;
		else
			low = middle;
	}
	return (u32)low;
}

static void constants(void)
{
	int found = 0;
	for (u32 n = 2; found < 64; n++) {
		int prime = 1;
		for (u32 d = 2; d * d <= n; d++)
			if (n % d == 0)
				prime = 0;
		if (prime) {
			if (found < 8)
				h[found] = root_fraction(n, 0);
			k[found++] = root_fraction(n, 1);
		}
	}
}

/* the rounds of SHA-256, with constants of lower precision */
static void hash_block(const u8 *block)
{
	u32 w[64], s[8];
	for (int i = 0; i < 16; i++)
		w[i] = block[4 * i] << 24 | block[4 * i + 1] << 16 | block[4 * i + 2] << 8 | block[4 * i + 3];
	for (int i = 16; i < 64; i++) {
		u32 a = w[i - 15], b = w[i - 2];
		w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7]
			+ (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
	}
	for (int i = 0; i < 8; i++)
		s[i] = h[i];
	for (int i = 0; i < 64; i++) {
		u32 t1 = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25))
			+ ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
		u32 t2 = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22))
			+ ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
		for (int j = 7; j > 0; j--)
			s[j] = s[j - 1];
		s[4] += t1;
		s[0] = t1 + t2;
	}
	for (int i = 0; i < 8; i++)
		h[i] += s[i];
}

static void hashing(void)
{
	u8 data[64 * 50];
	constants();
	for (u32 i = 0; i < sizeof data; i++)
		data[i] = random();
	for (int i = 0; i < 50; i++)
		hash_block(data + 64 * i);
	print("hash");
	for (int i = 0; i < 8; i++)
		print(" %08x", h[i]);
	u32 crc = ~0u;
	for (u32 i = 0; i < sizeof data; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	print("\ncrc %08x\n", ~crc);
}

struct entry {
	u16 key;
	u8 tag;
	s64 value;
};

static int by_key(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	return x->key != y->key ? x->key - y->key : x->tag - y->tag;
}

static int by_value(const void *a, const void *b)
{
	s64 x = ((const struct entry *)a)->value, y = ((const struct entry *)b)->value;
	return (x > y) - (x < y);
}

static void sorting(void)
{
	static struct entry list[500];
	int (*order[])(const void *, const void *) = { by_key, by_value };
	for (int i = 0; i < 500; i++)
		list[i] = (struct entry){ random(), i, (s64)((u64)random() << 32 | random()) };
	for (int o = 0; o < 2; o++) {
		sort(list, 500, sizeof *list, order[o]);
		for (int i = 0; i < 500; i += 71)
			print("%5u %3u %ld\n", list[i].key, list[i].tag, list[i].value);
	}
}

static void long_arithmetic(void)
{
	s64 values[] = { 0, 1, -1, 7, -1000000007, 0x7fffffffffffffff, -0x7fffffffffffffff - 1,
		0x100000000, -0x123456789abcdef, 4294967295 };
	int n = sizeof values / sizeof *values;
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++) {
			volatile s64 a = values[i], b = values[j];
			u64 sum = (u64)a + b, difference = (u64)a - b, product = (u64)a * b;
			print("%lx %lx %lx", sum, difference, product);
			if (b && !(b == -1 && a < -0x7fffffffffffffff))
				print(" %ld %ld %lu %lu", a / b, a % b, (u64)a / b, (u64)a % b);
			print(" %lx %lx %lx %d\n", a << (b & 63), a >> (b & 63), (u64)a >> (b & 63), a < b);
		}
}

static void narrow_arithmetic(void)
{
	u32 digest = 0;
	for (int i = 0; i < 20000; i++) {
		volatile short a = random(), b = random() | 1;
		volatile signed char c = random(), d = random() | 1;
		volatile u8 e = random();
		volatile u16 f = random();
		digest = rotate(digest, 5) + (u16)(a * b) + (u16)(a / b) + (u16)(a % b);
		digest = rotate(digest, 3) ^ (u8)(c / d) ^ (u8)(c % d) << 8 ^ (u16)(c * d) << 16;
		digest += (e << (f & 7)) - (f >> (e & 15)) + (a > b) + (c <= d) + (e < f);
		digest ^= __builtin_popcount(f) + __builtin_ctz(f | 256) + __builtin_clz(e + 1);
		digest += __builtin_bswap32(digest) >> 3;
	}
	print("narrow %08x\n", digest);
}

struct bits {
	u32 a : 3;
	int b : 7;
	u32 c : 13;
	int d : 9;
};

static void bit_fields(void)
{
	struct bits all = { 0 };
	for (int i = 0; i < 1000; i++) {
		all.a += 3;
		all.b -= all.a;
		all.c = all.c * 5 + all.b;
		all.d ^= all.c;
	}
	print("bits %u %d %u %d\n", all.a, all.b, all.c, all.d);
}

static int interpret(const char *program)
{
	int stack[16], top = 0;
	for (; *program; program++)
		switch (*program) {
		case '+': top--; stack[top - 1] += stack[top]; break;
		case '-': top--; stack[top - 1] -= stack[top]; break;
		case '*': top--; stack[top - 1] *= stack[top]; break;
		case '/': top--; stack[top - 1] /= stack[top]; break;
		case '%': top--; stack[top - 1] %= stack[top]; break;
		case 'd': stack[top] = stack[top - 1]; top++; break;
		case 's': { int t = stack[top - 1]; stack[top - 1] = stack[top - 2]; stack[top - 2] = t; break; }
		case 'n': stack[top - 1] = -stack[top - 1]; break;
		default: stack[top++] = *program - '0';
		}
	return stack[0];
}

static u32 ackermann(u32 m, u32 n)
{
	return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

int main(void)
{
	hashing();
	sorting();
	long_arithmetic();
	narrow_arithmetic();
	bit_fields();
	print("stack %d\n", interpret("99*d*7-5/d3%+n46*s-"));
	print("ackermann %u\n", ackermann(2, 9));
	return 7;
}
