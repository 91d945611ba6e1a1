//! The dialogue, move by move, and the properties that hold after any sequence of moves.

use proptest::prelude::*;

use super::*;
use crate::domain::locale::Languages;
use crate::domain::scale::Band;

/// Two scores (the first with reasons after a low answer), a branch, a multiple choice and a text question.
const SCRIPT: &str = r#"
slug = "visit"
on = "purchase"
title = { ru = "Покупка", en = "Purchase" }

[[questions]]
key = "quality"
metric = "csi"
scale = "0-10"
text = { ru = "Качество?", en = "Quality?" }
[questions.low]
reasons = [
  { key = "broken", text = { ru = "Сломано", en = "Broken" } },
  { key = "other", text = { ru = "Другое", en = "Other" } },
]
comment = { ru = "Что случилось?", en = "What happened?" }
[questions.neutral]
comment = { ru = "Чего не хватило?", en = "What was missing?" }

[[questions]]
key = "again"
metric = "choice"
options = [ { key = "yes", text = { ru = "Да", en = "Yes" } }, { key = "no", text = { ru = "Нет", en = "No" } } ]
text = { ru = "Вернётесь?", en = "Will you come again?" }
show_if = { question = "quality", band = ["neutral", "high"] }

[[questions]]
key = "liked"
metric = "choice"
multiple = true
options = [ { key = "price", text = { ru = "Цена", en = "Price" } }, { key = "staff", text = { ru = "Люди", en = "Staff" } } ]
text = { ru = "Что понравилось?", en = "What did you like?" }

[[questions]]
key = "words"
metric = "text"
text = { ru = "Что ещё?", en = "Anything else?" }
"#;

fn script() -> Script {
    Script::parse("visit.toml", SCRIPT, &Languages::default()).unwrap().script
}

/// Plays a sequence of valid moves.
fn played(moves: &[Input]) -> Dialogue {
    let script = script();
    let mut dialogue = Dialogue::begin();
    for (at, input) in moves.iter().enumerate() {
        dialogue
            .apply(&script, *input)
            .unwrap_or_else(|_| panic!("move {at}, {input:?}, at {:?}", dialogue.step));
    }
    dialogue
}

const ON: fn(usize) -> Input = |index| Input::Toggle { index, on: true };

#[test]
fn a_low_score_asks_why_and_the_branch_passes_over_its_question() {
    let dialogue = played(&[Input::Score(2)]);
    assert_eq!(dialogue.step, Step::Why(0));
    let dialogue = played(&[Input::Score(2), ON(0), Input::Done]);
    assert_eq!(dialogue.step, Step::Ask(2), "`again` is for the content");
    assert_eq!(dialogue.live(0, Part::Reason).unwrap().options, ["broken"]);
}

#[test]
fn a_high_score_without_a_follow_up_goes_straight_on() {
    assert_eq!(played(&[Input::Score(9)]).step, Step::Ask(1));
}

#[test]
fn everything_answered_or_skipped_is_complete_and_reasons_never_hold_it_up() {
    let script = script();
    let moves = [Input::Score(9), Input::Option(0), ON(1), Input::Done, Input::Skip];
    let dialogue = played(&moves);
    assert_eq!(dialogue.step, Step::End);
    assert!(dialogue.is_complete(&script));
    assert!(!played(&moves[..4]).is_complete(&script));
}

#[test]
fn a_second_tap_on_the_same_button_changes_nothing() {
    let once = played(&[Input::Score(2), ON(0)]);
    assert_eq!(played(&[Input::Score(2), ON(0), ON(0)]), once);
}

#[test]
fn words_after_a_low_score_are_the_comment_and_move_on() {
    let script = script();
    let mut dialogue = played(&[Input::Score(2)]);
    assert_eq!(dialogue.apply(&script, Input::Words), Ok(Some((0, Part::Comment))));
    assert_eq!(dialogue.step, Step::Ask(2));
    assert!(dialogue.live(0, Part::Comment).unwrap().words);
}

#[test]
fn words_answer_an_open_text_question_first() {
    let script = script();
    let mut dialogue = played(&[Input::Score(9), Input::Option(1), Input::Skip]);
    assert_eq!(dialogue.step, Step::Ask(3));
    assert_eq!(dialogue.apply(&script, Input::Words), Ok(Some((3, Part::Answer))));
    assert_eq!(dialogue.step, Step::End);
    assert_eq!(
        dialogue.apply(&script, Input::Words),
        Ok(Some((3, Part::Comment))),
        "more words join the last answer"
    );
}

#[test]
fn back_and_a_new_score_take_the_old_reasons_and_branches_out_of_the_figures() {
    let script = script();
    let mut dialogue = played(&[Input::Score(2), ON(0), Input::Words, Input::Back, Input::Score(9)]);
    assert_eq!(dialogue.step, Step::Ask(1), "the branch is open now");
    assert!(dialogue.given[&(0, Part::Reason)].withdrawn && dialogue.given[&(0, Part::Comment)].withdrawn);
    assert_eq!(dialogue.band(0), Some(Band::High));
    for input in [Input::Option(0), Input::Back, Input::Back, Input::Score(2)] {
        dialogue.apply(&script, input).unwrap();
    }
    assert!(
        dialogue.live(0, Part::Reason).is_some(),
        "the reasons count again with the score they were given to"
    );
    assert!(dialogue.live(1, Part::Answer).is_none(), "the branch is closed again");
}

