//! A preset: what one system sends, how it proves that it is the sender, and how a delivery becomes an event. It is a
//! TOML file; `docs/hooks.md` describes it.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde::Deserialize;
use toml::Value as Toml;

use super::body::Format;
use super::engine::Expression;
use super::shipped;
use super::verify::Check;
use crate::domain::event::columns::{FIELDS, Field};
use crate::domain::locale::{self, Localized};
use crate::domain::nearest::nearest;
use crate::domain::write::{On, Write};

/// The largest file accepted.
pub const MAX_FILE_BYTES: usize = 64 * 1024;
const MOST_RULES: usize = 50;

/// A preset that can work.
#[derive(Clone, Debug, PartialEq)]
pub struct Preset {
    /// Its name, as commands take it.
    pub slug: String,
    pub title: Localized,
    /// What to click and to paste in the other system.
    pub help: Localized,
    /// Where the facts about the system come from.
    pub source: Option<String>,
    /// When the preset was seen to work on a real account. `None` if nobody has seen that yet.
    pub verified: Option<String>,
    pub format: Format,
    /// The time zone of times without an offset, unless the hook has its own.
    pub zone: Option<Tz>,
    /// The country whose national phone numbers may come, by its ISO 3166 code.
    pub region: Option<String>,
    pub once: Once,
    /// Tells a delivery that the system sends again.
    pub delivery_id: Option<Expression>,
    /// The event ID of an earlier event whose data the rules need, in scope as `earlier`.
    pub earlier: Option<Expression>,
    /// The text with which a delivery is answered.
    pub reply: String,
    pub check: Option<Check>,
    /// A form that has this field and no other asks whether the address works, and is never signed.
    pub ping_field: Option<String>,
    /// What an admin may change without touching the rules.
    pub vars: BTreeMap<String, Toml>,
    pub rules: Vec<Rule>,
    /// What is written to the system: at most one call for each occasion.
    pub writes: Vec<Write>,
}

/// How often a subject is asked about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Once {
    /// A ticket that is closed is not closed again until it was reopened.
    #[default]
    Subject,
    /// Every delivery counts.
    Off,
}

/// What to do with a delivery for which a condition holds. The first rule that matches decides.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub when: Expression,
    pub then: Then,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    /// The system only asks whether the address works.
    Ping,
    /// The fields of an event.
    Event(Vec<(Field, Expression)>),
}

/// Why a file is no preset.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PresetError(String);

/// A preset as its file has it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    preset: Option<String>,
    /// A shipped preset from which everything is taken that this file does not have.
    extends: Option<String>,
    title: Option<BTreeMap<String, String>>,
    help: Option<BTreeMap<String, String>>,
    source: Option<String>,
    verified: Option<String>,
    format: Option<Format>,
    tz: Option<String>,
    region: Option<String>,
    once: Option<Once>,
    delivery_id: Option<String>,
    earlier: Option<String>,
    reply: Option<String>,
    ping_field: Option<String>,
    verify: Option<Check>,
    #[serde(default)]
    vars: BTreeMap<String, Toml>,
    #[serde(default)]
    rule: Vec<RuleFile>,
    #[serde(default)]
    set: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    write: Vec<Write>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    when: String,
    skip: Option<SkipFile>,
    kind: Option<String>,
    #[serde(default)]
    set: Sets,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SkipFile {
    Ping,
}

/// The tables of fields that a rule takes: one, or several of which a later one replaces fields of an earlier one.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Sets {
    One(String),
    Several(Vec<String>),
}

impl Default for Sets {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

impl Sets {
    fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }
}

impl Preset {
    /// Reads a preset.
    ///
    /// # Errors
    /// Returns the first mistake, with its place.
    pub fn parse(source: &str) -> Result<Self, PresetError> {
        if source.len() > MAX_FILE_BYTES {
            return Err(PresetError(format!("the file is larger than {} KiB", MAX_FILE_BYTES / 1024)));
        }
        File::read(source)?.into_preset()
    }

