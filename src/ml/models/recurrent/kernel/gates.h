// The element-wise part of a step of an LSTM, for several rows at once.
#pragma once

#include "lanes.h"

namespace imdbsh::lstm {

// Rows of one step: `count` of them. Gates stand in PyTorch's order i, f, g, o, `4·hidden` numbers a row.
struct Step {
  int64_t count, hidden;
  float *gates;      // before their functions; behind them afterwards
  const float *bias; // [4·hidden]
  float *c, *h;      // states: before the step, and after it
  float *out;        // the outputs: of each row at its place, a place each `stride` numbers
  int64_t stride;
  const int64_t *places;
  float *cells; // a copy of c, or null
};

// The same step backwards, for one row.
struct StepBack {
  int64_t hidden;
  const float *gates, *cell, *before; // as the step left them; the cell before it
  const float *d_out, *d_cell, *d_h;  // of the output, of the cell as an output, of the state behind them
  float *d_c;                         // of the cell: behind the step, then before it
  float *d_gates;                     // before their functions
};

struct Gates {
  void (*forward)(const Step &);
  void (*backward)(const StepBack &);
};

Gates gates_for(Processor processor);

} // namespace imdbsh::lstm
