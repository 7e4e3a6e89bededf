//! The way through a script's text, with the variables that are in reach of each place. Values are here, statements in `statements`.

use super::facts::Facts;
use super::findings::{kind::Finding, *};
use super::known::Known;
use super::options::{self, Place};
use super::variables::{Role, Variables};
use super::{bodies, calls, closures, discarded, hidden, locked, numbers};
use crate::script::language::sources::CLOSURE;
use rhai::{Expr, FnCallExpr, FnPtr, Position, ScriptFuncDef, Stmt, StmtBlock};

/// Functions whose whole point is that what they are given fails.
const EXPECTING: [&str; 1] = ["assert_throws"];

/// With so many findings a script is no script of this language: the rest is not looked at.
const MOST: usize = 200;

pub struct Walk<'a> {
    pub known: &'a Known<'a>,
    pub facts: &'a Facts,
    pub variables: Variables,
    pub found: Vec<Finding>,
    /// Divisions that give a share where these variables are whole numbers.
    pub divisions: Vec<(Position, Vec<usize>)>,
    /// Whether `this` stands for something here.
    pub has_this: bool,
    /// Whether a failure is what is wanted here.
    is_expected: bool,
    /// Whether somebody takes what the script's end comes to.
    pub shows_value: bool,
}

impl<'a> Walk<'a> {
    pub fn new(known: &'a Known<'a>, facts: &'a Facts) -> Self {
        let (variables, found, divisions) = (Variables::default(), Vec::new(), Vec::new());
        Walk { known, facts, variables, found, divisions, has_this: false, is_expected: false, shows_value: false }
    }

    pub fn say(&mut self, finding: Finding) {
        if !self.is_expected {
            self.found.push(finding);
        }
    }

