//! Random numbers that are the same for a seed on every machine and in every version.

/// SplitMix64 (Steele, Lea and Flood: Fast splittable pseudorandom number generators, 2014), from a seed.
pub struct SplitMix(pub u64);

impl SplitMix {
    /// Any 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to below 1.
    pub fn share(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// From 0 to below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.bits()) * end as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers of the published generator for the seed 1234567.
    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        let mut numbers = SplitMix(1_234_567);
        assert_eq!([numbers.bits(), numbers.bits()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }
}
