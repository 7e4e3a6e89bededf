// Gated recurrent units as PyTorch has them: `n = tanh(W x + b + r ⊙ m)`, `m = U h + c`; `h' = (1 - z) ⊙ n + z ⊙ h`.
//
// The weights' blocks are r, z, n; those of the gates are n, r, z, m. What the input gives then is n and r, z, and what the state gives is r, z, m
// in the weights' own order: one product a step.

#include "units.h"

namespace imdbsh::recurrent {
namespace {

template <int WIDTH> struct Gru : Units<WIDTH> {
  using U = Units<WIDTH>;
  using Floats = typename U::Floats;

  INLINE void forward(const Step &step, int64_t row, int64_t j, int64_t n) {
    const int64_t hidden = step.hidden;
    float *gates = step.gates + row * 4 * hidden + j;
    const float *bias = step.bias + j;
    float *h = step.h + row * hidden + j;
    const Floats r = U::sigmoid(U::load(gates + hidden, n) + U::load(bias + hidden, n));
    const Floats z = U::sigmoid(U::load(gates + 2 * hidden, n) + U::load(bias + 2 * hidden, n));
    const Floats m = U::load(gates + 3 * hidden, n) + U::load(bias + 3 * hidden, n);
    const Floats fresh = U::tangent(U::load(gates, n) + U::load(bias, n) + r * m);
    const Floats output = fresh + z * (U::load(h, n) - fresh);
    U::store(h, output, n);
    U::store(step.out + step.places[row] * step.stride + j, output, n);
    if (step.keeps) {
      U::store(gates, fresh, n);
      U::store(gates + hidden, r, n);
      U::store(gates + 2 * hidden, z, n);
      U::store(gates + 3 * hidden, m, n);
    }
  }

  INLINE void backward(const StepBack &step, int64_t j, int64_t n) {
    const int64_t hidden = step.hidden;
    const float *gates = step.gates + j;
    const Floats fresh = U::load(gates, n), r = U::load(gates + hidden, n);
    const Floats z = U::load(gates + 2 * hidden, n), m = U::load(gates + 3 * hidden, n);
    const Floats dh = U::load(step.d_out + j, n) + U::load(step.d_h + j, n);
    const Floats d_fresh = dh * (1.0f - z) * (1.0f - fresh * fresh);
    float *d_gates = step.d_gates + j;
    U::store(d_gates, d_fresh, n);
    U::store(d_gates + hidden, d_fresh * m * r * (1.0f - r), n);
    U::store(d_gates + 2 * hidden, dh * (U::load(step.state + j, n) - fresh) * z * (1.0f - z), n);
    U::store(d_gates + 3 * hidden, d_fresh * r, n);
    U::store(step.d_h + j, dh * z, n);
  }
};

} // namespace

Cell gru(Processor processor) {
  return EachUnit<Gru>::of({4, {{0, 1, 2}, {2, 0, 1}}, {0, 1, 3}, 1, false, true, nullptr, nullptr}, processor);
}

} // namespace imdbsh::recurrent