    fn place(&self) -> Place<'a> {
        Place::of(self.known, self.facts)
    }

    /// The keys of a map, where they are known.
    pub fn keys(&self, value: &Expr) -> Option<Vec<String>> {
        let is_call = matches!(value, Expr::FnCall(call, _) if ["options", "with_defaults", "pick_options"].contains(&call.name.as_str()));
        is_call.then(|| options::keys(self.place(), value, 0)).flatten()
    }

    pub fn is_full(&self) -> bool {
        self.found.len() >= MOST
    }

    pub fn value(&mut self, value: &Expr) {
        if self.is_full() {
            return;
        }
        match value {
            Expr::Variable(variable, _, position) => match variable.2.path.first() {
                None => self.read(&variable.1, *position),
                // A constant of the script.
                Some(module) if module.name == "global" => self.variables.read_named(&variable.1),
                Some(module) => self.module(&module.name, module.pos),
            },
            Expr::ThisPtr(position) if !self.has_this => {
                let finding = Finding::new(&THIS, *position, "there is no `this` here");
                self.say(
                    finding
                        .with("`this` is what a method is called on: a function gets what it works on as a parameter"),
                );
            }
            Expr::FnCall(call, position) => self.call(call, *position),
            Expr::Dot(dot, flags, _) => {
                locked::by_itself(&dot.lhs, &dot.rhs).into_iter().for_each(|finding| self.say(finding));
                self.option_read(&dot.lhs, &dot.rhs, flags.contains(rhai::ASTFlags::NEGATED));
                self.value(&dot.lhs);
                self.member(&dot.rhs, matches!(dot.lhs, Expr::ThisPtr(_)));
            }
            Expr::Index(index, ..) => {
                locked::by_itself(&index.lhs, &index.rhs).into_iter().for_each(|finding| self.say(finding));
                self.value(&index.lhs);
                self.value(&index.rhs);
            }
            Expr::DynamicConstant(constant, _) => {
                let name = constant.read_lock::<FnPtr>().map(|pointer| pointer.fn_name().to_string());
                name.into_iter().for_each(|name| self.closure(&name, 0));
            }
            Expr::Stmt(block) => self.block_value(block),
            Expr::Array(values, _) | Expr::InterpolatedString(values, _) => {
                values.iter().for_each(|value| self.value(value))
            }
            Expr::Map(map, _) => {
                for (key, value) in &map.0 {
                    if numbers::is_share(&key.name) {
                        self.share(value);
                    }
                    self.value(value);
                }
            }
            Expr::And(all, _) | Expr::Or(all, _) | Expr::Coalesce(all, _) => {
                all.iter().for_each(|value| self.value(value))
            }
            Expr::Custom(custom, _) => {
                if custom.tokens.first().is_some_and(|word| word == "pause") {
                    self.variables.read_all();
                }
                custom.inputs.iter().for_each(|value| self.value(value));
            }
            _ => {}
        }
    }

    fn call(&mut self, call: &FnCallExpr, position: Position) {
        if call.is_operator_call() {
            if numbers::is_inexact(call) {
                self.divisions.push((position, Vec::new()));
            }
            if numbers::is_beside_float(call) {
                call.args.iter().for_each(|side| self.share(side));
            }
            return call.args.iter().for_each(|argument| self.value(argument));
        }
        if EXPECTING.contains(&call.name.as_str()) {
            let before = std::mem::replace(&mut self.is_expected, true);
            self.arguments(call);
            self.is_expected = before;
            return;
        }
        if call.capture_parent_scope {
            self.variables.read_all();
        }
        if ["is_def_var", "eval"].contains(&call.name.as_str()) {
            self.variables.read_all();
        }
        let wrong = calls::function(self.known, self.facts, &self.variables, call, position);
        if let Some((number, _)) = self.variables.find(&call.name).filter(|_| wrong.is_some()) {
            self.variables.all[number].is_read = true;
        }
        let is_right = wrong.is_none();
        wrong.into_iter().for_each(|finding| self.say(finding));
        if is_right {
            closures::without_this(self.facts, call, position).into_iter().for_each(|finding| self.say(finding));
            self.options(call);
        }
        if call.name == "fixed" {
            call.args.first().into_iter().for_each(|value| self.share(value));
        }
        self.arguments(call);
    }

    /// The maps and words that are written in a call.
    fn options(&mut self, call: &FnCallExpr) {
        let place = self.place();
        options::of_words(place, call).into_iter().for_each(|finding| self.say(finding));
        for (at, argument) in call.args.iter().enumerate() {
            let Expr::Map(map, _) = argument else { continue };
            for finding in options::refused(place, call, at, &map.0) {
                self.say(finding);
            }
            closures::of_options(self.facts, call, &map.0).into_iter().for_each(|finding| self.say(finding));
        }
    }

    pub fn arguments(&mut self, call: &FnCallExpr) {
        call.args.iter().for_each(|argument| self.value(argument));
    }

    /// A place whose value is a share: no whole number is meant.
    pub fn share(&mut self, value: &Expr) {
        let found = numbers::division(value, &self.variables);
        self.divisions.extend(found);
    }

    fn module(&mut self, name: &str, position: Position) {
        let is_known =
            name == "global" || self.facts.imported.contains_key(name) || self.known.modules.contains_key(name);
        if !is_known && !position.is_none() {
            self.say(calls::no_module(self.known, self.facts, name, position));
        }
    }

    pub fn read(&mut self, name: &str, position: Position) {
        match self.variables.find(name) {
            Some((number, is_captured)) => {
                self.variables.all[number].is_read = true;
                if is_captured {
                    hidden::captured(self.facts, name, position).into_iter().for_each(|finding| self.say(finding));
                }
            }
            None if self.facts.functions.contains_key(name) || self.facts.probed.contains(name) => {}
            None => {
                let finding = hidden::no_variable(self.known, self.facts, &self.variables, name, position);
                self.variables.read_near(name);
                self.say(finding);
            }
        }
    }

    /// A block that gives a value; or a closure with what it takes in from outside.
    fn block_value(&mut self, block: &StmtBlock) {
        if let [Stmt::Share(_), Stmt::Expr(curried)] = block.statements()
            && let Expr::FnCall(call, _) = &**curried
            && let Some(Expr::DynamicConstant(constant, _)) = call.args.first()
        {
            let name = constant.read_lock::<FnPtr>().map(|pointer| pointer.fn_name().to_string());
            return name.into_iter().for_each(|name| self.closure(&name, call.args.len() - 1));
        }
        self.block(block.statements(), false);
    }

    /// A closure, of whose parameters the first are what it has captured.
    fn closure(&mut self, name: &str, captured: usize) {
        let Some(function) = self.facts.bodies.closure(name).filter(|_| name.starts_with(CLOSURE)).cloned() else {
            return;
        };
        let mark = self.variables.enter_closure();
        let had = std::mem::replace(&mut self.has_this, true);
        let parameters = &function.params[captured.min(function.params.len())..];
        self.parameters(parameters);
        self.block(bodies::statements(&function.body), false);
        self.has_this = had;
        self.variables.leave(mark);
    }

    fn parameters(&mut self, names: &[rhai::ImmutableString]) {
        for name in names {
            self.variables.declare(name, Role::Parameter, Position::NONE);
        }
    }

    /// A function of the script.
    pub fn function(&mut self, function: &ScriptFuncDef) {
        let mark = self.variables.enter_function();
        let had = std::mem::replace(&mut self.has_this, true);
        self.parameters(&function.params);
        let body = bodies::statements(&function.body);
        if let Some(Stmt::Expr(last)) = body.last().filter(|_| numbers::is_share(&function.name)) {
            self.share(last);
        }
        self.block(body, false);
        self.has_this = had;
        self.variables.leave(mark);
    }

    /// What a statement gives that nobody takes.
    pub fn thrown_away(&mut self, value: &Expr) {
        discarded::found(self.known, self.facts, &self.variables, value)
            .into_iter()
            .for_each(|finding| self.say(finding));
    }
}
