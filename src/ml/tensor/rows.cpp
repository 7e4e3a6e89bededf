// Rows of a matrix by their numbers, each at most once: what stands between padded and packed sequences. Much faster than libtorch's
// own on the way back, which adds up rows that could be the same.

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cstdio>
#include <cstring>

namespace {

using at::Tensor;
using torch::autograd::variable_list;

// `of` rows at the places of `index` -> those in a row; or, where it `spreads`, the other way, zero between them.
struct Move : torch::autograd::Function<Move> {
  static variable_list forward(torch::autograd::AutogradContext *context, const Tensor &rows, const Tensor &index,
                               int64_t count, bool spreads) {
    const Tensor from = rows.contiguous();
    const int64_t features = from.size(1), given = from.size(0);
    const size_t bytes = features * sizeof(float);
    const Tensor to = spreads ? at::zeros({count, features}, from.options()) : at::empty({count, features}, from.options());
    const int64_t *at = index.data_ptr<int64_t>();
    const float *source = from.data_ptr<float>();
    float *target = to.data_ptr<float>();
    for (int64_t i = 0; i < index.numel(); i++) {
      const int64_t place = at[i];
      TORCH_CHECK(place >= 0 && place < (spreads ? count : given), "a row that there is not");
      std::memcpy(target + (spreads ? place : i) * features, source + (spreads ? i : place) * features, bytes);
    }
    context->save_for_backward({index});
    context->saved_data["given"] = given;
    context->saved_data["spreads"] = spreads;
    return {to};
  }

  static variable_list backward(torch::autograd::AutogradContext *context, variable_list gradients) {
    return {apply(gradients[0], context->get_saved_variables()[0], context->saved_data["given"].toInt(),
                  !context->saved_data["spreads"].toBool())[0],
            Tensor(), Tensor(), Tensor()};
  }
};

} // namespace

// float32 on the processor, [rows, features]; `index` int64. Null, and why, where it fails.
extern "C" Tensor *imdbsh_move_rows(const Tensor *rows, const Tensor *index, int64_t count, bool spreads, char *why,
                                    size_t size) noexcept {
  try {
    return new Tensor(Move::apply(*rows, index->contiguous(), count, spreads)[0]);
  } catch (const std::exception &e) {
    std::snprintf(why, size, "%s", e.what());
  } catch (...) {
    std::snprintf(why, size, "unknown exception");
  }
  return nullptr;
}
