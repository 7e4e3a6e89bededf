//! A long training holds no more than a short one. Alone in its process: other tests' memory would be counted too.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use crate::common::alone::alone;
use imdbsh::script::{Session, Setup};
use tempfile::TempDir;

/// The bytes that this process has asked for and not given back: of libtorch's tensors too, and without the gaps between them,
/// which are different each time.
fn held() -> i64 {
    // SAFETY: reads the allocator's own counts.
    let counts = unsafe { libc::mallinfo2() };
    (counts.uordblks + counts.hblkhd) as i64
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
    eprintln!("{} KB more", more >> 10);
    // 360 steps more: a leak of what one computes (its inputs alone take 16 KB) was 12 MB when tried.
    assert!(more < 1 << 20, "{} KB more", more >> 10);
}
