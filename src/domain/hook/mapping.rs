//! From a delivery to an event: a pure function, so that a delivery can be tried out and mapped again at any time.

mod missing;
mod scope;
mod trial;

use std::collections::BTreeMap;

use chrono_tz::Tz;
use minijinja::value::{Serde, Value, ValueKind, merge_maps};
use toml::Value as Toml;

use super::body::{self, Format};
use super::door::{self, Customs, Passed};
use super::preset::{Preset, Then};
use super::repair::{Repair, What};
use crate::domain::event::columns::{Field, Form, Members, REQUIRED, Row};
use crate::domain::event::{Event, FieldError, Json, shown};
use crate::domain::scale::written;
use crate::domain::time::Timestamp;
use crate::domain::visible::unfit_for_id;

pub use missing::{ABSENT_NAMED, AND, Missing};
pub use trial::{FieldTrial, Trial};

/// The most characters of a value that are shown.
const SHOWN: usize = 200;
/// The most bytes of an ID that is looked up in the database. An index cannot hold a much longer one.
const LONGEST_ID: usize = 512;

/// What is said of an ID that is there but is nobody's.
const NOBODYS: &str = "is nobody's: empty, 0, a word like null, or a placeholder that was not filled in";

/// The most elements that one delivery may hold.
const MOST_ELEMENTS: usize = 100;
/// The name under which expressions see one element of a delivery.
const ITEM: &str = "item";
const CUSTOMER: &str = "customer.id";
const EARLIER: &str = "earlier";
/// The names that expressions can see in every delivery, beside the members of its body.
pub const OWN_NAMES: [&str; 11] =
    ["body", "form", "headers", "query", "received_at", "vars", "hook", "tz", "region", EARLIER, ITEM];

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

/// A preset with a delivery that it can read, or with one element of it.
#[derive(Debug)]
pub struct Opened<'a> {
    preset: &'a Preset,
    settings: &'a Settings,
    received_at: Timestamp,
    /// Whether characters of the body were put right.
    is_mended: bool,
    /// What all elements of the delivery see. It is shared, because a body may hold many members and many elements.
    scope: Value,
    /// What only this element sees.
    own: BTreeMap<&'static str, Value>,
}

impl<'a> Opened<'a> {
    /// Reads the delivery's body: the delivery itself, or its elements if the preset says `each`.
    ///
    /// # Errors
    /// The body cannot be read, or does not hold what `each` names.
    pub fn all(
        preset: &'a Preset,
        settings: &'a Settings,
        delivery: &Delivery,
    ) -> Result<Vec<Self>, Failure> {
        let whole = Self::new(preset, settings, delivery)?;
        let Some(each) = &preset.each else { return Ok(vec![whole]) };
        let value = each.value(&whole.scope()).map_err(|why| failed("each", why))?;
        let items = elements(&value).map_err(|why| failed("each", why))?;
        let of = |item| Self { scope: whole.scope.clone(), own: BTreeMap::from([(ITEM, item)]), ..whole };
        Ok(items.into_iter().map(of).collect())
    }

    /// Reads the delivery's body.
    fn new(preset: &'a Preset, settings: &'a Settings, delivery: &Delivery) -> Result<Self, Failure> {
        let content_type = delivery.headers.iter().find(|(name, _)| name == "content-type");
        let content_type = content_type.map_or("", |(_, value)| value);
        let body = if delivery.body.is_empty() && preset.format != Format::Json {
            // A GET has nothing but its address.
            body::of_fields(&delivery.query)
        } else {
            body::read(&delivery.body, preset.format, content_type)
        };
        let body = body.map_err(|why| Failure::Malformed(why.to_string()))?;
        let scope = Value::from_pairs(scope::scope(preset, settings, delivery, &body));
        let own = BTreeMap::new();
        let is_mended = body.is_mended;
        Ok(Self { preset, settings, received_at: delivery.received_at, is_mended, scope, own })
    }

    /// The ID of an earlier event that the rules need.
    #[must_use]
    pub fn earlier(&self) -> Option<String> {
        self.preset.earlier.as_ref()?.text(&self.scope()).ok().flatten().filter(|id| can_be_looked_up(id))
    }

    /// Puts that event into the scope.
    pub fn with_earlier(&mut self, earlier: &Event) {
        self.own.insert(EARLIER, Value::from(Serde(earlier)));
    }

