//! What a script may take of memory, time and the interpreter, and that it ends in an error, not in an abort.

use assert_cmd::Command;
use std::time::{Duration, Instant};

/// The exit code and all that was printed.
pub fn imdbsh(flags: &[&str], script: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_imdbsh"))
        .args(flags)
        // Limits are met when a script runs, and its warnings are no output of it.
        .args(["--no-check", "-"])
        .write_stdin(script)
        .current_dir(&folder)
        .timeout(Duration::from_secs(120))
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout) + text(&output.stderr).as_str())
}

#[track_caller]
pub fn ends_with(flags: &[&str], script: &str, part: &str) {
    let (code, all) = imdbsh(flags, script);
    assert_eq!(code, Some(1), "{script}: {all}");
    assert!(all.contains(part) && !all.contains("imdbsh itself failed"), "{script}: {all}");
}

#[test]
fn values_that_grow_for_ever_end_in_an_error() {
    let limit = &["--max-memory", "500M"];
    for script in [
        r#"let s = "x"; loop { s += s; }"#,
        r#"let s = "x"; loop { s = s + s; }"#,
        r#"let s = "xy"; loop { s = `${s}${s}`; }"#,
        "let a = [1]; loop { a += a; }",
        "let a = [1]; loop { a.append(a); }",
        "let a = []; loop { a.push(a); }",
        "let a = []; loop { a = [a, a]; }",
        "let m = #{}; let i = 0; loop { m[`${i}`] = `${i}`; i += 1; }",
        "let b = blob(8); loop { b += b; }",
        "let h = history(); loop { h.push(#{ epoch: 1, text: \"a text of some length, in each of the rows\" }); }",
    ] {
        ends_with(limit, script, "texts, arrays and maps take");
    }
}

#[test]
fn a_value_of_any_size_at_one_stroke_is_refused_before() {
    for script in [
        r#"let s = "x"; s.pad(1_000_000_000_000, 'x')"#,
        r#"let s = "x"; s.pad(9_000_000_000_000_000_000, "xyz")"#,
        "let a = [1]; a.pad(1_000_000_000_000, 0)",
        "blob(1_000_000_000_000_000)",
        "let b = blob(1); b.pad(1_000_000_000_000_000, 0)",
        r#"let s = "a"; s.pad(2_000_000, 'a'); let t = s; s.replace("a", t)"#,
    ] {
        ends_with(&["--max-memory", "1G"], script, "are left for texts, arrays and maps");
    }
    // It can be caught: nothing was lost.
    let (code, all) = imdbsh(&[], "try { blob(1_000_000_000_000_000); } catch (e) { print(e.kind); }");
    assert_eq!((code, all.trim()), (Some(0), "memory"));
}

