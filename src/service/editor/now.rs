//! The current value of a field, in the form in which its author would write it.

use crate::domain::locale::{Languages, Localized};
use crate::domain::script::diff::sending;
use crate::domain::script::edit::translation::together;
use crate::domain::script::edit::{Field, List, ListField, Prompt};
use crate::domain::script::{Choice, Script};

/// `None` if there is no such field. Empty if the field has no value yet.
pub(super) fn value(script: &Script, prompt: Prompt, languages: &Languages) -> Option<String> {
    let long = |text: Option<&Localized>| {
        text.zip(prompt.language)
            .and_then(|(text, language)| text.exact(language))
            .unwrap_or_default()
            .to_owned()
    };
    let lines = |text: &Localized| {
        languages.iter().filter_map(|language| text.exact(language)).collect::<Vec<_>>().join("\n")
    };
    let question = |place: usize| script.questions.get(place);
    Some(match prompt.field {
        Field::Slug => script.slug.clone(),
        Field::Title => lines(&script.title),
        Field::Priority => script.priority.to_string(),
        Field::Greeting => long(script.greeting.as_ref()),
        Field::Thanks => long(script.thanks.as_ref()),
        Field::Send(rule) => sending(&script.send)
            .into_iter()
            .find(|(name, _)| *name == rule.name())
            .map(|(_, value)| value)?,
        Field::When(list) => listed(script, list).join(", "),
        Field::MinMessages => script.when.min_messages.map(|least| least.to_string()).unwrap_or_default(),
        Field::Sample => script.when.sample.to_string(),
        Field::Text(place) => long(Some(&question(place)?.text)),
        Field::Key(place) => question(place)?.key.clone(),
        Field::Factor(place) => question(place)?.factor.clone().unwrap_or_default(),
        Field::Label(place, value) => question(place)?.labels.get(&value).map(lines).unwrap_or_default(),
        Field::LowEnd(place) => {
            question(place)?.ends.as_ref().map(|ends| lines(&ends.low)).unwrap_or_default()
        }
        Field::HighEnd(place) => {
            question(place)?.ends.as_ref().map(|ends| lines(&ends.high)).unwrap_or_default()
        }
        Field::Comment(place, band) => long(question(place)?.follow_up(band).comment.as_ref()),
        Field::ItemText(list @ List::Links(..), at) => lines(&link(script, list, at)?.text),
        Field::ItemText(list, at) => lines(&choices(script, list)?.get(at)?.text),
        Field::ItemKey(list, at) => choices(script, list)?.get(at)?.key.clone(),
        Field::Url(place, band, at) => link(script, List::Links(place, band), at)?.url.clone(),
        Field::Translation => {
            let texts = together(script, prompt.language?);
            let line = |(at, (_, text)): (usize, &(Field, &str))| format!("{}. {text}", at + 1);
            texts.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
        }
        Field::NewItem(list) => {
            let (List::Options(place) | List::Reasons(place, _) | List::Links(place, _)) = list;
            question(place).map(|_| String::new())?
        }
    })
}

fn listed(script: &Script, list: ListField) -> &[String] {
    match list {
        ListField::Channels => &script.when.channels,
        ListField::Teams => &script.when.teams,
        ListField::Stores => &script.when.stores,
        ListField::TagsAny => &script.when.tags_any,
        ListField::TagsNone => &script.when.tags_none,
    }
}

fn choices(script: &Script, list: List) -> Option<&[Choice]> {
    match list {
        List::Options(place) => Some(&script.questions.get(place)?.options),
        List::Reasons(place, band) => Some(&script.questions.get(place)?.follow_up(band).reasons),
        List::Links(..) => None,
    }
}

fn link(script: &Script, list: List, at: usize) -> Option<&crate::domain::script::Link> {
    let List::Links(place, band) = list else { return None };
    script.questions.get(place)?.follow_up(band).links.get(at)
}
