#include "numbers.h"

#include <cmath>

namespace imdbsh::positions {
namespace {

template <int WIDTH> struct Numbers {
  using Known = Lanes<WIDTH>;
  using Floats = typename Known::Floats;

  // `walk(j, n)` for each vector of `count` numbers, of which it holds `n`.
  template <class Walk> INLINE void each(int64_t count, Walk walk) {
    int64_t j = 0;
    for (; j + WIDTH <= count; j += WIDTH) {
      walk(j, WIDTH);
    }
    if (j < count) {
      walk(j, count - j);
    }
  }

  // Φ(x), where `bell` is exp(-x²/2). What lies beyond |x| is bell·t·S(t) with t = 1 / (1 + 0.35·|x|); S is Chebyshev's polynomial of degree 8 of
  // it, right to 4e-8 of the value, far from zero as well.
  INLINE Floats below(Floats x, Floats bell) {
    const Floats size = x < 0.0f ? -x : x;
    const Floats t = 1.0f / (1.0f + 0.35f * size);
    Floats s = {};
    s = s - 0.0289459072f;
    s = s * t + 0.143088068f;
    s = s * t - 0.254084799f;
    s = s * t + 0.157547441f;
    s = s * t - 0.0221562562f;
    s = s * t + 0.105175193f;
    s = s * t + 0.119899645f;
    s = s * t + 0.139854914f;
    s = s * t + 0.139621688f;
    const Floats beyond = bell * t * s;
    return x > 0.0f ? 1.0f - beyond : beyond;
  }

  INLINE Floats bell(Floats x) { return Known::exponential(x * x * -0.5f); }

  INLINE void gelu(int64_t count, const float *x, float *y) {
    each(count, [&](int64_t j, int64_t n) __attribute__((always_inline)) {
      const Floats v = Known::load(x + j, n);
      Known::store(y + j, v * below(v, bell(v)), n);
    });
  }

  INLINE void gelu_back(int64_t count, const float *x, const float *d_y, float *d_x) {
    each(count, [&](int64_t j, int64_t n) __attribute__((always_inline)) {
      const Floats v = Known::load(x + j, n), high = bell(v);
      Known::store(d_x + j, Known::load(d_y + j, n) * (below(v, high) + v * high * 0.39894228f), n);
    });
  }

  INLINE Floats dropped(const Dropping &dropping, int64_t at, Floats x) {
    return dropping.bits ? Known::keep(Known::spread(dropping.bits, at), x * dropping.grown) : x;
  }

  INLINE void settle(const Settling &s) {
    for (int64_t position = s.first; position < s.end; position++) {
      const int64_t row = position * s.width;
      float *normal = s.normal + row;
      Floats total = {}, squares = {};
      each(s.width, [&](int64_t j, int64_t n) __attribute__((always_inline)) {
        const Floats x = dropped(s.dropping, row + j, Known::load(s.given + row + j, n)) + Known::load(s.before + row + j, n);
        total += x;
        Known::store(normal + j, x, n);
      });
      const float mean = Known::sum(total) / static_cast<float>(s.width);
      each(s.width, [&](int64_t j, int64_t n) __attribute__((always_inline)) {
        const Floats off = Known::load(normal + j, n) - mean;
        squares += n == WIDTH ? off * off : Known::keep(Known::first(n), off * off);
      });
      const float share = 1.0f / std::sqrt(Known::sum(squares) / static_cast<float>(s.width) + s.eps);
      if (s.shares) {
        s.shares[position] = share;
      }
      each(s.width, [&](int64_t j, int64_t n) __attribute__((always_inline)) {
        const Floats x = (Known::load(normal + j, n) - mean) * share;
        Known::store(normal + j, x, n);
        Known::store(s.out + row + j, x * Known::load(s.weight + j, n) + Known::load(s.bias + j, n), n);
      });
    }
  }

  INLINE void settle_back(const SettlingBack &s) {
    for (int64_t position = s.first; position < s.end; position++) {
      const int64_t row = position * s.width;
      const float *d_out = s.d_out + row, *normal = s.normal + row;
      Floats level = {}, along = {};
      each(s.width, [&](int64_t j, int64_t n) __attribute__((always_inline)) {
        const Floats given = Known::load(d_out + j, n), x = Known::load(normal + j, n);
        const Floats d = given * Known::load(s.weight + j, n);
        level += d;
        along += d * x;
        Known::store(s.d_weight + j, Known::load(s.d_weight + j, n) + given * x, n);
        Known::store(s.d_bias + j, Known::load(s.d_bias + j, n) + given, n);
      });
      // What the mean and the deviation take away.
      const float shift = Known::sum(level) / static_cast<float>(s.width), turn = Known::sum(along) / static_cast<float>(s.width);
      const float share = s.shares[position];
      each(s.width, [&](int64_t j, int64_t n) __attribute__((always_inline)) {
        const Floats d = Known::load(d_out + j, n) * Known::load(s.weight + j, n);
        const Floats d_x = (d - shift - Known::load(normal + j, n) * turn) * share;
        Known::store(s.d_before + row + j, d_x, n);
        if (s.d_given) {
          Known::store(s.d_given + row + j, dropped(s.dropping, row + j, d_x), n);
        }
      });
    }
  }
};

void gelu_plain(int64_t count, const float *x, float *y) { Numbers<4>::gelu(count, x, y); }
void gelu_back_plain(int64_t count, const float *x, const float *d_y, float *d_x) {
  Numbers<4>::gelu_back(count, x, d_y, d_x);
}
void settle_plain(const Settling &s) { Numbers<4>::settle(s); }
void settle_back_plain(const SettlingBack &s) { Numbers<4>::settle_back(s); }

#ifdef __x86_64__
IN_AVX2 void gelu_avx2(int64_t count, const float *x, float *y) { Numbers<8>::gelu(count, x, y); }
IN_AVX2 void gelu_back_avx2(int64_t count, const float *x, const float *d_y, float *d_x) {
  Numbers<8>::gelu_back(count, x, d_y, d_x);
}
IN_AVX2 void settle_avx2(const Settling &s) { Numbers<8>::settle(s); }
IN_AVX2 void settle_back_avx2(const SettlingBack &s) { Numbers<8>::settle_back(s); }
IN_AVX512 void gelu_avx512(int64_t count, const float *x, float *y) { Numbers<16>::gelu(count, x, y); }
IN_AVX512 void gelu_back_avx512(int64_t count, const float *x, const float *d_y, float *d_x) {
  Numbers<16>::gelu_back(count, x, d_y, d_x);
}
IN_AVX512 void settle_avx512(const Settling &s) { Numbers<16>::settle(s); }
IN_AVX512 void settle_back_avx512(const SettlingBack &s) { Numbers<16>::settle_back(s); }
#endif

} // namespace

Functions functions_for(Processor processor) {
#ifdef __x86_64__
  switch (processor) {
  case Processor::AVX512:
    return {gelu_avx512, gelu_back_avx512, settle_avx512, settle_back_avx512};
  case Processor::AVX2:
    return {gelu_avx2, gelu_back_avx2, settle_avx2, settle_back_avx2};
  case Processor::PLAIN:
    break;
  }
#endif
  return {gelu_plain, gelu_back_plain, settle_plain, settle_back_plain};
}

} // namespace imdbsh::positions
