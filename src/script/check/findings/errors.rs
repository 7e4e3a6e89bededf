//! What would fail, if only the run came there.

use super::kind::Kind;

pub static SYNTAX: Kind = Kind {
    number: "E01",
    name: "a text that is no Rhai",
    why: "Nothing of the script can be run. What stands before the place may be what is wrong: a bracket or a quote that is not closed.",
    wrong: "let x = (1 + 2;\nprint(x);",
    right: "let x = (1 + 2);\nprint(x);",
};

pub static FUNCTION: Kind = Kind {
    number: "E02",
    name: "a function that there is not",
    why: "Rhai looks a function up when it is called: a misspelt one behind a training is found when the training is over. A closure in a variable is called by `.call(…)`.",
    wrong: "let x = randn([2, 2]);\nprint(x.transpsoe(0, 1));",
    right: "let x = randn([2, 2]);\nprint(x.transpose(0, 1));",
};

pub static COUNT: Kind = Kind {
    number: "E03",
    name: "a function with another number of values than it takes",
    why: "Functions of one name are told apart by how many values they get, and of which types. Of those with this name, none takes so many.",
    wrong: "fn scaled(x, by) { x * by }\nprint(scaled(2));",
    right: "fn scaled(x, by) { x * by }\nprint(scaled(2, 3));",
};

pub static VARIABLE: Kind = Kind {
    number: "E04",
    name: "a variable that there is not",
    why: "A variable begins with `let`, and ends with the block around it. A function (`fn`) sees its parameters and its own variables, and none from outside; a closure (`|x| …`) sees those that are there where it is written.",
    wrong: "let rate = 0.1;\nfn half() { rate / 2.0 }\nprint(half() + rate);",
    right: "let rate = 0.1;\nfn half(rate) { rate / 2.0 }\nprint(half(rate));",
};

pub static MODULE: Kind = Kind {
    number: "E05",
    name: "a module that there is not",
    why: "What stands before `::` is a module of the standard library, or a script that was imported `as` this name.",
    wrong: "print(shedule::cosine().call(#{ step: 0, steps_per_epoch: 1, epochs: 2, base_lr: 0.1 }));",
    right: "print(schedule::cosine().call(#{ step: 0, steps_per_epoch: 1, epochs: 2, base_lr: 0.1 }));",
};

pub static OPTION: Kind = Kind {
    number: "E06",
    name: "an option that there is not",
    why: "The function refuses it when it is called. Of `options(#{ … })` a script has the options that stand there, and no others.",
    wrong: "let o = options(#{ lr: 1e-3 });\nprint(o.learning_rate);",
    right: "let o = options(#{ lr: 1e-3 });\nprint(o.lr);",
};

pub static WORD: Kind = Kind {
    number: "E07",
    name: "a name that is not in its table",
    why: "Metrics, schedules and readouts have names, which are looked up when they are asked for.",
    wrong: "print(metrics::named(\"acuracy\"));",
    right: "print(metrics::named(\"accuracy\"));",
};

pub static THIS: Kind = Kind {
    number: "E08",
    name: "`this` where there is none",
    why: "`this` is what a method was called on: in a function that is called as `value.name()`, and in a closure without parameters that goes through a list. Called as `name()`, or with the value as its parameter, there is no `this`.",
    wrong: "let names = [\"a\", \"b\"];\nnames.for_each(|name| print(this));",
    right: "let names = [\"a\", \"b\"];\nnames.for_each(|name| print(name));",
};

pub static IMPORT: Kind = Kind {
    number: "E09",
    name: "an import that cannot be read",
    why: "`import \"name\" as n;` reads name.rhai beside the script that imports it, or else beside the script that runs. Two scripts cannot import each other.",
    wrong: "import \"no_such_file\" as other;\nother::f();",
    right: "// What the file has, or a module of the standard library:\nprint(schedule::constant().call(#{ base_lr: 0.1 }));",
};

pub static LOCKED: Kind = Kind {
    number: "E10",
    name: "a closure that uses what it is called on",
    why: "While a method runs, the variable that it was called on, or a part of it, is in its hands: a closure that the method calls cannot use that variable, not even read it. Under another name it can: `let all = list;` is a copy of a list, and the same optimizer, network or tensor. A `step` that gets a closure puts the gradients to zero by itself.",
    wrong: "let list = [1.0, 3.0];\nprint(list.map(|x| x / list.len()));",
    right: "let list = [1.0, 3.0];\nlet n = list.len();\nprint(list.map(|x| x / n));",
};
