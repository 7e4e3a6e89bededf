// Windows that slide over the positions of each row: a convolution's products, and what pooling takes of each. On one thread, over a block of rows.
//
// Rows lie one behind the other, inputs and outputs, without padding. What is beyond a row's ends counts as zero for a convolution and for a mean, and
// is not seen by a maximum.
#pragma once

#include "watch.h"

#include <cstdint>
#include <vector>

namespace imdbsh::windows {

// So many windows of a convolution are computed together: their columns stay in the cache.
constexpr int64_t CHUNK = 128;

// How windows lie in a row: the first begins `padding` positions before it.
struct Shape {
  int64_t kernel, stride, padding, dilation;
};

struct Row {
  int64_t first_in, length, first_out, windows;
};

// Rows that one thread computes: `count` of them.
struct Block {
  const Row *rows;
  int64_t count;
};

// Blocks of about as many windows each: of the rows alone, so that bits do not depend on the number of threads.
std::vector<Block> blocks_of(const std::vector<Row> &rows);

// A convolution. Weights are [outputs, kernel, features / groups].
struct Convolution {
  Shape shape;
  int64_t features, outputs, groups;
  const float *weight, *bias; // the bias may be null

  int64_t columns() const { return shape.kernel * features; } // numbers of a window
};

// What one thread works on, in numbers.
inline int64_t room(const Convolution &c) { return 2 * CHUNK * c.columns(); }

void forward(const Convolution &c, const Block &block, const float *x, float *out, float *room, Watch &watch);

// `d_x`: zeros at first, or null. `d_weight`, `d_bias`: the block's own, zeros at first.
void backward(const Convolution &c, const Block &block, const float *x, const float *d_out, float *d_x, float *d_weight,
              float *d_bias, float *room, Watch &watch);

// The largest number of each feature in each window, and at which position of its row it stands: -1 where the window sees none.
void max_forward(const Shape &shape, const Block &block, int64_t features, const float *x, float *out, int32_t *places);
void max_backward(const Block &block, int64_t features, const float *d_out, const int32_t *places, float *d_x);

// The mean: of a window's positions, padding included, but for what is behind the padding.
void mean_forward(const Shape &shape, const Block &block, int64_t features, const float *x, float *out);
void mean_backward(const Shape &shape, const Block &block, int64_t features, const float *d_out, float *d_x);

} // namespace imdbsh::windows
