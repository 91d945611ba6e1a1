//! Reads an event from JSON. A wrong field is noted and reading goes on, so that one reply lists all of them.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Number;
use serde_json::value::to_raw_value;

use super::instant::instant;
use super::json::{Json, MOST_VALUES, members_to_map};
use super::rules::Origin;
use super::{Agent, Customer, Event, Extra, FieldError, Kind, Metrics, Subject, rules, shown};
use crate::domain::nearest::nearest;
use crate::domain::time::Timestamp;

/// How far a sender's clock may be ahead of ours.
pub(super) const AHEAD: Duration = Duration::from_mins(10);
pub(super) const MAX_EXTRA_BYTES: usize = 4096;
/// No event is older.
pub(super) const FIRST_YEAR: &str = "2000";
/// The most characters of an unknown field's name that an error repeats.
const SHOWN: usize = 64;
/// The most names that an object of an event may have.
const MOST_NAMES: usize = 16;

/// Reads an event. There may be more than `most` errors, but once there are that many, unknown and duplicate fields are
/// no longer looked for.
pub(super) fn event(
    json: &Json<'_>,
    now: Timestamp,
    most: usize,
    origin: Origin,
) -> Result<Event, Vec<FieldError>> {
    let mut errors = Errors { found: Vec::new(), most, origin };
    let event = read(json, now, &mut errors);
    match event {
        Some(event) if errors.found.is_empty() => Ok(event),
        _ => Err(errors.found),
    }
}

struct Errors {
    found: Vec<FieldError>,
    most: usize,
    origin: Origin,
}

fn read(json: &Json<'_>, now: Timestamp, errors: &mut Errors) -> Option<Event> {
    let Json::Object(members) = json else {
        let message = format!("an event is an object; this is {}", json.type_name());
        errors.found.push(FieldError::new("", message));
        return None;
    };
    let mut o = Object::new("", members, errors);
    let event_id = o.required("event_id", o.id(rules::own_id));
    let kind = o.required("kind", Object::text(o.kind()));
    let occurred_at = o.required("occurred_at", o.instant());
    if occurred_at.is_some_and(|at| at > now.plus(AHEAD)) {
        o.wrong("occurred_at", "is more than 10 minutes in the future");
    }
    let has_customer = o.get("customer").is_some();
    let customer = o.object("customer", customer);
    if !has_customer {
        o.wrong("customer.id", "is required");
    }
    let cancels = kind.is_some_and(Kind::cancels);
    let subject = o.object("subject", subject);
    if cancels && subject.id.is_none() && !o.is_wrong("subject") && !o.is_wrong("subject.id") {
        o.wrong("subject.id", format!("is required for {}", kind.map_or("", Kind::as_str)));
    }
    let event = Event {
        event_id: event_id.unwrap_or_default(),
        kind: kind.unwrap_or(Kind::Purchase),
        occurred_at: occurred_at.unwrap_or(now),
        customer,
        subject,
        agent: o.object("agent", agent),
        automation: o.optional("automation", o.id(rules::automation)),
        store: o.optional("store", o.id(rules::id)),
        channel: o.optional("channel", o.id(rules::id)),
        tags: o.labels("tags"),
        metrics: o.object("metrics", metrics),
        script: o.optional("script", Object::text(rules::slug)),
        extra: o.optional("extra", extra).unwrap_or_default(),
        test: o.optional("test", flag).unwrap_or_default(),
    };
    o.finish();
    Some(event)
}

fn customer(o: &mut Object<'_>) -> Customer {
    Customer {
        id: o.required("id", o.id(rules::own_id)).unwrap_or_default(),
        telegram_id: o.optional("telegram_id", Object::number(rules::telegram_id)),
        phone: o.optional("phone", Object::text(rules::phone)),
        email: o.optional("email", Object::text(rules::email)),
        name: o.optional("name", Object::text(rules::name)),
        language: o.optional("language", Object::text(rules::language)),
        timezone: o.optional("timezone", Object::text(rules::time_zone)),
        segments: o.labels("segments"),
    }
}

fn subject(o: &mut Object<'_>) -> Subject {
    Subject {
        id: o.optional("id", o.id(rules::own_id)),
        title: o.optional("title", Object::text(rules::name)),
        url: o.optional("url", Object::text(rules::url)),
    }
}

fn agent(o: &mut Object<'_>) -> Agent {
    Agent {
        id: o.optional("id", o.id(rules::own_id)),
        name: o.optional("name", Object::text(rules::name)),
        team: o.optional("team", o.id(rules::id)),
        since: o.optional("since", Object::text(rules::day)),
    }
}

