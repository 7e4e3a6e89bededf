//! A function calls the functions of its own text: not those of its caller's, nor those of a text that ran before. (Rhai alone remembers a
//! resolved call by its name and number of arguments, for all texts.)

use crate::common::scripts::imdbsh;
use std::fs;
use tempfile::TempDir;

/// What `s.rhai` prints, beside the other files.
#[track_caller]
fn prints(files: &[(&str, &str)], expected: &[&str]) {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let (code, out, err) = imdbsh(folder.path(), "s.rhai".as_ref(), &["--no-check"]);
    assert_eq!((code, out.lines().collect::<Vec<_>>()), (0, expected.to_vec()), "{err}");
}

/// A module whose function of the same name as others' is called so often that Rhai remembers it.
fn module(says: &str) -> String {
    format!(
        "private fn name(x) {{ \"{says}\" }}
         fn names(x) {{ [name(x), name(x), name(x)] }}
         fn through(x, f) {{ [name(x), f.call(x), name(x), f.call(x), name(x)] }}
         fn later() {{ |x| [name(x), name(x)] }}
         fn Thing.name() {{ name(0) }}"
    )
}

#[test]
fn modules_and_scripts_with_functions_of_one_name_call_their_own() {
    let script = r#"
        import "one" as one;
        import "two" as two;
        fn name(x) { "script" }
        fn all() { [name(1), one::names(1)[2], name(1), two::names(1)[2], name(1), one::names(1)[0]] }
        for i in 0..3 { print(one::names(1)); print(two::names(1)); print(name(1)); }
        print(all());
    "#;
    let [one, two] = ["one", "two"].map(module);
    let [ones, twos] = ["one", "two"].map(|n| format!("{:?}", [n; 3]));
    let round = [ones.as_str(), twos.as_str(), "script"];
    let all = format!("{:?}", ["script", "one", "script", "two", "script", "one"]);
    let expected = [&round[..], &round[..], &round[..], &[all.as_str()]].concat();
    prints(&[("s.rhai", script), ("one.rhai", &one), ("two.rhai", &two)], &expected);
}

#[test]
fn a_closure_calls_the_functions_of_the_text_in_which_it_stands() {
    let script = r#"
        import "one" as one;
        import "two" as two;
        fn name(x) { "script" }
        print(one::through(1, |x| name(x)));
        print(one::through(1, two::later())[1]);
        print([0, 0, 0].map(|x| name(x)) + [0, 0].map(one::later())[1]);
        let f = one::later();
        print(name(1) + name(1) + name(1) + f.call(1)[1] + name(1));
    "#;
    let expected = [
        r#"["one", "script", "one", "script", "one"]"#,
        r#"["two", "two"]"#,
        r#"["script", "script", "script", "one", "one"]"#,
        "scriptscriptscriptonescript",
    ];
    let [one, two] = ["one", "two"].map(module);
    prints(&[("s.rhai", script), ("one.rhai", &one), ("two.rhai", &two)], &expected);
}

#[test]
fn functions_of_a_module_are_not_in_reach_of_the_closures_that_it_calls() {
    let script = r#"
        import "one" as one;
        try { one::through(1, |x| names(x)); } catch(e) { print(e.message.contains("Function not found: names (i64)")) }
    "#;
    let expected = ["true"];
    prints(&[("s.rhai", script), ("one.rhai", &module("one"))], &expected);
}

