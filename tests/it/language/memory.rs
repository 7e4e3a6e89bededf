//! `--max-memory`, and without it what the machine and its control groups have: no script takes more, and what it is refused is an error.
#![cfg(target_os = "linux")]

use super::limits::{ends_with, imdbsh};
use assert_cmd::Command;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process;
use std::time::Duration;

/// Allowed beside the limit: buffers of MKL and oneDNN, and the pages of libraries that a script is the first to need.
const BESIDE: u64 = 64 << 20;
const LIMIT: &str = "100M";

/// What a script printed, its exit code, and the most memory that the program has had.
#[expect(clippy::zombie_processes, reason = "wait4 waits for it, which tells of its memory as well")]
fn peak(folder: &Path, flags: &[&str], script: &str) -> (Option<i32>, String, u64) {
    fs::write(folder.join("script.rhai"), script).unwrap();
    let child = process::Command::new(env!("CARGO_BIN_EXE_imdbsh"))
        .args(flags)
        .arg("script.rhai")
        .current_dir(folder)
        .stdout(fs::File::create(folder.join("out")).unwrap())
        .stderr(fs::File::create(folder.join("err")).unwrap())
        .spawn()
        .unwrap();
    // SAFETY: it fills the two values that it is given; the child is waited for here and nowhere else.
    let (status, usage) = unsafe {
        let (mut status, mut usage) = (0, std::mem::zeroed::<libc::rusage>());
        assert_eq!(libc::wait4(child.id() as i32, &raw mut status, 0, &raw mut usage), child.id() as i32);
        (status, usage)
    };
    let text = ["out", "err"].map(|name| fs::read_to_string(folder.join(name)).unwrap()).concat();
    (libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status)), text, usage.ru_maxrss as u64 * 1024)
}

/// Each of `scripts` ends in a value or an error, and takes no more than the limit and what is allowed beside it.
#[track_caller]
fn stay_below(folder: &Path, scripts: &[&str]) {
    let (_, _, empty) = peak(folder, &[], "1");
    for script in scripts {
        let (code, text, most) = peak(folder, &["--max-memory", LIMIT, "--max-seconds", "100"], script);
        let text: String = text.chars().take(500).collect();
        assert!(matches!(code, Some(0 | 1)), "{script}: {code:?} {text}");
        assert!(!text.contains("itself failed") && !text.contains("--max-seconds"), "{script}: {text}");
        let taken = most.saturating_sub(empty);
        assert!(taken < 100_000_000 + BESIDE, "{script}: {} MB, {text}", taken / 1_000_000);
    }
}

#[test]
fn nothing_takes_more_than_it_may() {
    let folder = tempfile::tempdir().unwrap();
    let long = r#"let s = "x"; s.pad(10_000_000, 'x'); "#;
    let many = format!("{long} let a = []; a.pad(200, s); ");
    let scripts = [
        // Texts of values that share theirs.
        format!("{many} let b = `${{a}}`;"),
        format!("{many} print(a)"),
        format!("{many} debug(#{{ a: a }})"),
        format!("{many} throw a"),
        format!("{many} throw #{{ message: a }}"),
        format!("{many} #{{ a: a }}.to_json()"),
        format!("{many} let t = \"a\" + a;"),
        format!("{many} let t = \"a\"; t += #{{ a: a }};"),
        format!("{many} write_text(\"x\", a.to_string())"),
        format!("{long} `{}`", "${s}".repeat(100)),
        // One value that becomes many.
        format!("{long} s.to_chars()"),
        format!("{long} s.split(\"\")"),
        format!("{long} s.split_rev('x')"),
        format!("{long} texts([s]).replace(\"x\", \"x \").split()[0]"),
        "blob(20_000_000).to_array()".to_string(),
        "let s = \"\"; s.pad(3_000_000, \"[],\"); parse_json(\"[\" + s + \"1]\")".to_string(),
        "let s = \"\"; s.pad(10_000_000, \"1;\"); eval(s)".to_string(),
        "let a = [1]; a.pad(100_000, 1); let b = []; b.pad(1000, a)".to_string(),
        "let a = #{}; for i in 0..1000 { a[`${i}`] = i; } let b = []; b.pad(100_000, a)".to_string(),
        "ones([20_000_000]).to_array()".to_string(),
        "zeros([1_000_000_000, 0]).to_array()".to_string(),
        // Texts that are cleaned when they are read.
        "let t = texts([\"x\"]); for i in 0..40 { t = t.replace(\"x\", \"xx\"); } t[0]".to_string(),
        "let t = texts([\"x\"]); for i in 0..40 { t = t.replace(\"(x)\", \"$1$1\"); } t.split()".to_string(),
        "let t = texts([\"x\"]); for i in 0..40 { t = t.replace(\"x?\", \"xx\"); } t + texts([\"y\"])".to_string(),
        // Rows and elements that take no memory.
        "let x = ones([1]).expand([1_000_000_000_000]); for b in batches(dataset(x, x), #{ size: 10, bucket: true }) {}"
            .to_string(),
        "let x = ones([1]).expand([1_000_000_000_000]); dataset(x, x).split(0.5)".to_string(),
        "let x = ones([1]).expand([1_000_000_000_000]); dataset(x, x).fingerprint()".to_string(),
        "let x = ones([1]).expand([9_000_000_000_000_000_000]); x.sum()".to_string(),
        "let x = ones([1]).expand([1_000_000_000_000]); x.to_array()".to_string(),
        "let x = ones([1]).expand([1_000_000_000_000]); x + 1".to_string(),
        // Tensors whose size libtorch alone knows.
        "let a = []; loop { a.push(randn([100_000])); }".to_string(),
        "let x = ones([1_000_000]).requires_grad_(true); loop { x = x.sin(); }".to_string(),
        "let x = ones([1000]); loop { x = cat([x, x]); }".to_string(),
        "einsum(\"i,j->ij\", [ones([40_000]), ones([40_000])])".to_string(),
        "let a = []; loop { a.push(zeros([1])); }".to_string(),
        "let x = randn([2000, 1000]); for i in 0..10 { x = matmul(x, randn([1000, 1000])); }".to_string(),
        // Many tensors of nearly nothing.
        "ones([1_000_000]).split(1)".to_string(),
        "ones([1_000_000]).chunk(1_000_000)".to_string(),
        "ones([1_000_000]).unbind()".to_string(),
        "bert(#{ num_hidden_layers: 1_000_000, hidden_size: 1, num_attention_heads: 1, intermediate_size: 1, vocab_size: 1 })"
            .to_string(),
    ];
    stay_below(folder.path(), &scripts.iter().map(String::as_str).collect::<Vec<_>>());
}

