//! From a delivery to an event: a pure function, so that a delivery can be tried out and mapped again at any time.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use minijinja::value::{Serde, Value};
use toml::Value as Toml;

use super::body::{self, Body};
use super::door::{self, Customs};
use super::preset::{Preset, Then};
use super::repair::{Repair, What};
use crate::domain::event::columns::{Field, Members, REQUIRED, Row};
use crate::domain::event::{Event, FieldError, shown};
use crate::domain::scale::written;
use crate::domain::time::Timestamp;

/// The most characters of a value that are shown.
const SHOWN: usize = 200;

/// A delivery as it was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub received_at: Timestamp,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub query: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What the hook has of its own.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The hook's name.
    pub name: String,
    pub vars: BTreeMap<String, Toml>,
    pub zone: Option<Tz>,
    pub region: Option<String>,
}

written! {
    /// Why nothing follows from a delivery.
    Skip {
        NoRule = "no_rule",
        Ping = "ping",
        /// The ticket was closed already and not reopened since.
        AlreadyClosed = "already_closed",
        /// The system sent the delivery before.
        Repeat = "repeat",
    }
}

/// Why a delivery that should be an event is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("malformed: {0}")]
    Malformed(String),
    /// An expression, or the field that it gives.
    #[error("{field}: {message}")]
    Field { field: String, message: String },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Mapped {
    Event(Box<Event>),
    Skipped(Skip),
    Failed(Failure),
}

/// One field with its expression, what that gave, and what the field got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldTrial {
    pub field: &'static str,
    pub expression: String,
    /// What the expression gave; `None` if it is absent.
    pub value: Option<String>,
}

/// A delivery that was mapped, with everything that led to the result.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// The number of the rule that matched, from 1.
    pub rule: Option<usize>,
    pub fields: Vec<FieldTrial>,
    pub repairs: Vec<Repair>,
    /// What tells this delivery when the system sends it again.
    pub delivery_id: Option<String>,
    /// Whether the rules need an earlier event that is not known.
    pub lacks_earlier: bool,
    pub mapped: Mapped,
}

/// A preset with a delivery that it can read.
#[derive(Debug)]
pub struct Opened<'a> {
    preset: &'a Preset,
    settings: &'a Settings,
    received_at: Timestamp,
    scope: BTreeMap<String, Value>,
    has_earlier: bool,
}

impl<'a> Opened<'a> {
    /// Reads the delivery's body.
    ///
    /// # Errors
    /// The body cannot be read.
    pub fn new(preset: &'a Preset, settings: &'a Settings, delivery: &Delivery) -> Result<Self, Failure> {
        let content_type = delivery.headers.iter().find(|(name, _)| name == "content-type");
        let content_type = content_type.map_or("", |(_, value)| value);
        let body = body::read(&delivery.body, preset.format, content_type)
            .map_err(|why| Failure::Malformed(why.to_string()))?;
        let scope = scope(preset, settings, delivery, &body);
        Ok(Self { preset, settings, received_at: delivery.received_at, scope, has_earlier: false })
    }

    /// The ID of an earlier event that the rules need.
    #[must_use]
    pub fn earlier(&self) -> Option<String> {
        self.preset.earlier.as_ref()?.text(&self.scope()).ok().flatten()
    }

    /// Puts that event into the scope.
    pub fn with_earlier(&mut self, earlier: &Event) {
        self.has_earlier = true;
        self.scope.insert("earlier".to_owned(), Value::from(Serde(earlier)));
    }

    fn scope(&self) -> Value {
        Value::from_pairs(self.scope.iter().map(|(name, value)| (name.clone(), value.clone())))
    }

    /// Maps the delivery.
    #[must_use]
    pub fn map(&self) -> Trial {
        let scope = self.scope();
        let mut trial = Trial {
            rule: None,
            fields: Vec::new(),
            repairs: Vec::new(),
            delivery_id: None,
            lacks_earlier: !self.has_earlier && self.earlier().is_some(),
            mapped: Mapped::Skipped(Skip::NoRule),
        };
        trial.mapped = self.decide(&scope, &mut trial).unwrap_or_else(Mapped::Failed);
        trial
    }

    fn decide(&self, scope: &Value, trial: &mut Trial) -> Result<Mapped, Failure> {
        if let Some(id) = &self.preset.delivery_id {
            trial.delivery_id = id.text(scope).map_err(|why| failed("delivery_id", why))?;
        }
        for (at, rule) in self.preset.rules.iter().enumerate() {
            let number = at + 1;
            if !rule.when.is_true(scope).map_err(|why| failed(&format!("rule {number}, when"), why))? {
                continue;
            }
            trial.rule = Some(number);
            return match &rule.then {
                Then::Ping => Ok(Mapped::Skipped(Skip::Ping)),
                Then::Event(fields) => self.event(scope, fields, trial),
            };
        }
        Ok(Mapped::Skipped(Skip::NoRule))
    }

