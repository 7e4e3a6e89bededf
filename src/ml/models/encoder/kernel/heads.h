// Attention of one head of one row, there and back, on one thread.
//
// Queries, keys and values lie position after position, `width` numbers each, of which `size` are a head's: products read them where they lie. Of the
// scores a stripe of queries is computed at a time, which stays in the cache.
#pragma once

#include "draws.h"

namespace imdbsh::attention {

constexpr int64_t STRIPE = 128; // queries

// Where a row lies. Its scores stand `keys_apart()` numbers behind each other, so that a vector never ends in another one's.
struct Row {
  int64_t queries, positions, keys;   // of the positions the first `keys` are seen
  int64_t first_query, first_position; // of all
  int64_t first_weight;                // where its first head's weights begin
  int64_t first_byte;                  // where its bits begin

  int64_t keys_apart() const { return (keys + 15) / 16 * 16; }
  int64_t weights() const { return queries * keys_apart(); } // of one head
};

struct Head {
  int64_t width, size, number;
  float scale;             // of the scores
  const float *q, *k, *v;  // [queries, width], [positions, width] twice
  Dropping dropping;       // its bits are the row's
};

// What one thread works on, in numbers.
inline int64_t room(int64_t most_keys) { return 2 * STRIPE * ((most_keys + 15) / 16 * 16); }

struct Functions {
  // `out`: [queries, width]. `weights`: the row's and head's, kept for the way back; or null.
  void (*forward)(const Row &, const Head &, float *out, float *weights, float *room);
  // Of the output, [queries, width], and of what went in: all of `q`, `k` and `v`.
  void (*backward)(const Row &, const Head &, const float *weights, const float *d_out, float *d_q,
                   float *d_k, float *d_v, float *room);
};

Functions functions_for(Processor processor);

} // namespace imdbsh::attention
