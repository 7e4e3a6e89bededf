// Takes a parameter's gradient away, which the bindings cannot. Only what libtorch 2.11 has, too.

#include <ATen/core/Tensor.h>

// False where libtorch refuses.
extern "C" bool imdbsh_drop_grad(void *tensor) noexcept {
  try {
    static_cast<at::Tensor *>(tensor)->mutable_grad().reset();
    return true;
  } catch (...) {
    return false;
  }
}
