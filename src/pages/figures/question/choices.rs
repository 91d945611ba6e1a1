//! What can be chosen on the page of a question: its index, the steps of its trend, and its cut.

use crate::domain::stats::index::Index;
use crate::pages::bar::word_id;
use crate::pages::figures::Opened;
use crate::pages::figures::parts::{Choice, index_on};
use crate::pages::words::sentence_case;
use crate::pages::{Word, titles};
use crate::service::figures::reply::QuestionFigures;
use crate::service::figures::request::Wanted;

/// The cuts that are one click away; the first is shown without a choice.
pub(super) const CUTS: [Word; 8] = [
    Word::Team,
    Word::Channel,
    Word::Tag,
    Word::Store,
    Word::Version,
    Word::Tenure,
    Word::Segment,
    Word::Automation,
];

/// The index of the address if the question has it, else the primary one; of a choice the first option. One that it does
/// not have is kept aside.
pub(super) fn chosen_index(opened: &mut Opened, question: &QuestionFigures) -> Wanted {
    let indices = || question.about.indices();
    opened.filters.keep_known(Word::Index, |name| {
        let is_option = |key: &str| question.about.options.iter().any(|option| option.key == key);
        indices().any(|index| index.as_str() == name) || name.strip_prefix("share_").is_some_and(is_option)
    });
    let asked = opened.filters.get(Word::Index);
    let chosen = indices().find(|index| Some(index.as_str()) == asked).or_else(|| indices().next());
    if let Some(index) = chosen {
        return Wanted::Index(index);
    }
    let options = &question.about.options;
    let option = asked.and_then(|asked| {
        let key = asked.strip_prefix("share_")?;
        options.iter().find(|option| option.key == key)
    });
    Wanted::Share(option.or_else(|| options.first()).map_or_else(String::new, |option| option.key.clone()))
}

/// What an index is called; the share of an option by the option's text.
pub(super) fn index_label(opened: &Opened, question: &QuestionFigures, name: &str) -> String {
    let option = name.strip_prefix("share_").filter(|_| question.about.on.is_none());
    let choice = option.and_then(|key| question.about.options.iter().find(|choice| choice.key == key));
    match (choice, option) {
        (Some(choice), _) => titles::text(&opened.words, &choice.text),
        (None, Some(key)) => key.to_owned(),
        (None, None) => index_on(&opened.words, question, name),
    }
}

pub(super) fn index_choices(opened: &Opened, question: &QuestionFigures, name: &str) -> Vec<Choice> {
    let options = question.about.options.iter().map(|option| format!("share_{}", option.key));
    // Others can be asked for in the address; here they would say the same once more.
    let is_offered = |index: &Index| {
        let is_same_again = matches!(
            index,
            Index::PercentOfTop | Index::PercentOfRange | Index::TopBox | Index::Top2Box | Index::NpsFormula
        );
        !is_same_again || index.as_str() == name
    };
    let indices = question.about.indices().filter(is_offered).map(|index| index.as_str().to_owned());
    let names: Vec<String> = indices.chain(options).collect();
    let choice = |(place, index): (usize, String)| Choice {
        href: opened.here(Word::Index, Some(&index).filter(|_| place > 0).map(String::as_str)),
        name: sentence_case(&index_label(opened, question, &index)),
        title: None,
        is_current: index == name,
    };
    names.into_iter().enumerate().map(choice).collect()
}

pub(super) fn step_choices(opened: &Opened) -> Vec<Choice> {
    let is_weekly = opened.filters.get(Word::By) == Some("week");
    [("figures-weeks", Some("week")), ("figures-months", None)]
        .map(|(id, by)| Choice {
            href: opened.here(Word::By, by),
            name: opened.words.t(id),
            title: None,
            is_current: by.is_some() == is_weekly,
        })
        .into()
}

pub(super) fn cut_choice(opened: &Opened, word: Word, current: Word) -> Choice {
    let value = (word != CUTS[0]).then(|| word.as_str());
    Choice {
        href: format!("{}#parts", opened.here(Word::Cut, value)),
        name: opened.words.t(word_id(word)),
        title: None,
        is_current: word == current,
    }
}
