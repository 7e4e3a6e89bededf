//! Subnormal floats, switched off.
//!
//! Gradients that go back through hundreds of steps of a recurrent layer decay below 1e-38, where x86 processors compute
//! up to a hundred times more slowly. Flushing such numbers to zero makes training with padding in front, or with a readout
//! over time, up to three times as fast, and changes no result beyond 1e-38. PyTorch has `torch.set_flush_denormal(True)`
//! for it, off by default.

/// Makes this thread, and all threads that it starts from now on, flush subnormal numbers to zero. Does nothing on other
/// processors than x86-64.
pub fn flush_to_zero() {
    #[cfg(target_arch = "x86_64")]
    {
        /// "Flush to zero" and "denormals are zero" of the MXCSR register (Intel SDM, volume 1, 10.2.3).
        const FLUSH: u32 = 1 << 15 | 1 << 6;
        let mut control: u32 = 0;
        // SAFETY: both instructions are part of every x86-64; only how subnormal numbers are rounded changes.
        unsafe {
            std::arch::asm!("stmxcsr [{}]", in(reg) &raw mut control, options(nostack));
            control |= FLUSH;
            std::arch::asm!("ldmxcsr [{}]", in(reg) &raw const control, options(nostack, readonly));
        }
    }
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    #[test]
    fn subnormal_results_are_zero_in_threads_that_start_afterwards() {
        let small = std::hint::black_box(f32::MIN_POSITIVE);
        assert!(small / 2.0 > 0.0);
        let flushed = std::thread::spawn(move || {
            super::flush_to_zero();
            std::thread::spawn(move || std::hint::black_box(small) / 2.0).join().unwrap()
        });
        assert_eq!(flushed.join().unwrap(), 0.0);
    }
}
