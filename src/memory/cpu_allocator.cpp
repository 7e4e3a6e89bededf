// Tensors on the processor, counted: a block is taken from libtorch's own allocator once the program says that it may be
// (`tensors.rs`). Only what libtorch 2.11 has, too.

#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>

#include <stdexcept>

#ifdef __APPLE__
#include <malloc/malloc.h>
#define malloc_usable_size malloc_size
#else
#include <malloc.h>
#endif

extern "C" {
// Counts `bytes`, or writes into `why`, which has `length` bytes, why they cannot be had.
bool imdbsh_take(size_t bytes, char *why, size_t length) noexcept;
void imdbsh_count(int64_t bytes) noexcept;
}

namespace {

void give_back(void *block) {
  const int64_t bytes = malloc_usable_size(block);
  c10::free_cpu(block);
  imdbsh_count(-bytes);
}

struct Counting final : c10::Allocator {
  c10::DataPtr allocate(size_t bytes) override {
    const c10::Device cpu(c10::DeviceType::CPU);
    if (bytes == 0) {
      return {nullptr, nullptr, &c10::NoDelete, cpu};
    }
    char why[256];
    if (!imdbsh_take(bytes, why, sizeof why)) {
      throw std::runtime_error(why);
    }
    void *block;
    try {
      block = c10::alloc_cpu(bytes);
    } catch (...) {
      imdbsh_count(-static_cast<int64_t>(bytes));
      throw;
    }
    // What is given back is counted by the block, which is a little larger than what was asked for.
    imdbsh_count(static_cast<int64_t>(malloc_usable_size(block)) - static_cast<int64_t>(bytes));
    return {block, block, &give_back, cpu};
  }

  c10::DeleterFnPtr raw_deleter() const override { return &give_back; }

  void copy_data(void *to, const void *from, size_t bytes) const override {
    default_copy_data(to, from, bytes);
  }
};

} // namespace

extern "C" void imdbsh_count_tensors() {
  // It lives as long as the process: tensors that it has made may be the last to go.
  static Counting *allocator = new Counting;
  c10::SetCPUAllocator(allocator, 1);
}