#[test]
fn an_answer_can_be_changed_under_the_thanks_and_kept_as_it_was() {
    let script = script();
    let end = [Input::Score(9), Input::Option(0), Input::Skip, Input::Skip];
    let mut dialogue = played(&end);
    dialogue.apply(&script, Input::Change).unwrap();
    assert_eq!(dialogue.step, Step::Review);
    dialogue.apply(&script, Input::ChangeQuestion(1)).unwrap();
    assert_eq!(dialogue.step, Step::Ask(1));
    dialogue.apply(&script, Input::Keep).unwrap();
    assert_eq!(dialogue.step, Step::End);
    assert_eq!(dialogue.given, played(&end).given);
}

#[test]
fn moves_that_do_not_fit_the_step_are_stale_and_change_nothing() {
    let script = script();
    let dialogue = played(&[Input::Score(2)]);
    for input in
        [Input::Score(3), Input::Option(0), ON(9), Input::Change, Input::ChangeQuestion(0), Input::Keep]
    {
        let mut after = dialogue.clone();
        assert_eq!(after.apply(&script, input), Err(Stale), "{input:?}");
        assert_eq!(after, dialogue, "{input:?}");
    }
    assert_eq!(Dialogue::begin().apply(&script, Input::Score(11)), Err(Stale), "off the scale");
    assert_eq!(Dialogue::begin().apply(&script, Input::Skip), Err(Stale), "a score cannot be passed over");
}

#[test]
fn the_total_is_the_longest_way_that_is_still_possible() {
    let script = script();
    let asked = |moves: &[Input]| {
        let dialogue = played(moves);
        dialogue.progress(&script, dialogue.step.question().unwrap())
    };
    assert_eq!(asked(&[]), (1, 4));
    assert_eq!(asked(&[Input::Score(9)]), (2, 4));
    assert_eq!(asked(&[Input::Score(2), Input::Done]), (2, 3), "`again` is for the content");
    assert_eq!(asked(&[Input::Score(2), Input::Done, Input::Back]), (1, 4), "that may change once more");
}

#[test]
fn skip_after_words_leaves_the_answer_in_words() {
    let script = script();
    let mut dialogue = played(&[Input::Score(9), Input::Option(1), Input::Skip]);
    let before = dialogue.clone();
    dialogue.apply(&script, Input::Words).unwrap();
    dialogue.stay_at(&before);
    dialogue.apply(&script, Input::Skip).unwrap();
    assert_eq!(dialogue.step, Step::End);
    assert!(dialogue.live(3, Part::Answer).is_some_and(|given| given.words && !given.skipped));
}

fn any_input() -> impl Strategy<Value = Input> {
    prop_oneof![
        3 => (0i64..=11).prop_map(Input::Score),
        2 => (0usize..4).prop_map(Input::Option),
        2 => (0usize..4, any::<bool>()).prop_map(|(index, on)| Input::Toggle { index, on }),
        1 => (0usize..6).prop_map(Input::ChangeQuestion),
        4 => prop_oneof![
            Just(Input::Done),
            Just(Input::Skip),
            Just(Input::Back),
            Just(Input::Change),
            Just(Input::Keep),
            Just(Input::Words),
        ],
    ]
}

proptest! {
    #[test]
    fn whatever_is_tapped_the_dialogue_stays_sound(inputs in prop::collection::vec(any_input(), 0..60)) {
        let script = script();
        let mut dialogue = Dialogue::begin();
        for input in inputs {
            let before = dialogue.clone();
            let outcome = dialogue.apply(&script, input);
            if outcome.is_err() {
                prop_assert_eq!(&dialogue, &before);
            }
            // The step changes exactly when the turn does, so a button of another step belongs to another turn.
            prop_assert_eq!(dialogue.turn != before.turn, dialogue.step != before.step);
            let applicable = dialogue.applicable(&script);
            if let Some(question) = dialogue.step.question() {
                prop_assert!(applicable.contains(&question), "asks what does not apply");
                let (number, total) = dialogue.progress(&script, question);
                prop_assert!(number <= total && total <= script.questions.len());
            }
            let goes_on = matches!(input, Input::Score(_) | Input::Option(_) | Input::Done | Input::Skip);
            if let (Step::Ask(from), Step::Ask(to), true) = (before.step, dialogue.step, goes_on) {
                let (before, after) = (before.progress(&script, from).1, dialogue.progress(&script, to).1);
                prop_assert!(after <= before, "the total grows from {before} to {after}");
            }
            if dialogue.step == Step::End {
                prop_assert!(dialogue.is_complete(&script), "thanks before the last question");
            }
            for ((question, part), given) in &dialogue.given {
                prop_assert!(given.withdrawn || applicable.contains(question));
                if *part == Part::Reason && !given.withdrawn {
                    prop_assert_eq!(given.band, dialogue.band(*question));
                }
            }
            let stored = dialogue.step.to_text(&script);
            prop_assert_eq!(Step::from_text(&stored, &script), Some(dialogue.step));
        }
    }
}
