//! Errors in questions, and warnings.

use super::{after, check, said};
use crate::domain::locale::Languages;
use crate::domain::script::parse::read;

/// The second question's condition, exactly as it is written in the example.
const SHOW_IF: &str = r#"show_if = { question = "agent", band = ["neutral", "high"] }"#;

#[test]
fn what_a_question_needs_and_cannot_use() {
    check(&[
        (
            r#"key    = "agent"
"#,
            "",
            r#"29: questions[0].key: is missing: write a short name like "quality""#,
        ),
        (
            r#"key    = "effort""#,
            r#"key = "agent""#,
            "56: questions[2].key: 'agent' is already the key of questions[0]",
        ),
        (
            r#"metric = "csi""#,
            r#"metric = "CSI""#,
            "31: questions[0].metric: 'CSI' is not known here: write csi, csat, nps, ces, importance, choice, text",
        ),
        (
            r#"metric = "csi""#,
            r#"metric = "nps""#,
            r#"32: questions[0].scale: NPS is always asked from 0 to 10; remove the scale or write "0-10""#,
        ),
        (
            r#"metric = "csi"
"#,
            "",
            "29: questions[0].metric: is missing: write csi, csat, nps, ces, importance, choice, text",
        ),
        (
            r#"scale  = "smiley3""#,
            r#"scale = "0-5""#,
            "32: questions[0].scale: '0-5' is not known here: write smiley3, 1-5, 1-7, 1-10, 0-10, yes-no",
        ),
        (
            r#"scale  = "smiley3"
"#,
            "",
            "29: questions[0].scale: is missing: write smiley3, 1-5, 1-7, 1-10, 0-10, yes-no",
        ),
        (
            r#"metric  = "choice""#,
            r#"metric = "choice"
scale = "1-5"
alert = "low"
factor = "x""#,
            r#"50: questions[1].scale: a question of metric choice has no scale: remove it
51: questions[1].alert: only csi, csat, nps and ces can be bad enough for an alert: write "off" or remove it"#,
        ),
        (
            r#"factor = "support""#,
            r#"factor = """#,
            "33: questions[0].factor: is blank: remove it, the key stands for it",
        ),
        (
            r#"factor = "support""#,
            r#"orientation = "high_is_hard""#,
            "33: questions[0].orientation: is for ces only: everywhere else a high number is good",
        ),
        (
            r#"labels = { "1" = { ru = "Плохо", en = "Bad" } }"#,
            r#"labels = { "4" = { ru = "Плохо", en = "Bad" }, "bad" = { ru = "Плохо", en = "Bad" } }"#,
            r#"35: questions[0].labels.4: is not on the scale smiley3
35: questions[0].labels.bad: labels are for the numbers of the scale, like "1""#,
        ),
    ]);
}

#[test]
fn what_an_answer_leads_to() {
    check(&[
        (
            r#"ends   = { low = { ru = "плохо", en = "bad" }, "#,
            "ends = { ",
            r#"36: questions[0].ends.low: is missing: write it in every language: { ru = "…", en = "…" }"#,
        ),
        (
            "bands  = { low_max = 1, high_min = 3 }",
            "bands = { low_max = 3, high_min = 3 }",
            "37: questions[0].bands: do not fit the scale smiley3: it takes 1 ≤ low_max < high_min ≤ 3",
        ),
        (
            "bands  = { low_max = 1, high_min = 3 }",
            "bands = { low_max = 0, high_min = 9, mid = 2 }",
            "37: questions[0].bands.mid: there is no such field; there are low_max, high_min
37: questions[0].bands: do not fit the scale smiley3: it takes 1 ≤ low_max < high_min ≤ 3",
        ),
        (
            r#"alert  = "low""#,
            r#"alert = "high""#,
            "38: questions[0].alert: 'high' is not known here: write low, neutral, off",
        ),
        (
            "[questions.low]",
            r#"[questions.low]
question = "?""#,
            "41: questions[0].low.question: there is no such field; there are reasons, comment, links",
        ),
        (
            r#"alert  = "low""#,
            r#"alert = "low"
reasons = []"#,
            "39: questions[0].reasons: does not belong here: write it under [questions.low], [questions.neutral] or [questions.high]",
        ),
        (
            r#"{ key = "rude""#,
            r#"{ key = "slow""#,
            "41: questions[0].low.reasons[1].key: 'slow' is here twice",
        ),
        (
            r#"{ key = "rude", text"#,
            "{ text",
            r#"41: questions[0].low.reasons[1].key: is missing: write a short name like "slow""#,
        ),
        (
            "https://example.com/r?a=1",
            "example.com",
            "45: questions[0].high.links[0].url: 'example.com' is not an address: write one like https://example.com/reviews",
        ),
        (
            "https://example.com/r?a=1",
            "javascript:alert(1)",
            "45: questions[0].high.links[0].url: 'javascript:alert(1)' is not an address: write one like https://example.com/reviews",
        ),
        (
            "https://example.com/r?a=1",
            "https://exa mple.com",
            "45: questions[0].high.links[0].url: 'https://exa mple.com' is not an address: write one like https://example.com/reviews",
        ),
        (
            r#"options = [ { key = "yes", text = { ru = "Да", en = "Yes" } }, { key = "no", text = { ru = "Нет", en = "No" } } ]"#,
            r#"options = [ { key = "yes", text = { ru = "Да", en = "Yes" } } ]"#,
            "51: questions[1].options: a choice needs at least two options",
        ),
        (
            r#"options = [ { key = "yes", text = { ru = "Да", en = "Yes" } }, { key = "no", text = { ru = "Нет", en = "No" } } ]
"#,
            "",
            "47: questions[1].options: a choice needs at least two options",
        ),
        (
            r#"scale  = "smiley3""#,
            r#"scale = "smiley3"
multiple = true
options = [ { key = "yes", text = { ru = "Да", en = "Yes" } } ]"#,
            "33: questions[0].multiple: is for metric choice only, not for csi: remove it
34: questions[0].options: are for metric choice only, not for csi: remove them",
        ),
        (
            r#"scale  = "smiley3""#,
            r#"scale = "yes-no""#,
            "37: questions[0].bands: do not fit the scale yes-no: it takes 0 ≤ low_max < high_min ≤ 1",
        ),
        (
            r#"metric = "ces"
scale  = "1-7"
orientation = "high_is_hard""#,
            r#"metric = "importance"
scale = "1-5"
alert = "low""#,
            r#"59: questions[2].alert: only csi, csat, nps and ces can be bad enough for an alert: write "off" or remove it"#,
        ),
    ]);
}