fn metrics(o: &mut Object<'_>) -> Metrics {
    Metrics {
        opened_at: o.optional("opened_at", o.instant()),
        first_response_s: o.optional("first_response_s", Object::number(rules::count)),
        resolution_s: o.optional("resolution_s", Object::number(rules::count)),
        messages: o.optional("messages", Object::number(rules::count)),
        reopened: o.optional("reopened", Object::number(rules::count)),
        sla_breached: o.optional("sla_breached", flag),
        first_contact_resolution: o.optional("first_contact_resolution", flag),
    }
}

fn reported_kind(text: &str) -> Result<Kind, String> {
    let names = Kind::REPORTED.map(Kind::as_str);
    Kind::parse(text).ok_or_else(|| match nearest(text, names) {
        Some(name) => format!("must be one of {}; did you mean {name}?", names.join(", ")),
        None => format!("must be one of {}", names.join(", ")),
    })
}

fn flag(json: &Json<'_>) -> Result<bool, String> {
    match json {
        Json::Bool(flag) => Ok(*flag),
        Json::Text(text) if matches!(&**text, "true" | "false") => {
            Err("must be true or false, not a text: write it without quotes".into())
        }
        other => Err(format!("must be true or false, not {}", other.type_name())),
    }
}

fn extra(json: &Json<'_>) -> Result<Extra, String> {
    let Json::Object(members) = json else {
        return Err(format!("must be an object, not {}", json.type_name()));
    };
    refuse_in_extra(json)?;
    let map = members_to_map(members);
    // An empty object equals an absent one.
    if map.is_empty() {
        return Ok(Extra::default());
    }
    // Serializing it cannot fail: every key is a text.
    let text = to_raw_value(&map).map_err(|error| error.to_string())?;
    let size = text.get().len();
    if size > MAX_EXTRA_BYTES {
        return Err(format!("takes {size} bytes; {MAX_EXTRA_BYTES} are allowed"));
    }
    Ok(Extra(Some(text)))
}

/// Refuses what even the sender's own data must not hold: NUL, a name that appears twice in one object, and too many
/// values.
fn refuse_in_extra(json: &Json<'_>) -> Result<(), String> {
    const NUL: &str = "contains the character U+0000";
    match json {
        Json::Text(text) if text.contains('\0') => Err(NUL.into()),
        Json::Array(items) => items.iter().try_for_each(refuse_in_extra),
        Json::Object(members) => {
            let mut seen = BTreeSet::new();
            for (name, value) in members {
                if *value == Json::LeftOut {
                    return refuse_in_extra(value);
                }
                if name.contains('\0') {
                    return Err(NUL.into());
                }
                if !seen.insert(name) {
                    return Err(format!("has '{}' twice in one object", shown(name, SHOWN)));
                }
                refuse_in_extra(value)?;
            }
            Ok(())
        }
        Json::LeftOut => Err(format!("holds too much: an event may have {MOST_VALUES} values")),
        _ => Ok(()),
    }
}

/// An object that is being read: which of its names were asked for, and where errors go.
struct Object<'a> {
    /// The object's own name; empty for the event. The objects in an event hold no others.
    path: &'static str,
    members: &'a [(Cow<'a, str>, Json<'a>)],
    known: Vec<&'static str>,
    errors: &'a mut Errors,
}

impl<'a> Object<'a> {
    fn new(path: &'static str, members: &'a [(Cow<'a, str>, Json<'a>)], errors: &'a mut Errors) -> Self {
        Self { path, members, known: Vec::with_capacity(MOST_NAMES), errors }
    }

    /// The rule for a kind: the database also has events that the program itself made.
    fn kind(&self) -> impl Fn(&str) -> Result<Kind, String> + use<> {
        let origin = self.errors.origin;
        move |text| match origin {
            Origin::Sent => reported_kind(text),
            Origin::Stored => Kind::parse_stored(text).map_or_else(|| reported_kind(text), Ok),
        }
    }

    /// The rule for a time. Many systems send the first moment of their calendar where none is set.
    fn instant(&self) -> impl Fn(&Json<'_>) -> Result<Timestamp, String> + use<> {
        let origin = self.errors.origin;
        Object::text(move |text| match instant(text) {
            // The year is what an RFC 3339 time begins with.
            Ok(_) if origin == Origin::Sent && text < FIRST_YEAR => {
                Err(format!("is before the year {FIRST_YEAR}, as systems write it where no time is set"))
            }
            read => read,
        })
    }

    fn text<T>(rule: impl Fn(&str) -> Result<T, String>) -> impl Fn(&Json<'_>) -> Result<T, String> {
        move |json| match json {
            Json::Text(text) => rule(text),
            Json::Number(_) => Err("must be a text, not a number: write it in quotes".into()),
            other => Err(format!("must be a text, not {}", other.type_name())),
        }
    }