    fn scope(&self) -> Value {
        if self.own.is_empty() {
            return self.scope.clone();
        }
        let own = Value::from_pairs(self.own.iter().map(|(name, value)| (*name, value.clone())));
        merge_maps([self.scope.clone(), own])
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
            lacks: if self.own.contains_key(EARLIER) { None } else { self.earlier() },
            customer: None,
            mapped: Mapped::Skipped(Skip::NoRule),
        };
        if self.is_mended {
            trial.repairs.push(Repair { field: "body".to_owned(), what: What::Controls });
        }
        trial.mapped = self.decide(&scope, &mut trial).unwrap_or_else(Mapped::Failed);
        trial
    }

    fn decide(&self, scope: &Value, trial: &mut Trial) -> Result<Mapped, Failure> {
        if let Some(id) = &self.preset.delivery_id {
            let id = id.text(scope).map_err(|why| failed("delivery_id", why))?;
            trial.delivery_id = id.filter(|id| can_be_looked_up(id));
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
        trial.customer = Self::customer(scope, fields);
        for ((name, form), expression) in fields {
            let (value, passed) = match expression.value(scope) {
                Ok(value) => {
                    let passed = door::pass(name, *form, &value, Customs { zone, region });
                    (value, passed)
                }
                Err(why) if is_needed(name) => return Err(failed(name, why)),
                Err(_) => (Value::UNDEFINED, Passed::dropped()),
            };
            let is_there = !super::engine::is_absent(&value);
            trial.fields.push(FieldTrial {
                field: name,
                expression: expression.source().to_owned(),
                value: is_there.then(|| shown(&value.to_string(), SHOWN)),
                got: passed.json.as_ref().and_then(written),
            });
            trial
                .repairs
                .extend(passed.repairs.into_iter().map(|what| Repair { field: (*name).to_owned(), what }));
            values.extend(passed.json.map(|json| (*name, json)));
        }
        if let Some(absent) = REQUIRED.iter().find(|name| !values.iter().any(|(known, _)| known == *name)) {
            let is_nobodys =
                trial.repairs.iter().any(|repair| repair.field == *absent && repair.what == What::NoValue);
            if is_nobodys {
                return Err(failed(absent, NOBODYS.to_owned()));
            }
            let expression =
                fields.iter().find(|((name, _), _)| name == absent).map(|(_, expression)| expression);
            return Err(failed(absent, self.absent(absent, expression)));
        }
        self.read(values, trial)
    }

    /// Whom the delivery is about, also if its other fields cannot be computed.
    fn customer(scope: &Value, fields: &[(Field, super::Expression)]) -> Option<String> {
        let (_, expression) = fields.iter().find(|((name, _), _)| *name == CUSTOMER)?;
        let customs = Customs { zone: Tz::UTC, region: None };
        match door::pass(CUSTOMER, Form::Id, &expression.value(scope).ok()?, customs).json? {
            Json::Text(id) => Some(id.into_owned()).filter(|id| can_be_looked_up(id)),
            _ => None,
        }
    }

    /// Reads the event by its own rules. A field that it can go without is left out if it does not fit.
    fn read(
        &self,
        mut values: Vec<(&'static str, Json<'static>)>,
        trial: &mut Trial,
    ) -> Result<Mapped, Failure> {
        let errors = match self.attempt(&values) {
            Ok(event) => return Ok(Mapped::Event(Box::new(event))),
            Err(errors) => errors,
        };
        for error in &errors {
            let field = error.field.split('[').next().unwrap_or_default();
            let known = values.iter().position(|(name, _)| *name == field).filter(|_| !is_needed(field));
            if let Some(at) = known {
                values.remove(at);
                for left_out in trial.fields.iter_mut().filter(|known| known.field == field) {
                    left_out.got = None;
                }
                trial.repairs.retain(|repair| repair.field != field);
                trial.repairs.push(Repair { field: field.to_owned(), what: What::Dropped });
            }
        }
        let event = self.attempt(&values).map_err(|errors| self.refused(errors))?;
        Ok(Mapped::Event(Box::new(event)))
    }

    fn attempt(&self, values: &[(&'static str, Json<'static>)]) -> Result<Event, Vec<FieldError>> {
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

/// Whether an event cannot go without this field: it would be another event, or none.
fn is_needed(field: &str) -> bool {
    REQUIRED.contains(&field) || field == "script"
}

/// The members of a list or an object, in their order.
fn elements(value: &Value) -> Result<Vec<Value>, String> {
    if super::engine::is_absent(value) {
        return Ok(Vec::new());
    }
    let is_object = value.kind() == ValueKind::Map;
    if !is_object && value.kind() != ValueKind::Seq {
        return Err("is no list and no object".to_owned());
    }
    let members = value.try_iter().map_err(|error| super::engine::why_not(&error))?;
    let members: Vec<Value> = members.take(MOST_ELEMENTS + 1).collect();
    if members.len() > MOST_ELEMENTS {
        return Err(format!("holds more than {MOST_ELEMENTS}"));
    }
    if !is_object {
        return Ok(members);
    }
    Ok(members.iter().filter_map(|key| value.get_item(key).ok()).collect())
}

/// A field's value as it is shown.
fn written(json: &Json<'_>) -> Option<String> {
    let text = match json {
        Json::Text(text) => text.clone().into_owned(),
        Json::Number(number) => number.to_string(),
        Json::Bool(flag) => flag.to_string(),
        Json::Array(items) => items.iter().filter_map(written).collect::<Vec<_>>().join(", "),
        Json::Null | Json::Object(_) | Json::LeftOut => return None,
    };
    Some(shown(&text, SHOWN))
}

/// Whether the database can look an ID up that a delivery gave: PostgreSQL refuses NUL and long keys of an index.
fn can_be_looked_up(id: &str) -> bool {
    id.len() <= LONGEST_ID && unfit_for_id(id).is_none()
}

fn failed(field: &str, message: String) -> Failure {
    Failure::Field { field: field.to_owned(), message }
}
