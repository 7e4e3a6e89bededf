// Long short-term memory: gates i, f, g, o, as PyTorch orders them.

#include "units.h"

namespace imdbsh::recurrent {
namespace {

template <int WIDTH> struct Lstm : Units<WIDTH> {
  using U = Units<WIDTH>;
  using Floats = typename U::Floats;

  INLINE void forward(const Step &step, int64_t row, int64_t j, int64_t n) {
    const int64_t hidden = step.hidden;
    float *gates = step.gates + row * 4 * hidden + j;
    const float *bias = step.bias + j;
    float *c = step.c + row * hidden + j;
    const Floats i = U::sigmoid(U::load(gates, n) + U::load(bias, n));
    const Floats f = U::sigmoid(U::load(gates + hidden, n) + U::load(bias + hidden, n));
    const Floats g = U::tangent(U::load(gates + 2 * hidden, n) + U::load(bias + 2 * hidden, n));
    const Floats o = U::sigmoid(U::load(gates + 3 * hidden, n) + U::load(bias + 3 * hidden, n));
    const Floats cell = f * U::load(c, n) + i * g;
    const Floats output = o * U::tangent(cell);
    U::store(c, cell, n);
    U::store(step.h + row * hidden + j, output, n);
    U::store(step.out + step.places[row] * step.stride + j, output, n);
    if (step.keeps) {
      U::store(gates, i, n);
      U::store(gates + hidden, f, n);
      U::store(gates + 2 * hidden, g, n);
      U::store(gates + 3 * hidden, o, n);
    }
    if (step.cells) {
      U::store(step.cells + row * hidden + j, cell, n);
    }
  }

  INLINE void backward(const StepBack &step, int64_t j, int64_t n) {
    const int64_t hidden = step.hidden;
    const float *gates = step.gates + j;
    const Floats i = U::load(gates, n), f = U::load(gates + hidden, n);
    const Floats g = U::load(gates + 2 * hidden, n), o = U::load(gates + 3 * hidden, n);
    const Floats t = U::tangent(U::load(step.cell + j, n));
    const Floats dh = U::load(step.d_out + j, n) + U::load(step.d_h + j, n);
    const Floats dc = U::load(step.d_c + j, n) + U::load(step.d_cell + j, n) + dh * o * (1.0f - t * t);
    float *d_gates = step.d_gates + j;
    U::store(d_gates, dc * g * i * (1.0f - i), n);
    U::store(d_gates + hidden, dc * U::load(step.before + j, n) * f * (1.0f - f), n);
    U::store(d_gates + 2 * hidden, dc * i * (1.0f - g * g), n);
    U::store(d_gates + 3 * hidden, dh * t * o * (1.0f - o), n);
    U::store(step.d_c + j, dc * f, n);
  }
};

} // namespace

Cell lstm(Processor processor) {
  return EachUnit<Lstm>::of({4, {{0, 0, 4}, {}}, {0, 0, 4}, 0, true, false, nullptr, nullptr}, processor);
}

} // namespace imdbsh::recurrent
