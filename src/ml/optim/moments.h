// A step of Adam over numbers that lie in a row: one pass over memory, in which each is computed alone.
#pragma once

#include "lanes.h"

namespace imdbsh::adam {

struct Step {
  float decay;         // λ of Adam: so much of a weight is added to its gradient
  float shrinks;       // what AdamW multiplies weights with before
  float share;         // 1 - β₁: how much of the mean is new
  float keeps, takes;  // β₂ and 1 - β₂
  float root;          // √(1 - β₂ᵗ)
  float eps;
  float along;         // -lr / (1 - β₁ᵗ)
};

// `largest` is null without AMSGrad.
void descend(const Step &step, int64_t count, float *weights, const float *gradient, float *mean, float *square,
             float *largest, Processor processor);

} // namespace imdbsh::adam