    /// The call that follows this.
    #[must_use]
    pub fn write(&self, on: On) -> Option<&Write> {
        self.writes.iter().find(|write| write.on == Some(on))
    }

    /// The value of a variable: the hook's own, or else the preset's.
    #[must_use]
    pub fn var<'a>(&'a self, name: &str, own: &'a BTreeMap<String, Toml>) -> Option<&'a Toml> {
        own.get(name).or_else(|| self.vars.get(name))
    }

    /// Reads what an admin writes for a variable, as a value of the same type as the preset's.
    ///
    /// # Errors
    /// Returns a sentence: there is no such variable.
    pub fn read_var(&self, name: &str, text: &str) -> Result<Toml, String> {
        match self.vars.get(name) {
            Some(Toml::Array(_)) => {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Ok(Toml::Array(items.map(|item| Toml::String(item.to_owned())).collect()))
            }
            Some(_) => Ok(Toml::String(text.trim().to_owned())),
            None => {
                let known: Vec<&str> = self.vars.keys().map(String::as_str).collect();
                Err(match (nearest(name, known.iter().copied()), known.is_empty()) {
                    (Some(meant), _) => {
                        format!("'{name}' is no variable of {}; did you mean {meant}?", self.slug)
                    }
                    (None, true) => format!("{} has no variables", self.slug),
                    (None, false) => {
                        format!("'{name}' is no variable of {}: it has {}", self.slug, known.join(", "))
                    }
                })
            }
        }
    }
}

impl File {
    fn read(source: &str) -> Result<Self, PresetError> {
        let source = source.strip_prefix('\u{feff}').unwrap_or(source);
        let file: Self = toml::from_str(source).map_err(|error| {
            let line = error.span().map_or(1, |span| source[..span.start].matches('\n').count() + 1);
            PresetError(format!("line {line}: {}", error.message()))
        })?;
        let Some(base) = &file.extends else { return Ok(file) };
        let base = shipped::source(base)
            .ok_or_else(|| PresetError(format!("extends: there is no shipped preset '{base}'")))?;
        Ok(file.upon(Self::read(base)?))
    }

    /// This file with what it lacks taken from another one.
    fn upon(self, base: Self) -> Self {
        let mut vars = base.vars;
        vars.extend(self.vars);
        let mut set = base.set;
        set.extend(self.set);
        Self {
            preset: self.preset,
            extends: None,
            title: self.title.or(base.title),
            help: self.help.or(base.help),
            source: self.source,
            verified: self.verified,
            format: self.format.or(base.format),
            tz: self.tz.or(base.tz),
            region: self.region.or(base.region),
            once: self.once.or(base.once),
            delivery_id: self.delivery_id.or(base.delivery_id),
            earlier: self.earlier.or(base.earlier),
            reply: self.reply.or(base.reply),
            ping_field: self.ping_field.or(base.ping_field),
            verify: self.verify.or(base.verify),
            vars,
            rule: if self.rule.is_empty() { base.rule } else { self.rule },
            set,
            write: if self.write.is_empty() { base.write } else { self.write },
        }
    }

    fn into_preset(self) -> Result<Preset, PresetError> {
        let rules = self.rules()?;
        let slug = self.preset.clone().ok_or_else(|| PresetError("preset: is required".to_owned()))?;
        if crate::domain::script::slug(&slug).is_err() {
            return Err(PresetError("preset: write 1 to 64 of a-z, 0-9, '-' and '_'".to_owned()));
        }
        let title = match self.title {
            Some(title) => texts("title", title)?,
            None => Localized::from([("en", slug.clone())]),
        };
        let compiled = |name: &str, source: Option<String>| {
            source.map(|source| expression(name, &source, &self.vars)).transpose()
        };
        let zone =
            self.tz.map(|tz| tz.parse().map_err(|_| PresetError(format!("tz: '{tz}' is no time zone"))));
        Ok(Preset {
            title,
            help: texts("help", self.help.unwrap_or_default())?,
            source: self.source,
            verified: self.verified,
            format: self.format.unwrap_or_default(),
            zone: zone.transpose()?,
            region: self.region,
            once: self.once.unwrap_or_default(),
            delivery_id: compiled("delivery_id", self.delivery_id)?,
            earlier: compiled("earlier", self.earlier)?,
            reply: self.reply.unwrap_or_else(|| "ok".to_owned()),
            check: self.verify.map(checked).transpose()?,
            ping_field: self.ping_field,
            vars: self.vars,
            rules,
            writes: checked_writes(self.write)?,
            slug,
        })
    }

