//! Names in a preset's expressions that a delivery does not have.

use minijinja::value::ValueKind;

use super::{EARLIER, OWN_NAMES, Opened};
use crate::domain::hook::engine::{Expression, is_absent};
use crate::domain::nearest::nearest;

/// What is said of a required field without a value, and what stands before the names that the delivery does not have.
const ABSENT: &str = "absent";
pub const ABSENT_NAMED: &str = "absent: the delivery has no ";
const ABSENT_EARLIER: &str = "absent: there is no earlier event that it is about";
/// Between two such names.
pub const AND: [&str; 2] = [" and no ", ", no "];
const ITEM_MEMBER: &str = "item.";

/// A name in an expression for which a delivery has nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The first expression that has it.
    pub place: String,
    /// The dotted name.
    pub path: String,
    /// The name in its place that was probably meant.
    pub meant: Option<String>,
}

impl Opened<'_> {
    /// The names in the preset's expressions for which the delivery has nothing. What a system leaves out at times is
    /// among them, so each is a hint and no mistake.
    #[must_use]
    pub fn missing(&self) -> Vec<Missing> {
        let mut missing: Vec<Missing> = Vec::new();
        for (place, expression) in self.preset.expressions() {
            for path in expression.variables() {
                let is_known = missing.iter().any(|known| known.path == path) || path.starts_with(EARLIER);
                if is_known {
                    continue;
                }
                if let Err(meant) = self.find(&path) {
                    missing.push(Missing { place: place.clone(), path, meant });
                }
            }
        }
        missing
    }

    /// What is said of a required field that is absent: with what its expression did not find, in the delivery's own
    /// names.
    pub(super) fn absent(&self, field: &str, expression: Option<&Expression>) -> String {
        let needs_earlier =
            expression.is_some_and(|expression| expression.variables().any(|path| path.starts_with(EARLIER)));
        if needs_earlier && !self.own.contains_key(EARLIER) {
            return ABSENT_EARLIER.to_owned();
        }
        let scope = self.scope();
        let value =
            |path: &str| path.split('.').try_fold(scope.clone(), |value, name| value.get_attr(name).ok());
        let is_of_delivery = |path: &String| !OWN_NAMES.contains(&path.split('.').next().unwrap_or_default());
        let named = expression.into_iter().flat_map(Expression::variables);
        let missing = named.filter(|path| is_of_delivery(path) || path.starts_with(ITEM_MEMBER));
        let missing: Vec<String> =
            missing.filter(|path| value(path).is_none_or(|value| is_absent(&value))).collect();
        match missing.split_last() {
            None => ABSENT.to_owned(),
            Some((last, [])) if last == field => ABSENT.to_owned(),
            Some((last, [])) => format!("{ABSENT_NAMED}{last}"),
            Some((last, others)) => format!("{ABSENT_NAMED}{} and no {last}", others.join(", no ")),
        }
    }

    /// Finds what is under a dotted name.
    ///
    /// # Errors
    /// There is nothing; the name that is there and was probably meant, if any.
    fn find(&self, path: &str) -> Result<(), Option<String>> {
        let mut value = self.scope();
        for name in path.split('.') {
            let inner = value.get_attr(name).unwrap_or_default();
            if inner.is_undefined() {
                let there: Vec<String> = match value.try_iter() {
                    Ok(names) if value.kind() == ValueKind::Map => {
                        names.map(|name| name.to_string()).collect()
                    }
                    _ => Vec::new(),
                };
                return Err(nearest(name, there.iter().map(String::as_str)).map(str::to_owned));
            }
            value = inner;
        }
        Ok(())
    }
}
