#include "heads.h"

#include "products.h"

#include <algorithm>

namespace imdbsh::attention {
namespace {

template <int WIDTH> struct Scores {
  using Known = Lanes<WIDTH>;
  using Floats = typename Known::Floats;
  using Bits = typename Known::Bits;

  INLINE Floats load(const float *from) { return Known::load(from, WIDTH); }

  INLINE void store(float *to, Floats x) { Known::store(to, x, WIDTH); }

  // `walk(j, kept)` for each vector of `count` numbers, with the lanes that are numbers.
  template <class Walk> INLINE void each(int64_t count, Walk walk) {
    int64_t j = 0;
    for (; j + WIDTH <= count; j += WIDTH) {
      walk(j, ~Bits{});
    }
    if (j < count) {
      walk(j, Known::first(count - j));
    }
  }

  // `count` scores -> weights, in place; and these with some dropped.
  INLINE void softmax(int64_t count, float scale, float *scores, const Dropping &dropping, int64_t bit, float *dropped) {
    const Floats least = Floats{} - __builtin_inff();
    Floats most = least;
    each(count, [&](int64_t j, Bits real) __attribute__((always_inline)) {
      most = Known::largest(real != 0 ? load(scores + j) * scale : least, most);
    });
    const float largest = Known::largest(most);
    Floats total = {};
    each(count, [&](int64_t j, Bits real) __attribute__((always_inline)) {
      const Floats x = Known::keep(real, Known::exponential(load(scores + j) * scale - largest));
      total += x;
      store(scores + j, x);
    });
    const float share = 1.0f / Known::sum(total);
    if (!dropping.bits) {
      return each(count, [&](int64_t j, Bits) __attribute__((always_inline)) { store(scores + j, load(scores + j) * share); });
    }
    each(count, [&](int64_t j, Bits) __attribute__((always_inline)) {
      const Floats x = load(scores + j) * share;
      store(scores + j, x);
      store(dropped + j, Known::keep(Known::spread(dropping.bits, bit + j), x * dropping.grown));
    });
  }

  INLINE void clear(int64_t positions, float *x, int64_t width, int64_t size) {
    for (int64_t position = 0; position < positions; position++) {
      std::fill_n(x + position * width, size, 0.0f);
    }
  }

  INLINE void forward(const Row &row, const Head &head, float *out, float *weights, float *room) {
    const int64_t width = head.width, size = head.size, keys = row.keys, apart = row.keys_apart();
    const int64_t part = head.number * size;
    const float *q = head.q + row.first_query * width + part;
    const float *k = head.k + row.first_position * width + part, *v = head.v + row.first_position * width + part;
    out += row.first_query * width + part;
    if (keys == 0) {
      return clear(row.queries, out, width, size);
    }
    const Dropping dropping = {head.dropping.bits ? head.dropping.bits + row.first_byte : nullptr, head.dropping.grown};
    for (int64_t first = 0; first < row.queries; first += STRIPE) {
      const int64_t count = std::min(STRIPE, row.queries - first);
      float *scores = weights ? weights + first * apart : room;
      float *dropped = dropping.bits ? room + STRIPE * apart : scores;
      product(false, true, count, keys, size, q + first * width, width, k, width, false, scores, apart);
      for (int64_t i = 0; i < count; i++) {
        softmax(keys, head.scale, scores + i * apart, dropping, (head.number * row.queries + first + i) * keys,
                dropped + i * apart);
      }
      product(false, false, count, size, keys, dropped, apart, v, width, false, out + first * width, width);
    }
  }

  // A query's gradients: `d_scores` holds those of the weights behind dropout, and gets those of the scores.
  INLINE void back(int64_t count, float scale, const float *weights, const Dropping &dropping, int64_t bit,
                   float *d_scores, float *dropped) {
    Floats total = {};
    each(count, [&](int64_t j, Bits real) __attribute__((always_inline)) {
      const Floats weight = load(weights + j);
      Floats d = load(d_scores + j);
      if (dropping.bits) {
        const Bits kept = Known::spread(dropping.bits, bit + j);
        d = Known::keep(kept, d * dropping.grown);
        store(d_scores + j, d);
        store(dropped + j, Known::keep(kept, weight * dropping.grown));
      }
      total += Known::keep(real, weight * d);
    });
    // What they have in common. Of the output and its gradient it could be had sooner, but with a rounding error of its own, which is all
    // that is left where a query sees one key alone.
    const float along = Known::sum(total);
    each(count, [&](int64_t j, Bits) __attribute__((always_inline)) {
      store(d_scores + j, load(weights + j) * (load(d_scores + j) - along) * scale);
    });
  }

  INLINE void backward(const Row &row, const Head &head, const float *weights, const float *d_out,
                       float *d_q, float *d_k, float *d_v, float *room) {
    const int64_t width = head.width, size = head.size, keys = row.keys, apart = row.keys_apart();
    const int64_t asks = row.first_query * width + head.number * size;
    const int64_t seen = row.first_position * width + head.number * size;
    const float *q = head.q + asks, *k = head.k + seen, *v = head.v + seen;
    const Dropping dropping = {head.dropping.bits ? head.dropping.bits + row.first_byte : nullptr, head.dropping.grown};
    const int64_t reached = row.queries > 0 ? keys : 0;
    clear(row.positions - reached, d_k + seen + reached * width, width, size);
    clear(row.positions - reached, d_v + seen + reached * width, width, size);
    if (keys == 0) {
      return clear(row.queries, d_q + asks, width, size);
    }
    for (int64_t first = 0; first < row.queries; first += STRIPE) {
      const int64_t count = std::min(STRIPE, row.queries - first), here = asks + first * width;
      const bool more = first > 0;
      float *d_scores = room, *dropped = room + STRIPE * apart;
      const float *part = weights + first * apart;
      product(false, true, count, keys, size, d_out + here, width, v, width, false, d_scores, apart);
      for (int64_t i = 0; i < count; i++) {
        back(keys, head.scale, part + i * apart, dropping, (head.number * row.queries + first + i) * keys,
             d_scores + i * apart, dropped + i * apart);
      }
      product(true, false, keys, size, count, dropping.bits ? dropped : part, apart, d_out + here, width, more,
              d_v + seen, width);
      product(false, false, count, size, keys, d_scores, apart, k, width, false, d_q + here, width);
      product(true, false, keys, size, count, d_scores, apart, q + first * width, width, more, d_k + seen, width);
    }
  }
};

void forward_plain(const Row &row, const Head &head, float *out, float *weights, float *room) {
  Scores<4>::forward(row, head, out, weights, room);
}
void backward_plain(const Row &row, const Head &head, const float *weights, const float *d_out,
                    float *d_q, float *d_k, float *d_v, float *room) {
  Scores<4>::backward(row, head, weights, d_out, d_q, d_k, d_v, room);
}

#ifdef __x86_64__
IN_AVX2 void forward_avx2(const Row &row, const Head &head, float *out, float *weights, float *room) {
  Scores<8>::forward(row, head, out, weights, room);
}
IN_AVX2 void backward_avx2(const Row &row, const Head &head, const float *weights, const float *d_out,
                           float *d_q, float *d_k, float *d_v, float *room) {
  Scores<8>::backward(row, head, weights, d_out, d_q, d_k, d_v, room);
}
IN_AVX512 void forward_avx512(const Row &row, const Head &head, float *out, float *weights, float *room) {
  Scores<16>::forward(row, head, out, weights, room);
}
IN_AVX512 void backward_avx512(const Row &row, const Head &head, const float *weights, const float *d_out, float *d_q, float *d_k, float *d_v, float *room) {
  Scores<16>::backward(row, head, weights, d_out, d_q, d_k, d_v, room);
}
#endif

} // namespace

Functions functions_for(Processor processor) {
#ifdef __x86_64__
  switch (processor) {
  case Processor::AVX512:
    return {forward_avx512, backward_avx512};
  case Processor::AVX2:
    return {forward_avx2, backward_avx2};
  case Processor::PLAIN:
    break;
  }
#endif
  return {forward_plain, backward_plain};
}

} // namespace imdbsh::attention
