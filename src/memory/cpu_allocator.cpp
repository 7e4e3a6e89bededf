// Tensors on the processor: counted, and the memory of large ones kept for the next. Each block is asked for in Rust first (`tensors.rs`). Only what
// libtorch 2.11 has, too.
//
// A training takes and frees the same hundreds of megabytes at each step, which would cost page faults each time.

#include <c10/core/CPUAllocator.h>

#include <cstdlib>
#include <new>
#include <stdexcept>

#ifdef __linux__
#include "kept.h"
#endif

extern "C" {
// Counts `bytes`, or writes into `why`, which has `length` bytes, why they cannot be had.
bool imdbsh_take(size_t bytes, char *why, size_t length) noexcept;
void imdbsh_count(int64_t bytes) noexcept;
}

namespace {

constexpr size_t ALIGNMENT = 64; // what libtorch's own allocator promises

// Stands in front of a block's numbers, in a line of the cache of its own.
struct Header {
  void *from;  // what the system gave
  size_t size; // of all of it, this included
};
static_assert(sizeof(Header) <= ALIGNMENT, "a header has a line of the cache");

Header *header_of(void *numbers) { return reinterpret_cast<Header *>(static_cast<char *>(numbers) - ALIGNMENT); }

#ifdef __linux__
// It lives as long as the process: tensors may be the last to go.
imdbsh::Kept &kept() {
  static imdbsh::Kept *all = new imdbsh::Kept;
  return *all;
}

bool is_large(size_t size) { return size >= 64 << 10; }
#endif

// What a block of so many bytes takes.
size_t size_for(size_t bytes) {
  const size_t size = bytes + 2 * ALIGNMENT; // a header, and what it takes to align it
#ifdef __linux__
  if (is_large(size)) {
    constexpr size_t grain = imdbsh::Kept::GRAIN;
    return (size + grain - 1) / grain * grain;
  }
#endif
  return size;
}

// Null where the system has no memory.
Header *from_system(size_t size) {
#ifdef __linux__
  if (is_large(size)) {
    try {
      char *from = kept().take(size);
      return from ? new (from) Header{from, size} : nullptr;
    } catch (const std::bad_alloc &) { // no memory to note it in
      return nullptr;
    }
  }
#endif
  void *from = std::malloc(size);
  if (!from) {
    return nullptr;
  }
  char *begin = static_cast<char *>(from);
  char *aligned = begin + (ALIGNMENT - reinterpret_cast<size_t>(begin) % ALIGNMENT) % ALIGNMENT;
  return new (aligned) Header{from, size};
}

void to_system(const Header &block) {
#ifdef __linux__
  if (is_large(block.size)) {
    try {
      kept().put(static_cast<char *>(block.from), block.size);
    } catch (...) { // no memory to note it in: it is lost
    }
    return;
  }
#endif
  std::free(block.from);
}

void free_block(void *numbers) {
  if (!numbers) {
    return;
  }
  const Header block = *header_of(numbers);
  to_system(block);
  imdbsh_count(-static_cast<int64_t>(block.size));
}

struct Counting final : c10::Allocator {
  c10::DataPtr allocate(size_t bytes) override {
    const c10::Device cpu(c10::DeviceType::CPU);
    if (bytes == 0) {
      return {nullptr, nullptr, &c10::NoDelete, cpu};
    }
    const size_t size = size_for(bytes);
    char why[256] = "not enough memory";
    if (size < bytes || !imdbsh_take(size, why, sizeof why)) {
      throw std::runtime_error(why);
    }
    Header *block = from_system(size);
    if (!block) {
      imdbsh_count(-static_cast<int64_t>(size));
      throw std::runtime_error("not enough memory: the system gives no more");
    }
    void *numbers = reinterpret_cast<char *>(block) + ALIGNMENT;
    return {numbers, numbers, &free_block, cpu};
  }

  c10::DeleterFnPtr raw_deleter() const override { return &free_block; }

  void copy_data(void *to, const void *from, size_t bytes) const override {
    default_copy_data(to, from, bytes);
  }
};

} // namespace

extern "C" void imdbsh_count_tensors() {
  static Counting *allocator = new Counting;
  c10::SetCPUAllocator(allocator, 1);
}

// What is kept and not used.
extern "C" void imdbsh_give_back_kept() noexcept {
#ifdef __linux__
  kept().give_back();
#endif
}
