// Several numbers at once: what is written once, and compiled for each kind of processor. The functions are Cephes's (Moshier), right to some units
// in the last place, so that results do not depend on the C library. NaN stays NaN.
#pragma once

#include <cstdint>
#include <cstring>

#define INLINE static inline __attribute__((always_inline))
#define IN_AVX2 __attribute__((target("avx2,fma")))
#define IN_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))

namespace imdbsh {

enum class Processor { PLAIN, AVX2, AVX512 };

// What libtorch calls so: AVX512, AVX2, DEFAULT.
inline Processor processor_of(const char *capability) {
#ifdef __x86_64__
  const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (has_avx512 && std::strcmp(capability, "AVX512") == 0) {
    return Processor::AVX512;
  }
  if (std::strcmp(capability, "AVX2") == 0) {
    return Processor::AVX2;
  }
#endif
  return Processor::PLAIN;
}

template <int WIDTH> struct Lanes {
  typedef float Floats __attribute__((vector_size(4 * WIDTH)));
  typedef uint32_t Bits __attribute__((vector_size(4 * WIDTH)));

  // The first `n` numbers; the rest is zero.
  INLINE Floats load(const float *from, int64_t n) {
    Floats x = {};
    std::memcpy(&x, from, n == WIDTH ? sizeof x : n * sizeof(float));
    return x;
  }

  INLINE void store(float *to, Floats x, int64_t n) {
    std::memcpy(to, &x, n == WIDTH ? sizeof x : n * sizeof(float));
  }

  // What `number(lane)` is for each.
  template <class Number> INLINE Bits each(Number number) {
    uint32_t all[WIDTH];
    for (int lane = 0; lane < WIDTH; lane++) {
      all[lane] = number(lane);
    }
    Bits made;
    std::memcpy(&made, all, sizeof made);
    return made;
  }

  // All ones in the first `n` lanes.
  INLINE Bits first(int64_t n) {
    return (Bits)(each([](int lane) { return uint32_t(lane); }) < Bits{} + static_cast<uint32_t>(n));
  }

  // All ones where the bit is set: those behind `at` in a row of bits, of which four bytes can be read.
  INLINE Bits spread(const uint8_t *bits, int64_t at) {
    uint32_t word;
    std::memcpy(&word, bits + at / 8, sizeof word);
    return (Bits)(((Bits{} + (word >> (at % 8))) & each([](int lane) { return 1u << lane; })) != Bits{});
  }

  // What is kept of numbers, the others zero.
  INLINE Floats keep(Bits kept, Floats x) { return (Floats)((Bits)x & kept); }

  INLINE Floats largest(Floats a, Floats b) { return a > b ? a : b; }

  // Of all lanes.
  INLINE float largest(Floats x) {
    return together(x, [](float a, float b) { return a > b ? a : b; });
  }

  INLINE float sum(Floats x) {
    return together(x, [](float a, float b) { return a + b; });
  }

  template <class Pair> INLINE float together(Floats x, Pair pair) {
    float all[WIDTH];
    std::memcpy(all, &x, sizeof x);
    for (int n = WIDTH / 2; n > 0; n /= 2) {
      for (int i = 0; i < n; i++) {
        all[i] = pair(all[i], all[n + i]);
      }
    }
    return all[0];
  }

  INLINE Floats exponential(Floats x) {
    const Floats most = Floats{} + 89.0f, least = Floats{} - 87.0f; // from 88.4 on it is infinite
    x = x > most ? most : x;
    x = x < least ? least : x;
    // 1.5·2^23 has no room for a fraction: what is added to it is rounded, and stands in its low bits.
    const Floats rounded = x * 1.44269504f + 12582912.0f;
    const Floats n = rounded - 12582912.0f;
    Floats r = x - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    Floats y = {};
    y = y + 1.9875691500e-4f;
    y = y * r + 1.3981999507e-3f;
    y = y * r + 8.3334519073e-3f;
    y = y * r + 4.1665795894e-2f;
    y = y * r + 1.6666665459e-1f;
    y = y * r + 5.0000001201e-1f;
    y = y * (r * r) + r + 1.0f;
    return y * (Floats)(((Bits)rounded << 23) + 0x3f800000u);
  }
};

} // namespace imdbsh