#[test]
fn branches_only_look_back_at_answers_that_can_be_given() {
    check(&[
        (
            r#"metric  = "choice""#,
            r#"metric = "text""#,
            "51: questions[1].options: are for metric choice only, not for text: remove them
61: questions[2].show_if.option: 'solved' is not a choice, so it has no options",
        ),
        (
            SHOW_IF,
            r#"show_if = { question = "effort", band = ["low"] }"#,
            "53: questions[1].show_if.question: 'effort' is asked later: a branch can only look back",
        ),
        (
            SHOW_IF,
            r#"show_if = { question = "solved", option = ["yes"] }"#,
            "53: questions[1].show_if.question: 'solved' is asked later: a branch can only look back",
        ),
        (
            SHOW_IF,
            r#"show_if = { question = "agnet", band = ["low"] }"#,
            "53: questions[1].show_if.question: there is no question 'agnet'; did you mean 'agent'?",
        ),
        (
            SHOW_IF,
            r#"show_if = { question = "agent", band = ["low"], value = [1] }"#,
            "53: questions[1].show_if: needs exactly one of band, value and option",
        ),
        (
            SHOW_IF,
            r#"show_if = { question = "agent", band = [] }"#,
            "53: questions[1].show_if.band: is empty: such a question is never asked",
        ),
        (
            SHOW_IF,
            r#"show_if = { question = "agent", band = ["medium"] }"#,
            "53: questions[1].show_if.band[0]: 'medium' is not known here: write low, neutral, high",
        ),
        (
            SHOW_IF,
            r#"show_if = { question = "agent", value = [1, 4] }"#,
            "53: questions[1].show_if.value: 4 is not on the scale smiley3 of 'agent'",
        ),
        (
            SHOW_IF,
            r#"show_if = { question = "agent", option = ["yes"] }"#,
            "53: questions[1].show_if.option: 'agent' is not a choice, so it has no options",
        ),
        (
            SHOW_IF,
            r#"show_if = { band = "low" }"#,
            "53: questions[1].show_if.question: is missing: write the key of an earlier question
53: questions[1].show_if.band: is a text: write a list: [ … ]",
        ),
        (
            r#"show_if = { question = "solved", option = ["yes"] }"#,
            r#"show_if = { question = "solved", option = ["maybe"] }"#,
            "61: questions[2].show_if.option: 'solved' has no option 'maybe'",
        ),
        (
            r#"show_if = { question = "solved", option = ["yes"] }"#,
            r#"show_if = { question = "solved", band = ["low"] }"#,
            "61: questions[2].show_if.band: 'solved' has no bands: its metric has no scale",
        ),
        (
            r#"labels = { "1" = { ru = "Плохо", en = "Bad" } }
ends   = { low = { ru = "плохо", en = "bad" }, high = { ru = "отлично", en = "great" } }
bands  = { low_max = 1, high_min = 3 }
alert  = "low""#,
            r#"bands = { low_max = 1, high_min = 2 }
show_if = { question = "agent", band = ["low"] }"#,
            "36: questions[0].show_if.question: 'agent' is asked later: a branch can only look back",
        ),
    ]);
}

