//! What stands behind a dot: properties, methods, options of the script.

use super::findings::{OPTION, PROPERTY, kind::Finding};
use super::walk::Walk;
use super::{calls, closures, options};
use crate::error::nearest;
use rhai::{Expr, Position};

impl Walk<'_> {
    /// What stands behind a dot.
    pub fn member(&mut self, member: &Expr, of_this: bool) {
        match member {
            Expr::Property(property, position) => self.property(&property.2, *position),
            Expr::MethodCall(call, position) => {
                // Of a map with functions in it, which is `this`, nobody knows the names.
                if !(of_this && self.facts.keys.contains(call.name.as_str())) {
                    calls::method(self.known, self.facts, call, *position)
                        .into_iter()
                        .for_each(|finding| self.say(finding));
                }
                closures::of_method(self.facts, &self.variables, call)
                    .into_iter()
                    .for_each(|finding| self.say(finding));
                self.arguments(call);
            }
            Expr::Dot(dot, ..) => {
                self.member(&dot.lhs, false);
                self.member(&dot.rhs, false);
            }
            Expr::Index(index, ..) => {
                self.member(&index.lhs, false);
                self.value(&index.rhs);
            }
            other => self.value(other),
        }
    }

    fn property(&mut self, name: &str, position: Position) {
        let (known, facts) = (self.known, self.facts);
        // A column of a run's rows has the set in front of what is measured: `valid_auc`.
        let of_set = ["train_", "valid_", "test_"].iter().find_map(|set| name.strip_prefix(set));
        let is_there = |name: &str| facts.keys.contains(name) || known.has_property(name);
        if is_there(name) || of_set.is_some_and(is_there) {
            return;
        }
        let mut names: Vec<&str> = known.properties().chain(facts.keys.iter().map(String::as_str)).collect();
        names.sort_unstable();
        let near = nearest(name, &names).map(|near| format!("did you mean `{near}`?"));
        if near.is_none() && facts.reads_maps {
            return;
        }
        let title = format!("nothing has a property `{name}`");
        let method = known.global.get(name).map(|_| format!("it is a function: .{name}()"));
        self.say(Finding::new(&PROPERTY, position, title).with_some(near.or(method)));
    }

    /// `o.learning_rate` of options that are written out.
    pub fn option_read(&mut self, of: &Expr, member: &Expr, is_asked: bool) {
        let Expr::Variable(variable, ..) = of else { return };
        let mut member = member;
        while let Expr::Dot(dot, ..) | Expr::Index(dot, ..) = member {
            member = &dot.lhs;
        }
        let Expr::Property(property, position) = member else { return };
        let Some((number, _)) = self.variables.find(&variable.1) else { return };
        let name = property.2.as_str();
        let Some(keys) = self.variables.all[number].keys.clone().filter(|_| !is_asked) else { return };
        if keys.iter().any(|key| key == name) {
            return;
        }
        let title = format!("`{}` has no option `{name}`", variable.1);
        self.say(Finding::new(&OPTION, *position, title).with(options::listed(name, &keys)));
    }
}
