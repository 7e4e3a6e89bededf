// A kind of recurrent cell, as the walk over steps needs it: how its gates come from products, and the element-wise part of a step.
//
// A position's gates are blocks of `hidden` numbers. Which block of the weights' rows gives which block of the gates is the cell's own: a GRU's
// new gate keeps what the state gives apart from what the input gives, for the reset gate comes between.
#pragma once

#include "lanes.h"

namespace imdbsh::recurrent {

// Rows of one step: `count` of them.
struct Step {
  int64_t count, hidden;
  float *gates;      // before their functions; behind them afterwards, if they are kept
  const float *bias; // of one position's gates
  float *c, *h;      // states: before the step, and after it; c null where the cell has none
  float *out;        // the outputs: of each row at its place, a place each `stride` numbers
  int64_t stride;
  const int64_t *places;
  float *cells; // a copy of c, or null
  bool keeps;   // the gates, for the way back
};

// The same step backwards, for one row. What the cell does not have is null.
struct StepBack {
  int64_t hidden;
  const float *gates, *cell, *before; // as the step left them; the cell before it
  const float *state;                 // h before the step
  const float *d_out, *d_cell;        // of the output, of the cell as an output
  float *d_h;                         // of the state behind the step; then what of it does not go through the gates, if the cell says so
  float *d_c;                         // of the cell: behind the step, then before it
  float *d_gates;                     // before their functions
};

// Blocks of weights that give blocks of gates.
struct Part {
  int64_t weights, gates, count;
};

struct Cell {
  int64_t gates;        // blocks of a position
  Part inputs[2];       // what the input gives; the second may be of no block
  Part states;          // what the state gives, on top of it
  int64_t of_state;     // so many of the last blocks no input gives
  bool has_cells;       // a second state, c
  bool passes_state;    // part of the state goes past the gates: `backward` leaves its gradient in d_h
  void (*forward)(const Step &);
  void (*backward)(const StepBack &);
};

Cell lstm(Processor processor);
Cell gru(Processor processor);
Cell rnn_tanh(Processor processor);
Cell rnn_relu(Processor processor);

} // namespace imdbsh::recurrent
