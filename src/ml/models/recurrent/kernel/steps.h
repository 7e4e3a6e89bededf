// A direction of a recurrent layer over a block of rows, forward and backward, on one thread.
//
// Inputs and outputs lie as the rows do, one behind the other, without padding. Inside, rows are sorted by length, the longest first, and
// divided into blocks; a block's positions are computed step by step, at each step those of the rows that are that long. A direction walks
// over the steps from the first to the last, and rows drop out behind; or from the last to the first, and rows come in.
#pragma once

#include "watch.h"
#include "cell.h"

#include <cstdint>
#include <vector>

namespace imdbsh::recurrent {

// So many positions are computed between two products over all of them: their gates stay in the cache.
constexpr int64_t CHUNK = 1024;

// How rows lie, in the order of their lengths.
struct Rows {
  std::vector<int64_t> lengths; // which fall
  std::vector<int64_t> starts;  // the place of each row's first step among the inputs
  std::vector<int64_t> blocks;  // so many rows are each block: of a row at least, and none has more than CHUNK
  int64_t along;                // from the place of a step to that of the next: 1, or -1 where steps are counted from the row's end
  bool from_last;               // the first direction walks from the last step to the first, the other one against it
};

struct Block {
  int64_t first_row, rows;
  std::vector<int64_t> starts; // the number of each step's first position, as they are computed; behind the last, the block's end

  int64_t steps() const { return static_cast<int64_t>(starts.size()) - 1; }
  int64_t alive(int64_t step) const { return starts[step + 1] - starts[step]; }
};

std::vector<Block> blocks_of(const Rows &rows);

// One direction; numbers of all rows and positions. What is null is not known, or not asked for.
struct Direction {
  const Rows *rows;
  const Cell *cell;
  int64_t features, hidden, stride; // a position's outputs stand `stride` numbers behind those of the one before
  bool from_last;                   // from the last step to the first
  const float *w_in, *w_state;      // [gates·hidden, features], [gates·hidden, hidden], in the order of the weights
  const float *bias;                // of a position's gates, in their order
  const float *x;                   // [positions, features], as the rows lie
  float *out;                       // [positions, stride], as the rows lie
  float *gates, *cells;             // [positions, gates·hidden], [positions, hidden], as they are computed; or null
  float *h, *c;                     // [rows, hidden]: the states, at first before the first step; c null where the cell has none
};

struct DirectionBack {
  Direction there;           // with `h` and `c` null
  const float *h0, *c0;      // [rows, hidden]: the states before the first step
  const float *d_out;        // [positions, stride], as the rows lie; or null
  const float *d_cells;      // [positions, hidden], as they are computed; or null
  float *d_h, *d_c;          // [rows, hidden]: of the states behind the last step, then of those before the first
  float *d_x;                // [positions, features], as the rows lie; or null
};

// What a block adds to the gradients of the weights: of these sizes, one behind the other.
struct WeightGradients {
  float *w_in, *w_state, *bias;
};

// What one thread works on, in numbers.
int64_t room_forward(const Direction &direction);
int64_t room_backward(const Direction &direction);

void forward(const Direction &direction, const Block &block, float *room, Watch &watch);
void backward(const DirectionBack &direction, const Block &block, const WeightGradients &into, float *room,
              Watch &watch);

} // namespace imdbsh::recurrent
