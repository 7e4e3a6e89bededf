// What is computed of each position alone, as operations of libtorch's with their gradients. Threads share out parts of a fixed size, so that bits do
// not depend on how many there are.

#include "numbers.h"
#include "processor.h"
#include "threads.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cstdio>

extern "C" bool imdbsh_stops() noexcept; // whether what runs is to stop

namespace {

using namespace imdbsh;
using namespace imdbsh::positions;
using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t NUMBERS = 1 << 15; // that a thread takes at a time

const Functions &functions() {
  static const Functions chosen = functions_for(processor());
  return chosen;
}

int64_t parts_of(int64_t count, int64_t size) { return (count + size - 1) / size; }

// `task(part, first, end)` for parts of `size` of `count` things.
template <class Task> void each_part(int64_t count, int64_t size, Task task) {
  Watch watch(imdbsh_stops);
  on_threads(at::get_num_threads(), parts_of(count, size), watch, [&](int64_t part, int64_t) {
    task(part, part * size, std::min(count, (part + 1) * size));
  });
}

void refuse_second(const char *what) {
  if (at::GradMode::is_enabled()) {
    throw std::runtime_error(std::string(what) + "'s gradient has none itself on the processor: leave create_graph out");
  }
}

Tensor gelu_of(const Tensor &x) {
  const Tensor y = at::empty(x.sizes(), x.options());
  const float *from = x.data_ptr<float>();
  float *to = y.data_ptr<float>();
  each_part(x.numel(), NUMBERS, [&](int64_t, int64_t first, int64_t end) {
    functions().gelu(end - first, from + first, to + first);
  });
  return y;
}

struct Gelu : torch::autograd::Function<Gelu> {
  static Tensor forward(AutogradContext *context, const Tensor &x) {
    context->save_for_backward({x});
    return gelu_of(x);
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    refuse_second("gelu");
    const Tensor x = context->get_saved_variables()[0], given = gradients[0].contiguous();
    const Tensor d_x = at::empty(x.sizes(), x.options());
    const float *from = x.data_ptr<float>(), *d_y = given.data_ptr<float>();
    float *to = d_x.data_ptr<float>();
    each_part(x.numel(), NUMBERS, [&](int64_t, int64_t first, int64_t end) {
      functions().gelu_back(end - first, from + first, d_y + first, to + first);
    });
    return {d_x};
  }
};

struct Settled {
  Tensor out, normal, shares, bits;
};

Dropping dropping_of(const Tensor &bits, double drop) {
  return {bits.defined() ? bits.data_ptr<uint8_t>() : nullptr, static_cast<float>(1.0 / (1.0 - drop))};
}

// How many positions a thread takes at a time.
int64_t positions_of(int64_t width) { return std::max<int64_t>(1, NUMBERS / width); }

Settled settle(const Tensor &given, const Tensor &before, const Tensor &weight, const Tensor &bias, double eps, double drop,
               int64_t seed, bool recorded) {
  Settled made;
  made.out = at::empty(given.sizes(), given.options());
  const int64_t width = weight.numel(), positions = given.numel() / width;
  if (recorded) {
    made.normal = at::empty(given.sizes(), given.options());
    made.shares = at::empty({positions}, given.options());
  }
  if (drop > 0.0) {
    made.bits = at::empty({Dropping::bytes(given.numel())}, given.options().dtype(at::kByte));
    draw_bits(seed, drop, given.numel(), made.bits.data_ptr<uint8_t>(), processor());
  }
  Settling all{};
  all.width = width;
  all.eps = static_cast<float>(eps);
  all.dropping = dropping_of(made.bits, drop);
  all.given = given.data_ptr<float>();
  all.before = before.data_ptr<float>();
  all.weight = weight.data_ptr<float>();
  all.bias = bias.data_ptr<float>();
  all.out = made.out.data_ptr<float>();
  all.normal = recorded ? made.normal.data_ptr<float>() : all.out;
  all.shares = recorded ? made.shares.data_ptr<float>() : nullptr;
  each_part(positions, positions_of(width), [&](int64_t, int64_t first, int64_t end) {
    Settling part = all;
    part.first = first;
    part.end = end;
    functions().settle(part);
  });
  return made;
}

struct Settle : torch::autograd::Function<Settle> {
  static Tensor forward(AutogradContext *context, const Tensor &given, const Tensor &before, const Tensor &weight,
                        const Tensor &bias, double eps, double drop, int64_t seed) {
    const Settled made = settle(given, before, weight, bias, eps, drop, seed, true);
    context->save_for_backward({weight, made.normal, made.shares, made.bits});
    context->saved_data["drop"] = drop;
    return made.out;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    refuse_second("layer_norm");
    const variable_list saved = context->get_saved_variables();
    const Tensor &weight = saved[0], &normal = saved[1], &shares = saved[2], &bits = saved[3];
    const Tensor d_out = gradients[0].contiguous();
    const int64_t width = weight.numel(), positions = shares.numel(), size = positions_of(width);
    const Tensor d_before = at::empty(normal.sizes(), normal.options());
    const Tensor d_given = bits.defined() ? at::empty(normal.sizes(), normal.options()) : Tensor();
    // Of each part, to be added in their order.
    const Tensor d_weights = at::zeros({parts_of(positions, size), 2, width}, weight.options());
    SettlingBack all{};
    all.width = width;
    all.dropping = dropping_of(bits, context->saved_data["drop"].toDouble());
    all.d_out = d_out.data_ptr<float>();
    all.normal = normal.data_ptr<float>();
    all.shares = shares.data_ptr<float>();
    all.weight = weight.data_ptr<float>();
    all.d_before = d_before.data_ptr<float>();
    all.d_given = bits.defined() ? d_given.data_ptr<float>() : nullptr;
    float *sums = d_weights.data_ptr<float>();
    each_part(positions, size, [&](int64_t number, int64_t first, int64_t end) {
      SettlingBack part = all;
      part.first = first;
      part.end = end;
      part.d_weight = sums + 2 * number * width;
      part.d_bias = part.d_weight + width;
      functions().settle_back(part);
    });
    const Tensor sum = d_weights.sum(0);
    return {bits.defined() ? d_given : d_before, d_before, sum[0], sum[1], Tensor(), Tensor(), Tensor()};
  }
};

// What `make` makes, or null, and why.
template <class Make> Tensor *made(char *why, size_t size, Make make) {
  try {
    return new Tensor(make());
  } catch (const std::exception &e) {
    std::snprintf(why, size, "%s", e.what());
  } catch (...) {
    std::snprintf(why, size, "unknown exception");
  }
  return nullptr;
}

} // namespace

extern "C" Tensor *imdbsh_gelu(const Tensor *given, char *why, size_t size) noexcept {
  return made(why, size, [&] {
    const Tensor x = given->contiguous();
    return x.requires_grad() && at::GradMode::is_enabled() ? Gelu::apply(x) : gelu_of(x);
  });
}

// `given`: what a block gives and what went into it, [positions, width], and weight and bias of the norm, [width].
extern "C" Tensor *imdbsh_settle(const Tensor *const given[4], double eps, double drop, int64_t seed, char *why,
                                 size_t size) noexcept {
  return made(why, size, [&] {
    Tensor t[4];
    bool recorded = false;
    for (int i = 0; i < 4; i++) {
      t[i] = given[i]->contiguous();
      recorded = recorded || t[i].requires_grad();
    }
    TORCH_CHECK(t[0].sizes() == t[1].sizes() && t[2].sizes() == t[3].sizes() && t[0].size(-1) == t[2].numel(),
                "sizes do not fit");
    return recorded && at::GradMode::is_enabled() ? Settle::apply(t[0], t[1], t[2], t[3], eps, drop, seed)
                                                  : settle(t[0], t[1], t[2], t[3], eps, drop, seed, false).out;
  });
}
