#include "windows.h"

#include "products.h"

#include <algorithm>
#include <cstring>

namespace imdbsh::windows {

std::vector<Block> blocks_of(const std::vector<Row> &rows) {
  // A block costs gradients of its own of the weights: there are few.
  constexpr int64_t FEWEST = 256, MOST_BLOCKS = 16;
  int64_t all = 0;
  for (const Row &row : rows) {
    all += row.windows;
  }
  const int64_t share = std::max(FEWEST, (all + MOST_BLOCKS - 1) / MOST_BLOCKS);
  std::vector<Block> blocks;
  int64_t seen = 0, first = 0;
  for (int64_t i = 0; i < static_cast<int64_t>(rows.size()); i++) {
    seen += rows[i].windows;
    if (seen >= share || i + 1 == static_cast<int64_t>(rows.size())) {
      blocks.push_back({rows.data() + first, i + 1 - first});
      seen = 0;
      first = i + 1;
    }
  }
  return blocks;
}

namespace {

// `walk(first window, count)` for the chunks of a row.
template <class Walk> void each_chunk(const Block &block, Watch &watch, Walk walk) {
  for (int64_t i = 0; i < block.count && !watch.stops(); i++) {
    const Row &row = block.rows[i];
    for (int64_t first = 0; first < row.windows; first += CHUNK) {
      walk(row, first, std::min(CHUNK, row.windows - first));
    }
  }
}

// `take(column, position or -1)`: what the windows of a chunk see, `features / groups` numbers at each column. The groups' columns lie one behind
// the other, so that each group's product reads its own.
template <class Take> void each_tap(const Convolution &c, const Row &row, int64_t first, int64_t count, Take take) {
  const Shape &s = c.shape;
  const int64_t size = c.features / c.groups;
  for (int64_t n = 0; n < count; n++) {
    const int64_t begin = (first + n) * s.stride - s.padding;
    for (int64_t k = 0; k < s.kernel; k++) {
      const int64_t at = begin + k * s.dilation;
      const int64_t position = at >= 0 && at < row.length ? row.first_in + at : -1;
      for (int64_t group = 0; group < c.groups; group++) {
        take(n * c.columns() + (group * s.kernel + k) * size, position < 0 ? -1 : position * c.features + group * size);
      }
    }
  }
}

void gather(const Convolution &c, const Row &row, int64_t first, int64_t count, const float *x, float *columns) {
  const int64_t size = c.features / c.groups;
  each_tap(c, row, first, count, [&](int64_t column, int64_t at) {
    if (at < 0) {
      std::fill_n(columns + column, size, 0.0f);
    } else {
      std::memcpy(columns + column, x + at, size * sizeof(float));
    }
  });
}

void scatter(const Convolution &c, const Row &row, int64_t first, int64_t count, const float *columns, float *d_x) {
  const int64_t size = c.features / c.groups;
  each_tap(c, row, first, count, [&](int64_t column, int64_t at) {
    for (int64_t j = 0; at >= 0 && j < size; j++) {
      d_x[at + j] += columns[column + j];
    }
  });
}

} // namespace

void forward(const Convolution &c, const Block &block, const float *x, float *out, float *room, Watch &watch) {
  const int64_t width = c.columns(), inside = width / c.groups, made = c.outputs / c.groups;
  each_chunk(block, watch, [&](const Row &row, int64_t first, int64_t count) {
    float *to = out + (row.first_out + first) * c.outputs;
    for (int64_t n = 0; c.bias && n < count; n++) {
      std::memcpy(to + n * c.outputs, c.bias, c.outputs * sizeof(float));
    }
    gather(c, row, first, count, x, room);
    for (int64_t group = 0; group < c.groups; group++) {
      product(false, true, count, made, inside, room + group * inside, width, c.weight + group * made * inside, inside,
              c.bias != nullptr, to + group * made, c.outputs);
    }
  });
}

void backward(const Convolution &c, const Block &block, const float *x, const float *d_out, float *d_x, float *d_weight,
              float *d_bias, float *room, Watch &watch) {
  const int64_t width = c.columns(), inside = width / c.groups, made = c.outputs / c.groups;
  float *columns = room, *d_columns = room + CHUNK * width;
  each_chunk(block, watch, [&](const Row &row, int64_t first, int64_t count) {
    const float *d = d_out + (row.first_out + first) * c.outputs;
    for (int64_t n = 0; n < count; n++) {
      for (int64_t j = 0; j < c.outputs; j++) {
        d_bias[j] += d[n * c.outputs + j];
      }
    }
    gather(c, row, first, count, x, columns);
    for (int64_t group = 0; group < c.groups; group++) {
      const float *weight = c.weight + group * made * inside;
      product(true, false, made, inside, count, d + group * made, c.outputs, columns + group * inside, width, true,
              d_weight + group * made * inside, inside);
      if (d_x) {
        product(false, false, count, inside, made, d + group * made, c.outputs, weight, inside, false,
                d_columns + group * inside, width);
      }
    }
    if (d_x) {
      scatter(c, row, first, count, d_columns, d_x);
    }
  });
}

} // namespace imdbsh::windows
