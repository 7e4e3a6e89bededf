// Convolution and pooling over packed rows as operations of libtorch's, with their gradients. Threads share out blocks of rows, which are the same
// however many threads there are.

#include "products.h"
#include "threads.h"
#include "windows.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cstdio>

extern "C" bool imdbsh_stops() noexcept; // whether what runs is to stop

namespace {

using namespace imdbsh;
using namespace imdbsh::windows;
using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

enum class Pool : int64_t { MAX, MEAN };

// Windows over rows: four numbers a row, as `Row` has them.
struct Plan {
  std::vector<int64_t> shape, numbers;

  Shape window() const { return {shape[0], shape[1], shape[2], shape[3]}; }

  std::vector<Row> rows() const {
    std::vector<Row> all;
    for (size_t i = 0; i < numbers.size(); i += 4) {
      all.push_back({numbers[i], numbers[i + 1], numbers[i + 2], numbers[i + 3]});
    }
    return all;
  }

  int64_t outputs() const { return numbers.empty() ? 0 : numbers[numbers.size() - 2] + numbers.back(); }

  void save(AutogradContext *context) const {
    context->saved_data["shape"] = shape;
    context->saved_data["numbers"] = numbers;
  }

  static Plan of(AutogradContext *context) {
    return {context->saved_data["shape"].toIntVector(), context->saved_data["numbers"].toIntVector()};
  }
};

void refuse_second(const char *what) {
  if (at::GradMode::is_enabled()) {
    throw std::runtime_error(std::string(what) + "'s gradient has none itself on the processor: leave create_graph out");
  }
}

// `task(block, number, thread)` for all blocks.
template <class Task> void each_block(const std::vector<Block> &blocks, int64_t threads, Watch &watch, Task task) {
  on_threads(threads, static_cast<int64_t>(blocks.size()), watch,
             [&](int64_t number, int64_t thread) { task(blocks[number], number, thread); });
}

int64_t threads_for(const std::vector<Block> &blocks) {
  return std::min<int64_t>(at::get_num_threads(), static_cast<int64_t>(blocks.size()));
}

Convolution convolution_of(const Plan &plan, const Tensor &x, const Tensor &weight, const Tensor &bias) {
  return {plan.window(), x.size(1), weight.size(0), x.size(1) / weight.size(2), weight.data_ptr<float>(),
          bias.numel() > 0 ? bias.data_ptr<float>() : nullptr};
}

Tensor convolve(const Tensor &x, const Tensor &weight, const Tensor &bias, const Plan &plan) {
  const Convolution c = convolution_of(plan, x, weight, bias);
  const std::vector<Row> rows = plan.rows();
  const std::vector<Block> blocks = blocks_of(rows);
  const int64_t threads = threads_for(blocks);
  const Tensor out = at::empty({plan.outputs(), c.outputs}, x.options());
  const Tensor work = at::empty({threads, room(c)}, x.options());
  Watch watch(imdbsh_stops);
  each_block(blocks, threads, watch, [&](const Block &block, int64_t, int64_t thread) {
    forward(c, block, x.data_ptr<float>(), out.data_ptr<float>(), work.data_ptr<float>() + thread * room(c), watch);
  });
  return out;
}

struct Conv1d : torch::autograd::Function<Conv1d> {
  static Tensor forward(AutogradContext *context, const Tensor &x, const Tensor &weight, const Tensor &bias,
                        const Plan &plan) {
    context->save_for_backward({x, weight, bias});
    plan.save(context);
    return convolve(x, weight, bias, plan);
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    refuse_second("a convolution");
    const variable_list saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1], &bias = saved[2];
    const Plan plan = Plan::of(context);
    const Convolution c = convolution_of(plan, x, weight, bias);
    const std::vector<Row> rows = plan.rows();
    const std::vector<Block> blocks = blocks_of(rows);
    const int64_t threads = threads_for(blocks), parts = static_cast<int64_t>(blocks.size());
    const Tensor d_out = gradients[0].contiguous();
    const Tensor d_x = context->needs_input_grad(0) ? at::zeros(x.sizes(), x.options()) : Tensor();
    const Tensor d_weight = at::zeros({parts, weight.size(0), weight.size(1), weight.size(2)}, x.options());
    const Tensor d_bias = at::zeros({parts, c.outputs}, x.options());
    const Tensor work = at::empty({threads, room(c)}, x.options());
    Watch watch(imdbsh_stops);
    each_block(blocks, threads, watch, [&](const Block &block, int64_t number, int64_t thread) {
      const auto part = [&](const Tensor &t) { return t.data_ptr<float>() + number * t.stride(0); };
      imdbsh::windows::backward(c, block, x.data_ptr<float>(), d_out.data_ptr<float>(),
                                d_x.defined() ? d_x.data_ptr<float>() : nullptr, part(d_weight), part(d_bias),
                                work.data_ptr<float>() + thread * room(c), watch);
    });
    return {d_x, d_weight.sum(0), bias.numel() > 0 ? d_bias.sum(0) : Tensor(), Tensor()};
  }
};

