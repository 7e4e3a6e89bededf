//! Training steps hold nothing. Alone in its process: other tests' memory would be counted too.
#![cfg(target_os = "linux")]

use crate::common::{alone::alone, networks::*};
use imdbsh::ml::batch::Pad;
use imdbsh::ml::models::{
    Cell, Dropout, Linear, Module, Pass, Readout, Recurrent, RecurrentOptions, Sequential, named_parameters,
};

/// Resident memory in megabytes.
fn resident() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: f64 = statm.split_whitespace().nth(1).unwrap().parse().unwrap();
    pages * 4096.0 / 1e6
}

#[test]
fn two_hundred_steps_hold_no_more_memory_than_twenty() {
    alone!();
    on_every_device(|_| {
        let options = RecurrentOptions { layers: 2, bidirectional: true, dropout: 0.2, readout: Readout::Max };
        let net = Sequential::new(vec![
            rc(Recurrent::new(Cell::Lstm, 20, 16, options).unwrap()),
            rc(Dropout::new(0.5).unwrap()),
            rc(Linear::new(32, 2, true).unwrap()),
        ]);
        let x = ramp(&[16, 50, 20], 1.0, 0.0);
        let lengths: Vec<i64> = (0..16).map(|i| 50 - 3 * i).collect();
        let mut after = Vec::new();
        for step in 1..=200 {
            let pad = if step % 2 == 0 { Pad::Back } else { Pad::Front };
            let y = net.forward(&sequence(&x, &lengths, pad).into(), &Pass::default()).unwrap();
            probe(&y.tensor().unwrap()).backward();
            for (_, mut p) in named_parameters(&net) {
                p.zero_grad();
            }
            if step == 20 || step == 200 {
                after.push(resident());
            }
        }
        // A step's graph is more than a megabyte: one kept per step would show as 180 of them.
        assert!(after[1] - after[0] < 30.0, "{after:?} MB");
    });
}
