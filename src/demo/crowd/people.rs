//! A member of the crowd: who they are, what they remember, and how they react to a message.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};

use super::plan::Plan;
use super::shop::Went;
use crate::domain::ids::SurveyKey;
use crate::domain::survey::Input;
use crate::domain::time::Timestamp;
use crate::sandbox::{Action, Message};
use crate::view::callback::{Act, Data};

const RUSSIAN: [&str; 16] = [
    "Мария",
    "Екатерина",
    "Наталья",
    "Ирина",
    "Светлана",
    "Юлия",
    "Дарья",
    "Полина",
    "Александр",
    "Дмитрий",
    "Сергей",
    "Андрей",
    "Максим",
    "Артём",
    "Никита",
    "Михаил",
];
const ENGLISH: [&str; 8] = ["Alice", "Grace", "Hannah", "Chloe", "James", "Oliver", "Henry", "Lucy"];
const ZONES_RU: [&str; 5] =
    ["Europe/Moscow", "Europe/Moscow", "Europe/Moscow", "Asia/Yekaterinburg", "Asia/Vladivostok"];
const ZONES_EN: [&str; 3] = ["Europe/London", "Europe/London", "Europe/Berlin"];

#[cfg(test)]
pub(super) fn zones() -> Vec<&'static str> {
    [ZONES_RU.as_slice(), &ZONES_EN].concat()
}

/// What they write, by language: after a bad visit, and after one that could have been better.
const BAD: [[&str; 6]; 2] = [
    [
        "Ждала ответа почти час, потом попросили всё повторить заново",
        "Курьер не позвонил и оставил коробку у подъезда",
        "Мне трижды присылали одну и ту же отписку",
        "Чашка пришла разбитой, упаковки почти не было",
        "Обещали перезвонить и не перезвонили",
        "Деньги не вернули до сих пор",
    ],
    [
        "I waited for most of an hour and then had to explain it all again",
        "The courier did not ring and left the box in the street",
        "I got the same canned reply three times",
        "The cup came broken, there was hardly any packaging",
        "They promised to call back and never did",
        "I still do not have my money back",
    ],
];
const FAIR: [[&str; 3]; 2] = [
    ["Всё хорошо, но можно было быстрее", "Не хватило выбора доставки", "Ответили вежливо, но не сразу"],
    [
        "Fine, but it could have been faster",
        "I missed a choice of delivery",
        "Polite, though it took a while",
    ],
];

#[derive(Debug)]
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) language: &'static str,
    pub(super) zone: &'static str,
    pub(super) customer: String,
    /// Each person has their own generator, so that what others do changes nothing for them.
    rng: StdRng,
    /// Percentages: how likely they are to follow links, to answer surveys and to give reasons.
    follows: u32,
    answers: u32,
    talks: u32,
    /// Whether they block the bot at the first survey without answering.
    blocks: bool,
    /// How much better or worse than others they rate.
    mood: f64,
    /// How the last visit went, as they felt it.
    impression: Went,
    /// The survey they gave scores in last, and how many.
    scored: Option<(SurveyKey, usize)>,
    /// The current sitting: when it ends, and how many things they have done in it.
    sitting: Option<(Timestamp, u32)>,
    /// Whether a reason is ticked at this step.
    ticked: bool,
    /// Whether they have said that the problem is not solved, and are being asked what is missing.
    unsolved: bool,
}

/// What a person does with a message.
#[derive(Debug)]
pub(super) enum Next {
    Nothing,
    Tap { row: usize, column: usize },
    Say(String),
    Block,
}

/// The most actions in one sitting; more would mean that the person goes in circles.
const MOST: u32 = 30;
/// How long a sitting lasts after the last action.
const SITTING: Duration = Duration::from_mins(30);

/// How much of what they think of the whole is the service; the rest is the goods.
const SERVICE_WEIGHS: f64 = 0.6;

/// A button of a survey.
#[derive(Clone, Copy, Debug)]
struct Move {
    survey: SurveyKey,
    row: usize,
    column: usize,
    input: Input,
}