// The output, and where each maximum stands.
std::pair<Tensor, Tensor> pool(const Tensor &x, Pool kind, const Plan &plan) {
  const int64_t features = x.size(1);
  const std::vector<Row> rows = plan.rows();
  const std::vector<Block> blocks = blocks_of(rows);
  const Tensor out = at::empty({plan.outputs(), features}, x.options());
  const Tensor places = kind == Pool::MAX ? at::empty(out.sizes(), x.options().dtype(at::kInt)) : Tensor();
  Watch watch(imdbsh_stops);
  each_block(blocks, threads_for(blocks), watch, [&](const Block &block, int64_t, int64_t) {
    if (kind == Pool::MAX) {
      max_forward(plan.window(), block, features, x.data_ptr<float>(), out.data_ptr<float>(), places.data_ptr<int32_t>());
    } else {
      mean_forward(plan.window(), block, features, x.data_ptr<float>(), out.data_ptr<float>());
    }
  });
  return {out, places};
}

struct Pool1d : torch::autograd::Function<Pool1d> {
  static Tensor forward(AutogradContext *context, const Tensor &x, int64_t kind, const Plan &plan) {
    const auto [out, places] = pool(x, static_cast<Pool>(kind), plan);
    context->saved_data["kind"] = kind;
    context->saved_data["positions"] = x.size(0);
    if (places.defined()) {
      context->saved_data["places"] = places;
    }
    plan.save(context);
    return out;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    refuse_second("a pooling");
    const Plan plan = Plan::of(context);
    const Pool kind = static_cast<Pool>(context->saved_data["kind"].toInt());
    const Tensor d_out = gradients[0].contiguous();
    const int64_t features = d_out.size(1);
    const Tensor places = kind == Pool::MAX ? context->saved_data["places"].toTensor() : Tensor();
    const Tensor d_x = at::zeros({context->saved_data["positions"].toInt(), features}, d_out.options());
    const std::vector<Row> rows = plan.rows();
    const std::vector<Block> blocks = blocks_of(rows);
    Watch watch(imdbsh_stops);
    each_block(blocks, threads_for(blocks), watch, [&](const Block &block, int64_t, int64_t) {
      if (kind == Pool::MAX) {
        max_backward(block, features, d_out.data_ptr<float>(), places.data_ptr<int32_t>(), d_x.data_ptr<float>());
      } else {
        mean_backward(plan.window(), block, features, d_out.data_ptr<float>(), d_x.data_ptr<float>());
      }
    });
    return {d_x, Tensor(), Tensor()};
  }
};

// What `make` makes; null, and why, where it fails.
template <class Make> Tensor *made(char *why, size_t size, Make make) noexcept {
  try {
    return new Tensor(make());
  } catch (const std::exception &e) {
    std::snprintf(why, size, "%s", e.what());
  } catch (...) {
    std::snprintf(why, size, "unknown exception");
  }
  return nullptr;
}

Plan plan_of(const int64_t *shape, const int64_t *rows, int64_t count) {
  return {{shape, shape + 4}, {rows, rows + 4 * count}};
}

} // namespace

extern "C" bool imdbsh_windows_are_there() noexcept { return has_products(); }

// `given`: x [positions, features], weight [outputs, kernel, features / groups], bias [outputs] or of no number. `shape`: as `Shape` has it. `rows`:
// four numbers for each of `count` rows, as `Row` has them; the outputs lie in their order.
extern "C" Tensor *imdbsh_conv1d(const Tensor *const given[3], const int64_t *shape, const int64_t *rows, int64_t count,
                                 char *why, size_t size) noexcept {
  return made(why, size, [&] {
    const Tensor x = given[0]->contiguous(), weight = given[1]->contiguous(), bias = given[2]->contiguous();
    const Plan plan = plan_of(shape, rows, count);
    const bool recorded = x.requires_grad() || weight.requires_grad() || bias.requires_grad();
    return recorded && at::GradMode::is_enabled() ? Conv1d::apply(x, weight, bias, plan)
                                                  : convolve(x, weight, bias, plan);
  });
}

// The largest (kind 0) or the mean (1) of each feature in each window of `given`, [positions, features].
extern "C" Tensor *imdbsh_pool1d(const Tensor *given, int64_t kind, const int64_t *shape, const int64_t *rows,
                                 int64_t count, char *why, size_t size) noexcept {
  return made(why, size, [&] {
    const Tensor x = given->contiguous();
    const Plan plan = plan_of(shape, rows, count);
    return x.requires_grad() && at::GradMode::is_enabled() ? Pool1d::apply(x, kind, plan)
                                                           : pool(x, static_cast<Pool>(kind), plan).first;
  });
}
