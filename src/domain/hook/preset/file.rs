//! The file of a preset, and how it is read: the first mistake is named with its place.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Value as Toml;

use super::{Once, Preset, PresetError, Rule, Then};
use crate::domain::event::columns::{FIELDS, Field, REQUIRED, unknown};
use crate::domain::hook::body::Format;
use crate::domain::hook::engine::Expression;
use crate::domain::hook::shipped;
use crate::domain::hook::verify::Check;
use crate::domain::locale::{self, Localized};
use crate::domain::nearest::nearest;
use crate::domain::write::Write;

const MOST_RULES: usize = 50;

/// A preset as its file has it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
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
    each: Option<String>,
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
    /// The tables of fields that are this file's own and not of the preset that it extends.
    #[serde(skip)]
    own_sets: Vec<String>,
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

/// The name with a dot that a line sets without quotes.
fn dotted_name(source: &str, line: usize) -> Option<&str> {
    let name = source.lines().nth(line.checked_sub(1)?)?.split_once('=')?.0.trim();
    name.contains('.').then_some(name)
}

impl File {
    pub fn read(source: &str) -> Result<Self, PresetError> {
        let source = source.strip_prefix('\u{feff}').unwrap_or(source);
        let mut file: Self = toml::from_str(source).map_err(|error| {
            let line = error.span().map_or(1, |span| source[..span.start].matches('\n').count() + 1);
            match (error.message(), dotted_name(source, line)) {
                ("invalid type: map, expected a string", Some(name)) => {
                    PresetError(format!("line {line}: put a name with a dot in quotes: \"{name}\" = …"))
                }
                (why, _) => PresetError(format!("line {line}: {why}")),
            }
        })?;
        file.own_sets = file.set.keys().cloned().collect();
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
            each: self.each.or(base.each),
            delivery_id: self.delivery_id.or(base.delivery_id),
            earlier: self.earlier.or(base.earlier),
            reply: self.reply.or(base.reply),
            ping_field: self.ping_field.or(base.ping_field),
            verify: self.verify.or(base.verify),
            vars,
            rule: if self.rule.is_empty() { base.rule } else { self.rule },
            set,
            write: if self.write.is_empty() { base.write } else { self.write },
            own_sets: self.own_sets,
        }
    }

    pub fn into_preset(self) -> Result<Preset, PresetError> {
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
            each: compiled("each", self.each.filter(|each| !each.trim().is_empty()))?,
            delivery_id: compiled("delivery_id", self.delivery_id)?,
            earlier: compiled("earlier", self.earlier)?,
            reply: self.reply.unwrap_or_else(|| "ok".to_owned()),
            check: self.verify,
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

    /// Every table of fields has fields of an event and is used by a rule.
    ///
    /// # Errors
    /// Names the first table that has not.
    pub fn check_sets(&self) -> Result<(), PresetError> {
        for name in &self.own_sets {
            let fields = self.set.get(name).into_iter().flat_map(BTreeMap::keys);
            known_fields(&format!("[set.{name}]"), fields.map(String::as_str))?;
            if !self.rule.iter().any(|rule| rule.set.names().contains(name)) {
                return Err(PresetError(format!("[set.{name}]: no rule uses it")));
            }
        }
        Ok(())
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
        known_fields(&place("set"), sources.keys().copied())?;
        let fields = FIELDS.iter().filter_map(|field| {
            let source = sources.get(field.0)?;
            Some(expression(&place(field.0), source, &self.vars).map(|compiled| (*field, compiled)))
        });
        let fields: Vec<(Field, Expression)> = fields.collect::<Result<_, _>>()?;
        for needed in REQUIRED {
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
    }
    Ok(writes)
}

fn known_fields<'f>(place: &str, names: impl Iterator<Item = &'f str>) -> Result<(), PresetError> {
    let mut names = names.filter(|name| !FIELDS.iter().any(|(field, _)| field == name));
    names.next().map_or(Ok(()), |name| Err(PresetError(format!("{place}: {}", unknown(name)))))
}
