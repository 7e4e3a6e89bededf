// Products of matrices by the MKL that is inside of libtorch on x86-64. Other builds have none, or another one.

#include "products.h"

#ifndef _WIN32
#include <dlfcn.h>
#endif

namespace imdbsh {
namespace {

using Sgemm = void (*)(const char *, const char *, const int *, const int *, const int *, const float *, const float *,
                       const int *, const float *, const int *, const float *, float *, const int *);
using SetThreads = int (*)(int);

struct Mkl {
  Sgemm sgemm = nullptr;
  SetThreads set_threads = nullptr;

  Mkl() {
#ifndef _WIN32
    sgemm = reinterpret_cast<Sgemm>(dlsym(RTLD_DEFAULT, "sgemm_"));
    set_threads = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "MKL_Set_Num_Threads_Local"));
#endif
  }
};

const Mkl &mkl() {
  static const Mkl found;
  return found;
}

} // namespace

bool has_products() { return mkl().sgemm && mkl().set_threads; }

OneThread::OneThread() : before(mkl().set_threads ? mkl().set_threads(1) : 0) {}

OneThread::~OneThread() {
  if (mkl().set_threads) {
    mkl().set_threads(before);
  }
}

// MKL reads column by column, and so sees the transposed ones, in turn.
void product(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float *a, int64_t lda,
             const float *b, int64_t ldb, bool add, float *c, int64_t ldc) {
  const int sizes[] = {static_cast<int>(m),   static_cast<int>(n),   static_cast<int>(k),
                       static_cast<int>(lda), static_cast<int>(ldb), static_cast<int>(ldc)};
  const float one = 1.0f, before = add ? 1.0f : 0.0f;
  mkl().sgemm(transpose_b ? "T" : "N", transpose_a ? "T" : "N", &sizes[1], &sizes[0], &sizes[2], &one, b, &sizes[4], a,
              &sizes[3], &before, c, &sizes[5]);
}

} // namespace imdbsh
