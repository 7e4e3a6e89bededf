#pragma once

#include "lanes.h"

namespace imdbsh {

// What libtorch computes for, and can be told to: the kernels follow it.
Processor processor();

} // namespace imdbsh
