//! Calls of all functions that a script can name, Rhai's own included.

use super::chance::Chance;
use imdbsh::script::docs;
use std::{cell::Cell, collections::BTreeSet};

/// Values of all types, by the type's name in signatures; those of the project's objects are made anew for each call.
const VALUES: &[(&str, &str)] = &[
    ("int", "0"),
    ("int", "1"),
    ("int", "-1"),
    ("int", "3"),
    ("int", "1000"),
    ("int", "9223372036854775807"),
    ("int", "(-9223372036854775807 - 1)"),
    ("int", "4294967296"),
    ("int", "-2147483649"),
    ("float", "0.5"),
    ("float", "-0.0"),
    ("float", "(0.0 / 0.0)"),
    ("float", "(1.0 / 0.0)"),
    ("float", "(-1.0 / 0.0)"),
    ("float", "1e308"),
    ("float", "1e-320"),
    ("float", "-1e18"),
    ("bool", "true"),
    ("bool", "false"),
    ("()", "()"),
    ("char", "'x'"),
    ("char", "'\\u0000'"),
    ("String", "\"\""),
    ("String", "\"a\""),
    ("String", "\"sum\""),
    ("String", "\"float32\""),
    ("String", "\"int64\""),
    ("String", "\"mean\""),
    ("String", "\"sample\""),
    ("String", "\"a.json\""),
    ("String", "\"a.png\""),
    ("String", "\"a.svg\""),
    ("String", "\"a.safetensors\""),
    ("String", "\"a.csv\""),
    ("String", "\"neg[1:5] + pos[-3:]\""),
    ("String", "\"ij,jk->ik\""),
    ("String", "\"../../etc/passwd\""),
    ("String", "\"\\U0010FFFF\\u0000ä\\n🦀\""),
    ("String", "\"%s{}[(*\\\\\""),
    ("Array", "[]"),
    ("Array", "[1, -1]"),
    ("Array", "[0, 0]"),
    ("Array", "[2, 3]"),
    ("Array", "[9223372036854775807, 2]"),
    ("Array", "[1.5, 0.0 / 0.0]"),
    ("Array", "[[1, 2], [3]]"),
    ("Array", "[\"a\", \"b\"]"),
    ("Array", "[(), true, 'x', 1.0, []]"),
    ("Array", "[zeros([2]), tensor([1, 2])]"),
    ("Array", "[tensor([[1.0]]), ones([2, 2])]"),
    ("Array", "[#{ epoch: 1, train_loss: 0.5 }, #{ epoch: 2 }]"),
    ("Array", "[texts([\"a fine film\"]).split()]"),
    ("Array", "[linear(2, 2), tanh()]"),
    ("Map", "#{}"),
    ("Map", "#{ a: 1, b: [2], c: () }"),
    ("Map", "#{ net: linear(2, 1), s: #{ epoch: 1, step: 0, history: history() } }"),
    ("Map", "#{ x: [1, 2], y: [0.5, 0.0 / 0.0] }"),
    ("Blob", "blob(4, 7)"),
    ("Range", "(0..3)"),
    ("Range", "(-5..9223372036854775807)"),
    ("Range", "(5..=2)"),
    ("Fn", "(|| 1)"),
    ("Fn", "(|x| x)"),
    ("Fn", "(|x, y| x + y)"),
    ("Fn", "(|x| throw x)"),
    ("Timestamp", "timestamp()"),
    ("Tensor", "zeros([0])"),
    ("Tensor", "tensor(1)"),
    ("Tensor", "tensor(-2.5)"),
    ("Tensor", "tensor([1, 2, 3])"),
    ("Tensor", "tensor([-9223372036854775807 - 1, 0])"),
    ("Tensor", "tensor([[1.5, 0.0 / 0.0], [1.0 / 0.0, -2.0]])"),
    ("Tensor", "tensor([true, false])"),
    ("Tensor", "ones([2, 0, 3], #{ kind: \"bfloat16\" })"),
    ("Tensor", "ones([2, 3])"),
    ("Tensor", "ones([1, 1, 1, 1, 1, 1])"),
    ("Tensor", "randn([4, 5, 6]).requires_grad_(true)"),
    ("Tensor", "randn([3, 3], #{ kind: \"float64\" })"),
    ("Tensor", "ones([3]).expand([100000, 3])"),
    ("Tensor", "zeros([5]).to(\"int64\") + 9223372036854775807"),
    ("Network", "linear(2, 3)"),
    ("Network", "sequential([linear(3, 4), tanh(), linear(4, 2)])"),
    ("Network", "lstm(3, 4)"),
    ("Network", "bilstm(3, 4, #{ readout: \"max\" })"),
    ("Network", "dropout(0.5)"),
    ("Network", "embedding(10, 3)"),
    ("Network", "network(#{ parts: #{ a: linear(2, 2) }, forward: |x| x })"),
    (
        "Network",
        "bert(#{ vocab_size: 9, hidden_size: 4, num_hidden_layers: 1, num_attention_heads: 2, intermediate_size: 4 })",
    ),
    ("Sequence", "sequence(ones([2, 3, 4]), tensor([3, 1]), \"back\")"),
    ("Optimizer", "adam(linear(2, 3))"),
    ("Optimizer", "sgd(linear(2, 3), #{ lr: 0.1, momentum: 0.9 })"),
    ("History", "history()"),
    ("Meter", "meter()"),
    ("Progress", "progress(\"x\", 3, false)"),
    ("Dataset", "dataset(ones([6, 3]), tensor([0, 1, 0, 1, 0, 1]))"),
    ("Batches", "dataset(ones([6, 3]), tensor([0, 1, 0, 1, 0, 1])).batches(#{ size: 2 })"),
    ("Texts", "texts([\"a fine film\", \"\", \"dull\"])"),
    ("Texts", "texts([])"),
    ("Tokens", "texts([\"a fine film\", \"dull\"]).split()"),
    ("Vocabulary", "vocabulary(texts([\"a fine film\", \"dull\"]).split())"),
    ("Encoded", "vocabulary(texts([\"a b\"]).split()).encode(texts([\"a b\", \"c\"]).split(), 4)"),
    ("WordVectors", "word_vectors(\"sample\", [texts([\"film\"]).split()])"),
    ("Tokenizer", "tokenizer(TINY)"),
    (
        "Training",
        "training(#{ net: linear(2, 1), s: #{ epoch: 1, step: 0, history: history() } }, #{ o: #{ epochs: 2 } })",
    ),
    ("Run", "run_folder(#{}, #{})"),
];