    fn rules(&self) -> Result<Vec<Rule>, PresetError> {
        if self.rule.is_empty() {
            return Err(PresetError("rule: at least one [[rule]] is required".to_owned()));
        }
        if self.rule.len() > MOST_RULES {
            return Err(PresetError(format!("rule: {MOST_RULES} rules are allowed")));
        }
        self.rule.iter().enumerate().map(|(at, rule)| self.rule(at + 1, rule)).collect()
    }

    fn rule(&self, number: usize, rule: &RuleFile) -> Result<Rule, PresetError> {
        let place = |name: &str| format!("rule {number}, {name}");
        let when = expression(&place("when"), &rule.when, &self.vars)?;
        if let Some(SkipFile::Ping) = rule.skip {
            return Ok(Rule { when, then: Then::Ping });
        }
        let mut sources: BTreeMap<&str, &str> = BTreeMap::new();
        if let Some(kind) = &rule.kind {
            sources.insert("kind", kind);
        }
        for name in rule.set.names() {
            let table = self.set.get(name);
            let table = table
                .ok_or_else(|| PresetError(format!("{}: there is no table [set.{name}]", place("set"))))?;
            sources.extend(table.iter().map(|(field, source)| (field.as_str(), source.as_str())));
        }
        if let Some(unknown) = sources.keys().find(|name| !FIELDS.iter().any(|(field, _)| field == *name)) {
            let message = crate::domain::event::columns::unknown(unknown);
            return Err(PresetError(format!("{}: {message}", place("set"))));
        }
        let fields = FIELDS.iter().filter_map(|field| {
            let source = sources.get(field.0)?;
            Some(expression(&place(field.0), source, &self.vars).map(|compiled| (*field, compiled)))
        });
        let fields: Vec<(Field, Expression)> = fields.collect::<Result<_, _>>()?;
        for needed in crate::domain::event::columns::REQUIRED {
            if !fields.iter().any(|((name, _), _)| *name == needed) {
                return Err(PresetError(format!("{}: is not set", place(needed))));
            }
        }
        Ok(Rule { when, then: Then::Event(fields) })
    }
}

/// Compiles an expression whose variables must all be the preset's.
fn expression(place: &str, source: &str, vars: &BTreeMap<String, Toml>) -> Result<Expression, PresetError> {
    let compiled = Expression::parse(source).map_err(|why| PresetError(format!("{place}: {why}")))?;
    let named = compiled
        .variables()
        .filter_map(|path| Some(path.strip_prefix("vars.")?.split('.').next()?.to_owned()));
    for name in named {
        if !vars.contains_key(&name) {
            let meant = nearest(&name, vars.keys().map(String::as_str));
            let hint = meant.map(|meant| format!("; did you mean vars.{meant}?")).unwrap_or_default();
            return Err(PresetError(format!("{place}: vars.{name} is not in [vars]{hint}")));
        }
    }
    Ok(compiled)
}

fn texts(name: &str, texts: BTreeMap<String, String>) -> Result<Localized, PresetError> {
    let mut localized = Localized::default();
    for (language, text) in texts {
        let code = locale::code(&language).ok_or_else(|| {
            PresetError(format!("{name}: '{language}' is not the ISO 639-1 code of a language"))
        })?;
        localized.insert(code, text);
    }
    Ok(localized)
}

