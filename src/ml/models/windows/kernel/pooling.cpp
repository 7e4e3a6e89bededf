#include "windows.h"

#include <algorithm>
#include <limits>

namespace imdbsh::windows {
namespace {

// The window's positions that are in the row: from `first` on, `dilation` apart, as far as `end`.
struct Seen {
  int64_t first, end;
};

Seen seen(const Shape &s, const Row &row, int64_t window) {
  const int64_t begin = window * s.stride - s.padding;
  const int64_t before = begin < 0 ? (-begin + s.dilation - 1) / s.dilation : 0;
  return {begin + before * s.dilation, std::min(row.length, begin + (s.kernel - 1) * s.dilation + 1)};
}

// `walk(row, window)` for all windows of a block.
template <class Walk> void each_window(const Block &block, Walk walk) {
  for (int64_t i = 0; i < block.count; i++) {
    for (int64_t window = 0; window < block.rows[i].windows; window++) {
      walk(block.rows[i], window);
    }
  }
}

// What a window's sum is multiplied by: as libtorch has it, positions behind the padding do not count.
float share(const Shape &s, const Row &row, int64_t window) {
  const int64_t begin = window * s.stride - s.padding;
  return 1.0f / static_cast<float>(std::min(begin + s.kernel, row.length + s.padding) - begin);
}

} // namespace

void max_forward(const Shape &s, const Block &block, int64_t features, const float *x, float *out, int32_t *places) {
  each_window(block, [&](const Row &row, int64_t window) {
    float *best = out + (row.first_out + window) * features;
    int32_t *place = places + (row.first_out + window) * features;
    std::fill_n(best, features, -std::numeric_limits<float>::infinity());
    const Seen in = seen(s, row, window);
    // A window between a row's ends and its padding may see none.
    std::fill_n(place, features, in.first < in.end ? static_cast<int32_t>(in.first) : -1);
    for (int64_t at = in.first; at < in.end; at += s.dilation) {
      const float *given = x + (row.first_in + at) * features;
      for (int64_t j = 0; j < features; j++) {
        // No number is larger than any.
        const bool larger = given[j] > best[j] || given[j] != given[j];
        best[j] = larger ? given[j] : best[j];
        place[j] = larger ? static_cast<int32_t>(at) : place[j];
      }
    }
  });
}

void max_backward(const Block &block, int64_t features, const float *d_out, const int32_t *places, float *d_x) {
  each_window(block, [&](const Row &row, int64_t window) {
    const int64_t first = (row.first_out + window) * features;
    for (int64_t j = 0; j < features; j++) {
      if (places[first + j] >= 0) {
        d_x[(row.first_in + places[first + j]) * features + j] += d_out[first + j];
      }
    }
  });
}

void mean_forward(const Shape &s, const Block &block, int64_t features, const float *x, float *out) {
  each_window(block, [&](const Row &row, int64_t window) {
    float *to = out + (row.first_out + window) * features;
    std::fill_n(to, features, 0.0f);
    const Seen in = seen(s, row, window);
    for (int64_t at = in.first; at < in.end; at += s.dilation) {
      for (int64_t j = 0; j < features; j++) {
        to[j] += x[(row.first_in + at) * features + j];
      }
    }
    const float part = share(s, row, window);
    for (int64_t j = 0; j < features; j++) {
      to[j] *= part;
    }
  });
}

void mean_backward(const Shape &s, const Block &block, int64_t features, const float *d_out, float *d_x) {
  each_window(block, [&](const Row &row, int64_t window) {
    const float *d = d_out + (row.first_out + window) * features;
    const float part = share(s, row, window);
    const Seen in = seen(s, row, window);
    for (int64_t at = in.first; at < in.end; at += s.dilation) {
      for (int64_t j = 0; j < features; j++) {
        d_x[(row.first_in + at) * features + j] += d[j] * part;
      }
    }
  });
}

} // namespace imdbsh::windows
