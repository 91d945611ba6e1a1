//! A preset: what one system sends, how it proves that it is the sender, and how a delivery becomes an event. It is a
//! TOML file; `docs/hooks.md` describes it.

mod checks;
mod file;

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde::Deserialize;
use toml::Value as Toml;

use self::file::File;
use super::body::Format;
use super::engine::Expression;
use super::verify::Check;
use crate::domain::event::columns::Field;
use crate::domain::locale::Localized;
use crate::domain::nearest::nearest;
use crate::domain::write::{On, Write};

/// The largest file accepted.
pub const MAX_FILE_BYTES: usize = 64 * 1024;

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
    /// What a delivery holds several of: a list, or an object whose members count. Each is an event of its own, in scope
    /// as `item`.
    pub each: Option<Expression>,
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

impl Preset {
    /// Reads a preset.
    ///
    /// # Errors
    /// Returns the first mistake, with its place.
    pub fn parse(source: &str) -> Result<Self, PresetError> {
        if source.len() > MAX_FILE_BYTES {
            return Err(PresetError(format!("the file is larger than {} KiB", MAX_FILE_BYTES / 1024)));
        }
        let file = File::read(source)?;
        let sets = file.check_sets();
        let preset = file.into_preset()?;
        sets?;
        checks::meaning(&preset)?;
        Ok(preset)
    }

    /// Reads a preset that a hook has. It goes on working if later versions refuse something in it.
    ///
    /// # Errors
    /// Returns the first mistake that keeps it from working, with its place.
    pub fn stored(source: &str) -> Result<Self, PresetError> {
        File::read(source)?.into_preset()
    }

    /// The call that follows this.
    #[must_use]
    pub fn write(&self, on: On) -> Option<&Write> {
        self.writes.iter().find(|write| write.on == Some(on))
    }

    /// All expressions, each with its place in the file.
    pub fn expressions(&self) -> impl Iterator<Item = (String, &Expression)> {
        let beside = [("each", &self.each), ("delivery_id", &self.delivery_id), ("earlier", &self.earlier)];
        let beside = beside.into_iter().filter_map(|(place, expression)| {
            expression.as_ref().map(|expression| (place.to_owned(), expression))
        });
        let rules = self.rules.iter().enumerate().flat_map(|(at, rule)| {
            let place = move |name: &str| format!("rule {}, {name}", at + 1);
            let fields: &[(Field, Expression)] = match &rule.then {
                Then::Ping => &[],
                Then::Event(fields) => fields,
            };
            let fields = fields.iter().map(move |((name, _), expression)| (place(name), expression));
            std::iter::once((place("when"), &rule.when)).chain(fields)
        });
        beside.chain(rules)
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
            Some(Toml::Array(own)) => {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Ok(Toml::Array(items.map(|item| typed(item, own.iter())).collect()))
            }
            Some(own) => Ok(typed(text.trim(), std::iter::once(own))),
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

/// A value as an admin writes it: a number where the preset has numbers, as `5 in [5]` holds and `5 in ["5"]` does not.
fn typed<'t>(text: &str, mut own: impl Iterator<Item = &'t Toml>) -> Toml {
    match text.parse() {
        Ok(number) if own.any(Toml::is_integer) => Toml::Integer(number),
        _ => Toml::String(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hook::shipped;

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
    fn what_a_hook_has_is_read_though_it_would_be_refused_today() {
        let german = MINIMAL.replace("preset = \"own\"", "preset = \"own\"\nregion = \"DE\"");
        assert!(Preset::parse(&german).unwrap_err().to_string().starts_with("region: "));
        assert_eq!(Preset::stored(&german).unwrap().region.as_deref(), Some("DE"));
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
            (
                "cat('own:', who)",
                "['own', who]|join('-')",
                "customer.id: makes 'own-' of a delivery that has nothing",
            ),
            (
                "cat('own:', who)",
                "'own-%s'|format(who)",
                "customer.id: makes 'own-' of a delivery that has nothing",
            ),
            ("cat('own:', who)", "who or 'guest'", "customer.id: makes 'guest' of a delivery"),
            (
                "'ticket_closed'",
                "ticket_closed",
                "kind: ticket_closed is a name of the delivery here; did you mean 'ticket_closed', in quotes?",
            ),
            (
                "'ticket_closed'",
                "'ticket_closd'",
                "kind: 'ticket_closd' is no kind; did you mean 'ticket_closed'?",
            ),
            ("[\"done\"]", "5", "rule 1, when: vars.closed is no list: write closed = [\"5\"]"),
            ("[\"done\"]", "\"undone\"", "vars.closed is no list: write closed = [\"undone\"]"),
            (
                "\"customer.id\" =",
                "customer.id =",
                "line 12: put a name with a dot in quotes: \"customer.id\"",
            ),
            (
                "[set.ticket]",
                "[set.other]\nevent_ib = \"x\"\n[set.ticket]",
                "[set.other]: event_ib: is not a field",
            ),
            ("[set.ticket]", "[set.other]\nstore = \"x\"\n[set.ticket]", "[set.other]: no rule uses it"),
            (
                "at or received_at",
                "at|time('%Q%Q') or received_at",
                "occurred_at: there is no time of that format",
            ),
            (
                "preset = \"own\"",
                "preset = \"own\"\nregion = \"DE\"",
                "region: 'DE': national numbers are read of RU only",
            ),
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
        let numbers = Preset::parse(&MINIMAL.replace("[\"done\"]", "[5]")).unwrap();
        assert_eq!(numbers.read_var("closed", "5, six").unwrap().to_string(), "[5, \"six\"]");
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
