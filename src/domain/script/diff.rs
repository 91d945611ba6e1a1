//! The differences between two versions, field by field, as people would list them.

use std::collections::BTreeMap;

use super::{Choice, Condition, FollowUp, Problem, Question, Script, ShowIf, series};
use crate::domain::locale::Localized;
use crate::domain::scale::{Band, Bands};
use crate::domain::sending::{SendOverrides, Span};
use crate::domain::time::format_duration;

/// One field that differs, in a question or in the script itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The question's key.
    pub question: Option<String>,
    /// A path such as `low.comment.ru`; empty if the whole question is meant.
    pub field: String,
    /// The old value; empty if the field did not exist.
    pub before: String,
    /// The new value; empty if the field no longer exists.
    pub after: String,
}

/// What happens to a question and to the series of its answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Series {
    /// The question may have changed, but its answers still form one series.
    Kept,
    /// Its key has never been published.
    Begins,
    /// Its key was in an earlier version but not in the previous one; its answers continue the old series.
    Resumes,
    Ends,
    /// Its key used to mean something else, so the script cannot be published.
    Broken(Problem),
}

/// The differences in the script's order: first the head, then the current questions, then the removed ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    pub head: Vec<Difference>,
    /// Each question's key, what happens to its series, and its changed fields.
    pub questions: Vec<(String, Series, Vec<Difference>)>,
    /// Whether the same questions are in a different order.
    pub reordered: bool,
}

impl Diff {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.head.is_empty() && self.questions.is_empty() && !self.reordered
    }
}

/// The differences between the live script and its replacement. What happens to the series depends on all published
/// versions, given newest first, just as it does when a script is published.
#[must_use]
pub fn diff(before: &Script, after: &Script, published: &[(i64, &Script)]) -> Diff {
    let mut diff = Diff { head: compare(None, &head(before), &head(after)), ..Diff::default() };
    let broken = series::broken(after, published.iter().copied());
    for (place, question) in after.questions.iter().enumerate() {
        let former = before.question(&question.key);
        let fields = compare(Some(&question.key), &former.map(facts).unwrap_or_default(), &facts(question));
        let was_asked = || published.iter().any(|(_, script)| script.question(&question.key).is_some());
        let problem = broken.iter().find(|problem| problem.field == format!("questions[{place}].key"));
        let series = match (problem, former) {
            (Some(problem), _) => Series::Broken(problem.clone()),
            (None, Some(_)) => Series::Kept,
            (None, None) if was_asked() => Series::Resumes,
            (None, None) => Series::Begins,
        };
        if series != Series::Kept || !fields.is_empty() {
            diff.questions.push((question.key.clone(), series, fields));
        }
    }
    for gone in before.questions.iter().filter(|question| after.question(&question.key).is_none()) {
        diff.questions.push((gone.key.clone(), Series::Ends, Vec::new()));
    }
    let order = |of: &Script, other: &Script| -> Vec<String> {
        let shared = of.questions.iter().filter(|question| other.question(&question.key).is_some());
        shared.map(|question| question.key.clone()).collect()
    };
    diff.reordered = order(before, after) != order(after, before);
    diff
}

type Facts = Vec<(String, String)>;

fn compare(
    question: Option<&str>,
    before: &[(String, String)],
    after: &[(String, String)],
) -> Vec<Difference> {
    let former: BTreeMap<&str, &str> = before.iter().map(|(f, v)| (f.as_str(), v.as_str())).collect();
    let present: BTreeMap<&str, &str> = after.iter().map(|(f, v)| (f.as_str(), v.as_str())).collect();
    let gone = before.iter().filter(|(field, _)| !present.contains_key(field.as_str()));
    let fields = after.iter().chain(gone).map(|(field, _)| field);
    let differs = |field: &String| {
        let value =
            |facts: &BTreeMap<&str, &str>| facts.get(field.as_str()).copied().unwrap_or_default().to_owned();
        let (before, after) = (value(&former), value(&present));
        (before != after).then(|| Difference {
            question: question.map(str::to_owned),
            field: field.clone(),
            before,
            after,
        })
    };
    fields.filter_map(differs).collect()
}

fn text(facts: &mut Facts, name: &str, text: &Localized) {
    facts.extend(text.iter().map(|(language, text)| (format!("{name}.{language}"), text.to_owned())));
}

fn word(text: &Localized) -> String {
    text.iter().map(|(_, text)| text).collect::<Vec<_>>().join(" / ")
}

fn head(script: &Script) -> Facts {
    let mut facts =
        vec![("on".to_owned(), script.on.to_string()), ("priority".to_owned(), script.priority.to_string())];
    text(&mut facts, "title", &script.title);
    let when = &script.when;
    let lists = [
        ("channels", &when.channels),
        ("teams", &when.teams),
        ("stores", &when.stores),
        ("tags_any", &when.tags_any),
        ("tags_none", &when.tags_none),
    ];
    let mut add = |name: &str, value: String| {
        if !value.is_empty() {
            facts.push((name.to_owned(), value));
        }
    };
    for (name, list) in lists {
        add(&format!("when.{name}"), list.join(", "));
    }
    add("when.min_messages", when.min_messages.map(|least| least.to_string()).unwrap_or_default());
    add("when.sample", format!("{}%", when.sample));
    for (name, value) in sending(&script.send) {
        add(&format!("send.{name}"), value);
    }
    if let Some(greeting) = &script.greeting {
        text(&mut facts, "send.greeting", greeting);
    }
    if let Some(thanks) = &script.thanks {
        text(&mut facts, "send.thanks", thanks);
    }
    facts
}

