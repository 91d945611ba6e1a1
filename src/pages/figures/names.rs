//! What indices, scales and counts are called on the pages with figures.

use std::borrow::Cow;

use crate::domain::stats::index::Index;
use crate::pages::Words;
use crate::pages::titles::shortened;
use crate::service::figures::reply::QuestionFigures;

/// Short forms of texts: those that begin alike leave out what they share.
pub(super) fn told_apart(texts: &[String], most: usize) -> Vec<String> {
    let short: Vec<String> = texts.iter().map(|text| shortened(text, most)).collect();
    let own = |place: usize| {
        let alike = (0..texts.len()).filter(|other| *other != place && short[*other] == short[place]);
        let shared = alike.map(|other| shared_words(&texts[place], &texts[other])).max();
        shared.map_or_else(
            || short[place].clone(),
            |shared| {
                let rest: Vec<&str> = texts[place].split_whitespace().skip(shared).collect();
                if rest.is_empty() {
                    texts[place].clone()
                } else {
                    format!("…{}", shortened(&rest.join(" "), most))
                }
            },
        )
    };
    (0..texts.len()).map(own).collect()
}

/// With how many of the same words two texts begin.
fn shared_words(a: &str, b: &str) -> usize {
    a.split_whitespace().zip(b.split_whitespace()).take_while(|(a, b)| a == b).count()
}

/// What stands below a value in a picture: its limits, and of how many it is.
pub(super) fn note<'n>(limits: Option<&str>, of: &str) -> Cow<'n, str> {
    match limits.filter(|limits| !limits.is_empty()) {
        Some(limits) => format!("{limits}, {of}").into(),
        None => of.to_owned().into(),
    }
}

/// `761 scores`
pub(super) fn scores(words: &Words, n: u64) -> String {
    words.with("picture-scores", &[("count", n.into()), ("n", words.number(n).into())])
}

/// `761 scores`; of a choice, which is no score, `761 answers`.
pub(super) fn answers_or_scores(words: &Words, question: &QuestionFigures, n: u64) -> String {
    if question.about.on.is_some() { scores(words, n) } else { words.count("page-answers", n) }
}

/// `CSAT: the share of satisfied customers`, `CSI: mean, 1–10`
pub(super) fn index_of(words: &Words, question: &QuestionFigures, name: &str) -> String {
    let values = [
        ("metric", words.t(question.about.metric.spec().name).into()),
        ("index", index_on(words, question, name).into()),
    ];
    words.with("figures-index", &values)
}

/// What an index is called; a mean with the numbers between which it lies, and what the higher ones mean where the
/// question may have it either way.
pub(super) fn index_on(words: &Words, question: &QuestionFigures, name: &str) -> String {
    let index = index_name(words, name);
    let Some(on) = question.about.on.filter(|_| name.parse() == Ok(Index::Mean)) else { return index };
    let mut said = format!("{index}, {}–{}", on.scale.min(), on.scale.max());
    if question.about.metric.may_be_turned() {
        // A mean is of the turned values, so that it is higher where things are better.
        let id = if on.is_turned() { "figures-turned" } else { "figures-higher-easier" };
        said = format!("{said}, {}", words.t(id));
    }
    said
}

/// What the numbers of the answers themselves mean, where the scale is turned for the indices.
pub(super) fn hardest(words: &Words, question: &QuestionFigures) -> Option<String> {
    let on = question.about.on.filter(|on| on.is_turned())?;
    Some(words.of("figures-hardest", "max", &on.scale.max().to_string()))
}

/// What an index is called.
pub(super) fn index_name(words: &Words, name: &str) -> String {
    match name.parse() {
        Ok(index) => words.t(index_id(index)),
        Err(_) => words.t("index-share"),
    }
}

/// The ID of an index's name.
pub(super) const fn index_id(index: Index) -> &'static str {
    match index {
        Index::Mean => "index-mean",
        Index::PercentOfTop => "index-percent-of-top",
        Index::PercentOfRange => "index-percent-of-range",
        Index::TopBox => "index-top-box",
        Index::Top2Box => "index-top2-box",
        Index::Low => "index-low",
        Index::Neutral => "index-neutral",
        Index::High => "index-high",
        Index::Csat => "index-csat",
        Index::Net => "index-net",
        Index::Nps => "index-nps",
        Index::Promoters => "index-promoters",
        Index::Passives => "index-passives",
        Index::Detractors => "index-detractors",
        Index::NpsFormula => "index-nps-formula",
    }
}

/// What a scale is called: `1–5`.
pub(super) fn scale_name(words: &Words, scale: &str) -> String {
    match scale {
        "smiley3" => words.t("figures-scale-smileys"),
        "yes-no" => words.t("figures-scale-yes-no"),
        numbers => numbers.replace('-', "–"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_begin_alike_are_cut_where_they_differ() {
        let texts = [
            "How content are you with the goods that you bought?",
            "How content are you with the goods that came late?",
            "Why?",
        ];
        let short = told_apart(&texts.map(str::to_owned), 30);
        assert_eq!(short, ["…you bought?", "…came late?", "Why?"]);
    }
}
