#include "processor.h"

#include <ATen/Version.h>

namespace imdbsh {

Processor processor() {
  static const Processor found = processor_of(at::get_cpu_capability().c_str());
  return found;
}

} // namespace imdbsh