#[test]
fn tensors_are_refused_before_libtorch_is_asked() {
    for script in [
        "zeros([1_000_000_000])",
        "ones([20_000, 20_000])",
        "let a = ones([20_000, 1]); a + a.t()",
        "let a = ones([20_000, 1]); a * ones([20_000])",
        "matmul(ones([20_000, 1]), ones([1, 20_000]))",
        "outer(ones([20_000]), ones([20_000]))",
        "ones([10_000]).repeat([20_000])",
        "one_hot(arange(10_000), 10_000)",
    ] {
        let (code, all) = imdbsh(&["--max-memory", "500M"], &format!("try {{ {script}; }} catch (e) {{ print(e); }}"));
        assert_eq!(code, Some(0), "{script}: {all}");
        assert!(all.contains("--max-memory") && all.contains("memory"), "{script}: {all}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn tensors_whose_size_is_not_known_before_are_stopped_all_the_same() {
    let limit = &["--max-memory", "500M"];
    for script in [
        "let a = []; loop { a.push(randn([100_000])); }",
        "let x = ones([1_000_000]).requires_grad_(true); loop { x = x.sin(); }",
        "let x = ones([1000]); loop { x = cat([x, x]); }",
        "einsum(\"i,j->ij\", [ones([40_000]), ones([40_000])])",
        "einsum(\"i,j,k->ijk\", [ones([4_000]), ones([4_000]), ones([4_000])])",
    ] {
        ends_with(limit, script, "memory");
    }
}

#[test]
fn memory_that_is_given_back_may_be_taken_again() {
    let (code, all) = imdbsh(
        &["--max-memory", "600M"],
        "for i in 0..50 { let x = ones([50_000_000]); } let s = \"\"; for i in 0..50 { s = \"x\"; s.pad(50_000_000, 'x'); } print(1)",
    );
    assert_eq!((code, all.trim()), (Some(0), "1"));
}

#[test]
fn the_interpreters_limits_are_those_of_the_command_line() {
    ends_with(&["--max-string", "10000"], "let s = \"x\"; loop { s += \"x\"; }", "length of string too large");
    ends_with(&["--max-array", "1000"], "let a = []; loop { a.push(1); }", "size of array/BLOB too large");
    ends_with(
        &["--max-map", "1000"],
        "let m = #{}; let i = 0; loop { m.set(`k${i}`, 1); i += 1; }",
        "size of object map",
    );
    ends_with(&["--max-operations", "100000"], "loop {}", "100000 operations");
    ends_with(&[], "fn f(n) { f(n + 1) } f(0)", "too deep");
    let count = "fn f(n) { if n == 0 { 0 } else { 1 + f(n - 1) } } print(f(150))";
    assert_eq!(imdbsh(&[], count), (Some(0), "150\n".to_string()));
    ends_with(&["--max-depth", "100"], count, "too deep");
    let (code, all) = imdbsh(&["--max-depth", "100000"], "1");
    assert_eq!(code, Some(2), "{all}");
    let (code, all) = imdbsh(&["--max-memory", "many"], "1");
    assert!(code == Some(2) && all.contains("such as 2G"), "{all}");
}

#[test]
fn the_deepest_recursion_that_can_be_allowed_does_not_overflow_the_stack() {
    let nested = format!("{}f(n + 1){}", "(1 + ".repeat(60), ")".repeat(60));
    for script in [
        format!("fn f(n) {{ {nested} }} f(0)"),
        "fn f(n) { [1].map(|x| f(n + 1)) } f(0)".to_string(),
        "let f = 0; f = |g, n| g.call(g, n + 1); f.call(f, 0)".to_string(),
        "fn f(n) { call_anew(n) } fn call_anew(n) { if true { for i in 0..1 { while true { f(n + 1); } } } } f(0)"
            .to_string(),
        "fn f(n) { eval(\"f(n + 1)\") } f(0)".to_string(),
        "let net = (); net = network(#{ forward: |x| net.forward(x) }); net.forward(ones(1))".to_string(),
        "fn f(n) { try { f(n + 1); } catch { f(n + 1); } } f(0)".to_string(),
    ] {
        // `map` calls again in another way what failed, at each depth: that takes all the time that it gets.
        let seconds = if script.contains("map") { "2" } else { "20" };
        for depth in ["200", "1000"] {
            let (code, all) = imdbsh(&["--max-depth", depth, "--max-seconds", seconds], &script);
            assert_eq!(code, Some(1), "{script} at {depth}: {}", &all[..all.len().min(2000)]);
        }
    }
}

#[test]
fn nested_values_and_texts_of_any_depth_are_an_error_or_a_value() {
    for script in [
        format!("let x = {}1{}; x", "[".repeat(5000), "]".repeat(5000)),
        format!("let x = {}1{}; x", "#{ a: ".repeat(5000), "}".repeat(5000)),
        format!("{}1{}", "(".repeat(5000), ")".repeat(5000)),
        format!("let x = {}1", "-".repeat(5000)),
        format!("let x = {}true", "!".repeat(5000)),
        format!("let x = 1{}; x", " + 1".repeat(5000)),
        format!("{}1{}", "if true { ".repeat(5000), "}".repeat(5000)),
        format!("parse_json(`{}{}`)", "[".repeat(100_000), "]".repeat(100_000)),
        format!("{}1{}", "|x| ".repeat(500), ""),
        format!("let a = []; a{}", "[0]".repeat(5000)),
        format!("`{}`", "${`".repeat(500) + "`}".repeat(500).as_str()),
    ] {
        let (code, all) = imdbsh(&[], &script);
        let shown: String = script.chars().take(30).collect();
        assert!(matches!(code, Some(0 | 1)), "{shown}: {code:?} {}", all.chars().take(300).collect::<String>());
        assert!(!all.contains("imdbsh itself failed"), "{shown}: {}", all.chars().take(300).collect::<String>());
    }
}

#[test]
fn values_nested_in_a_loop_are_printed_compared_and_dropped() {
    for (make, use_it) in [
        ("let a = []; for i in 0..3000 { a = [a]; }", "a"),
        ("let a = []; for i in 0..3000 { a = [a]; }", "a == a"),
        ("let a = #{}; for i in 0..3000 { a = #{ a: a }; }", "a"),
        ("let a = #{}; for i in 0..3000 { a = #{ a: a }; }", "a.to_json()"),
        ("let a = []; for i in 0..3000 { a = [a]; }", "write_text(\"x\", `${a}`)"),
        ("let a = []; for i in 0..3000 { a = [a]; }", "tensor(a)"),
        ("let a = []; for i in 0..3000 { a = [a]; }", "training(#{ s: a }, #{})"),
        ("let a = []; for i in 0..3000 { a = [a]; }", "run_folder(#{ a: a }, #{})"),
        ("let n = tanh(); for i in 0..100000 { n = sequential([n]); }", "n.parameters().len()"),
        ("let n = tanh(); for i in 0..100000 { n = sequential([n]); }", "n"),
        ("let f = |x| x; for i in 0..3_000_000 { let g = f; f = |x| g.call(x); }", "1"),
        ("let n = tanh(); for i in 0..6_000_000 { n = sequential([n]); }", "1"),
    ] {
        let (code, all) = imdbsh(&["--max-seconds", "60"], &format!("{make} {use_it}"));
        let all: String = all.chars().take(300).collect();
        assert!(matches!(code, Some(0 | 1)) && !all.contains("itself failed"), "{make} {use_it}: {code:?} {all}");
    }
}

#[test]
fn the_graph_of_ten_thousand_steps_is_walked_and_dropped() {
    let script = r#"
        let net = handwritten::lstm(2, 3, #{});
        let x = randn([1, 10_000, 2]);
        let y = net.forward(x).sum();
        y.backward();
        assert(net.parameters().len() > 0);
        let z = ones([1]).requires_grad_(true);
        let s = z;
        for i in 0..100_000 { s = s * 1.0; }
        s.sum().backward();
        print(z.grad.item())"#;
    let (code, all) = imdbsh(&[], script);
    assert_eq!((code, all.trim()), (Some(0), "1.0"));
}

#[test]
fn a_script_ends_when_its_time_is_over() {
    for script in [
        "loop {}",
        "sleep(1000)",
        "loop { matmul(ones([200, 200]), ones([200, 200])); }",
        "try { loop {} } catch { loop {} }",
    ] {
        let started = Instant::now();
        ends_with(&["--max-seconds", "1", "--max-operations", "0"], script, "--max-seconds");
        assert!(started.elapsed() < Duration::from_secs(60), "{script}");
    }
}
