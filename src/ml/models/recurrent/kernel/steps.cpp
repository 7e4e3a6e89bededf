#include "steps.h"

#include "products.h"

#include <algorithm>
#include <cstring>

namespace imdbsh::lstm {

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

} // namespace

int64_t room_forward(const Direction &d) { return CHUNK * (d.features + (d.gates ? 0 : 4 * d.hidden)); }

int64_t room_backward(const Direction &d) { return CHUNK * (d.features + 5 * d.hidden) + d.hidden; }

void forward(const Direction &d, const Block &block, float *room, Watch &watch, const Gates &functions) {
  const int64_t hidden = d.hidden, width = 4 * hidden;
  float *h = d.h + block.first_row * hidden;
  float *c = d.c + block.first_row * hidden;
  float *x = room, *own_gates = x + CHUNK * d.features;
  Places places(*d.rows, block);
  for (const Chunk &chunk : chunks_of(block, d.from_last)) {
    if (watch.stops()) {
      return;
    }
    const int64_t first = block.starts[chunk.first_step], count = block.starts[chunk.end_step] - first;
    float *gates = d.gates ? d.gates + first * width : own_gates;
    gather(places, chunk, d.x, d.features, x);
    product(false, true, count, width, d.features, x, d.features, d.w_in, d.features, false, gates, width);
    each_step(chunk, d.from_last, watch, [&](int64_t step) {
      const int64_t at = block.starts[step], alive = block.alive(step);
      float *now = gates + (at - first) * width;
      product(false, true, alive, width, hidden, h, hidden, d.w_state, hidden, true, now, width);
      functions.forward({alive, hidden, now, d.bias, c, h, d.out, d.stride, places.of(step),
                         d.cells ? d.cells + at * hidden : nullptr});
    });
  }
}

void backward(const DirectionBack &back, const Block &block, const WeightGradients &into, float *room,
              Watch &watch, const Gates &functions) {
  const Direction &d = back.there;
  const int64_t hidden = d.hidden, width = 4 * hidden, rows = block.first_row * hidden;
  float *d_gates = room, *h_before = d_gates + CHUNK * width, *x = h_before + CHUNK * hidden;
  float *zeros = x + CHUNK * d.features;
  std::fill(zeros, zeros + hidden, 0.0f);
  float *d_h = back.d_h + rows, *d_c = back.d_c + rows;
  Places places(*d.rows, block);
  for (const Chunk &chunk : chunks_of(block, !d.from_last)) {
    if (watch.stops()) {
      return;
    }
    const int64_t first = block.starts[chunk.first_step], count = block.starts[chunk.end_step] - first;
    each_step(chunk, !d.from_last, watch, [&](int64_t step) {
      const int64_t at = block.starts[step], alive = block.alive(step);
      // The step before in this direction, and how many of the rows it has: the others begin here.
      const int64_t last = d.from_last ? step + 1 : step - 1;
      const int64_t known = last < 0 || last == block.steps() ? 0 : std::min(alive, block.alive(last));
      const int64_t *now = places.of(step);
      for (int64_t row = 0; row < alive; row++) {
        const int64_t position = at + row, start = rows + row * hidden;
        const bool begins = row >= known;
        const float *h = begins ? back.h0 + start : d.out + places.of(block.first_row + row, last) * d.stride;
        std::memcpy(h_before + (position - first) * hidden, h, hidden * sizeof(float));
        functions.backward({hidden, d.gates + position * width, d.cells + position * hidden,
                            begins ? back.c0 + start : d.cells + (block.starts[last] + row) * hidden,
                            back.d_out ? back.d_out + now[row] * d.stride : zeros,
                            back.d_cells ? back.d_cells + position * hidden : zeros, d_h + row * hidden,
                            d_c + row * hidden, d_gates + (position - first) * width});
      }
      product(false, false, alive, hidden, width, d_gates + (at - first) * width, width, d.w_state, hidden, false, d_h,
              hidden);
    });
    gather(places, chunk, d.x, d.features, x);
    product(true, false, width, d.features, count, d_gates, width, x, d.features, true, into.w_in, d.features);
    product(true, false, width, hidden, count, d_gates, width, h_before, hidden, true, into.w_state, hidden);
    for (int64_t position = 0; position < count; position++) {
      for (int64_t j = 0; j < width; j++) {
        into.bias[j] += d_gates[position * width + j];
      }
    }
    if (back.d_x) {
      product(false, false, count, d.features, width, d_gates, width, d.w_in, d.features, false, x, d.features);
      spread(places, chunk, x, d.features, back.d_x);
    }
  }
}

} // namespace imdbsh::lstm
