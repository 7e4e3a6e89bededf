// Adam's step on a processor in float32: libtorch's own operations would read and write each number a dozen times.

#include "moments.h"
#include "processor.h"
#include "threads.h"

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>

#include <cstdio>

namespace {

using namespace imdbsh;

constexpr int64_t PART = 1 << 16; // numbers that a thread takes at a time

bool never() { return false; } // half a step is worse than none

} // namespace

// `given`: weights, gradient, mean, mean of the squares, and with AMSGrad the largest one; float32, contiguous, of one size. False, and why, where
// it fails.
extern "C" bool imdbsh_adam(const at::Tensor *const *given, int64_t count, const adam::Step *step, char *why,
                            size_t size) noexcept {
  try {
    float *all[5] = {};
    for (int64_t i = 0; i < count; i++) {
      TORCH_CHECK(given[i]->numel() == given[0]->numel(), "tensors of different sizes");
      all[i] = given[i]->data_ptr<float>();
    }
    const int64_t numbers = given[0]->numel(), parts = (numbers + PART - 1) / PART;
    Watch watch(never);
    on_threads(at::get_num_threads(), parts, watch, [&](int64_t part, int64_t) {
      const int64_t at = part * PART;
      adam::descend(*step, std::min(PART, numbers - at), all[0] + at, all[1] + at, all[2] + at, all[3] + at,
                    all[4] ? all[4] + at : nullptr, processor());
    });
    // So that a graph of before the step is not walked with numbers of behind it.
    for (int64_t i = 0; i < count; i++) {
      if (i != 1) {
        given[i]->unsafeGetTensorImpl()->bump_version();
      }
    }
    return true;
  } catch (const std::exception &e) {
    std::snprintf(why, size, "%s", e.what());
  } catch (...) {
    std::snprintf(why, size, "unknown exception");
  }
  return false;
}
