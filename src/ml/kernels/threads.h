// Shares out a kernel's tasks among threads.
#pragma once

#include "products.h"
#include "watch.h"

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#ifdef __SSE__
#include <xmmintrin.h>
#endif

namespace imdbsh {

// Runs `task(number, thread)` for all numbers, the first first, on at most so many threads, each with its products on itself.
template <class Task> void on_threads(int64_t threads, int64_t tasks, Watch &watch, Task task) {
#ifdef __SSE__
  const unsigned rounding = _mm_getcsr();
#endif
  std::atomic<int64_t> next{0};
  auto work = [&](int64_t thread) {
#ifdef __SSE__
    _mm_setcsr(rounding); // whether subnormal numbers are zero
#endif
    const OneThread alone;
    for (int64_t number = next++; number < tasks && !watch.stops(); number = next++) {
      task(number, thread);
    }
  };
  std::vector<std::thread> others;
  others.reserve(threads);
  for (int64_t thread = 1; thread < std::min(threads, tasks); thread++) {
    try {
      others.emplace_back(work, thread);
    } catch (const std::system_error &) {
      break; // the system gives no more: those that there are do it
    }
  }
  work(0);
  for (std::thread &other : others) {
    other.join();
  }
  if (watch.stops()) {
    throw std::runtime_error("interrupted");
  }
}

} // namespace imdbsh
