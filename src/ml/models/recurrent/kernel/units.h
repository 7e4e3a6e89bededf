// What the kinds of cells share: the gates' functions, and the walk over hidden units, once for each kind of processor. NaN stays NaN.
#pragma once

#include "cell.h"

namespace imdbsh::recurrent {

template <int WIDTH> struct Units {
  using Known = Lanes<WIDTH>;
  using Floats = typename Known::Floats;
  using Bits = typename Known::Bits;

  INLINE Floats load(const float *from, int64_t n) { return Known::load(from, n); }

  INLINE void store(float *to, Floats x, int64_t n) { Known::store(to, x, n); }

  INLINE Floats exponential(Floats x) { return Known::exponential(x); }

  INLINE Floats sigmoid(Floats x) { return 1.0f / (1.0f + exponential(-x)); }

  // Cephes's (Moshier).
  INLINE Floats tangent(Floats x) {
    const Bits sign = (Bits)x & 0x80000000u;
    const Floats size = (Floats)((Bits)x & 0x7fffffffu);
    const Floats large = 1.0f - 2.0f / (exponential(2.0f * size) + 1.0f);
    const Floats z = size * size;
    Floats y = {};
    y = y - 5.70498872745e-3f;
    y = y * z + 2.06390887954e-2f;
    y = y * z - 5.37397155531e-2f;
    y = y * z + 1.33314422036e-1f;
    y = y * z - 3.33332819422e-1f;
    const Floats small = y * z * size + size;
    const Floats known = size < 0.625f ? small : large;
    return (Floats)((Bits)known | sign);
  }
};

// All units of a step by `Of<WIDTH>`, which computes `n` of them from `j` on: `forward(step, row, j, n)`, `backward(step, j, n)`.
template <template <int> class Of> class EachUnit {
  template <int WIDTH> INLINE void forward(const Step &step) {
    for (int64_t row = 0; row < step.count; row++) {
      int64_t j = 0;
      for (; j + WIDTH <= step.hidden; j += WIDTH) {
        Of<WIDTH>::forward(step, row, j, WIDTH);
      }
      if (j < step.hidden) {
        Of<WIDTH>::forward(step, row, j, step.hidden - j);
      }
    }
  }

  template <int WIDTH> INLINE void backward(const StepBack &step) {
    int64_t j = 0;
    for (; j + WIDTH <= step.hidden; j += WIDTH) {
      Of<WIDTH>::backward(step, j, WIDTH);
    }
    if (j < step.hidden) {
      Of<WIDTH>::backward(step, j, step.hidden - j);
    }
  }

  static void forward_plain(const Step &step) { forward<4>(step); }
  static void backward_plain(const StepBack &step) { backward<4>(step); }
#ifdef __x86_64__
  IN_AVX2 static void forward_avx2(const Step &step) { forward<8>(step); }
  IN_AVX2 static void backward_avx2(const StepBack &step) { backward<8>(step); }
  IN_AVX512 static void forward_avx512(const Step &step) { forward<16>(step); }
  IN_AVX512 static void backward_avx512(const StepBack &step) { backward<16>(step); }
#endif

public:
  // The cell with its functions for this processor.
  static Cell of(Cell cell, Processor processor) {
    cell.forward = forward_plain;
    cell.backward = backward_plain;
#ifdef __x86_64__
    if (processor == Processor::AVX512) {
      cell.forward = forward_avx512;
      cell.backward = backward_avx512;
    } else if (processor == Processor::AVX2) {
      cell.forward = forward_avx2;
      cell.backward = backward_avx2;
    }
#endif
    return cell;
  }
};

} // namespace imdbsh::recurrent
