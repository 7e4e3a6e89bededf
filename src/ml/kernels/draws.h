// Which numbers dropout keeps, a bit each. The draws are those of `ml/dropout_mask.rs`: 16 bits a number, of eight xoshiro128++ generators
// (Blackman, Vigna 2021) side by side.
#pragma once

#include "lanes.h"

namespace imdbsh {

// What dropout does to numbers: none is dropped where `bits` is null.
struct Dropping {
  const uint8_t *bits; // 1 where a number stays
  float grown;         // what stays is multiplied by this

  // How many bytes so many bits take, those included that are read beside them.
  static int64_t bytes(int64_t count) { return (count + 15) / 16 * 2 + 8; }
};

class Draws {
  typedef uint32_t Words __attribute__((vector_size(32)));

public:
  static constexpr int64_t AT_ONCE = 16;

  INLINE void seed(Draws &draws, uint64_t seed) {
    Words *const state[] = {&draws.a, &draws.b, &draws.c, &draws.d};
    for (Words *words : state) {
      for (int lane = 0; lane < 8; lane++) {
        // SplitMix64, as the generators' authors recommend to seed with.
        seed += 0x9e3779b97f4a7c15u;
        uint64_t z = seed;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        (*words)[lane] = static_cast<uint32_t>(z ^ (z >> 31));
      }
    }
  }

  // The next 16 numbers' bits, the first one lowest: dropped are draws below `dropped`, of 65536.
  INLINE uint32_t next(Draws &s, uint32_t dropped) {
    typedef int32_t Signed __attribute__((vector_size(32)));
    const Words sum = s.a + s.d;
    const Words out = ((sum << 7) | (sum >> 25)) + s.a;
    const Words t = s.b << 9;
    s.c ^= s.a;
    s.d ^= s.b;
    s.b ^= s.c;
    s.a ^= s.d;
    s.c ^= t;
    s.d = (s.d << 11) | (s.d >> 21);
    const Words low = {1, 2, 4, 8, 16, 32, 64, 128};
    const Signed limit = Signed{} + static_cast<int32_t>(dropped);
    const Words first = (Words)((Signed)(out & 0xffffu) >= limit) & low;
    const Words second = (Words)((Signed)(out >> 16) >= limit) & (low << 8);
    const Words both = first | second;
    uint32_t bits = 0;
    for (int lane = 0; lane < 8; lane++) {
      bits |= both[lane];
    }
    return bits;
  }

private:
  Words a, b, c, d;
};

// Fills `bits`, of which there are `Dropping::bytes(count)` bytes: numbers are dropped with that probability, in [0, 1).
void draw_bits(uint64_t seed, double probability, int64_t count, uint8_t *bits, Processor processor);

} // namespace imdbsh
