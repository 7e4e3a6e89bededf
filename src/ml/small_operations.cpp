// Small operations on the processor stay on the thread that asks for them. Only what libtorch 2.11 has, too.
//
// Each is caught between libtorch's gradients and its arithmetic (the dispatcher's `BackendSelect`, where nothing else stands for these operations), so
// that those of a backward pass are caught as well, whoever asks for them.

#include <ATen/Operators.h>
#include <ATen/Parallel.h>
#include <ATen/TensorIterator.h>
#include <torch/library.h>

#include <algorithm>
#include <memory>

#ifndef _WIN32
#include <dlfcn.h>
#endif

namespace {

using at::Tensor;
using c10::DispatchKey;
using c10::DispatchKeySet;

// So many multiplications, and no more, stay on one thread. [rows, 128] by [128, 512] in float32 on two cores of an AMD EPYC server with AVX2, medians of seven,
// on one thread and on two, in microseconds; `benches/products.rhai` measures it anew.
//
//   rows                     16   32   64   128   256   512   1024
//   millions                  1    2    4     8    17    34     67
//   idle, one thread         68  123  228   455   868  1843   3891
//   idle, two                59   93  161   300   502   992   2060
//   beside a process, one    82  133  255   495   972  2036   4151
//   beside a process, two   136  185  320   617  1141  2014   4736
//
// Two pay from the first million on where nothing else is at work; where something is, they cost more than one does up to 17 million. Beside a
// compiler, whose own threads wake up again and again, the two wait for each other for milliseconds a product, whatever its size. Up to here
// that is dearer than what two would save: 0.15 ms.
constexpr int64_t SMALL_PRODUCT = 1 << 23;

// So many numbers, and no more, are added, multiplied or summed up on one thread.
constexpr int64_t SMALL_SUM = 1 << 18;

// So many numbers, and no more, are given to a function on one thread.
constexpr int64_t SMALL_FUNCTION = 1 << 16;

// MKL's threads are of its own setting, all others those of OpenMP. Both settings are this thread's alone.
struct Threads {
  int (*set_mkl)(int) = nullptr; // gives what was set before, 0 where the process's setting holds
  void (*set)(int) = nullptr;

  Threads() {
#ifndef _WIN32
    set_mkl = reinterpret_cast<int (*)(int)>(dlsym(RTLD_DEFAULT, "MKL_Set_Num_Threads_Local"));
    set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
#endif
  }

  bool are_there() const { return set_mkl && set; }
};

const Threads &threads() {
  static const Threads found;
  return found;
}

// While it lives, what this thread computes wakes no others, if it `would`. On one thread there is nothing to do.
class Alone {
public:
  // libtorch's own question: the first time that it is asked on a thread it sets up that thread, which must not happen below.
  explicit Alone(bool would) : most(would ? at::get_num_threads() : 1) {
    if (most > 1) {
      mkl = threads().set_mkl(1);
      threads().set(1);
    }
  }

  ~Alone() {
    if (most > 1) {
      threads().set(most);
      threads().set_mkl(mkl);
    }
  }