    fn event(
        &self,
        scope: &Value,
        fields: &[(Field, super::Expression)],
        trial: &mut Trial,
    ) -> Result<Mapped, Failure> {
        let zone = self.settings.zone.or(self.preset.zone).unwrap_or(Tz::UTC);
        let region = self.settings.region.as_deref().or(self.preset.region.as_deref());
        let mut values = Vec::new();
        for ((name, form), expression) in fields {
            let value = expression.value(scope).map_err(|why| failed(name, why))?;
            let passed = door::pass(name, *form, &value, Customs { zone, region });
            let is_there = !super::engine::is_absent(&value);
            trial.fields.push(FieldTrial {
                field: name,
                expression: expression.source().to_owned(),
                value: is_there.then(|| shown(&value.to_string(), SHOWN)),
            });
            trial
                .repairs
                .extend(passed.repairs.into_iter().map(|what| Repair { field: (*name).to_owned(), what }));
            if let Some(json) = passed.json {
                values.push((*name, json));
            }
        }
        if let Some(absent) = REQUIRED.iter().find(|name| !values.iter().any(|(known, _)| known == *name)) {
            return Err(failed(absent, "absent".to_owned()));
        }
        self.read(values, trial)
    }

    /// Reads the event by its own rules. A field that it can go without is left out if it does not fit.
    fn read(
        &self,
        mut values: Vec<(&'static str, crate::domain::event::Json)>,
        trial: &mut Trial,
    ) -> Result<Mapped, Failure> {
        let errors = match self.attempt(&values) {
            Ok(event) => return Ok(Mapped::Event(Box::new(event))),
            Err(errors) => errors,
        };
        for error in &errors {
            let field = error.field.split('[').next().unwrap_or_default();
            let is_needed = REQUIRED.contains(&field) || field == "script";
            let known = values.iter().position(|(name, _)| *name == field).filter(|_| !is_needed);
            if let Some(at) = known {
                values.remove(at);
                trial.repairs.retain(|repair| repair.field != field);
                trial.repairs.push(Repair { field: field.to_owned(), what: What::Dropped });
            }
        }
        let event = self.attempt(&values).map_err(|errors| self.refused(errors))?;
        Ok(Mapped::Event(Box::new(event)))
    }

    fn attempt(
        &self,
        values: &[(&'static str, crate::domain::event::Json)],
    ) -> Result<Event, Vec<FieldError>> {
        let mut members = Members::default();
        for (name, json) in values {
            members.put(name, json.clone());
        }
        match members.read(false, self.received_at)? {
            Row::Event(event) => Ok(*event),
            Row::Erased => Err(vec![FieldError::new("", "is an erased event")]),
        }
    }

    fn refused(&self, errors: Vec<FieldError>) -> Failure {
        let first = errors.into_iter().next();
        let first = first.unwrap_or_else(|| FieldError::new("", "cannot be read"));
        let is_ahead = first.field == "occurred_at" && first.message.contains("in the future");
        let zone = self.settings.zone.or(self.preset.zone).unwrap_or(Tz::UTC);
        let hint = if is_ahead { format!("; is {zone} the right time zone (tz)?") } else { String::new() };
        failed(&first.field, first.message + &hint)
    }
}

/// Maps a delivery that needs no earlier event.
#[must_use]
pub fn map(preset: &Preset, settings: &Settings, delivery: &Delivery) -> Trial {
    match Opened::new(preset, settings, delivery) {
        Ok(opened) => opened.map(),
        Err(failure) => Trial::failed(failure),
    }
}

impl Trial {
    /// A delivery whose hook was revoked before it was mapped.
    #[must_use]
    pub fn gone() -> Self {
        Self::failed(failed("hook", "it is revoked".to_owned()))
    }

    /// A delivery that could not even be read.
    #[must_use]
    pub const fn failed(failure: Failure) -> Self {
        Self {
            rule: None,
            fields: Vec::new(),
            repairs: Vec::new(),
            delivery_id: None,
            lacks_earlier: false,
            mapped: Mapped::Failed(failure),
        }
    }
}

fn failed(field: &str, message: String) -> Failure {
    Failure::Field { field: field.to_owned(), message }
}

/// What expressions can see. Our own names hide members of the body that are called the same.
fn scope(preset: &Preset, settings: &Settings, delivery: &Delivery, body: &Body) -> BTreeMap<String, Value> {
    let mut scope = BTreeMap::new();
    if let Ok(keys) = body.content.try_iter() {
        for key in keys {
            if let (Some(name), Ok(value)) = (key.as_str(), body.content.get_item(&key)) {
                scope.insert(name.to_owned(), value);
            }
        }
    }
    let pairs = |pairs: &[(String, String)]| -> Value {
        Value::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    };
    let vars = preset
        .vars
        .keys()
        .filter_map(|name| Some((name.clone(), Value::from(Serde(preset.var(name, &settings.vars)?)))));
    let zone = settings.zone.or(preset.zone).unwrap_or(Tz::UTC);
    let region = settings.region.as_deref().or(preset.region.as_deref());
    for (name, value) in [
        ("body", body.content.clone()),
        ("form", body.form.clone()),
        ("headers", pairs(&delivery.headers)),
        ("query", pairs(&delivery.query)),
        ("received_at", Value::from(delivery.received_at.to_rfc3339())),
        ("vars", Value::from_pairs(vars)),
        ("hook", Value::from(settings.name.as_str())),
        ("tz", Value::from(zone.name())),
        ("region", region.map_or_else(Value::default, Value::from)),
        ("earlier", Value::default()),
    ] {
        scope.insert(name.to_owned(), value);
    }
    scope
}
