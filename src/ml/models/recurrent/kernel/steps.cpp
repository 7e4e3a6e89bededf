#include "steps.h"

#include "products.h"

#include <algorithm>
#include <cstring>

namespace imdbsh::recurrent {

std::vector<Block> blocks_of(const Rows &all) {
  const std::vector<int64_t> &lengths = all.lengths;
  std::vector<Block> blocks;
  int64_t position = 0, first = 0;
  for (const int64_t count : all.blocks) {
    Block block{first, count, {position}};
    int64_t alive = count;
    for (int64_t step = 0; step < lengths[first]; step++) {
      while (lengths[first + alive - 1] <= step) {
        alive--;
      }
      position += alive;
      block.starts.push_back(position);
    }
    blocks.push_back(std::move(block));
    first += count;
  }
  return blocks;
}

namespace {

// Steps that are computed together: their positions lie one behind the other.
struct Chunk {
  int64_t first_step, end_step;
};

// All chunks of a block, in the order in which a direction comes to them.
std::vector<Chunk> chunks_of(const Block &block, bool from_last) {
  std::vector<Chunk> chunks;
  for (int64_t step = 0; step < block.steps();) {
    int64_t end = step + 1;
    while (end < block.steps() && block.starts[end + 1] - block.starts[step] <= CHUNK) {
      end++;
    }
    chunks.push_back({step, end});
    step = end;
  }
  if (from_last) {
    std::reverse(chunks.begin(), chunks.end());
  }
  return chunks;
}

// `walk(step)` over the steps of a chunk.
template <class Walk> void each_step(const Chunk &chunk, bool from_last, Watch &watch, Walk walk) {
  for (int64_t n = 0; n < chunk.end_step - chunk.first_step && !watch.stops(); n++) {
    walk(from_last ? chunk.end_step - 1 - n : chunk.first_step + n);
  }
}

// Where the rows of a block that are alive at a step stand among the inputs.
class Places {
public:
  Places(const Rows &rows, const Block &block) : rows(rows), block(block), at(block.rows) {}

  const int64_t *of(int64_t step) {
    for (int64_t row = 0; row < block.alive(step); row++) {
      at[row] = of(block.first_row + row, step);
    }
    return at.data();
  }

  int64_t of(int64_t row, int64_t step) const { return rows.starts[row] + rows.along * step; }

