//! A long training holds no more than a short one. Alone in its process: other tests' memory would be counted too.
#![cfg(target_os = "linux")]

use crate::common::alone::alone;
use imdbsh::script::{Session, Setup};
use tempfile::TempDir;

/// The memory that this process holds, in bytes.
fn held() -> i64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<i64>().unwrap() * 4096
}

#[test]
fn two_hundred_epochs_hold_no_more_memory_than_twenty() {
    alone!();
    let folder = TempDir::new().unwrap();
    tch::set_num_threads(1);
    let mut session =
        Session::new(Setup { run_dir: Some(folder.path().join("run")), ..Setup::named("memory") }).unwrap();
    let code = r#"
        let net = sequential([bilstm(16, 16, #{ readout: "max" }), dropout(0.1), linear(32, 2)]);
        let data = #{ train: dataset(randn([64, 8, 16]), arange(64) % 2), test: dataset(randn([32, 8, 16]), arange(32) % 2) };
        let optimizer = adam(net);
        fn fit(net, optimizer, data, epochs) {
            let o = #{ epochs: epochs, batch: 32, penalty: penalty::l2(1e-4), clip: 1.0, metrics: ["f1"], progress: false };
            train::fit(net, optimizer, data, o);
        }
    "#;
    let _ = session.eval("memory", code).unwrap();
    let _ = session.eval("memory", "fit(net, optimizer, data, 20)").unwrap();
    let twenty = held();
    let _ = session.eval("memory", "fit(net, optimizer, data, 200)").unwrap();
    let more = held() - twenty;
    // 360 steps more: a leak of what one computes (its inputs alone take 16 KB) was 12 MB when tried.
    assert!(more < 4 << 20, "{} KB more", more >> 10);
}