fn checked_writes(writes: Vec<Write>) -> Result<Vec<Write>, PresetError> {
    for (at, write) in writes.iter().enumerate() {
        let wrong = |why: String| PresetError(format!("write {}: {why}", at + 1));
        if write.on.is_none() {
            return Err(wrong("on: is required".to_owned()));
        }
        if writes[..at].iter().any(|before| before.on == write.on) {
            return Err(wrong("on: another call follows the same".to_owned()));
        }
        write.check().map_err(wrong)?;
    }
    Ok(writes)
}

fn checked(check: Check) -> Result<Check, PresetError> {
    if let Check::Ip { networks } = &check {
        for network in networks {
            network
                .parse::<crate::domain::network::Network>()
                .map_err(|why| PresetError(format!("verify.networks: {why}")))?;
        }
    }
    Ok(check)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMAL: &str = r#"
preset = "own"
[vars]
closed = ["done"]
[[rule]]
when = "status in vars.closed"
kind = "'ticket_closed'"
set = "ticket"
[set.ticket]
event_id = "id"
occurred_at = "at or received_at"
"customer.id" = "cat('own:', who)"
"#;

    fn wrong(from: &str, to: &str) -> String {
        assert!(MINIMAL.contains(from), "{from}");
        Preset::parse(&MINIMAL.replace(from, to)).unwrap_err().to_string()
    }

    #[test]
    fn a_file_is_read_or_its_mistake_is_named_with_its_place() {
        let preset = Preset::parse(MINIMAL).unwrap();
        assert_eq!((preset.slug.as_str(), preset.reply.as_str(), preset.once), ("own", "ok", Once::Subject));
        for (from, to, told) in [
            ("preset = ", "persist = ", "line 2: unknown field `persist`"),
            (
                "vars.closed",
                "vars.closd",
                "rule 1, when: vars.closd is not in [vars]; did you mean vars.closed?",
            ),
            ("event_id =", "event_ib =", "event_ib: is not a field of an event; did you mean event_id?"),
            ("event_id = \"id\"\n", "", "rule 1, event_id: is not set"),
            ("cat('own:', who)", "'own:' ~ who", "rule 1, customer.id: joins with '~'"),
            ("set = \"ticket\"", "set = \"tickets\"", "there is no table [set.tickets]"),
            ("\"own\"", "\"Own hook\"", "preset: write"),
            ("preset = \"own\"", "preset = \"own\"\ntz = \"Moscow\"", "tz: 'Moscow' is no time zone"),
            ("preset = \"own\"", "preset = \"own\"\nextends = \"nobody\"", "no shipped preset 'nobody'"),
            ("when =", "skip = \"pong\"\nwhen =", "unknown variant `pong`"),
            ("id\"\n", "id|nmuber\"\n", "nmuber"),
            ("[vars]", "[[write]]\nurl = \"{{ base }}/x\"\n[vars]", "write 1: on: is required"),
            (
                "[vars]",
                "[[write]]\non = \"survey.ended\"\nurl = \"http://desk.example/\"\n[vars]",
                "write 1: url: begin it with",
            ),
        ] {
            let message = wrong(from, to);
            assert!(message.contains(told), "{to}: {message}");
        }
    }

    #[test]
    fn a_variable_is_read_in_the_type_of_the_presets_own() {
        let preset = Preset::parse(MINIMAL).unwrap();
        let list = preset.read_var("closed", " done, solved,").unwrap();
        assert_eq!(list.as_array().map(Vec::len), Some(2));
        assert!(preset.read_var("clsoed", "x").unwrap_err().contains("did you mean closed?"));
    }

    #[test]
    fn what_a_file_lacks_is_taken_from_the_preset_that_it_extends() {
        let own = Preset::parse("preset = \"own\"\nextends = \"paste\"\nregion = \"RU\"\n").unwrap();
        let paste = shipped::find("paste").unwrap();
        assert_eq!((own.rules, own.region.as_deref()), (paste.rules, Some("RU")));
        assert_eq!(own.verified, None, "what was checked was the other preset");
    }
}
