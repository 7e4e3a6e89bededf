//! What the program holds, Rust's values and libtorch's tensors on the processor together, and whether it may take more. Counting costs an
//! addition; the machine is looked at each time that another few megabytes are taken.

use super::{machine, size::shown, trim};
use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};

static HELD: AtomicI64 = AtomicI64::new(0);
/// Up to here, nothing is looked at.
static NEXT: AtomicI64 = AtomicI64::new(i64::MAX);
/// The most that may be held; what `--max-memory` says is what may be taken from [`limit`] on.
static MOST: AtomicI64 = AtomicI64::new(i64::MAX);
/// 0: what the machine has.
static LIMIT: AtomicU64 = AtomicU64::new(0);
/// How much is taken between two looks.
static STEP: AtomicI64 = AtomicI64::new(64 << 20);

/// What Rust's values may take above the limit: an error that tells of it takes memory, too.
const SPARE: i64 = 32 << 20;

/// Why more cannot be had.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refused {
    bytes: u64,
    left: u64,
    /// `--max-memory`; without it, the machine's memory.
    limit: Option<u64>,
}

impl Refused {
    /// How much is left, and of what.
    pub(super) fn left(&self) -> String {
        match self.limit {
            Some(limit) => format!("{} are left of the {} of --max-memory", shown(self.left), shown(limit)),
            None => format!("{} are free", shown(self.left)),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not enough memory: {} more are asked for, and {}", shown(self.bytes), self.left())
    }
}

/// From now on `limit` more may be taken; without it, what the machine has.
pub(super) fn limit(limit: Option<u64>) {
    let all = limit.unwrap_or(u64::MAX).min(machine::total().unwrap_or(u64::MAX));
    STEP.store((all / 32).clamp(1 << 20, 64 << 20) as i64, Relaxed);
    LIMIT.store(limit.unwrap_or(0), Relaxed);
    let held = HELD.load(Relaxed);
    MOST.store(limit.map_or(i64::MAX, |limit| held.saturating_add(limit.min(i64::MAX as u64) as i64)), Relaxed);
    NEXT.store(held, Relaxed);
}

/// Counts `bytes` as taken, or as given back.
pub(super) fn count(bytes: i64) {
    let held = HELD.fetch_add(bytes, Relaxed) + bytes;
    // What was given back may have gone to another program meanwhile.
    let step = STEP.load(Relaxed);
    if bytes < 0 && held.saturating_add(2 * step) < NEXT.load(Relaxed) && NEXT.load(Relaxed) != i64::MAX {
        NEXT.store(held + step, Relaxed);
    }
}

/// Counts `bytes` of tensors, if they can be had.
pub(super) fn take(bytes: u64) -> Result<(), Refused> {
    let counted = bytes.min(i64::MAX as u64 / 4) as i64;
    let held = HELD.fetch_add(counted, Relaxed) + counted;
    if held <= NEXT.load(Relaxed) {
        return Ok(());
    }
    look(held, counted, 0).inspect_err(|_| count(-counted))
}

/// Counts `bytes` of Rust's, which has them already or cannot do without.
pub(super) fn take_for_rust(bytes: i64) -> Result<(), Refused> {
    let held = HELD.fetch_add(bytes, Relaxed) + bytes;
    if held <= NEXT.load(Relaxed) { Ok(()) } else { look(held, bytes, SPARE) }
}

/// Whether `bytes` could be taken now.
pub(super) fn has_room(bytes: u64) -> Result<(), Refused> {
    let bytes = bytes.min(i64::MAX as u64 / 4) as i64;
    let held = HELD.load(Relaxed).saturating_add(bytes);
    if held <= NEXT.load(Relaxed) { Ok(()) } else { look(held, bytes, 0) }
}

/// Whether so much may be `held`, of which `bytes` are new.
fn look(held: i64, bytes: i64, spare: i64) -> Result<(), Refused> {
    let (most, step) = (MOST.load(Relaxed).saturating_add(spare), STEP.load(Relaxed));
    let refused = |left: i64, limit| Err(Refused { bytes: bytes.max(0) as u64, left: left.max(0) as u64, limit });
    if held > most {
        return refused(most - spare - (held - bytes), Some(LIMIT.load(Relaxed)));
    }
    if machine::free(spare > 0).is_some_and(|free| bytes > free) {
        trim::trim();
        if let Some(free) = machine::free(spare > 0)
            && bytes > free
        {
            return refused(free, None);
        }
    }
    trim::make_room(bytes.max(0) as u64);
    NEXT.store(held.saturating_add(step).min(most), Relaxed);
    Ok(())
}

/// How much more is held than may be, if so much is that it is not only the telling of it.
pub(super) fn excess() -> Option<u64> {
    let over = HELD.load(Relaxed).saturating_sub(MOST.load(Relaxed));
    (over > SPARE / 2).then_some(over as u64)
}

/// `--max-memory`, if it is given.
pub(super) fn limited() -> Option<u64> {
    Some(LIMIT.load(Relaxed)).filter(|limit| *limit > 0)
}
