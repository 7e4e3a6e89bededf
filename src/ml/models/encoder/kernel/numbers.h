// What is computed of each position alone, over positions that lie one behind the other.
#pragma once

#include "draws.h"

namespace imdbsh::positions {

// The positions from `first` to `end`: numbers are dropped from what a block gives, added to what went into the block, and normalized.
struct Settling {
  int64_t first, end, width;
  float eps;
  Dropping dropping;
  const float *given, *before; // [positions, width]: what the block gives, and what went into it
  const float *weight, *bias;  // [width]
  float *normal;               // [positions, width]: normalized, without weight and bias; may be `out`
  float *shares;               // [positions]: one by the deviation; or null
  float *out;                  // [positions, width]
};

struct SettlingBack {
  int64_t first, end, width;
  Dropping dropping;
  const float *d_out, *normal, *shares, *weight;
  float *d_given, *d_before;  // [positions, width]; `d_given` is null where nothing is dropped: it is the same
  float *d_weight, *d_bias;   // [width]: what these positions add
};

struct Functions {
  // x·Φ(x), with the normal distribution Φ: `gelu` with `erf`.
  void (*gelu)(int64_t count, const float *x, float *y);
  void (*gelu_back)(int64_t count, const float *x, const float *d_y, float *d_x);
  void (*settle)(const Settling &);
  void (*settle_back)(const SettlingBack &);
};

Functions functions_for(Processor processor);

} // namespace imdbsh::positions
