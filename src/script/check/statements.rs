//! Statements on the way through a script.

use super::copies;
use super::findings::{DIVISION, UNREACHABLE, UNREAD, kind::Finding};
use super::hidden;
use super::numbers;
use super::unpacked;
use super::variables::{Role, Variable};
use super::walk::Walk;
use rhai::{AST, Expr, Stmt, StmtBlock};

impl Walk<'_> {
    /// The whole script.
    pub fn script(&mut self, ast: &AST) {
        self.block(ast.statements(), !self.shows_value);
        let mut functions: Vec<_> = self.facts.bodies.functions().cloned().collect();
        functions.sort_by_key(|function| function.body.position());
        for function in functions {
            hidden::function(self.known, self.facts, &function).into_iter().for_each(|finding| self.say(finding));
            self.function(&function);
        }
        self.end();
    }

    /// What is known when all has been seen.
    fn end(&mut self) {
        if self.is_full() {
            return;
        }
        let whole = self.variables.whole();
        let divisions = std::mem::take(&mut self.divisions);
        for (position, _) in divisions.into_iter().filter(|(_, on)| on.iter().all(|number| whole[*number])) {
            let title = "a whole number divided by a whole number has nothing behind the point";
            let finding = Finding::new(&DIVISION, position, title);
            self.found.push(finding.with("make one of them a float: x.to_float() / y, or 1.0 / 2"));
        }
        let is_left =
            |v: &&Variable| v.role == Role::Let && !v.is_read && !v.name.starts_with('_') && !v.position.is_none();
        let left: Vec<Finding> = self
            .variables
            .all
            .iter()
            .filter(is_left)
            .map(|variable| {
                let title = format!("`{}` is set and never read", variable.name);
                Finding::new(&UNREAD, variable.position, title)
                    .with(format!("leave it out, or call it `_{}`", variable.name))
            })
            .collect();
        self.found.extend(left);
    }

    /// Statements one after the other. Of a block that `is_closed`, nobody takes the value.
    pub fn block(&mut self, statements: &[Stmt], is_closed: bool) {
        let mark = self.variables.mark();
        let mut is_over = false;
        for (i, statement) in statements.iter().enumerate() {
            if is_over && !matches!(statement, Stmt::Noop(_)) {
                self.say(Finding::new(&UNREACHABLE, statement.position(), "this is never reached"));
                is_over = false;
            }
            if i + 1 < statements.len() || is_closed {
                match statement {
                    Stmt::Expr(value) => self.thrown_away(value),
                    Stmt::FnCall(call, position) => self.thrown_away(&Expr::FnCall(call.clone(), *position)),
                    _ => {}
                }
            }
            self.statement(statement);
            is_over |= matches!(statement, Stmt::Return(..) | Stmt::BreakLoop(..));
        }
        self.variables.leave(mark);
    }

    fn body(&mut self, block: &StmtBlock, is_closed: bool) {
        self.block(block.statements(), is_closed);
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::If(flow, _) => {
                self.value(&flow.expr);
                self.body(&flow.body, false);
                self.body(&flow.branch, false);
            }
            Stmt::Switch(switch, _) => {
                self.value(&switch.0);
                for case in &switch.1.expressions {
                    self.value(&case.lhs);
                    self.value(&case.rhs);
                }
            }
            Stmt::While(flow, _) | Stmt::Do(flow, ..) => {
                self.value(&flow.expr);
                self.body(&flow.body, true);
            }
            Stmt::For(parts, position) => {
                let (name, count, flow) = &**parts;
                self.value(&flow.expr);
                let values = numbers::whole(&flow.expr, &self.variables);
                let mark = self.variables.mark();
                let number = self.variables.declare(
                    &name.name,
                    Role::Loop,
                    if name.pos.is_none() { *position } else { name.pos },
                );
                self.variables.all[number].values.push(values);
                if let Some(count) = count {
                    let found = unpacked::index(&self.variables, &flow.expr, name, count, flow.body.statements());
                    found.into_iter().for_each(|finding| self.say(finding));
                    let number = self.variables.declare(&count.name, Role::Other, count.pos);
                    self.variables.all[number].values.push(Some(Vec::new()));
                }
                let found = copies::changed(self.known, &name.name, flow.body.statements());
                found.into_iter().for_each(|finding| self.say(finding));
                self.body(&flow.body, true);
                self.variables.leave(mark);
            }
            Stmt::Var(parts, _, position) => {
                let (name, value, _) = &**parts;
                if numbers::is_share(&name.name) {
                    self.share(value);
                }
                let is_tensor = self.is_tensor(value);
                let (keys, values) = (self.keys(value), numbers::whole(value, &self.variables));
                self.value(value);
                let place = if name.pos.is_none() { *position } else { name.pos };
                let number = self.variables.declare(&name.name, Role::Let, place);
                let variable = &mut self.variables.all[number];
                variable.keys = keys.filter(|_| !self.facts.changed.contains(name.name.as_str()));
                if let Some(keys) = &mut variable.keys {
                    let added = self.facts.added.iter().filter(|(of, _)| *of == name.name.as_str());
                    keys.extend(added.map(|(_, key)| key.clone()));
                }
                variable.values.push(values);
                variable.is_tensor = is_tensor;
                variable.is_of_lists = unpacked::is_of_lists(value);
                variable.is_read = holds(value);
            }
            Stmt::Assignment(assignment) => self.assignment(&assignment.1.lhs, &assignment.1.rhs),
            Stmt::FnCall(call, position) => self.value(&Expr::FnCall(call.clone(), *position)),
            Stmt::Block(block) => self.body(block, false),
            Stmt::TryCatch(flow, _) => {
                self.body(&flow.body, false);
                let mark = self.variables.mark();
                if let Expr::Variable(name, _, position) = &flow.expr {
                    self.variables.declare(&name.1, Role::Other, *position);
                }
                self.body(&flow.branch, false);
                self.variables.leave(mark);
            }
            Stmt::Expr(value) => self.value(value),
            Stmt::BreakLoop(Some(value), ..) | Stmt::Return(Some(value), ..) => self.value(value),
            Stmt::Import(import, _) => {
                self.value(&import.0);
                hidden::import(self.known, &import.1).into_iter().for_each(|finding| self.say(finding));
            }
            Stmt::Export(export, position) => self.read(&export.0.name, *position),
            _ => {}
        }
    }

    /// Whether a function gives it that always gives tensors.
    fn is_tensor(&self, value: &Expr) -> bool {
        let Expr::FnCall(call, _) = value else { return false };
        let is_own = self.facts.functions.contains_key(call.name.as_str());
        let is_plain = call.namespace.path.is_empty() && !call.is_operator_call();
        is_plain && !is_own && self.known.global.get(call.name.as_str()).is_some_and(|ways| ways.is_tensor)
    }

    fn assignment(&mut self, place: &Expr, value: &Expr) {
        let named = match last(place) {
            Expr::Property(property, _) => Some(property.2.to_string()),
            Expr::Variable(variable, ..) => Some(variable.1.to_string()),
            _ => None,
        };
        if named.is_some_and(|name| numbers::is_share(&name)) {
            self.share(value);
        }
        self.value(value);
        match place {
            Expr::Variable(variable, _, position) if variable.2.path.is_empty() => {
                let values = numbers::whole(value, &self.variables);
                match self.variables.find(&variable.1) {
                    // What a closure takes in, another may change.
                    Some((number, _)) => {
                        self.variables.all[number].is_tensor &= self.is_tensor(value);
                        self.variables.all[number].values.push(values);
                    }
                    None => self.read(&variable.1, *position),
                }
            }
            // What is assigned to a part of it may be seen elsewhere.
            other => self.value(other),
        }
    }
}

/// Whether the value does its work as long as it is there, and need not be read.
fn holds(value: &Expr) -> bool {
    let Expr::Dot(dot, ..) = value else { return false };
    matches!(&dot.rhs, Expr::MethodCall(call, _) if call.name == "turn")
}

/// What is assigned to in the end.
fn last(place: &Expr) -> &Expr {
    match place {
        Expr::Dot(chain, ..) => last(&chain.rhs),
        other => other,
    }
}
