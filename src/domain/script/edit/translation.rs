//! All texts of a script in order, and those missing in a language.

use super::{Field, List};
use crate::domain::locale::Localized;
use crate::domain::scale::Band;
use crate::domain::script::{Question, Script};

/// The most texts to ask for in one message, and the most characters they may take together.
const MOST_TEXTS: usize = 20;
const MOST_CHARS: usize = 1500;

/// The text of a field; `None` if the field is not a text or does not exist.
#[must_use]
pub fn text_of(script: &Script, field: Field) -> Option<&Localized> {
    let question = |place: usize| script.questions.get(place);
    match field {
        Field::Title => Some(&script.title),
        Field::Greeting => script.greeting.as_ref(),
        Field::Thanks => script.thanks.as_ref(),
        Field::Text(place) => Some(&question(place)?.text),
        Field::Label(place, value) => question(place)?.labels.get(&value),
        Field::LowEnd(place) => question(place)?.ends.as_ref().map(|ends| &ends.low),
        Field::HighEnd(place) => question(place)?.ends.as_ref().map(|ends| &ends.high),
        Field::Comment(place, band) => question(place)?.follow_up(band).comment.as_ref(),
        Field::ItemText(list, at) => match list {
            List::Options(place) => question(place)?.options.get(at).map(|option| &option.text),
            List::Reasons(place, band) => {
                question(place)?.follow_up(band).reasons.get(at).map(|reason| &reason.text)
            }
            List::Links(place, band) => question(place)?.follow_up(band).links.get(at).map(|link| &link.text),
        },
        _ => None,
    }
}

/// All texts of a script, in the order in which customers see them.
fn texts(script: &Script) -> Vec<Field> {
    let mut fields = vec![Field::Title, Field::Greeting];
    for (place, question) in script.questions.iter().enumerate() {
        texts_of_question(place, question, &mut fields);
    }
    fields.push(Field::Thanks);
    fields
}

fn texts_of_question(place: usize, question: &Question, fields: &mut Vec<Field>) {
    let items = |list: List, count: usize| (0..count).map(move |at| Field::ItemText(list, at));
    fields.push(Field::Text(place));
    fields.extend(question.labels.keys().map(|value| Field::Label(place, *value)));
    fields.extend([Field::LowEnd(place), Field::HighEnd(place)]);
    fields.extend(items(List::Options(place), question.options.len()));
    for band in Band::ALL {
        let follow_up = question.follow_up(*band);
        fields.push(Field::Comment(place, *band));
        fields.extend(items(List::Reasons(place, *band), follow_up.reasons.len()));
        fields.extend(items(List::Links(place, *band), follow_up.links.len()));
    }
}

/// The texts that exist, but not in this language.
#[must_use]
pub fn lacking(script: &Script, language: &str) -> Vec<Field> {
    let lacks = |field: &Field| {
        text_of(script, *field).is_some_and(|text| !text.is_empty() && text.exact(language).is_none())
    };
    texts(script).into_iter().filter(lacks).collect()
}

/// The missing texts that are asked for together, one per line. A text with several lines is asked for on its own.
#[must_use]
pub fn together<'s>(script: &'s Script, language: &str) -> Vec<(Field, &'s str)> {
    let mut room = MOST_CHARS;
    let fits = |(_, text): &(Field, &str)| {
        room = room.saturating_sub(text.chars().count() + 4);
        room > 0
    };
    lacking(script, language)
        .into_iter()
        .filter_map(|field| Some((field, text_of(script, field)?.iter().next()?.1)))
        .filter(|(_, text)| !text.contains('\n') && text.chars().count() < MOST_CHARS / 2)
        .take(MOST_TEXTS)
        .take_while(fits)
        .collect()
}