#[test]
fn what_a_script_calls_like_a_function_of_the_library_changes_nothing_in_it() {
    // `fixed` and `short` are the program's, `format_epoch` is private to the training's module, `epoch` and `check_options` are public in it.
    let names = "fn fixed(x, n) { throw \"mine\" } fn short(x) { throw \"mine\" } fn format_epoch(a, b) { \"mine\" }
        fn epoch(t) { \"mine\" } fn check_options(a, b) { throw \"mine\" } fn cross_entropy(a, b) { throw \"mine\" }";
    let training = "
        let x = randn([8, 2]);
        let set = dataset(x, (x.sum(1) > 0).to(\"int64\"));
        let net = linear(2, 2);
        train::fit(net, sgd(net, #{ lr: 0.1 }), #{ train: set, test: set }, #{
            epochs: 5, run: false, stop: |s| epoch(s) != \"mine\",
        });
        print(net.forward(x).sum().item());
        print(epoch(1) + format_epoch(1, 2) + epoch(1));";
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("mine.rhai"), format!("{names}{training}")).unwrap();
    let alone = training.replace("stop: |s| epoch(s) != \"mine\",", "").replace("print(epoch", "// print(epoch");
    fs::write(folder.path().join("alone.rhai"), alone).unwrap();
    let (_, expected, lines) = imdbsh(folder.path(), "alone.rhai".as_ref(), &[]);
    let (code, out, err) = imdbsh(folder.path(), "mine.rhai".as_ref(), &[]);
    let untimed = |lines: &str| -> Vec<String> {
        lines.lines().map(|line| line.rsplit_once("  ").map_or(line, |(line, _)| line).to_string()).collect()
    };
    assert_eq!((code, out), (0, format!("{expected}mineminemine\n")), "{err}");
    assert_eq!(untimed(&err), untimed(&lines));
}

#[test]
fn a_function_by_its_name_is_that_of_the_text_in_which_the_name_stands() {
    let module = "private fn name(x) { \"one\" }
        fn applied(f, x) { [name(x), f.call(x), name(x), f.call(x)] }
        fn own() { Fn(\"name\") }";
    let script = r#"
        import "one" as one;
        fn name(x) { "script" }
        fn of_two(a, x) { a + x }
        print(one::applied(Fn("name"), 1));
        print(one::own().call(1) + name(1) + one::own().call(1));
        print(one::applied(Fn("of_two").curry("z"), 1)[1]);
        print([1].map(Fn("name")) + ["a"].map(Fn("to_upper")));
        let set = dataset(randn([8, 2]), arange(8) % 2);
        let net = linear(2, 2);
        fn epoch(s) { 0.25 }
        let t = train::start(net, sgd(net), #{ train: set }, #{ epochs: 1, run: false, progress: false, schedule: Fn("epoch") });
        print(t.run().history[0].lr);
        try { Fn("no name") } catch (e) { print("refused") }
    "#;
    let expected =
        [r#"["one", "script", "one", "script"]"#, "onescriptone", "z1", r#"["script", "A"]"#, "0.25", "refused"];
    prints(&[("s.rhai", script), ("one.rhai", module)], &expected);
}

#[test]
fn recursion_through_closures_takes_time_by_its_depth() {
    // A copy of all texts at each level would double them: 2 to the power of 60.
    let script = r#"
        fn walk(t) { t.value + t.children.map(|c| walk(c)).reduce(|a, b| a + b, 0) }
        fn chain(d) { if d == 0 { #{ value: 1, children: [] } } else { #{ value: 1, children: [chain(d - 1)] } } }
        print(walk(chain(60)));
        fn down(n) { if n == 0 { return 0; } let g = |x| 1 + down(x - 1); g.call(n) }
        print(down(60));
        fn ungraded(n) { if n == 0 { 0 } else { no_grad(|| 1 + ungraded(n - 1)) } }
        print(ungraded(30));
    "#;
    prints(&[("s.rhai", script)], &["61", "60", "30"]);

    let folder = TempDir::new().unwrap();
    let script = "fn endless(n) { let g = |x| endless(x + 1); g.call(n) } endless(0);";
    fs::write(folder.path().join("s.rhai"), script).unwrap();
    let (code, _, err) = imdbsh(folder.path(), "s.rhai".as_ref(), &[]);
    assert!(code == 1 && err.contains("functions call each other too deep"), "{code} {err}");
}

#[test]
fn at_a_pause_the_functions_of_the_script_are_in_reach_and_go_before_the_librarys() {
    let script = r#"
        fn mine(x) { "mine" + x }
        fn epoch(x) { "my epoch" }
        pause_at(3, ["print(mine(1))", "print(epoch(1))", "print([1].map(|v| mine(v)))", "print(t.history.len())"]);
        let set = dataset(randn([8, 2]), arange(8) % 2);
        let net = linear(2, 2);
        train::fit(net, sgd(net), #{ train: set }, #{ epochs: 4, batch: 4, run: false, progress: false });
    "#;
    prints(&[("s.rhai", script)], &["mine1", "my epoch", r#"["mine1"]"#, "1"]);
}
