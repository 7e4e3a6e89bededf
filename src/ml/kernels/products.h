// Products of matrices, each on the thread that asks for it.
#pragma once

#include <cstdint>

namespace imdbsh {

// Whether libtorch has them.
bool has_products();

// While it lives, this thread's products wake no other threads.
class OneThread {
public:
  OneThread();
  ~OneThread();

private:
  int before;
};

// c = op(a)·op(b), or that added to it: op(a) is [m, k], op(b) [k, n], row by row.
void product(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float *a, int64_t lda,
             const float *b, int64_t ldb, bool add, float *c, int64_t ldc);

} // namespace imdbsh
