#include "draws.h"

#include <cmath>

namespace imdbsh {
namespace {

INLINE void draw(uint64_t seed, uint32_t dropped, int64_t count, uint8_t *bits) {
  Draws draws;
  Draws::seed(draws, seed);
  for (int64_t first = 0; first < count; first += Draws::AT_ONCE) {
    const uint32_t drawn = Draws::next(draws, dropped);
    *bits++ = static_cast<uint8_t>(drawn);
    *bits++ = static_cast<uint8_t>(drawn >> 8);
  }
  std::memset(bits, 0, 8);
}

void draw_plain(uint64_t seed, uint32_t dropped, int64_t count, uint8_t *bits) { draw(seed, dropped, count, bits); }

#ifdef __x86_64__
IN_AVX2 void draw_avx2(uint64_t seed, uint32_t dropped, int64_t count, uint8_t *bits) {
  draw(seed, dropped, count, bits);
}
#endif

} // namespace

void draw_bits(uint64_t seed, double probability, int64_t count, uint8_t *bits, Processor processor) {
  const uint32_t dropped = static_cast<uint32_t>(std::round(probability * 65536.0));
#ifdef __x86_64__
  if (processor != Processor::PLAIN) {
    return draw_avx2(seed, dropped, count, bits);
  }
#endif
  draw_plain(seed, dropped, count, bits);
}

} // namespace imdbsh