    /// The same for identifiers. The rule is stricter with events from a sender than with stored ones.
    fn id<R>(&self, rule: R) -> impl Fn(&Json<'_>) -> Result<String, String> + use<R>
    where
        R: Fn(&str, Origin) -> Result<String, String>,
    {
        let origin = self.errors.origin;
        Object::text(move |text| rule(text, origin))
    }

    fn number<T>(rule: impl Fn(&Number) -> Result<T, String>) -> impl Fn(&Json<'_>) -> Result<T, String> {
        move |json| match json {
            Json::Number(number) => rule(number),
            Json::Text(text) if text.parse::<Number>().is_ok() => {
                Err("must be a number, not a text: write it without quotes".into())
            }
            other => Err(format!("must be a number, not {}", other.type_name())),
        }
    }

    fn field(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    fn wrong(&mut self, name: &str, message: impl Into<String>) {
        let field = self.field(name);
        self.errors.found.push(FieldError::new(field, message));
    }

    /// Reports an error about the object itself.
    fn wrong_here(&mut self, message: impl Into<String>) {
        self.errors.found.push(FieldError::new(self.path, message));
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.errors.found.iter().any(|error| error.field == field)
    }

    /// Returns the value of `name`; null counts as absent. If the name appears twice, the first value is read and
    /// `finish` reports the name.
    fn get(&self, name: &str) -> Option<&'a Json<'a>> {
        let (_, value) = self.members.iter().find(|(member, _)| member == name)?;
        (*value != Json::Null).then_some(value)
    }

    /// The same for a field that is a cell in tables: an empty text counts as an empty cell.
    fn cell(&self, name: &str) -> Option<&'a Json<'a>> {
        self.get(name).filter(|value| !value.is_absent())
    }

    fn optional<T>(
        &mut self,
        name: &'static str,
        rule: impl FnOnce(&Json<'_>) -> Result<T, String>,
    ) -> Option<T> {
        self.known.push(name);
        match rule(self.cell(name)?) {
            Ok(value) => Some(value),
            Err(message) => {
                self.wrong(name, message);
                None
            }
        }
    }

    fn required<T>(
        &mut self,
        name: &'static str,
        rule: impl FnOnce(&Json<'_>) -> Result<T, String>,
    ) -> Option<T> {
        if self.cell(name).is_none() {
            self.known.push(name);
            self.wrong(name, "is required");
            return None;
        }
        self.optional(name, rule)
    }

    /// Reads a list of short texts that is treated as a set.
    fn labels(&mut self, name: &'static str) -> Vec<String> {
        self.known.push(name);
        let items = match self.cell(name) {
            None => return Vec::new(),
            Some(Json::Array(items)) => items,
            Some(other) => {
                let how = if matches!(other, Json::Text(_)) { ": write [\"a\", \"b\"]" } else { "" };
                self.wrong(name, format!("must be a list of texts, not {}{how}", other.type_name()));
                return Vec::new();
            }
        };
        if items.len() > rules::MAX_LABELS {
            self.wrong(name, format!("has {} entries; {} are allowed", items.len(), rules::MAX_LABELS));
            return Vec::new();
        }
        let mut labels = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            match self.id(rules::label)(item) {
                Ok(label) => labels.push(label),
                Err(message) => self.wrong(&format!("{name}[{index}]"), message),
            }
        }
        labels.sort_unstable();
        labels.dedup();
        labels
    }

    /// Reads an object inside this one; an absent object equals an empty one.
    fn object<T: Default>(&mut self, name: &'static str, read: impl FnOnce(&mut Object<'_>) -> T) -> T {
        self.known.push(name);
        match self.get(name) {
            None => T::default(),
            Some(Json::Object(members)) => {
                let mut inner = Object::new(name, members, self.errors);
                let value = read(&mut inner);
                inner.finish();
                value
            }
            Some(other) => {
                self.wrong(name, format!("must be an object, not {}", other.type_name()));
                T::default()
            }
        }
    }

    /// Reports names that nobody asked for and names that appear twice.
    fn finish(mut self) {
        let mut seen = [false; MOST_NAMES];
        for (name, value) in self.members {
            if self.errors.found.len() >= self.errors.most {
                return;
            }
            if *value == Json::LeftOut {
                self.wrong_here(format!("an event may have {MOST_VALUES} values; the others were not read"));
            } else if let Some(place) = self.known.iter().position(|known| known == name) {
                if std::mem::replace(&mut seen[place], true) {
                    self.wrong(name, "stands twice");
                }
            } else {
                self.unknown(name);
            }
        }
    }

    fn unknown(&mut self, name: &str) {
        let shown = shown(name, SHOWN);
        match nearest(&shown, self.known.iter().copied()) {
            Some(meant) => {
                let meant = self.field(meant);
                self.wrong(&shown, format!("is not a field of an event; did you mean {meant}?"));
            }
            None => self.wrong(&shown, "is not a field of an event"),
        }
    }
}
