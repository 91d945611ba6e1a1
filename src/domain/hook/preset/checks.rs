//! What a preset cannot mean, though it can be read.

use std::collections::BTreeMap;

use minijinja::value::{Serde, Value};
use toml::Value as Toml;

use super::{Preset, PresetError, Then};
use crate::domain::event::Kind;
use crate::domain::hook::engine::Expression;
use crate::domain::hook::phone::known_region;
use crate::domain::nearest::nearest;

/// The fields of which a value stands for one person or one thing.
const OF_ONE: [&str; 3] = ["event_id", "customer.id", "subject.id"];
/// What is there without a delivery.
const WITHOUT_DELIVERY: [&str; 4] = ["vars", "hook", "tz", "region"];

/// # Errors
/// Returns the first thing in a preset that cannot be meant, with its place.
pub(super) fn meaning(preset: &Preset) -> Result<(), PresetError> {
    for (at, rule) in preset.rules.iter().enumerate() {
        let wrong = |name: &str, why: String| PresetError(format!("rule {}, {name}: {why}", at + 1));
        lists(&rule.when, &preset.vars).map_err(|why| wrong("when", why))?;
        let Then::Event(fields) = &rule.then else { continue };
        for ((name, _), expression) in fields {
            field(name, expression, &preset.vars).map_err(|why| wrong(name, why))?;
        }
    }
    if let Some(region) = &preset.region {
        known_region(region).map_err(|why| PresetError(format!("region: {why}")))?;
    }
    if let Some(check) = &preset.check {
        check.check().map_err(|why| PresetError(format!("verify.{why}")))?;
    }
    for (at, write) in preset.writes.iter().enumerate() {
        write.check().map_err(|why| PresetError(format!("write {}: {why}", at + 1)))?;
    }
    Ok(())
}

/// # Errors
/// Says why a field's expression cannot be meant.
fn field(name: &str, expression: &Expression, vars: &BTreeMap<String, Toml>) -> Result<(), String> {
    match name {
        "kind" => kind(expression),
        name if OF_ONE.contains(&name) => something_of_nothing(expression, vars),
        _ => Ok(()),
    }
}

fn kind(expression: &Expression) -> Result<(), String> {
    let source = expression.source().trim();
    if Kind::parse(source).is_some() {
        return Err(format!("{source} is a name of the delivery here; did you mean '{source}', in quotes?"));
    }
    if expression.variables().next().is_some() {
        return Ok(());
    }
    let stated = expression.text(&Value::UNDEFINED).ok().flatten().unwrap_or_default();
    if Kind::parse(&stated).is_some() {
        return Ok(());
    }
    let kinds = Kind::REPORTED.map(Kind::as_str);
    Err(match nearest(&stated, kinds) {
        Some(meant) => format!("'{stated}' is no kind; did you mean '{meant}'?"),
        None => format!("'{stated}' is no kind: it is one of {}", kinds.join(", ")),
    })
}

/// An expression that names the delivery gives nothing of a delivery that has nothing: else everybody of whom something is
/// missing would be one customer, and everything one event.
fn something_of_nothing(expression: &Expression, vars: &BTreeMap<String, Toml>) -> Result<(), String> {
    let mut names = expression.variables();
    if !names.any(|name| !WITHOUT_DELIVERY.contains(&name.split('.').next().unwrap_or_default())) {
        return Ok(());
    }
    let vars = Value::from_pairs(vars.iter().map(|(name, value)| (name.as_str(), Value::from(Serde(value)))));
    let scope = minijinja::context! { vars => vars, hook => "hook", tz => "UTC" };
    match expression.text(&scope) {
        Ok(Some(made)) => Err(format!("makes '{made}' of a delivery that has nothing of it; write cat(…)")),
        _ => Ok(()),
    }
}

/// What is looked for in a variable needs a list there.
///
/// # Errors
/// Names the variable that is none.
fn lists(when: &Expression, vars: &BTreeMap<String, Toml>) -> Result<(), String> {
    for (name, value) in vars {
        let is_searched = when.source().match_indices(" in vars.").any(|(at, found)| {
            let rest = &when.source()[at + found.len()..];
            let is_named = |c: char| c.is_alphanumeric() || c == '_';
            rest.split(|c| !is_named(c)).next() == Some(name)
        });
        if is_searched && !value.is_array() {
            let quoted = if value.is_str() { value.to_string() } else { format!("\"{value}\"") };
            return Err(format!("vars.{name} is no list: write {name} = [{quoted}]"));
        }
    }
    Ok(())
}
