/* SSE2 by intrinsics: packed integers and packed numbers. */
#define _MM_MALLOC_H_INCLUDED /* it would want a C library */
#include <emmintrin.h>

#include "guest.h"

static u32 seed = 7;

static u32 next(void)
{
	seed = seed * 1103515245 + 12345;
	return seed ^ seed >> 15;
}

static void show(const char *name, __m128i v)
{
	u32 w[4];
	_mm_storeu_si128((__m128i *)w, v);
	print("%s %08x%08x%08x%08x\n", name, w[3], w[2], w[1], w[0]);
}

#define INTEGER(operation) show(#operation, _mm_##operation(a, b))
#define DOUBLE(operation) show(#operation, _mm_castpd_si128(_mm_##operation(p, q)))
#define SINGLE(operation) show(#operation, _mm_castps_si128(_mm_##operation(f, g)))

static void integers(__m128i a, __m128i b)
{
	INTEGER(add_epi8); INTEGER(add_epi16); INTEGER(add_epi32); INTEGER(add_epi64);
	INTEGER(adds_epi8); INTEGER(adds_epi16); INTEGER(adds_epu8); INTEGER(adds_epu16);
	INTEGER(sub_epi8); INTEGER(sub_epi16); INTEGER(sub_epi32); INTEGER(sub_epi64);
	INTEGER(subs_epi8); INTEGER(subs_epi16); INTEGER(subs_epu8); INTEGER(subs_epu16);
	INTEGER(mullo_epi16); INTEGER(mulhi_epi16); INTEGER(mulhi_epu16); INTEGER(mul_epu32);
	INTEGER(madd_epi16); INTEGER(sad_epu8); INTEGER(avg_epu8); INTEGER(avg_epu16);
	INTEGER(min_epu8); INTEGER(max_epu8); INTEGER(min_epi16); INTEGER(max_epi16);
	INTEGER(and_si128); INTEGER(andnot_si128); INTEGER(or_si128); INTEGER(xor_si128);
	INTEGER(cmpeq_epi8); INTEGER(cmpeq_epi16); INTEGER(cmpeq_epi32);
	INTEGER(cmpgt_epi8); INTEGER(cmpgt_epi16); INTEGER(cmpgt_epi32);
	INTEGER(packs_epi16); INTEGER(packs_epi32); INTEGER(packus_epi16);
	INTEGER(unpacklo_epi8); INTEGER(unpackhi_epi8); INTEGER(unpacklo_epi16);
	INTEGER(unpackhi_epi16); INTEGER(unpacklo_epi32); INTEGER(unpackhi_epi32);
	INTEGER(unpacklo_epi64); INTEGER(unpackhi_epi64);
	__m128i count = _mm_and_si128(b, _mm_set_epi32(0, 0, 0, 31));
	show("sll", _mm_sll_epi16(a, count));
	show("srl", _mm_srl_epi32(a, count));
	show("sra", _mm_sra_epi32(a, count));
	show("sllq", _mm_sll_epi64(a, count));
	show("slli", _mm_slli_epi32(a, 5));
	show("srai", _mm_srai_epi16(a, 3));
	show("slldq", _mm_slli_si128(a, 3));
	show("srldq", _mm_srli_si128(a, 7));
	show("shuffle", _mm_shuffle_epi32(a, 0x1b));
	show("shufflelo", _mm_shufflelo_epi16(a, 0x93));
	show("shufflehi", _mm_shufflehi_epi16(a, 0x2d));
	show("insert", _mm_insert_epi16(a, 0x1234, 5));
	print("extract %x mask %x\n", _mm_extract_epi16(a, 6), _mm_movemask_epi8(a));
}

static void doubles(__m128d p, __m128d q)
{
	DOUBLE(add_pd); DOUBLE(sub_pd); DOUBLE(mul_pd); DOUBLE(div_pd); DOUBLE(min_pd); DOUBLE(max_pd);
	DOUBLE(add_sd); DOUBLE(sub_sd); DOUBLE(mul_sd); DOUBLE(div_sd);
	DOUBLE(cmplt_pd); DOUBLE(cmpnle_pd); DOUBLE(cmpunord_pd); DOUBLE(cmpeq_sd);
	DOUBLE(unpacklo_pd); DOUBLE(unpackhi_pd); DOUBLE(andnot_pd);
	show("sqrt", _mm_castpd_si128(_mm_sqrt_pd(p)));
	show("shuffle", _mm_castpd_si128(_mm_shuffle_pd(p, q, 1)));
	show("to float", _mm_castps_si128(_mm_cvtpd_ps(p)));
	show("to int", _mm_cvtpd_epi32(p));
	show("truncated", _mm_cvttpd_epi32(p));
	print("%d %d %d\n", _mm_comilt_sd(p, q), _mm_comige_sd(p, q), _mm_movemask_pd(p));
}

static void singles(__m128 f, __m128 g)
{
	SINGLE(add_ps); SINGLE(sub_ps); SINGLE(mul_ps); SINGLE(div_ps); SINGLE(min_ps); SINGLE(max_ps);
	SINGLE(add_ss); SINGLE(mul_ss); SINGLE(cmpgt_ps); SINGLE(cmpneq_ss); SINGLE(movehl_ps);
	SINGLE(unpacklo_ps); SINGLE(xor_ps);
	show("sqrt", _mm_castps_si128(_mm_sqrt_ps(f)));
	show("shuffle", _mm_castps_si128(_mm_shuffle_ps(f, g, 0x4e)));
	show("to int", _mm_cvtps_epi32(f));
	show("truncated", _mm_cvttps_epi32(f));
	show("to double", _mm_castpd_si128(_mm_cvtps_pd(f)));
	print("%d %d %d\n", _mm_comieq_ss(f, g), _mm_cvtss_si32(f), _mm_movemask_ps(f));
}

int main(void)
{
	for (int i = 0; i < 6; i++)
		integers(_mm_set_epi32(next(), next(), next(), next()),
			_mm_set_epi32(next(), next(), next(), next()));
	double special[] = { 1.5, -2.5, 1e300, -1e-300, 0, 3e9, 1.0 / 3, -7.75 };
	for (int i = 0; i < 8; i++) {
		doubles(_mm_set_pd(special[i], special[(i + 1) & 7]),
			_mm_set_pd(special[(i + 3) & 7], special[(i + 5) & 7]));
		singles(_mm_set_ps(special[i], special[(i + 1) & 7], 1.25f, -9.5f),
			_mm_set_ps(special[(i + 2) & 7], special[(i + 4) & 7], 0.1f, i));
	}
	_mm_setcsr(0x1f80);
	u32 roundings[] = { _MM_ROUND_NEAREST, _MM_ROUND_DOWN, _MM_ROUND_UP, _MM_ROUND_TOWARD_ZERO };
	for (int i = 0; i < 4; i++) {
		_MM_SET_ROUNDING_MODE(roundings[i]);
		show("thirds", _mm_castpd_si128(_mm_div_pd(_mm_set_pd(1, -1), _mm_set1_pd(3))));
		show("rounded", _mm_cvtps_epi32(_mm_set_ps(2.5f, -2.5f, 0.1f, -0.1f)));
		print("%x\n", _mm_getcsr());
	}
	return 0;
}
