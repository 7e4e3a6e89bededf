//! What runs, and does something else than it seems to.

use super::kind::Kind;

pub static PROPERTY: Kind = Kind {
    number: "W01",
    name: "a property that nothing has",
    why: "No type has it, no map of the script or of the standard library, and no page of `imdbsh doc` names it. A map that is read from a file may have any: then nothing is said but of a slip of the finger.",
    wrong: "let x = randn([2, 3]);\nprint(x.shpae);",
    right: "let x = randn([2, 3]);\nprint(x.shape);",
};

pub static COPY: Kind = Kind {
    number: "W02",
    name: "a loop's variable that is changed",
    why: "`for x in list` hands out copies: what is assigned to a field of `x` is gone with the next element, and the list stays as it was. `for_each` of a closure without parameters changes elements in place, and so does an index.",
    wrong: "let alive = [#{ acc: 0.0 }, #{ acc: 0.0 }];\nfor a in alive { a.acc = 0.5; }\nprint(alive);",
    right: "let alive = [#{ acc: 0.0 }, #{ acc: 0.0 }];\nalive.for_each(|| this.acc = 0.5);\nprint(alive);",
};

pub static BACKTICKS: Kind = Kind {
    number: "W03",
    name: "an escape in backticks",
    why: "A text in backticks is as it stands: `\\n` in it is a backslash and an n. It may have several lines, and `${\"\\n\"}` is a line break in one.",
    wrong: "let n = 2;\nprint(`${n} rows\\n`);",
    right: "let n = 2;\nprint(`${n} rows${\"\\n\"}`);",
};

pub static DIVISION: Kind = Kind {
    number: "W04",
    name: "a share of whole numbers",
    why: "A whole number divided by a whole number is a whole number, without what is behind the point: 3 of 4 are 0. One of the two as a float gives the share.",
    wrong: "let right = 0;\nlet answers = [true, false];\nfor a in answers { if a { right += 1; } }\nlet accuracy = right / answers.len();\nprint(accuracy);",
    right: "let right = 0;\nlet answers = [true, false];\nfor a in answers { if a { right += 1; } }\nlet accuracy = right.to_float() / answers.len();\nprint(accuracy);",
};

pub static DISCARDED: Kind = Kind {
    number: "W05",
    name: "a result that nobody takes",
    why: "The function changes nothing: it gives something new, which is thrown away here. PyTorch's functions that change a tensor in place end with `_`.",
    wrong: "let x = randn([3]);\nx.add(1);\nprint(x);",
    right: "let x = randn([3]);\nlet y = x.add(1);\nprint(y);",
};

pub static UNREAD: Kind = Kind {
    number: "W06",
    name: "a variable that is set and never read",
    why: "It may be misspelt where it is meant to be read, or left over. One that is kept for a reason begins with `_`.",
    wrong: "let rate = 0.1;\nlet other = 0.2;\nprint(rate);",
    right: "let rate = 0.1;\nlet _other = 0.2;\nprint(rate);",
};

pub static HIDDEN: Kind = Kind {
    number: "W07",
    name: "a name that hides a module or a function",
    why: "An import of a module's name takes its place, and a function of the script that of the program's with as many values. In a closure a variable that is named like a function of the script is that function, and not what it was set to.",
    wrong: "fn best(rows) { rows[0] }\nlet best = best([1, 2]);\nlet shown = || `the best is ${best}`;\nprint(shown.call());",
    right: "fn best_of(rows) { rows[0] }\nlet best = best_of([1, 2]);\nlet shown = || `the best is ${best}`;\nprint(shown.call());",
};

pub static UNREACHABLE: Kind = Kind {
    number: "W08",
    name: "what is never reached",
    why: "Behind `return`, `break`, `continue` and `throw` nothing more of the block is done.",
    wrong: "fn f(x) {\n    return x;\n    print(x);\n}\nprint(f(1));",
    right: "fn f(x) {\n    print(x);\n    return x;\n}\nprint(f(1));",
};

pub static PARAMETERS: Kind = Kind {
    number: "W09",
    name: "a closure of another number of parameters than it is called with",
    why: "It is called with as many values as the page of the option says, and fails then.",
    wrong: "let o = #{ epochs: 2, schedule: |s, epoch| s.base_lr / epoch };\ntrain::fit(linear(1, 1), (), #{}, #{ epochs: 2, schedule: |s, epoch| s.base_lr / epoch });\nprint(o);",
    right: "train::fit(linear(1, 1), (), #{}, #{ epochs: 2, schedule: |s| s.base_lr / s.epoch });",
};

pub static INDEX: Kind = Kind {
    number: "W10",
    name: "an index that hides a variable",
    why: "The second parameter of a closure that goes through a list is the index of the element. Where a variable outside has its name, that one is not seen in the closure.",
    wrong: "for fold in 0..3 {\n    [\"a\", \"b\"].for_each(|name, fold| print(`${name} of ${fold}`));\n    print(fold);\n}",
    right: "for fold in 0..3 {\n    [\"a\", \"b\"].for_each(|name| print(`${name} of ${fold}`));\n    print(fold);\n}",
};

pub static UNPACKED: Kind = Kind {
    number: "W11",
    name: "an index where a part of the element is meant",
    why: "`for (a, b) in list` does not take the elements apart: `a` is the whole element, and `b` its index. An element that is a list has its parts at `[0]` and `[1]`.",
    wrong: "let rates = [[\"adam\", 1e-3], [\"sgd\", 0.1]];\nfor (name, rate) in rates { print(name, rate); }",
    right: "let rates = [[\"adam\", 1e-3], [\"sgd\", 0.1]];\nfor pair in rates { print(pair[0], pair[1]); }",
};
