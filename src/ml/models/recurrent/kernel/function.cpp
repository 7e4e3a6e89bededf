// The layer as one operation of libtorch's, with its gradient. Only what libtorch 2.11 has, too.

#include "processor.h"
#include "products.h"
#include "threads.h"
#include "steps.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cstdio>

extern "C" bool imdbsh_stops() noexcept; // whether what runs is to stop

namespace {

using namespace imdbsh;
using namespace imdbsh::recurrent;
using at::Tensor;

// By the numbers that `cell.rs` gives them.
const Cell &cell_of(int64_t kind) {
  static const Cell cells[] = {lstm(processor()), gru(processor()), rnn_tanh(processor()), rnn_relu(processor())};
  return cells[kind];
}

struct Sizes {
  int64_t positions, features, directions, hidden, rows;
};

Sizes sizes_of(const Tensor &x, const Tensor &w_state, const Tensor &h0) {
  return {x.size(0), x.size(1), w_state.size(0), w_state.size(2), h0.size(1)};
}

// Null where there is none, or, of cells, where the kind has none.
float *at_direction(const Tensor &t, int64_t direction) {
  return t.defined() && t.numel() > 0 ? t.data_ptr<float>() + direction * t.stride(0) : nullptr;
}

// What both ways know of a direction. The second one walks against the first.
Direction direction_of(int64_t number, const Cell &cell, const Rows &rows, const Sizes &s, const Tensor &x, const Tensor &w_in,
                       const Tensor &w_state, const Tensor &out, const Tensor &gates, const Tensor &cells) {
  Direction d{};
  d.rows = &rows;
  d.cell = &cell;
  d.features = s.features;
  d.hidden = s.hidden;
  d.stride = s.directions * s.hidden;
  d.from_last = rows.from_last != (number == 1);
  d.w_in = at_direction(w_in, number);
  d.w_state = at_direction(w_state, number);
  d.x = x.data_ptr<float>();
  d.out = out.data_ptr<float>() + number * s.hidden;
  d.gates = at_direction(gates, number);
  d.cells = at_direction(cells, number);
  return d;
}

struct Walked {
  Tensor out, h, gates, cells;
};

Walked walk(const Tensor &x, const Tensor &w_in, const Tensor &w_state, const Tensor &bias, const Tensor &h0,
            const Tensor &c0, const Cell &cell, const Rows &rows, bool keeps_gates, bool keeps_cells) {
  const Sizes s = sizes_of(x, w_state, h0);
  Walked w;
  w.out = at::empty({s.positions, s.directions * s.hidden}, x.options());
  w.h = h0.clone();
  const Tensor c = c0.clone();
  if (keeps_gates) {
    w.gates = at::empty({s.directions, s.positions, cell.gates * s.hidden}, x.options());
  }
  if (keeps_cells && cell.has_cells) {
    w.cells = at::empty({s.directions, s.positions, s.hidden}, x.options());
  }
  const std::vector<Block> blocks = blocks_of(rows);
  const int64_t tasks = s.directions * static_cast<int64_t>(blocks.size());
  const int64_t threads = std::min<int64_t>(at::get_num_threads(), tasks);
  std::vector<Direction> directions;
  for (int64_t number = 0; number < s.directions; number++) {
    Direction d = direction_of(number, cell, rows, s, x, w_in, w_state, w.out, w.gates, w.cells);
    d.bias = at_direction(bias, number);
    d.h = at_direction(w.h, number);
    d.c = at_direction(c, number);
    directions.push_back(d);
  }
  const Tensor room = at::empty({threads, room_forward(directions[0])}, x.options());
  Watch watch(imdbsh_stops);
  on_threads(threads, tasks, watch, [&](int64_t task, int64_t thread) {
    imdbsh::recurrent::forward(directions[task % s.directions], blocks[task / s.directions], at_direction(room, thread),
                               watch);
  });
  if (!w.cells.defined()) {
    w.cells = at::empty({0}, x.options());
  }
  return w;
}

struct Recurrent : torch::autograd::Function<Recurrent> {
  static torch::autograd::variable_list forward(torch::autograd::AutogradContext *context, const Tensor &x,
                                                const Tensor &w_in, const Tensor &w_state, const Tensor &bias,
                                                const Tensor &h0, const Tensor &c0, int64_t kind,
                                                const Rows &rows) {
    Walked w = walk(x, w_in, w_state, bias, h0, c0, cell_of(kind), rows, true, true);
    context->save_for_backward({x, w_in, w_state, h0, c0, w.out, w.gates, w.cells});
    context->saved_data["kind"] = kind;
    context->saved_data["lengths"] = rows.lengths;
    context->saved_data["starts"] = rows.starts;
    context->saved_data["blocks"] = rows.blocks;
    context->saved_data["along"] = rows.along;
    context->saved_data["from_last"] = rows.from_last;
    context->set_materialize_grads(false);
    return {w.out, w.h, w.cells};
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    if (at::GradMode::is_enabled()) {
      throw std::runtime_error("a recurrent layer's gradient has none itself on the processor: leave create_graph out");
    }
    const torch::autograd::variable_list saved = context->get_saved_variables();
    const Tensor &x = saved[0], &w_in = saved[1], &w_state = saved[2], &h0 = saved[3], &c0 = saved[4];
    auto &kept = context->saved_data;
    const Rows rows{kept["lengths"].toIntVector(), kept["starts"].toIntVector(), kept["blocks"].toIntVector(),
                    kept["along"].toInt(), kept["from_last"].toBool()};
    const Cell &cell = cell_of(kept["kind"].toInt());
    const Sizes s = sizes_of(x, w_state, h0);
    const std::vector<Block> blocks = blocks_of(rows);
    const int64_t parts = static_cast<int64_t>(blocks.size());
    const auto given = [](const Tensor &t) { return t.defined() ? t.contiguous() : t; };
    const Tensor d_out = given(gradients[0]), d_cells = given(gradients[2]);
    const Tensor d_h = gradients[1].defined() ? gradients[1].clone(at::MemoryFormat::Contiguous) : at::zeros_like(h0);
    const Tensor d_c = at::zeros_like(c0);
    const Tensor d_x = context->needs_input_grad(0)
                           ? at::empty({s.directions, s.positions, s.features}, x.options())
                           : Tensor();
    const Tensor d_w_in = at::zeros({s.directions, parts, w_in.size(1), s.features}, x.options());
    const Tensor d_w_state = at::zeros({s.directions, parts, w_state.size(1), s.hidden}, x.options());
    const Tensor d_bias = at::zeros({s.directions, parts, cell.gates * s.hidden}, x.options());

    std::vector<DirectionBack> directions;
    for (int64_t number = 0; number < s.directions; number++) {
      DirectionBack d{};
      d.there = direction_of(number, cell, rows, s, x, w_in, w_state, saved[5], saved[6], saved[7]);
      d.h0 = at_direction(h0, number);
      d.c0 = at_direction(c0, number);
      d.d_out = d_out.defined() ? d_out.data_ptr<float>() + number * s.hidden : nullptr;
      d.d_cells = at_direction(d_cells, number);
      d.d_h = at_direction(d_h, number);
      d.d_c = at_direction(d_c, number);
      d.d_x = at_direction(d_x, number);
      directions.push_back(d);
    }
    const int64_t tasks = s.directions * parts;
    const int64_t threads = std::min<int64_t>(at::get_num_threads(), tasks);
    const Tensor room = at::empty({threads, room_backward(directions[0].there)}, x.options());
    Watch watch(imdbsh_stops);
    on_threads(threads, tasks, watch, [&](int64_t task, int64_t thread) {
      const int64_t number = task % s.directions, block = task / s.directions;
      const auto part = [&](const Tensor &t) { return at_direction(t, number) + block * t.stride(1); };
      imdbsh::recurrent::backward(directions[number], blocks[block], {part(d_w_in), part(d_w_state), part(d_bias)},
                                  at_direction(room, thread), watch);
    });
    return {d_x.defined() ? d_x.sum(0) : Tensor(), d_w_in.sum(1), d_w_state.sum(1), d_bias.sum(1), d_h, d_c,
            Tensor(), Tensor()};
  }
};

} // namespace

