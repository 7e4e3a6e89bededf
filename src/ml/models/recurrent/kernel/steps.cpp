#include "steps.h"

#include "products.h"

#include <algorithm>
#include <cstring>

namespace imdbsh::lstm {

std::vector<Block> blocks_of(const std::vector<int64_t> &lengths, int64_t block_rows) {
  const int64_t rows = static_cast<int64_t>(lengths.size());
  std::vector<Block> blocks;
  int64_t position = 0;
  for (int64_t first = 0; first < rows; first += block_rows) {
    const int64_t count = std::min(block_rows, rows - first);
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

} // namespace

int64_t room_forward(const Direction &d) { return d.gates ? 0 : CHUNK * 4 * d.hidden; }

int64_t room_backward(const Direction &d) { return CHUNK * 5 * d.hidden + d.hidden; }

void forward(const Direction &d, const Block &block, float *room, Watch &watch, const Gates &functions) {
  const int64_t hidden = d.hidden, width = 4 * hidden;
  float *h = d.h + block.first_row * hidden;
  float *c = d.c + block.first_row * hidden;
  for (const Chunk &chunk : chunks_of(block, d.from_last)) {
    if (watch.stops()) {
      return;
    }
    const int64_t first = block.starts[chunk.first_step], count = block.starts[chunk.end_step] - first;
    float *gates = d.gates ? d.gates + first * width : room;
    product(false, true, count, width, d.features, d.x + first * d.features, d.features, d.w_in, d.features, false,
            gates, width);
    each_step(chunk, d.from_last, watch, [&](int64_t step) {
      const int64_t at = block.starts[step], alive = block.alive(step);
      float *now = gates + (at - first) * width;
      product(false, true, alive, width, hidden, h, hidden, d.w_state, hidden, true, now, width);
      functions.forward({alive, hidden, now, d.bias, c, h, d.out + at * d.stride, d.stride,
                         d.cells ? d.cells + at * hidden : nullptr});
    });
  }
}

void backward(const DirectionBack &back, const Block &block, const WeightGradients &into, float *room,
              Watch &watch, const Gates &functions) {
  const Direction &d = back.there;
  const int64_t hidden = d.hidden, width = 4 * hidden, rows = block.first_row * hidden;
  float *d_gates = room, *h_before = d_gates + CHUNK * width, *zeros = h_before + CHUNK * hidden;
  std::fill(zeros, zeros + hidden, 0.0f);
  float *d_h = back.d_h + rows, *d_c = back.d_c + rows;
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
      for (int64_t row = 0; row < alive; row++) {
        const int64_t position = at + row, before = known > row ? block.starts[last] + row : 0;
        const int64_t start = rows + row * hidden;
        const float *h = known > row ? d.out + before * d.stride : back.h0 + start;
        std::memcpy(h_before + (position - first) * hidden, h, hidden * sizeof(float));
        functions.backward({hidden, d.gates + position * width, d.cells + position * hidden,
                            known > row ? d.cells + before * hidden : back.c0 + start,
                            back.d_out ? back.d_out + position * d.stride : zeros,
                            back.d_cells ? back.d_cells + position * hidden : zeros, d_h + row * hidden,
                            d_c + row * hidden, d_gates + (position - first) * width});
      }
      product(false, false, alive, hidden, width, d_gates + (at - first) * width, width, d.w_state, hidden, false, d_h,
              hidden);
    });
    product(true, false, width, d.features, count, d_gates, width, d.x + first * d.features, d.features, true,
            into.w_in, d.features);
    product(true, false, width, hidden, count, d_gates, width, h_before, hidden, true, into.w_state, hidden);
    for (int64_t position = 0; position < count; position++) {
      for (int64_t j = 0; j < width; j++) {
        into.bias[j] += d_gates[position * width + j];
      }
    }
    if (back.d_x) {
      product(false, false, count, d.features, width, d_gates, width, d.w_in, d.features, false,
              back.d_x + first * d.features, d.features);
    }
  }
}

} // namespace imdbsh::lstm