pub struct Calls {
    /// Names, with what each parameter is said to be.
    functions: Vec<(String, Vec<String>)>,
    /// What stands in backticks in documentation: names of options, among others.
    words: Vec<String>,
    tiny: String,
    /// Whether there are results of earlier calls, in `r`.
    chained: Cell<bool>,
}

/// Calls in one script.
const CHAIN: usize = 150;
/// What has come so far, and the one that stands so far from the end of those of a type.
const PICK: &str = "fn pick(r, kind, back) {
    let fit = r.filter(|v| type_of(v) == kind);
    if fit.is_empty() { fit = r; }
    fit[-1 - back % fit.len()]
}
";

impl Calls {
    pub fn new(engine: &rhai::Engine) -> Calls {
        let mut functions = BTreeSet::new();
        let mut words = BTreeSet::new();
        for doc in docs::index(engine) {
            // They end the session, on purpose.
            if doc.name == "exit" {
                continue;
            }
            for signature in &doc.signatures {
                let Some((_, rest)) = signature.split_once('(') else { continue };
                let inside = rest.rsplit_once(')').map_or(rest, |(inside, _)| inside);
                let parameters = inside.split(", ").filter(|p| !p.is_empty() && !p.contains("context"));
                functions.insert((doc.name.clone(), parameters.map(str::to_string).collect::<Vec<_>>()));
            }
            let quoted = doc.text.split('`').skip(1).step_by(2);
            let name = |word: &&str| {
                !word.is_empty() && word.len() < 20 && word.chars().all(|c| c.is_ascii_lowercase() || c == '_')
            };
            words.extend(quoted.filter(name).map(str::to_string));
        }
        let tiny = format!("\"{}\"", super::root().join("tests/data/tiny_bert").display());
        assert!(functions.len() > 500, "only {} functions", functions.len());
        Calls {
            functions: functions.into_iter().collect(),
            words: words.into_iter().collect(),
            tiny,
            chained: Cell::new(false),
        }
    }

    fn options(&self, chance: &mut Chance) -> String {
        let count = 1 + chance.below(3);
        let items: Vec<String> =
            (0..count).map(|_| format!("\"{}\": {}", chance.of(&self.words), self.value(chance, "", true))).collect();
        format!("#{{ {} }}", items.join(", "))
    }