extern "C" bool imdbsh_recurrent_is_there() noexcept { return has_products(); }

// `kind`: which cell. `given`: x [positions, features], as its rows lie (see `Rows` in `steps.h`); weights [D, gates·H, F], [D, gates·H, H], the bias
// of the cell's gates [D, gates·H]; states [D, rows, H], the second of no number where the cell has none. `made`: the outputs [positions, D·H], the
// states at the end, and the cells [D, positions, H], as they are computed, if they are asked for. False, and why, where it fails.
extern "C" bool imdbsh_recurrent(int64_t kind, const Tensor *const given[6], const int64_t *lengths,
                                 const int64_t *starts, int64_t count, const int64_t *blocks, int64_t block_count,
                                 int64_t along, bool from_last, bool asks_cells, Tensor *made[3], char *why,
                                 size_t size) noexcept {
  try {
    Tensor t[6];
    bool recorded = false;
    for (int i = 0; i < 6; i++) {
      t[i] = given[i]->contiguous();
      recorded = recorded || t[i].requires_grad();
    }
    const Rows rows{{lengths, lengths + count}, {starts, starts + count}, {blocks, blocks + block_count}, along, from_last};
    torch::autograd::variable_list outputs;
    if (recorded && at::GradMode::is_enabled()) {
      outputs = Recurrent::apply(t[0], t[1], t[2], t[3], t[4], t[5], kind, rows);
    } else {
      Walked w = walk(t[0], t[1], t[2], t[3], t[4], t[5], cell_of(kind), rows, false, asks_cells);
      outputs = {w.out, w.h, w.cells};
    }
    for (int i = 0; i < 3; i++) {
      made[i] = new Tensor(outputs[i]);
    }
    return true;
  } catch (const std::exception &e) {
    std::snprintf(why, size, "%s", e.what());
  } catch (...) {
    std::snprintf(why, size, "unknown exception");
  }
  return false;
}
