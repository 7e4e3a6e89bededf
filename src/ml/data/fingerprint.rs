//! A number that tells data sets apart, the same on every machine and in every build.

use crate::error::Result;
use crate::ml::tensor::{During, kind_name};
use tch::{Device, Tensor};

/// FNV-1a, 64 bits (Fowler, Noll, Vo; draft-eastlake-fnv).
pub(super) struct Fingerprint(u64);

impl Fingerprint {
    pub fn new() -> Self {
        Fingerprint(0xcbf2_9ce4_8422_2325)
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// A number, little-endian.
    pub fn number(&mut self, number: u64) {
        self.bytes(&number.to_le_bytes());
    }

    /// Kind, shape and elements.
    pub fn tensor(&mut self, t: &Tensor) -> Result<()> {
        self.bytes(kind_name(t.kind()).as_bytes());
        t.size().iter().for_each(|n| self.number(*n as u64));
        let here = t.f_detach().and_then(|t| t.f_to_device(Device::Cpu)).and_then(|t| t.f_contiguous());
        let here = here.during("fingerprint", &[t])?;
        let mut elements = vec![0; here.numel() * here.kind().elt_size_in_bytes()];
        here.f_copy_data_u8(&mut elements, here.numel()).during("fingerprint", &[t])?;
        self.bytes(&elements);
        Ok(())
    }

    /// 16 hexadecimal digits.
    pub fn finish(self) -> String {
        format!("{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The test vectors of draft-eastlake-fnv.
    #[test]
    fn the_hash_is_fnv_1a() {
        for (text, expected) in [("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8")] {
            let mut f = Fingerprint::new();
            f.bytes(text.as_bytes());
            assert_eq!(f.finish(), expected);
        }
    }
}