/// A zip file with this pickle, as `torch.save` names it.
fn pt(path: PathBuf, pickle: &[u8]) {
    let mut zip = zip::ZipWriter::new(fs::File::create(path).unwrap());
    zip.start_file("a/data.pkl", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(pickle).unwrap();
    zip.finish().unwrap();
}

#[test]
fn no_small_file_becomes_a_large_value() {
    let folder = tempfile::tempdir().unwrap();
    pt(folder.path().join("double.pt"), &[b"\x80\x02(K\x01t", &b"q\x00h\x00\x86".repeat(45)[..], b"."].concat());
    pt(folder.path().join("lists.pt"), &[b"\x80\x02", &b"]".repeat(60_000_000)[..], b"."].concat());
    pt(folder.path().join("deep.pt"), &[b"\x80\x02)", &b"\x85".repeat(600_000)[..], b"."].concat());
    let entry = |n: usize| format!("\"{n}\":{{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}");
    let many = format!("{{{}}}", (0..200_000).map(entry).collect::<Vec<_>>().join(","));
    let many = [&(many.len() as u64).to_le_bytes()[..], many.as_bytes()].concat();
    fs::write(folder.path().join("many.safetensors"), many).unwrap();
    fs::create_dir(folder.path().join("layers")).unwrap();
    let layers =
        r#"{"num_hidden_layers": 1000000, "hidden_size": 1, "num_attention_heads": 1, "intermediate_size": 1}"#;
    fs::write(folder.path().join("layers/config.json"), layers).unwrap();
    fs::write(folder.path().join("layers/model.safetensors"), b"\x08\0\0\0\0\0\0\0{}      ").unwrap();
    let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tiny_bert/tokenizer.json");
    let whole: serde_json::Value = serde_json::from_str(&fs::read_to_string(whole).unwrap()).unwrap();
    let replace = serde_json::json!({ "type": "Replace", "pattern": { "String": "a" }, "content": "aa" });
    let long = serde_json::json!({ "type": "Replace", "pattern": { "Regex": "" }, "content": "a".repeat(2_000_000) });
    let forty = serde_json::json!({ "type": "Sequence", "normalizers": vec![replace; 40] });
    for (name, normalizer) in [("forty", forty), ("long", long)] {
        let mut other = whole.clone();
        other["normalizer"] = normalizer;
        fs::create_dir(folder.path().join(name)).unwrap();
        fs::write(folder.path().join(name).join("tokenizer.json"), other.to_string()).unwrap();
    }
    stay_below(
        folder.path(),
        &[
            "linear(2, 3).load(\"double.pt\")",
            "linear(2, 3).load(\"lists.pt\")",
            "linear(2, 3).load(\"deep.pt\")",
            "bert(\"layers\")",
            "load_tensors(\"many.safetensors\")",
            "tokenizer(\"forty\").encode(texts([\"a\"]), 10)",
            "tokenizer(\"long\").encode(texts([\"a\"]), 10)",
        ],
    );
}

#[test]
fn a_training_stays_below_and_goes_on_where_it_fits() {
    let folder = tempfile::tempdir().unwrap();
    let training = |rows: u32, hidden: u32| {
        format!(
            "let net = sequential([bilstm(64, {hidden}, #{{ readout: \"max\" }}), linear({}, 2)]);
             let y = arange({rows}) % 2;
             let data = #{{ train: dataset(randn([{rows}, 50, 64]), y), test: dataset(randn([8, 50, 64]), arange(8) % 2) }};
             train::fit(net, adam(net), data, #{{ epochs: 2, batch: 32, progress: false }});",
            2 * hidden
        )
    };
    let (fits, grows) = (training(64, 32), training(64, 512));
    stay_below(folder.path(), &[&fits, &grows]);
    let (code, text, _) = peak(folder.path(), &["--max-memory", LIMIT], &fits);
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn what_a_tensor_is_refused_can_be_caught_and_the_script_goes_on() {
    let script = "let a = []; try { loop { a.push(randn([100_000])); } } catch (e) { print(e.kind); } a.clear(); \
                  print(ones([1_000_000]).sum().item())";
    assert_eq!(imdbsh(&["--max-memory", "100M"], script), (Some(0), "memory\n1000000.0\n".to_string()));
    ends_with(&["--max-memory", "100M"], "randn([1000, 1000, 1000])", "are left of the 100 MB of --max-memory");
}

#[test]
fn a_layer_that_is_refused_memory_works_again_on_what_fits() {
    let script = "let net = lstm(8, 128); let of = |n| net.forward(zeros([1, n, 8])).sum().backward(); \
                  try { of.call(100_000); } catch (e) { print(e.kind); } of.call(100); print(net.parameters()[0].grad.shape)";
    assert_eq!(imdbsh(&["--max-memory", "100M"], script), (Some(0), "memory\n[512, 8]\n".to_string()));
}

/// Page faults do not grow with the steps.
#[test]
#[expect(clippy::zombie_processes, reason = "wait4 waits for it, which tells of its page faults as well")]
fn tensors_that_are_freed_serve_for_the_next_ones() {
    let folder = tempfile::tempdir().unwrap();
    let faults = |steps: u32| {
        // Of changing sizes, as batches are.
        let script = format!("for i in 0..{steps} {{ let a = ones([1000 + i % 7, 10_000]); let b = a + a; }}");
        fs::write(folder.path().join("s.rhai"), script).unwrap();
        let child =
            process::Command::new(env!("CARGO_BIN_EXE_imdbsh")).arg("s.rhai").current_dir(&folder).spawn().unwrap();
        // SAFETY: as in `peak`.
        let usage = unsafe {
            let (mut status, mut usage) = (0, std::mem::zeroed::<libc::rusage>());
            assert_eq!(libc::wait4(child.id() as i32, &raw mut status, 0, &raw mut usage), child.id() as i32);
            assert_eq!(status, 0);
            usage
        };
        usage.ru_minflt
    };
    // Two tensors of 40 MB are 20,000 small pages.
    let (few, many) = (faults(10), faults(60));
    assert!(many < few + 20_000, "{few} page faults of 10 steps, {many} of 60");
}

/// A control group of version 1 of its own, where one can be made.
struct Group(PathBuf);

impl Group {
    fn of(limit: u64) -> Option<Group> {
        let own = fs::read_to_string("/proc/self/cgroup").ok()?;
        let path = own.lines().find_map(|line| line.split_once(":memory:"))?.1;
        let folder = Path::new("/sys/fs/cgroup/memory").join(path.trim_start_matches('/'));
        let group = Group(folder.join(format!("imdbsh-test-{}", process::id())));
        fs::create_dir(&group.0).ok()?;
        fs::write(group.0.join("memory.limit_in_bytes"), limit.to_string()).ok()?;
        Some(group)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.0);
    }
}

#[test]
fn without_a_flag_what_the_machine_has_is_the_limit() {
    let Some(group) = Group::of(600_000_000) else {
        let _ = writeln!(std::io::stderr(), "skipped: memory of a control group, which cannot be made here");
        return;
    };
    for script in [
        "let a = []; loop { a.push(ones([25_000_000])); }",
        "let a = []; loop { a.push(ones([250_000])); }",
        "let s = \"x\"; loop { s += s; }",
        "let a = []; loop { a.push(a); }",
        "blob(500_000_000)",
        "let s = \"x\"; s.pad(40_000_000, 'x'); let a = []; a.pad(200, s); print(a)",
    ] {
        let output = Command::new("sh")
            .args(["-c", "echo $$ > \"$1/cgroup.procs\" && exec \"$2\" --max-seconds 60 -e \"$3\"", "sh"])
            .args([group.0.as_os_str(), env!("CARGO_BIN_EXE_imdbsh").as_ref(), script.as_ref()])
            .timeout(Duration::from_secs(100))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{script}: {:?} {text}", output.status);
        assert!(text.contains("free") || text.contains("texts, arrays and maps"), "{script}: {text}");
    }
}