  // `move(place, number)` for all positions of a chunk, which are numbered as they are computed.
  template <class Move> void each(const Chunk &chunk, Move move) {
    int64_t number = 0;
    for (int64_t step = chunk.first_step; step < chunk.end_step; step++) {
      const int64_t *places = of(step);
      for (int64_t row = 0; row < block.alive(step); row++) {
        move(places[row], number++);
      }
    }
  }

private:
  const Rows &rows;
  const Block &block;
  std::vector<int64_t> at;
};

// The inputs of a chunk, as they are computed.
void gather(Places &places, const Chunk &chunk, const float *from, int64_t features, float *to) {
  places.each(chunk, [&](int64_t place, int64_t number) {
    std::memcpy(to + number * features, from + place * features, features * sizeof(float));
  });
}

void spread(Places &places, const Chunk &chunk, const float *from, int64_t features, float *to) {
  places.each(chunk, [&](int64_t place, int64_t number) {
    std::memcpy(to + place * features, from + number * features, features * sizeof(float));
  });
}

int64_t width_of(const Direction &d) { return d.cell->gates * d.hidden; }

// `number` rows of that many numbers further, of what there is.
template <class Number> Number *at(Number *rows, int64_t number, int64_t hidden) {
  return rows ? rows + number * hidden : nullptr;
}

// What the inputs of a chunk give to its gates.
void gates_of_inputs(const Direction &d, const float *x, int64_t count, float *gates) {
  const Cell &cell = *d.cell;
  const int64_t width = width_of(d), own = (cell.gates - cell.of_state) * d.hidden;
  for (const Part &part : cell.inputs) {
    if (part.count > 0) {
      product(false, true, count, part.count * d.hidden, d.features, x, d.features,
              d.w_in + part.weights * d.hidden * d.features, d.features, false, gates + part.gates * d.hidden, width);
    }
  }
  for (int64_t position = 0; own < width && position < count; position++) {
    std::fill(gates + position * width + own, gates + (position + 1) * width, 0.0f);
  }
}

// The gradients of a chunk's weights, and of its inputs, which take the inputs' place.
void back_from_gates(const DirectionBack &back, const float *d_gates, const float *h_before, float *x, int64_t count,
                     const WeightGradients &into) {
  const Direction &d = back.there;
  const Cell &cell = *d.cell;
  const int64_t hidden = d.hidden, width = width_of(d);
  for (const Part &part : cell.inputs) {
    if (part.count > 0) {
      product(true, false, part.count * hidden, d.features, count, d_gates + part.gates * hidden, width, x, d.features,
              true, into.w_in + part.weights * hidden * d.features, d.features);
    }
  }
  product(true, false, cell.states.count * hidden, hidden, count, d_gates + cell.states.gates * hidden, width, h_before,
          hidden, true, into.w_state, hidden);
  for (int64_t position = 0; position < count; position++) {
    for (int64_t j = 0; j < width; j++) {
      into.bias[j] += d_gates[position * width + j];
    }
  }
  bool follows = false;
  for (const Part &part : cell.inputs) {
    if (back.d_x && part.count > 0) {
      product(false, false, count, d.features, part.count * hidden, d_gates + part.gates * hidden, width,
              d.w_in + part.weights * hidden * d.features, d.features, follows, x, d.features);
      follows = true;
    }
  }
}

} // namespace

int64_t room_forward(const Direction &d) { return CHUNK * (d.features + (d.gates ? 0 : width_of(d))); }

int64_t room_backward(const Direction &d) { return CHUNK * (d.features + width_of(d) + d.hidden) + d.hidden; }

void forward(const Direction &d, const Block &block, float *room, Watch &watch) {
  const Part &states = d.cell->states;
  const int64_t hidden = d.hidden, width = width_of(d);
  float *h = at(d.h, block.first_row, hidden);
  float *c = at(d.c, block.first_row, hidden);
  float *x = room, *own_gates = x + CHUNK * d.features;
  Places places(*d.rows, block);
  for (const Chunk &chunk : chunks_of(block, d.from_last)) {
    if (watch.stops()) {
      return;
    }
    const int64_t first = block.starts[chunk.first_step], count = block.starts[chunk.end_step] - first;
    float *gates = d.gates ? d.gates + first * width : own_gates;
    gather(places, chunk, d.x, d.features, x);
    gates_of_inputs(d, x, count, gates);
    each_step(chunk, d.from_last, watch, [&](int64_t step) {
      const int64_t start = block.starts[step], alive = block.alive(step);
      float *now = gates + (start - first) * width;
      product(false, true, alive, states.count * hidden, hidden, h, hidden, d.w_state, hidden, true,
              now + states.gates * hidden, width);
      d.cell->forward({alive, hidden, now, d.bias, c, h, d.out, d.stride, places.of(step), at(d.cells, start, hidden),
                       d.gates != nullptr});
    });
  }
}

void backward(const DirectionBack &back, const Block &block, const WeightGradients &into, float *room, Watch &watch) {
  const Direction &d = back.there;
  const Cell &cell = *d.cell;
  const int64_t hidden = d.hidden, width = width_of(d);
  float *d_gates = room, *h_before = d_gates + CHUNK * width, *x = h_before + CHUNK * hidden;
  float *zeros = x + CHUNK * d.features;
  std::fill(zeros, zeros + hidden, 0.0f);
  float *d_h = at(back.d_h, block.first_row, hidden), *d_c = at(back.d_c, block.first_row, hidden);
  const float *h0 = at(back.h0, block.first_row, hidden), *c0 = at(back.c0, block.first_row, hidden);
  Places places(*d.rows, block);
  for (const Chunk &chunk : chunks_of(block, !d.from_last)) {
    if (watch.stops()) {
      return;
    }
    const int64_t first = block.starts[chunk.first_step], count = block.starts[chunk.end_step] - first;
    each_step(chunk, !d.from_last, watch, [&](int64_t step) {
      const int64_t start = block.starts[step], alive = block.alive(step);
      // The step before in this direction, and how many of the rows it has: the others begin here.
      const int64_t last = d.from_last ? step + 1 : step - 1;
      const int64_t known = last < 0 || last == block.steps() ? 0 : std::min(alive, block.alive(last));
      const int64_t *now = places.of(step);
      for (int64_t row = 0; row < alive; row++) {
        const int64_t position = start + row;
        const bool begins = row >= known;
        const float *h =
            begins ? at(h0, row, hidden) : d.out + places.of(block.first_row + row, last) * d.stride;
        float *state = h_before + (position - first) * hidden;
        std::memcpy(state, h, hidden * sizeof(float));
        cell.backward({hidden, d.gates + position * width, at(d.cells, position, hidden),
                       begins ? at(c0, row, hidden) : at(d.cells, block.starts[last] + row, hidden), state,
                       back.d_out ? back.d_out + now[row] * d.stride : zeros,
                       back.d_cells ? at(back.d_cells, position, hidden) : zeros, at(d_h, row, hidden),
                       at(d_c, row, hidden), d_gates + (position - first) * width});
      }
      product(false, false, alive, hidden, cell.states.count * hidden,
              d_gates + (start - first) * width + cell.states.gates * hidden, width, d.w_state, hidden,
              cell.passes_state, d_h, hidden);
    });
    gather(places, chunk, d.x, d.features, x);
    back_from_gates(back, d_gates, h_before, x, count, into);
    if (back.d_x) {
      spread(places, chunk, x, d.features, back.d_x);
    }
  }
}

} // namespace imdbsh::recurrent
