//! Randomness by counter: every draw comes from a generator seeded by (seed, purpose, epoch, step, number of the draw
//! for that purpose in that step), never from a stream that depends on what ran before. So a run can be resumed at any
//! step and forked at any epoch, and evaluating something in between changes nothing.
//!
//! libtorch's generator is re-seeded for each draw; seeding costs microseconds. That generator is the process's, while
//! where a program stands is each thread's: a lock keeps another thread from drawing between the two.

use crate::error::Result;
use crate::ml::tensor::During;
use std::cell::Cell;
use std::sync::{Mutex, PoisonError};
use tch::{Device, Kind, Tensor};

/// What a draw is for. Draws for different purposes never share a generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Initial parameters; counted from `manual_seed` on, so the same program builds the same networks.
    Init,
    /// Dropout masks.
    Dropout,
    /// `randn` and its like in a script.
    Script,
    /// The order of a data set in an epoch.
    Shuffle,
    /// Which words of a row are hidden in an epoch.
    Mask,
}

/// Where a program stands in its randomness: copied out and back by snapshots and checkpoints.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct State {
    pub seed: i64,
    pub epoch: i64,
    pub step: i64,
    masks: u64,
    draws: u64,
    inits: u64,
}

impl State {
    /// As plain numbers, for files.
    pub fn to_array(self) -> [i64; 6] {
        [self.seed, self.epoch, self.step, self.masks as i64, self.draws as i64, self.inits as i64]
    }

    /// What [`State::to_array`] gave.
    pub fn from_array([seed, epoch, step, masks, draws, inits]: [i64; 6]) -> Self {
        State { seed, epoch, step, masks: masks as u64, draws: draws as u64, inits: inits as u64 }
    }
}

static GENERATOR: Mutex<()> = Mutex::new(());

thread_local! {
    static STATE: Cell<State> = Cell::new(State::default());
}

pub fn state() -> State {
    STATE.get()
}

pub fn set_state(state: State) {
    STATE.set(state);
}

/// Starts anew from `seed`: the same calls behind it draw the same numbers.
pub fn manual_seed(seed: i64) {
    STATE.set(State { seed, ..State::default() });
}

/// Says that step `step` of epoch `epoch` begins: its draws depend on nothing that was drawn before.
pub fn begin_step(epoch: i64, step: i64) {
    STATE.set(State { epoch, step, masks: 0, draws: 0, ..STATE.get() });
}

/// Runs `f`, which draws from libtorch's generator, with that generator seeded for this draw alone. `f` makes one draw: it
/// must not come back here.
pub fn draw<T>(purpose: Purpose, f: impl FnOnce() -> T) -> T {
    seeded(key_for(purpose), f)
}

/// What the next draw for `purpose` is seeded with: for generators of one's own.
pub fn key_for(purpose: Purpose) -> i64 {
    let mut s = STATE.get();
    let key = match purpose {
        Purpose::Init => {
            s.inits += 1;
            key(&[s.seed, purpose as i64, s.inits as i64])
        }
        // Counted apart: a `randn` in a script does not change which numbers the next dropout draws.
        Purpose::Dropout => {
            s.masks += 1;
            key(&[s.seed, purpose as i64, s.epoch, s.step, s.masks as i64])
        }
        _ => {
            s.draws += 1;
            key(&[s.seed, purpose as i64, s.epoch, s.step, s.draws as i64])
        }
    };
    STATE.set(s);
    key
}

/// The order of `n` things in `epoch`: a pure function of the seed, `epoch` and `n`.
///
/// # Errors
/// A number below 0, or memory that cannot be had.
pub fn permutation(n: i64, epoch: i64) -> Result<Vec<i64>> {
    let key = key(&[STATE.get().seed, Purpose::Shuffle as i64, epoch]);
    let order = seeded(key, || Tensor::f_randperm(n, (Kind::Int64, Device::Cpu))).during("shuffle", &[])?;
    Ok(Vec::<i64>::try_from(order)?)
}

/// What is drawn for row `row` of a data set in `epoch` is seeded with: a pure function of the seed and these two, whichever batch the row is in.
pub fn key_of_row(epoch: i64, row: i64) -> u64 {
    key(&[STATE.get().seed, Purpose::Mask as i64, epoch, row]) as u64
}

/// Makes libtorch's generator, which opens a file for that. Where none can be opened any more, libtorch would throw what ends the
/// program: so it is made in the beginning.
pub fn prepare() {
    seeded(0, || ());
}

fn seeded<T>(key: i64, f: impl FnOnce() -> T) -> T {
    // A panic in `f` leaves nothing half-done here.
    let _alone = GENERATOR.lock().unwrap_or_else(PoisonError::into_inner);
    tch::manual_seed(key);
    f()
}

/// SplitMix64 over the words (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
fn key(words: &[i64]) -> i64 {
    let mut z: u64 = 0;
    for w in words {
        z = (z ^ *w as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
    }
    z as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_that_draw_at_the_same_time_get_the_numbers_of_their_own_seeds() {
        let orders = || (0..300).map(|epoch| permutation(50, epoch).unwrap()).collect::<Vec<_>>();
        let alone = orders();
        let others = [1, 2].map(|seed| {
            std::thread::spawn(move || {
                manual_seed(seed);
                (0..300).for_each(|_| drop(draw(Purpose::Script, || Tensor::rand([3], (Kind::Float, Device::Cpu)))));
            })
        });
        assert_eq!(orders(), alone);
        others.into_iter().for_each(|thread| thread.join().unwrap());
    }
}
