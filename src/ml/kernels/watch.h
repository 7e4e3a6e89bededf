// What a kernel asks now and then.
#pragma once

#include <atomic>

namespace imdbsh {

// Whether to go on, which is asked at each step. Whoever does not leaves what it computes unfinished.
class Watch {
public:
  explicit Watch(bool (*asked)()) : asked(asked) {}

  bool stops() {
    if (!stopped && asked()) {
      stopped = true;
    }
    return stopped;
  }

private:
  bool (*asked)();
  std::atomic<bool> stopped{false};
};

} // namespace imdbsh
