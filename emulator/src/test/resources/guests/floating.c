/* Floating point: orbits, fractals, linear algebra, conversions, special values, exceptions. */
#include "guest.h"

static u32 seed = 99;

static double random(void)
{
	seed = seed * 1664525 + 1013904223;
	return seed / 4294967296.0;
}

static double square_root(double x)
{
	double r = x > 1 ? x : 1;
	for (int i = 0; i < 40; i++)
		r = (r + x / r) / 2;
	return r;
}

struct body {
	double x[3], v[3], mass;
};

static struct body bodies[] = {
	{ { 0, 0, 0 }, { 0, 0, 0 }, 39.47841760435743 },
	{ { 4.84143144246472090, -1.16032004402742839, -0.103622044471123109 },
	  { 0.606326392995832, 2.81198684491626016, -0.02521836165988763 }, 0.037693674870389486 },
	{ { 8.34336671824457987, 4.12479856412430479, -0.403523417114321381 },
	  { -1.01077434617879236, 1.82566237123041186, 0.00841576137658415351 }, 0.011286326131968767 },
	{ { 12.8943695621391310, -15.1111514016986312, -0.223307578892655734 },
	  { 1.08279100644153536, 0.868713018169608219, -0.0108326374013636358 }, 0.0017237240570597112 },
};

static double energy(void)
{
	double e = 0;
	for (int i = 0; i < 4; i++) {
		struct body *a = &bodies[i];
		e += a->mass * (a->v[0] * a->v[0] + a->v[1] * a->v[1] + a->v[2] * a->v[2]) / 2;
		for (int j = i + 1; j < 4; j++) {
			double d = 0;
			for (int k = 0; k < 3; k++)
				d += (a->x[k] - bodies[j].x[k]) * (a->x[k] - bodies[j].x[k]);
			e -= a->mass * bodies[j].mass / square_root(d);
		}
	}
	return e;
}

static void orbits(void)
{
	for (int step = 0; step < 100; step++) {
		for (int i = 0; i < 4; i++)
			for (int j = i + 1; j < 4; j++) {
				double d[3], square = 0;
				for (int k = 0; k < 3; k++) {
					d[k] = bodies[i].x[k] - bodies[j].x[k];
					square += d[k] * d[k];
				}
				double magnitude = 0.01 / (square * square_root(square));
				for (int k = 0; k < 3; k++) {
					bodies[i].v[k] -= d[k] * bodies[j].mass * magnitude;
					bodies[j].v[k] += d[k] * bodies[i].mass * magnitude;
				}
			}
		for (int i = 0; i < 4; i++)
			for (int k = 0; k < 3; k++)
				bodies[i].x[k] += 0.01 * bodies[i].v[k];
	}
	print_double(energy(), 12);
	print("\n");
}

static void fractal(void)
{
	for (int y = -8; y <= 8; y++) {
		for (int x = -30; x <= 15; x++) {
			double cr = x / 15.0, ci = y / 8.0, r = 0, i = 0;
			int n = 0;
			for (; n < 60 && r * r + i * i < 4; n++) {
				double t = r * r - i * i + cr;
				i = 2 * r * i + ci;
				r = t;
			}
			put_char(n == 60 ? '#' : " .:-=+*%"[n & 7]);
		}
		put_char('\n');
	}
}

static void matrices(void)
{
	static double a[12][12], b[12][12], c[12][12];
	double determinant = 1;
	for (int i = 0; i < 12; i++)
		for (int j = 0; j < 12; j++) {
			a[i][j] = random() - 0.5;
			b[i][j] = 1.0 / (i + j + 1);
		}
	for (int i = 0; i < 12; i++)
		for (int j = 0; j < 12; j++)
			for (int k = 0; k < 12; k++)
				c[i][j] += a[i][k] * b[k][j];
	for (int i = 0; i < 12; i++) {
		determinant *= a[i][i];
		for (int j = i + 1; j < 12; j++) {
			double f = a[j][i] / a[i][i];
			for (int k = i; k < 12; k++)
				a[j][k] -= f * a[i][k];
		}
	}
	print_double(determinant, 9);
	print_double(c[3][7], 9);
	print_double(c[11][0], 9);
	print("\n");
}

static void conversions(void)
{
	double values[] = { 0.0, -0.0, 0.5, -0.5, 1.5, 2.5, -2.5, 1e9, -1e9, 2147483647.0, -2147483648.0,
		4294967295.0, 1e18, -1e18, 9223372036854774784.0, 1e-310, 3.4e38, 1e-45 };
	for (u32 i = 0; i < sizeof values / sizeof *values; i++) {
		volatile double d = values[i];
		volatile float f = d;
		print_double(d, 3);
		print_float(f);
		if (d > -2147483649.0 && d < 2147483648.0)
			print(" %d %d", (int)d, (int)(short)(int)d);
		if (d > -9.3e18 && d < 9.3e18)
			print(" %ld", (s64)d);
		if (d >= 0 && d < 1.8e19)
			print(" %lu %u", (u64)d, (u32)(u64)d);
		print("\n");
	}
	for (int i = 0; i < 40; i++) {
		volatile s64 n = (s64)1 << i * 3 / 2 | i;
		volatile u64 u = ~(u64)n;
		volatile int m = -(int)n;
		print_double((double)n, 0);
		print_double((double)u, 0);
		print_float((float)n);
		print_float((float)m);
		print("\n");
	}
}

static void special_values(void)
{
	volatile double zero = 0, one = 1, big = 1e308, small = 1e-308;
	double values[] = { one / zero, -one / zero, zero / zero, big * 10, -big * big, small * small,
		small / 4, big * 10 - big * 10, -zero, zero * -one };
	int n = sizeof values / sizeof *values;
	for (int i = 0; i < n; i++) {
		volatile double a = values[i];
		for (int j = 0; j < n; j++) {
			volatile double b = values[j];
			print("%d%d%d%d%d%d ", a < b, a <= b, a == b, a != b, a >= b, a > b);
		}
		print("%d %d\n", __builtin_isnan(a) != 0, __builtin_isinf(a) != 0);
	}
	volatile float f = 1;
	int steps = 0;
	while (f > 0) {
		f /= 3;
		steps++;
	}
	print("%d steps down to zero\n", steps);
}

/* polynomials for exp and sin, so that the rounding of every operation counts */
static double exponential(double x)
{
	double term = 1, sum = 1;
	for (int i = 1; i < 30; i++) {
		term *= x / i;
		sum += term;
	}
	return sum;
}

static double sine(double x)
{
	double term = x, sum = x;
	for (int i = 1; i < 15; i++) {
		term *= -x * x / ((2 * i) * (2 * i + 1));
		sum += term;
	}
	return sum;
}

static void series(void)
{
	for (int i = -5; i <= 5; i++) {
		print_double(exponential(i * 0.7), 10);
		print_double(sine(i * 0.4), 10);
		print("\n");
	}
}

static void single_precision(void)
{
	float signal[64], result[64];
	for (int i = 0; i < 64; i++)
		signal[i] = (float)random() * 2 - 1;
	for (int i = 0; i < 64; i++) {
		result[i] = 0;
		for (int j = 0; j < 64; j++)
			result[i] += signal[j] * signal[(i * j) & 63];
	}
	for (int i = 0; i < 64; i += 9)
		print_float(result[i]);
	print("\n");
}

int main(void)
{
	orbits();
	fractal();
	matrices();
	conversions();
	special_values();
	series();
	single_precision();
	return 3;
}