impl Person {
    pub(super) fn new(plan: Plan, number: usize) -> Self {
        let own = u64::try_from(number).unwrap_or(0).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut rng = StdRng::seed_from_u64(plan.seed ^ own ^ (u64::from(plan.round) << 48));
        let russian = rng.random_ratio(3, 4);
        let (names, zones): (&[&str], &[&str]) =
            if russian { (&RUSSIAN, &ZONES_RU) } else { (&ENGLISH, &ZONES_EN) };
        let pick = |rng: &mut StdRng, from: &[&'static str]| from.choose(rng).copied().unwrap_or_default();
        Self {
            name: pick(&mut rng, names),
            language: if russian { "ru" } else { "en" },
            zone: pick(&mut rng, zones),
            customer: format!("{}{:03}", plan.mark(), number + 1),
            follows: 90,
            answers: if rng.random_ratio(1, 5) { 0 } else { rng.random_range(55..96) },
            talks: rng.random_range(15..75),
            blocks: rng.random_ratio(1, 30),
            mood: rng.random_range(-0.12..0.1),
            rng,
            impression: Went { service: 0.8, goods: 0.8 },
            scored: None,
            sitting: None,
            ticked: false,
            unsolved: false,
        }
    }

    /// Remembers how a visit went.
    pub(super) fn remember(&mut self, went: Went) {
        let felt = |side: f64| (side + self.mood).clamp(0.0, 1.0);
        self.impression = Went { service: felt(went.service), goods: felt(went.goods) };
    }

    /// What they think, from 0 to 1, of what the next question for a score is about: of the whole first, as the shipped
    /// scripts ask, then of its sides.
    fn feeling(&mut self, survey: SurveyKey) -> f64 {
        let Went { service, goods } = self.impression;
        let given = self.scored.filter(|(last, _)| *last == survey).map_or(0, |(_, given)| given);
        self.scored = Some((survey, given + 1));
        match given {
            0 => SERVICE_WEIGHS * service + (1.0 - SERVICE_WEIGHS) * goods,
            1 => goods,
            _ => service,
        }
    }

    /// When they follow their link, if at all.
    pub(super) fn taps_link_after(&mut self) -> Option<Duration> {
        let minutes = self.rng.random_range(1..110);
        self.rng.random_ratio(self.follows, 100).then(|| Duration::from_mins(minutes))
    }

    /// When they look at a new message, if they care to.
    pub(super) fn looks_after(&mut self) -> Option<Duration> {
        let minutes = if self.rng.random_ratio(3, 4) {
            self.rng.random_range(1..150)
        } else {
            self.rng.random_range(150..1800)
        };
        let cares = self.blocks || self.rng.random_ratio(self.answers, 100);
        cares.then(|| Duration::from_mins(minutes))
    }

    pub(super) fn is_answering(&self, now: Timestamp) -> bool {
        self.sitting.is_some_and(|(until, _)| until > now)
    }

    /// What they do with a message in its current state.
    pub(super) fn next(&mut self, message: &Message, now: Timestamp) -> Next {
        let moves = moves(message);
        let next = self.choose(&moves);
        if matches!(next, Next::Nothing) {
            return next;
        }
        if self.blocks {
            self.blocks = false;
            self.answers = 0;
            return Next::Block;
        }
        let done = self.sitting.filter(|(until, _)| *until > now).map_or(0, |(_, done)| done);
        self.sitting = Some((now.plus(SITTING), done + 1));
        if done < MOST { next } else { Next::Nothing }
    }

    fn choose(&mut self, moves: &[Move]) -> Next {
        let scores: Vec<&Move> = moves.iter().filter(|m| matches!(m.input, Input::Score(_))).collect();
        if let Some(survey) = scores.first().map(|first| first.survey) {
            (self.ticked, self.unsolved) = (false, false);
            let feeling = (self.feeling(survey) + self.rng.random_range(-0.13..0.13)).clamp(0.0, 1.0);
            return tap(scores.get(place(feeling, scores.len())).copied());
        }
        let mut options = moves.iter().filter(|m| matches!(m.input, Input::Option(_)));
        if let Some(first) = options.next() {
            let content = self.rng.random_bool((self.impression.service * 1.15).clamp(0.05, 0.97));
            self.unsolved = !content;
            return tap(if content { Some(first) } else { options.next_back().or(Some(first)) });
        }
        let Some(on) = moves.iter().find(|m| matches!(m.input, Input::Done | Input::Skip)) else {
            return Next::Nothing;
        };
        let reasons: Vec<&Move> =
            moves.iter().filter(|m| matches!(m.input, Input::Toggle { on: true, .. })).collect();
        if !reasons.is_empty() && !self.ticked && self.rng.random_ratio(4, 5) {
            self.ticked = true;
            return tap(reasons.choose(&mut self.rng).copied());
        }
        if self.rng.random_ratio(self.talks, 100) {
            let language = usize::from(self.language == "en");
            let words = if self.unsolved || moves.iter().any(|m| matches!(m.input, Input::Toggle { .. })) {
                BAD[language].as_slice()
            } else {
                FAIR[language].as_slice()
            };
            return Next::Say(words.choose(&mut self.rng).copied().unwrap_or_default().to_owned());
        }
        tap(Some(on))
    }
}

fn tap(chosen: Option<&Move>) -> Next {
    chosen.map_or(Next::Nothing, |m| Next::Tap { row: m.row, column: m.column })
}

/// Which of the buttons matches a feeling from 0 to 1: each has an equal part of them.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "eleven at most"
)]
fn place(feeling: f64, buttons: usize) -> usize {
    ((feeling * buttons as f64) as usize).min(buttons.saturating_sub(1))
}

/// The survey's buttons below a message, in order.
fn moves(message: &Message) -> Vec<Move> {
    let mut moves = Vec::new();
    for (row, buttons) in message.keyboard.iter().enumerate() {
        for (column, button) in buttons.iter().enumerate() {
            if let Action::Callback(data) = &button.action
                && let Some(Data::Survey { survey, act: Act::Input(input), .. }) = Data::decode(data)
            {
                moves.push(Move { survey, row, column, input });
            }
        }
    }
    moves
}
