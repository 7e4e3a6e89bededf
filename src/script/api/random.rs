//! The seed, and where in its run a script stands.

use crate::ml::random;
use rhai::plugin::*;

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Starts all randomness anew from `seed`: the same calls behind it draw the same numbers, and build the same
    /// networks. A script's `options` do this with their `seed`.
    ///
    /// ```rhai
    /// manual_seed(7);
    /// let a = randn([3]);
    /// manual_seed(7);
    /// assert_eq(a, randn([3]));
    /// ```
    pub fn manual_seed(seed: i64) {
        random::manual_seed(seed);
    }

    /// The seed that randomness starts from.
    ///
    /// ```rhai
    /// manual_seed(7);
    /// assert_eq(initial_seed(), 7);
    /// ```
    pub fn initial_seed() -> i64 {
        random::state().seed
    }

    /// Says that step `step` of epoch `epoch` begins. What is drawn in it (dropout, `randn`) then depends on the seed
    /// and on these two alone, not on what was drawn before. Batches of a data set do this by themselves; a loop that
    /// draws its own data should.
    ///
    /// ```rhai
    /// begin_step(1, 10);
    /// let a = randn([3]);
    /// begin_step(1, 11);
    /// begin_step(1, 10);
    /// assert_eq(a, randn([3]));
    /// ```
    pub fn begin_step(epoch: i64, step: i64) {
        random::begin_step(epoch, step);
    }
}