#[test]
fn what_works_badly_is_a_warning() {
    check(&[
        (
            "sample = 100",
            "sample = 0",
            "warning 13: when.sample: with 0 per cent this script never asks anybody",
        ),
        (
            r#"labels = { "1" = { ru = "Плохо", en = "Bad" } }"#,
            r#"labels = { "3" = { ru = "😍 Отлично", en = "😍 Great" }, "1" = { ru = "Плохо", en = "Bad" } }"#,
            "warning 35: questions[0].labels: some begin with an emoji and some do not, which favours an answer",
        ),
        (
            r#"comment = { ru = "Что пошло не так?", en = "What went wrong?" }
"#,
            "",
            "warning 40: questions[0].low: after a low score there is no way to say why: add a comment",
        ),
        (
            r#"text   = { ru = "Сколько усилий ушло?""#,
            r#"text = { ru = "👍 Порекомендуете нас?""#,
            "warning 60: questions[2].text: asks about recommending, which is NPS; as ces it measures little
warning 60: questions[2].text: begins with an emoji, which favours an answer",
        ),
        (
            r#"metric = "ces"
scale  = "1-7"
orientation = "high_is_hard""#,
            r#"metric = "nps""#,
            "warning 58: questions[2].text: NPS asks how likely people are to recommend you; this text does not",
        ),
    ]);
}

/// A script whose questions have these metrics and factors; each scored one can be explained.
fn asking(questions: &[(&str, &str)]) -> String {
    let question = |(at, (metric, factor)): (usize, &(&str, &str))| {
        let about = if *metric == "nps" { "recommend us" } else { "like it" };
        let of = if factor.is_empty() { String::new() } else { format!("factor = \"{factor}\"\n") };
        let scale = if ["nps", "text"].contains(metric) { "" } else { "scale = \"1-5\"\n" };
        let low = if ["importance", "text"].contains(metric) {
            ""
        } else {
            "[questions.low]\ncomment = { ru = \"Что не так?\", en = \"What is wrong?\" }\n"
        };
        format!(
            "[[questions]]\nkey = \"q{at}\"\nmetric = \"{metric}\"\n{scale}{of}\
             text = {{ ru = \"Как?\", en = \"Would you {about}?\" }}\n{low}"
        )
    };
    let questions: String = questions.iter().enumerate().map(question).collect();
    format!("slug = \"s\"\non = \"purchase\"\ntitle = {{ ru = \"С\", en = \"S\" }}\n{questions}")
}

#[test]
fn sides_without_a_whole_are_a_warning_unless_their_importance_is_asked() {
    let sides = [("csi", "quality"), ("csi", "service")];
    assert_eq!(
        said(asking(&sides)),
        "warning 4: questions: no question asks about the whole, so it cannot be told which side it depends on: add \
         one with metric \"nps\" or \"csat\", or \"csi\" with factor = \"overall\""
    );
    for whole in [("nps", ""), ("csat", ""), ("csi", "overall"), ("importance", "quality")] {
        assert_eq!(said(asking(&[sides[0], sides[1], whole])), "", "{whole:?}");
    }
    // One side cannot be compared, and what asks about no side at all has nothing to explain.
    for few in [&sides[..1], &[("csi", "quality"), ("ces", "effort")], &[("nps", "")], &[("text", "")]] {
        assert_eq!(said(asking(few)), "", "{few:?}");
    }
}

#[test]
fn a_question_that_cannot_be_read_may_be_the_one_about_the_whole() {
    let broken = asking(&[("csi", "quality"), ("csi", "service"), ("nbs", "")]);
    // The editor shows warnings beside errors.
    let (_, errors, warnings) = read("t.toml", &broken, &Languages::default()).unwrap();
    assert!(!errors.is_empty());
    assert_eq!(warnings, []);
}

#[test]
fn a_keyboard_has_its_limits() {
    let option = |n: usize| format!("{{ key = \"k{n}\", text = {{ ru = \"Да\", en = \"Yes\" }} }}, ");
    let more: String = (0..90).map(option).collect();
    let said = after("options = [ ", &format!("options = [ {more}"));
    assert_eq!(said, "51: questions[1].options: are 92: at most 90 buttons fit");
    let said = after("Грубо", &"Очень грубо ".repeat(6));
    assert_eq!(said, "41: questions[0].low.reasons[1].text.ru: is 71 characters long; a button holds 64");
}