/// The sending rules that the script sets, as they are written in it.
#[must_use]
pub fn sending(send: &SendOverrides) -> Vec<(&'static str, String)> {
    let span = |span: Option<Span>| {
        span.map(|span| span.get().map_or_else(|| "off".to_owned(), format_duration)).unwrap_or_default()
    };
    let time = |duration: Option<std::time::Duration>| duration.map(format_duration).unwrap_or_default();
    let days = send.days_off.as_ref().map(|days| {
        let weekdays = days.weekdays.iter().map(|day| day.to_string().to_lowercase());
        weekdays.chain(days.dates.iter().map(ToString::to_string)).collect::<Vec<_>>().join(", ")
    });
    vec![
        ("delay", time(send.delay)),
        ("delay_min", time(send.delay_min)),
        ("delay_max", time(send.delay_max)),
        ("max_age", time(send.max_age)),
        ("quiet_hours", send.quiet_hours.map(|hours| hours.to_string()).unwrap_or_default()),
        ("days_off", days.unwrap_or_default()),
        ("min_gap", span(send.min_gap)),
        ("min_gap_same", span(send.min_gap_same)),
        ("remind_after", span(send.remind_after)),
        ("expires_after", time(send.expires_after)),
    ]
}

fn facts(question: &Question) -> Facts {
    let mut facts: Facts = Vec::new();
    let mut add = |name: &str, value: String| {
        if !value.is_empty() {
            facts.push((name.to_owned(), value));
        }
    };
    add("metric", question.metric.to_string());
    add("scale", question.scale.map(|scale| scale.to_string()).unwrap_or_default());
    add("factor", question.factor.clone().unwrap_or_default());
    if question.metric.may_be_turned() {
        add("orientation", question.orientation.to_string());
    }
    add("bands", question.bands.map(bounds).unwrap_or_default());
    add("alert", question.alert.to_string());
    add("options", choices(&question.options));
    if question.multiple {
        add("multiple", "true".to_owned());
    }
    add("show_if", question.show_if.as_ref().map(branch).unwrap_or_default());
    let labels = question.labels.iter().map(|(value, label)| format!("{value}: {}", word(label)));
    add("labels", labels.collect::<Vec<_>>().join("; "));
    add(
        "ends",
        question
            .ends
            .as_ref()
            .map_or_else(String::new, |ends| format!("{} … {}", word(&ends.low), word(&ends.high))),
    );
    text(&mut facts, "text", &question.text);
    for band in Band::ALL {
        follow_up(&mut facts, *band, question.follow_up(*band));
    }
    facts
}

fn bounds(bands: Bands) -> String {
    format!("≤{} / ≥{}", bands.low_max, bands.high_min)
}

fn choices(choices: &[Choice]) -> String {
    choices.iter().map(|choice| word(&choice.text)).collect::<Vec<_>>().join("; ")
}

fn branch(show_if: &ShowIf) -> String {
    let values: Vec<String> = match &show_if.cond {
        Condition::Band(bands) => bands.iter().map(ToString::to_string).collect(),
        Condition::Value(values) => values.iter().map(ToString::to_string).collect(),
        Condition::Option(options) => options.clone(),
    };
    format!("{}: {}", show_if.question, values.join(", "))
}

fn follow_up(facts: &mut Facts, band: Band, follow_up: &FollowUp) {
    if let Some(comment) = &follow_up.comment {
        text(facts, &format!("{band}.comment"), comment);
    }
    if !follow_up.reasons.is_empty() {
        facts.push((format!("{band}.reasons"), choices(&follow_up.reasons)));
    }
    if !follow_up.links.is_empty() {
        let links = follow_up.links.iter().map(|link| format!("{} {}", word(&link.text), link.url));
        facts.push((format!("{band}.links"), links.collect::<Vec<_>>().join("; ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::locale::Languages;
    use crate::domain::script::edit::{Edit, Field, Prompt, Tap, apply};
    use crate::domain::script::shipped::SHIPPED;

    fn edited(edits: &[Edit]) -> Diff {
        let (file, source) = SHIPPED[0];
        let read = |source: &str| Script::parse(file, source, &Languages::default()).unwrap().script;
        let after = edits
            .iter()
            .fold(source.to_owned(), |source, edit| apply(&source, edit, &Languages::default()).unwrap());
        diff(&read(source), &read(&after), &[(1, &read(source))])
    }

    #[test]
    fn nothing_differs_where_nothing_was_changed() {
        assert!(edited(&[]).is_empty());
        assert!(
            edited(&[Edit::Tap(Tap::MoveQuestion(0, false)), Edit::Tap(Tap::MoveQuestion(1, true))])
                .is_empty()
        );
    }

    #[test]
    fn a_change_is_told_with_its_place_and_what_becomes_of_the_series() {
        let words = |field, text: &str| Edit::Words(Prompt::new(field, "ru"), text.to_owned());
        let diff = edited(&[
            words(Field::Priority, "5"),
            words(Field::Text(0), "Как товар?"),
            words(Field::Key(1), "staff"),
            Edit::Tap(Tap::MoveQuestion(0, false)),
        ]);
        assert_eq!(
            (diff.head.len(), diff.head[0].field.as_str(), diff.head[0].after.as_str()),
            (1, "priority", "5")
        );
        let told: Vec<(&str, Series, usize)> = diff
            .questions
            .iter()
            .map(|(key, series, fields)| (key.as_str(), series.clone(), fields.len().min(2)))
            .collect();
        assert_eq!(
            told,
            [("staff", Series::Begins, 2), ("overall", Series::Kept, 1), ("quality", Series::Ends, 0)]
        );
        assert!(!diff.reordered, "of those that were there before only one moved past a new one");
    }
}
