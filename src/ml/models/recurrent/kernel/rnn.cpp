// The plain recurrent cell (Elman 1990): `h' = tanh(W x + b + U h + c)`, or the positive part of it.

#include "units.h"

namespace imdbsh::recurrent {
namespace {

template <int WIDTH, bool IS_RELU> struct Rnn : Units<WIDTH> {
  using U = Units<WIDTH>;
  using Floats = typename U::Floats;
  using Bits = typename U::Bits;

  INLINE void forward(const Step &step, int64_t row, int64_t j, int64_t n) {
    float *gate = step.gates + row * step.hidden + j;
    const Floats sum = U::load(gate, n) + U::load(step.bias + j, n);
    const Floats output = IS_RELU ? (sum <= 0.0f ? Floats{} : sum) : U::tangent(sum);
    U::store(step.h + row * step.hidden + j, output, n);
    U::store(step.out + step.places[row] * step.stride + j, output, n);
    if (step.keeps) {
      U::store(gate, output, n);
    }
  }

  INLINE void backward(const StepBack &step, int64_t j, int64_t n) {
    const Floats h = U::load(step.gates + j, n);
    const Floats dh = U::load(step.d_out + j, n) + U::load(step.d_h + j, n);
    U::store(step.d_gates + j, IS_RELU ? (h <= 0.0f ? Floats{} : dh) : dh * (1.0f - h * h), n);
  }
};

template <int WIDTH> using Tanh = Rnn<WIDTH, false>;
template <int WIDTH> using Relu = Rnn<WIDTH, true>;

constexpr Cell PLAIN_CELL = {1, {{0, 0, 1}, {}}, {0, 0, 1}, 0, false, false, nullptr, nullptr};

} // namespace

Cell rnn_tanh(Processor processor) { return EachUnit<Tanh>::of(PLAIN_CELL, processor); }

Cell rnn_relu(Processor processor) { return EachUnit<Relu>::of(PLAIN_CELL, processor); }

} // namespace imdbsh::recurrent
