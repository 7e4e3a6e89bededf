// The gates, several numbers at once, once for each kind of processor. The tangent is Cephes's (Moshier). NaN stays NaN.

#include "gates.h"

namespace imdbsh::lstm {
namespace {

template <int WIDTH> struct Cells {
  using Known = Lanes<WIDTH>;
  using Floats = typename Known::Floats;
  using Bits = typename Known::Bits;

  INLINE Floats load(const float *from, int64_t n) { return Known::load(from, n); }

  INLINE void store(float *to, Floats x, int64_t n) { Known::store(to, x, n); }

  INLINE Floats exponential(Floats x) { return Known::exponential(x); }

  INLINE Floats sigmoid(Floats x) { return 1.0f / (1.0f + exponential(-x)); }

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

  // `n` hidden units of one row, from `j` on.
  INLINE void forward_at(const Step &step, int64_t row, int64_t j, int64_t n) {
    const int64_t hidden = step.hidden;
    float *gates = step.gates + row * 4 * hidden + j;
    const float *bias = step.bias + j;
    float *c = step.c + row * hidden + j;
    const Floats i = sigmoid(load(gates, n) + load(bias, n));
    const Floats f = sigmoid(load(gates + hidden, n) + load(bias + hidden, n));
    const Floats g = tangent(load(gates + 2 * hidden, n) + load(bias + 2 * hidden, n));
    const Floats o = sigmoid(load(gates + 3 * hidden, n) + load(bias + 3 * hidden, n));
    const Floats cell = f * load(c, n) + i * g;
    const Floats output = o * tangent(cell);
    store(c, cell, n);
    store(step.h + row * hidden + j, output, n);
    store(step.out + step.places[row] * step.stride + j, output, n);
    if (step.cells) {
      store(gates, i, n);
      store(gates + hidden, f, n);
      store(gates + 2 * hidden, g, n);
      store(gates + 3 * hidden, o, n);
      store(step.cells + row * hidden + j, cell, n);
    }
  }

  INLINE void forward(const Step &step) {
    for (int64_t row = 0; row < step.count; row++) {
      int64_t j = 0;
      for (; j + WIDTH <= step.hidden; j += WIDTH) {
        forward_at(step, row, j, WIDTH);
      }
      if (j < step.hidden) {
        forward_at(step, row, j, step.hidden - j);
      }
    }
  }

  INLINE void backward_at(const StepBack &step, int64_t j, int64_t n) {
    const int64_t hidden = step.hidden;
    const float *gates = step.gates + j;
    const Floats i = load(gates, n), f = load(gates + hidden, n);
    const Floats g = load(gates + 2 * hidden, n), o = load(gates + 3 * hidden, n);
    const Floats t = tangent(load(step.cell + j, n));
    const Floats dh = load(step.d_out + j, n) + load(step.d_h + j, n);
    const Floats dc = load(step.d_c + j, n) + load(step.d_cell + j, n) + dh * o * (1.0f - t * t);
    float *d_gates = step.d_gates + j;
    store(d_gates, dc * g * i * (1.0f - i), n);
    store(d_gates + hidden, dc * load(step.before + j, n) * f * (1.0f - f), n);
    store(d_gates + 2 * hidden, dc * i * (1.0f - g * g), n);
    store(d_gates + 3 * hidden, dh * t * o * (1.0f - o), n);
    store(step.d_c + j, dc * f, n);
  }

  INLINE void backward(const StepBack &step) {
    int64_t j = 0;
    for (; j + WIDTH <= step.hidden; j += WIDTH) {
      backward_at(step, j, WIDTH);
    }
    if (j < step.hidden) {
      backward_at(step, j, step.hidden - j);
    }
  }
};

void forward_plain(const Step &step) { Cells<4>::forward(step); }
void backward_plain(const StepBack &step) { Cells<4>::backward(step); }

#ifdef __x86_64__
IN_AVX2 void forward_avx2(const Step &step) { Cells<8>::forward(step); }
IN_AVX2 void backward_avx2(const StepBack &step) { Cells<8>::backward(step); }
IN_AVX512 void forward_avx512(const Step &step) { Cells<16>::forward(step); }
IN_AVX512 void backward_avx512(const StepBack &step) { Cells<16>::backward(step); }
#endif

} // namespace

Gates gates_for(Processor processor) {
#ifdef __x86_64__
  switch (processor) {
  case Processor::AVX512:
    return {forward_avx512, backward_avx512};
  case Processor::AVX2:
    return {forward_avx2, backward_avx2};
  case Processor::PLAIN:
    break;
  }
#endif
  return {forward_plain, backward_plain};
}

} // namespace imdbsh::lstm
