//! The tensors that a state dict names.

use super::item::{Item, Refusal, TensorView};
use super::machine::Machine;

/// The tensors of the dictionary that the pickle holds, in its order.
///
/// # Errors
/// A pickle that names a function other than those of tensors, that is cut short, or that holds no dictionary of tensors.
pub fn state_dict(pickle: &[u8]) -> Result<Vec<(String, TensorView)>, Refusal> {
    let mut machine = Machine::new(pickle);
    let held = machine.run()?;
    tensors(held)
}

/// The tensors of a dictionary, in its order.
pub(super) fn tensors(held: Item) -> Result<Vec<(String, TensorView)>, Refusal> {
    let Item::Dict(entries) = held else {
        return Err("it holds no dictionary of tensors: save a `state_dict()`".into());
    };
    let mut tensors = Vec::new();
    for (name, value) in entries.take() {
        match (name, value) {
            (Item::Text(name), Item::Tensor(tensor)) => tensors.push((name.to_string(), TensorView::clone(&tensor))),
            (Item::Text(name), _) => {
                return Err(format!("its entry `{name}` is no tensor: save the `state_dict()` of the network alone"));
            }
            _ => return Err("its entries have no names: save a `state_dict()`".into()),
        }
    }
    Ok(tensors)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory;

    // >>> import os, pickle
    // >>> class Bad:
    // ...     def __reduce__(self): return os.system, ("true",)
    // >>> pickle.dumps({"a": Bad()}, protocol=2)
    #[test]
    fn a_pickle_that_would_call_a_function_is_refused_by_its_name() {
        let pickle =
            b"\x80\x02}q\x00X\x01\x00\x00\x00aq\x01cposix\nsystem\nq\x02X\x04\x00\x00\x00trueq\x03\x85q\x04Rq\x05s.";
        let message = state_dict(pickle).unwrap_err();
        assert!(message.contains("wants to import `posix.system`"), "{message}");
    }

    // >>> b"".join([b"(K\x01t", b"q\x00h\x00h\x00\x86" * 45]): a tuple that holds itself twice, 45 times over.
    #[test]
    fn what_a_pickle_keeps_and_recalls_is_not_copied() {
        let grown = |kept: &[u8], twice: &[u8]| [b"\x80\x02", kept, &twice.repeat(45), b"."].concat();
        for pickle in [
            grown(b"(K\x01t", b"q\x00h\x00\x86"),
            grown(b"(K\x01t", b"q\x00(h\x00h\x00h\x00t"),
            grown(b"(K\x01t", b"r\x00\x00\x00\x00j\x00\x00\x00\x00\x86"),
            grown(b"X\x01\x00\x00\x00a", b"\x94h\x00\x86"),
            grown(b"]K\x01a", b"q\x00]h\x00ah\x00a"),
        ] {
            assert!(pickle.len() < 600);
            state_dict(&pickle).unwrap_err();
        }
    }

    // >>> b"".join([b")", b"\x85" * 20_000]): a tuple in a tuple in a tuple …
    #[test]
    fn what_is_nested_deep_or_holds_itself_is_freed() {
        let deep = |first: &[u8], more: &[u8]| [b"\x80\x02", first, &more.repeat(20_000), b"."].concat();
        for pickle in [
            deep(b")", b"\x85"),
            deep(b"]", b"q\x00]h\x00a"),
            deep(b"}", b"q\x00}K\x01h\x00s"),
            deep(b"]q\x00", b"h\x00a"),
            deep(b"}q\x00", b"K\x01h\x00\x85s"),
            // As it begins; what comes then is refused.
            deep(b"]q\x00h\x00\x85a", b"\xff"),
        ] {
            let before = memory::held();
            state_dict(&pickle).unwrap_err();
            assert!(memory::held() <= before + 1000, "{} bytes are still held", memory::held() - before);
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic() {
        let whole = b"\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01(X\x01\x00\x00\x00wq\x02ctorch._utils\n_rebuild_tensor_v2\nq\x03\
            ((X\x07\x00\x00\x00storageq\x04ctorch\nFloatStorage\nq\x05X\x01\x00\x00\x000q\x06X\x03\x00\x00\x00cpuq\x07K\x02tq\x08QK\x00\
            K\x02\x85q\tK\x01\x85q\n\x89h\x00)Rq\x0btq\x0cRq\ru.";
        let tensors = state_dict(whole).unwrap();
        assert_eq!((tensors[0].0.as_str(), &tensors[0].1.size, tensors[0].1.storage.len), ("w", &vec![2], 2));
        for end in 0..whole.len() {
            state_dict(&whole[..end]).unwrap_err();
        }
        for place in 0..whole.len() {
            for byte in [0, b'.', b'R', b'u', b't', 0x8a, 0xff] {
                let mut other = whole.to_vec();
                other[place] = byte;
                let _ = state_dict(&other);
            }
        }
    }
}
