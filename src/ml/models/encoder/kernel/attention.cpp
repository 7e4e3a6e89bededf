// Attention over packed rows as one operation of libtorch's, with its gradient. Threads share out heads and rows; each number is computed by one of
// them, so that bits do not depend on how many there are.

#include "heads.h"
#include "processor.h"
#include "threads.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <cstdio>

extern "C" bool imdbsh_stops() noexcept; // whether what runs is to stop

namespace {

using namespace imdbsh;
using namespace imdbsh::attention;
using at::Tensor;
using torch::autograd::variable_list;

// How rows are packed, and what is dropped of them.
struct Plan {
  std::vector<int64_t> rows; // queries, positions and keys of each
  int64_t heads;
  double drop;
  std::vector<int64_t> seeds; // of each row, where numbers are dropped

  int64_t count() const { return static_cast<int64_t>(rows.size()) / 3; }
};

// Where all of it lies.
struct Places {
  std::vector<Row> rows;
  int64_t weights = 0, bytes = 0, most_keys = 0;

  explicit Places(const Plan &plan) {
    Row row{};
    for (int64_t i = 0; i < plan.count(); i++) {
      row.queries = plan.rows[3 * i];
      row.positions = plan.rows[3 * i + 1];
      row.keys = plan.rows[3 * i + 2];
      row.first_weight = weights;
      row.first_byte = bytes;
      rows.push_back(row);
      row.first_query += row.queries;
      row.first_position += row.positions;
      weights += plan.heads * row.weights();
      bytes += Dropping::bytes(plan.heads * row.queries * row.keys);
      most_keys = std::max(most_keys, row.keys);
    }
  }
};

const Functions &functions() {
  static const Functions chosen = functions_for(processor());
  return chosen;
}

Head head_of(const Plan &plan, const Tensor &q, const Tensor &k, const Tensor &v, const Tensor &bits) {
  Head head{};
  head.width = q.size(1);
  head.size = head.width / plan.heads;
  head.scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(head.size)));
  head.q = q.data_ptr<float>();
  head.k = k.data_ptr<float>();
  head.v = v.data_ptr<float>();
  head.dropping = {bits.defined() ? bits.data_ptr<uint8_t>() : nullptr, static_cast<float>(1.0 / (1.0 - plan.drop))};
  return head;
}

// `task(row, head, room)` for each head of each row. `dropping` is with each row's bits.
template <class Task> void each_head(const Plan &plan, const Places &places, const Head &all, const Tensor &like, Task task) {
  const int64_t rows = plan.count(), tasks = rows * plan.heads;
  const int64_t threads = std::max<int64_t>(1, std::min<int64_t>(at::get_num_threads(), tasks));
  const Tensor space = at::empty({threads, room(places.most_keys)}, like.options());
  Watch watch(imdbsh_stops);
  on_threads(threads, tasks, watch, [&](int64_t number, int64_t thread) {
    Head head = all;
    head.number = number / rows;
    task(places.rows[number % rows], head, space.data_ptr<float>() + thread * space.stride(0));
  });
}

struct Attended {
  Tensor out, weights, bits;
};

Attended attend(const Tensor &q, const Tensor &k, const Tensor &v, const Plan &plan, bool keeps_weights) {
  const Places places(plan);
  Attended made;
  made.out = at::empty(q.sizes(), q.options());
  if (keeps_weights) {
    made.weights = at::empty({places.weights}, q.options());
  }
  if (plan.drop > 0.0) {
    made.bits = at::empty({places.bytes}, q.options().dtype(at::kByte));
    uint8_t *bits = made.bits.data_ptr<uint8_t>();
    Watch watch(imdbsh_stops);
    on_threads(at::get_num_threads(), plan.count(), watch, [&](int64_t number, int64_t) {
      const Row &row = places.rows[number];
      draw_bits(plan.seeds[number], plan.drop, plan.heads * row.queries * row.keys, bits + row.first_byte, processor());
    });
  }
  const Head all = head_of(plan, q, k, v, made.bits);
  float *out = made.out.data_ptr<float>(), *weights = keeps_weights ? made.weights.data_ptr<float>() : nullptr;
  each_head(plan, places, all, q, [&](const Row &row, const Head &head, float *room) {
    functions().forward(row, head, out, weights ? weights + row.first_weight + head.number * row.weights() : nullptr, room);
  });
  return made;
}

struct Attention : torch::autograd::Function<Attention> {
  static variable_list forward(torch::autograd::AutogradContext *context, const Tensor &q, const Tensor &k, const Tensor &v,
                               const Plan &plan) {
    Attended made = attend(q, k, v, plan, true);
    context->save_for_backward({q, k, v, made.weights, made.bits});
    context->saved_data["rows"] = plan.rows;
    context->saved_data["heads"] = plan.heads;
    context->saved_data["drop"] = plan.drop;
    return {made.out};
  }

  static variable_list backward(torch::autograd::AutogradContext *context, variable_list gradients) {
    if (at::GradMode::is_enabled()) {
      throw std::runtime_error("attention's gradient has none itself on the processor: leave create_graph out");
    }
    const variable_list saved = context->get_saved_variables();
    const Tensor &q = saved[0], &k = saved[1], &v = saved[2];
    const Plan plan{context->saved_data["rows"].toIntVector(), context->saved_data["heads"].toInt(),
                    context->saved_data["drop"].toDouble(), {}};
    const Places places(plan);
    const Tensor given = gradients[0].contiguous();
    const Tensor d_q = at::empty(q.sizes(), q.options());
    const Tensor d_k = at::empty(k.sizes(), k.options()), d_v = at::empty(v.sizes(), v.options());
    const float *weights = saved[3].data_ptr<float>(), *d_out = given.data_ptr<float>();
    float *to_q = d_q.data_ptr<float>(), *to_k = d_k.data_ptr<float>(), *to_v = d_v.data_ptr<float>();
    each_head(plan, places, head_of(plan, q, k, v, saved[4]), q, [&](const Row &row, const Head &head, float *room) {
      functions().backward(row, head, weights + row.first_weight + head.number * row.weights(), d_out, to_q, to_k, to_v,
                           room);
    });
    return {d_q, d_k, d_v, Tensor()};
  }
};

} // namespace

extern "C" bool imdbsh_attention_is_there() noexcept { return has_products(); }

// `given`: q [queries, width], k and v [positions, width]. `rows`: queries, positions and keys of each of `count` rows, and `seeds` one of each, or
// null where nothing is dropped. [queries, width], or null, and why, where it fails.
extern "C" Tensor *imdbsh_attention(const Tensor *const given[3], const int64_t *rows, int64_t count, int64_t heads,
                                    double drop, const int64_t *seeds, char *why, size_t size) noexcept {
  try {
    const Tensor q = given[0]->contiguous(), k = given[1]->contiguous(), v = given[2]->contiguous();
    Plan plan{{rows, rows + 3 * count}, heads, drop, {}};
    if (drop > 0.0) {
      plan.seeds.assign(seeds, seeds + count);
    }
    const bool recorded = q.requires_grad() || k.requires_grad() || v.requires_grad();
    return new Tensor(recorded && at::GradMode::is_enabled() ? Attention::apply(q, k, v, plan)[0]
                                                             : attend(q, k, v, plan, false).out);
  } catch (const std::exception &e) {
    std::snprintf(why, size, "%s", e.what());
  } catch (...) {
    std::snprintf(why, size, "unknown exception");
  }
  return nullptr;
}