  Alone(const Alone &) = delete;
  Alone &operator=(const Alone &) = delete;

private:
  int most, mkl = 0;
};

// Whether an operation would wake threads, and for little. Shapes may be wrong: it is not said here.

// From so many numbers on libtorch divides what it computes itself; what it leaves to MKL, and rows, at any size.
constexpr int64_t DIVIDED = at::internal::GRAIN_SIZE;

// Number by number, or along the dimensions of the first tensor.
template <int64_t LEAST, int64_t MOST> struct OfOne {
  template <class... Rest> static bool wakes_for_little(const Tensor &x, const Rest &...) {
    return LEAST <= x.numel() && x.numel() <= MOST;
  }
};

// Number by number; of each the dimensions that the other has more of are repeated.
struct OfTwo {
  template <class... Rest> static bool wakes_for_little(const Tensor &a, const Tensor &b, const Rest &...) {
    int64_t numbers = 1;
    for (int64_t i = 1; i <= std::max(a.dim(), b.dim()); i++) {
      const int64_t size = std::max(i <= a.dim() ? a.size(-i) : 1, i <= b.dim() ? b.size(-i) : 1);
      if (size > SMALL_SUM) {
        return false;
      }
      numbers = std::min(numbers * size, SMALL_SUM + 1);
    }
    return DIVIDED <= numbers && numbers <= SMALL_SUM;
  }
};

// Their product.
struct Product {
  template <class... Rest> static bool wakes_for_little(const Tensor &a, const Tensor &b, const Rest &...) {
    const int64_t columns = b.dim() > 1 ? std::max<int64_t>(b.size(-1), 1) : 1;
    return a.numel() <= SMALL_PRODUCT / columns;
  }
};

// The product of the second and the third, added to the first.
struct AddedProduct {
  template <class... Rest>
  static bool wakes_for_little(const Tensor &, const Tensor &a, const Tensor &b, const Rest &...) {
    return Product::wakes_for_little(a, b);
  }
};

// An operation, with its question of how much there is to do.
template <class Size, class Operation, class Schema = typename Operation::schema> struct Caught;
template <class Size, class Operation, class Made, class... Given> struct Caught<Size, Operation, Made(Given...)> {
  static Made on(DispatchKeySet keys, Given... given) {
    // What stands below: libtorch's arithmetic. Plain numbers on the processor, or it is none of ours: other devices, sparse tensors.
    const DispatchKeySet below = keys & DispatchKeySet(DispatchKeySet::FULL_AFTER, DispatchKey::BackendSelect);
    const Alone alone(below.highestPriorityTypeId() == DispatchKey::CPU && Size::wakes_for_little(given...));
    return Operation::redispatch(below, given...);
  }
};

template <class Size, class... Operations> void catch_all(torch::Library &library) {
  const auto named = [](const std::string &name, const std::string &overload) {
    return overload.empty() ? name : name + "." + overload;
  };
  (library.impl(named(Operations::name, Operations::overload_name).c_str(), TORCH_FN((Caught<Size, Operations>::on))),
   ...);
}

} // namespace

// From now on. False where libtorch has no MKL, or another way to its operations: all goes on as it was.
extern "C" bool imdbsh_keep_small_operations() noexcept {
  if (!threads().are_there()) {
    return false;
  }
  try {
    auto library =
      std::make_unique<torch::Library>(torch::Library::IMPL, "aten", DispatchKey::BackendSelect, __FILE__, __LINE__);
    namespace ops = at::_ops;
    catch_all<Product, ops::mm, ops::bmm, ops::mv>(*library);
    catch_all<AddedProduct, ops::addmm, ops::baddbmm>(*library);
    catch_all<OfTwo, ops::add_Tensor, ops::add__Tensor, ops::sub_Tensor, ops::mul_Tensor, ops::div_Tensor>(*library);
    catch_all<OfOne<DIVIDED, SMALL_SUM>,
      ops::sum_dim_IntList, ops::mean_dim, ops::tanh_backward, ops::sigmoid_backward>(*library);
    catch_all<OfOne<0, SMALL_SUM>,
      ops::dot, ops::ceil, ops::floor, ops::round, ops::trunc, ops::sqrt, ops::native_layer_norm,
      ops::native_layer_norm_backward>(*library);
    catch_all<OfOne<0, SMALL_FUNCTION>,
      ops::max_dim, ops::tanh, ops::sigmoid, ops::exp, ops::expm1, ops::log, ops::log1p, ops::log2, ops::log10,
      ops::sin, ops::cos, ops::tan, ops::asin, ops::acos, ops::atan, ops::erf, ops::erfc, ops::erfinv, ops::lgamma,
      ops::gelu, ops::gelu_backward, ops::_softmax, ops::_softmax_backward_data, ops::_log_softmax,
      ops::_log_softmax_backward_data>(*library);
    library.release(); // it lives as long as the process
    return true;
  } catch (...) {
    return false;
  }
}
