// Memory for large blocks on Linux, which is kept when they are freed. Ranges that nobody uses are joined with those beside them, so that blocks of
// whatever sizes can follow each other: a batch is never as wide as the one before.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <mutex>

#include <sys/mman.h>

namespace imdbsh {

class Kept {
public:
  static constexpr size_t GRAIN = 16 << 10; // sizes are multiples of it
  static constexpr size_t HUGE_PAGE = 2 << 20;
  static constexpr size_t REGION = 64 << 20; // at least so much is asked of the system at once

  // Null where the system has no memory.
  char *take(size_t size) {
    const std::lock_guard<std::mutex> lock(mutex);
    auto found = smallest(size);
    if (found == free.end()) {
      give_back_free();
      found = mapped(std::max(REGION, (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE));
      if (found == free.end()) {
        return nullptr;
      }
    }
    char *block = found->first;
    const Range range = found->second;
    free.erase(found);
    if (range.size > size) {
      free[block + size] = {range.size - size, range.touched};
    }
    if (range.touched) {
      touched -= size;
    }
    used += size;
    most = std::max(most, used);
    // What is kept beside what is used is bounded by what once was used, and a quarter for gaps.
    if (used + touched > most + most / 4) {
      give_back_free();
    }
    return block;
  }

  void put(char *block, size_t size) {
    const std::lock_guard<std::mutex> lock(mutex);
    used -= size;
    touched += size;
    insert(block, {size, true});
  }

  // Gives the system what nobody uses.
  void give_back() {
    const std::lock_guard<std::mutex> lock(mutex);
    give_back_free();
    most = used;
  }

private:
  struct Range {
    size_t size;
    bool touched; // the system has given it memory
  };
  using Ranges = std::map<char *, Range>;

  // The smallest range that fits, if there is one among those that have memory.
  Ranges::iterator smallest(size_t size) {
    auto best = free.end();
    for (auto range = free.begin(); range != free.end(); ++range) {
      if (range->second.size >= size && (best == free.end() || better(range->second, best->second))) {
        best = range;
      }
    }
    return best;
  }

  static bool better(const Range &a, const Range &b) { return a.touched != b.touched ? a.touched : a.size < b.size; }

  // A free range, joined with its neighbours of the same kind.
  Ranges::iterator insert(char *begin, Range range) {
    auto next = free.lower_bound(begin);
    if (next != free.end() && begin + range.size == next->first && next->second.touched == range.touched) {
      range.size += next->second.size;
      next = free.erase(next);
    }
    if (next != free.begin()) {
      auto before = std::prev(next);
      if (before->first + before->second.size == begin && before->second.touched == range.touched) {
        before->second.size += range.size;
        return before;
      }
    }
    return free.insert(next, {begin, range});
  }

  Ranges::iterator mapped(size_t size) {
    void *all = mmap(nullptr, size + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED) {
      return free.end();
    }
    char *begin = static_cast<char *>(all);
    const size_t before = (HUGE_PAGE - reinterpret_cast<size_t>(begin) % HUGE_PAGE) % HUGE_PAGE;
    if (before > 0) {
      munmap(begin, before);
    }
    munmap(begin + before + size, HUGE_PAGE - before);
#ifdef MADV_HUGEPAGE
    madvise(begin + before, size, MADV_HUGEPAGE); // a wish
#endif
    return insert(begin + before, {size, false});
  }

  void give_back_free() {
    Ranges all;
    all.swap(free);
    touched = 0;
    for (auto &[begin, range] : all) {
      if (range.touched) {
        madvise(begin, range.size, MADV_DONTNEED);
      }
      insert(begin, {range.size, false});
    }
  }

  std::mutex mutex;
  Ranges free;
  size_t used = 0, touched = 0, most = 0; // bytes in use, free ones that have memory, the most that were in use
};

} // namespace imdbsh
