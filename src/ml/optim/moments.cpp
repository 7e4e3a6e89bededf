#include "moments.h"

#include <cmath>

namespace imdbsh::adam {
namespace {

// In the order of PyTorch's operations. The compiler makes vectors of it.
template <bool AMSGRAD>
INLINE void walk(const Step s, int64_t count, float *__restrict weights, const float *__restrict gradient,
                 float *__restrict mean, float *__restrict square, float *__restrict largest) {
  for (int64_t i = 0; i < count; i++) {
    const float weight = weights[i] * s.shrinks;
    const float g = gradient[i] + s.decay * weight;
    // As libtorch's `lerp`, which goes from the nearer end.
    const float m = s.share < 0.5f ? mean[i] + s.share * (g - mean[i]) : g - (g - mean[i]) * (1.0f - s.share);
    const float v = square[i] * s.keeps + g * s.takes * g;
    mean[i] = m;
    square[i] = v;
    float most = v;
    if (AMSGRAD) {
      most = v > largest[i] || v != v ? v : largest[i];
      largest[i] = most;
    }
    weights[i] = weight + m * s.along / (std::sqrt(most) / s.root + s.eps);
  }
}

INLINE void both(const Step &step, int64_t count, float *weights, const float *gradient, float *mean, float *square,
                 float *largest) {
  if (largest) {
    walk<true>(step, count, weights, gradient, mean, square, largest);
  } else {
    walk<false>(step, count, weights, gradient, mean, square, largest);
  }
}

void plain(const Step &step, int64_t count, float *w, const float *g, float *m, float *v, float *most) {
  both(step, count, w, g, m, v, most);
}

#ifdef __x86_64__
IN_AVX2 void avx2(const Step &step, int64_t count, float *w, const float *g, float *m, float *v, float *most) {
  both(step, count, w, g, m, v, most);
}
IN_AVX512 void avx512(const Step &step, int64_t count, float *w, const float *g, float *m, float *v, float *most) {
  both(step, count, w, g, m, v, most);
}
#endif

} // namespace

void descend(const Step &step, int64_t count, float *weights, const float *gradient, float *mean, float *square,
             float *largest, Processor processor) {
#ifdef __x86_64__
  switch (processor) {
  case Processor::AVX512:
    return avx512(step, count, weights, gradient, mean, square, largest);
  case Processor::AVX2:
    return avx2(step, count, weights, gradient, mean, square, largest);
  case Processor::PLAIN:
    break;
  }
#endif
  plain(step, count, weights, gradient, mean, square, largest);
}

} // namespace imdbsh::adam