    /// One that fits, two times of three; else any.
    fn value(&self, chance: &mut Chance, parameter: &str, inside: bool) -> String {
        let kind = parameter.rsplit(": ").next().unwrap_or_default().trim_start_matches("&mut ");
        if self.chained.get() && !chance.one_in(3) {
            // The latest more often than the others.
            let span = 1 << chance.below(8);
            let kind = if kind.is_empty() { chance.of(VALUES).0 } else { kind };
            let kind = match kind {
                "Array" | "Map" | "String" | "Range" => kind.to_lowercase(),
                kind => kind.to_string(),
            };
            return format!("pick(r, \"{kind}\", {})", chance.below(span));
        }
        let fits = |name: &str| match name {
            "int" => kind.contains("int") || kind.contains("i64") || kind == "INT",
            "float" => kind.contains("float") || kind.contains("f64") || kind == "FLOAT",
            "String" => kind.contains("str") || kind.contains("String"),
            "Fn" => kind.contains("Fn"),
            name => kind.contains(name),
        };
        let fitting: Vec<&(&str, &str)> = VALUES.iter().filter(|(name, _)| fits(name)).collect();
        if !inside && (kind.contains("Map") && !chance.one_in(3) || chance.one_in(12)) {
            return self.options(chance);
        }
        let value = match fitting.is_empty() || chance.one_in(3) {
            true => chance.of(VALUES).1,
            false => chance.of(&fitting).1,
        };
        value.replace("TINY", &self.tiny)
    }

    /// One call.
    pub fn make(&self, chance: &mut Chance) -> String {
        // Caught in the script: reports of uncaught errors are slow to make.
        let call = self.call(chance);
        format!(
            "let said = \"\"; try {{ let r = {{ {call} }}; said = `${{r}}`; }} catch (e) {{ said = `${{e}}`; }} said"
        )
    }

    /// Calls whose arguments are results of earlier ones: what a function leaves behind is what the next one gets. `engine` says which of
    /// them can be parsed: one that cannot would be the end of all.
    pub fn make_chain(&self, engine: &rhai::Engine, chance: &mut Chance) -> String {
        let all: Vec<&str> = VALUES.iter().map(|(_, value)| *value).collect();
        let mut script = format!("{PICK}let r = [{}];\nlet said = [];\n", all.join(", ").replace("TINY", &self.tiny));
        self.chained.set(true);
        for _ in 0..CHAIN {
            let call = std::iter::repeat_with(|| self.call(chance)).find(|call| engine.compile(call).is_ok()).unwrap();
            script.push_str(&format!(
                "try {{ let made = {{ {call} }}; if made != () {{ r.push(made); }} }} catch (e) {{ said.push(`${{e}}`); }}\n"
            ));
        }
        self.chained.set(false);
        script + "`${said}`"
    }

    fn call(&self, chance: &mut Chance) -> String {
        match chance.below(12) {
            0 => {
                let operator = *chance
                    .of(&["+", "-", "*", "/", "%", "**", "==", "<", ">=", "&", "|", "^", "<<", ">>", "&&", "??", "in"]);
                format!("({}) {operator} ({})", self.value(chance, "", false), self.value(chance, "", false))
            }
            1 => {
                let index = self.value(chance, "", false);
                let set =
                    if chance.one_in(2) { format!(" = {}", self.value(chance, "", false)) } else { String::new() };
                format!("let x = {}; x[{index}]{set}", self.value(chance, "", false))
            }
            2 => {
                let name = chance.of(&self.words);
                let set =
                    if chance.one_in(2) { format!(" = {}", self.value(chance, "", false)) } else { String::new() };
                format!("let x = {}; x.{name}{set}", self.value(chance, "", false))
            }
            3 => format!("for x in {} {{ `${{x}}`; }}", self.value(chance, "", false)),
            4 => format!("`${{{}}}`", self.value(chance, "", false)),
            _ => {
                let (name, parameters) = chance.of(&self.functions);
                let arguments: Vec<String> = parameters.iter().map(|p| self.value(chance, p, false)).collect();
                match arguments.split_first() {
                    // As a method, which may change the value.
                    Some((first, rest)) if !name.contains("::") && chance.one_in(2) => {
                        format!("let x = {first}; x.{name}({})", rest.join(", "))
                    }
                    _ => format!("{name}({})", arguments.join(", ")),
                }
            }
        }
    }
}
