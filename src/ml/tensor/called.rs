//! Functions of the project's own in C++, which give no exceptions to Rust.

use std::ffi::c_char;
use tch::TchError;

/// What `call` makes. It hands its function so many bytes, zeros, into which that writes why it fails.
///
/// # Errors
/// That text, if it makes nothing.
pub fn called<T>(call: impl FnOnce(*mut c_char, usize) -> Option<T>) -> Result<T, TchError> {
    let mut why = [0u8; 1024];
    call(why.as_mut_ptr().cast(), why.len()).ok_or_else(|| {
        let said = why.split(|byte| *byte == 0).next().unwrap_or_default();
        TchError::Torch(String::from_utf8_lossy(said).into_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_says_why_and_a_long_text_is_cut() {
        assert_eq!(called(|_, _| Some(1)).unwrap(), 1);
        let said = |text: &[u8]| {
            let failed = called::<()>(|why, size| {
                let bytes = text.len().min(size);
                // SAFETY: `why` has its size.
                unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), why.cast(), bytes) };
                None
            });
            let Err(TchError::Torch(said)) = failed else { panic!("{failed:?}") };
            said
        };
        assert_eq!(said(b""), "");
        assert_eq!(said(b"no row\0of it"), "no row");
        assert_eq!(said(&[b'a'; 2000]).len(), 1024);
    }
}
