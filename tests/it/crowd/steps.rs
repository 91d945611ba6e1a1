//! What a message of a shipped script shows, told by words that stand nowhere else.

/// A step of a survey as a customer sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Step {
    pub question: &'static str,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A score from 0 to 10, on buttons of that name.
    Score,
    /// 🙁 😐 🙂
    Smiley,
    YesNo,
    /// Words are the answer.
    Text,
    /// Why the score is low: reasons and words.
    Why,
    /// What was missing: words.
    Missing,
}

const fn step(question: &'static str, kind: Kind) -> Step {
    Step { question, kind }
}

const STEPS: [(&str, &str, Step); 14] = [
    ("качеством товара?", "quality of what you bought?", step("quality", Kind::Score)),
    ("товар вас подвёл", "sorry it let you down", step("quality", Kind::Why)),
    ("чтобы качество было", "made the quality excellent", step("quality", Kind::Missing)),
    ("довольны обслуживанием?", "satisfied are you with the service?", step("service", Kind::Score)),
    ("Расскажите, пожалуйста, что произошло", "Please tell us what happened", step("service", Kind::Why)),
    ("чтобы обслуживание было", "made the service excellent", step("service", Kind::Missing)),
    ("цена соответствует", "does the price match", step("price", Kind::Score)),
    ("Что не так с ценой?", "wrong with the price?", step("price", Kind::Why)),
    ("сделало бы цену", "made it worth its price", step("price", Kind::Missing)),
    ("Как вам помощь?", "How was the help?", step("agent", Kind::Smiley)),
    ("Что пошло не так?", "What went wrong?", step("agent", Kind::Why)),
    ("чтобы было отлично?", "made it excellent?", step("agent", Kind::Missing)),
    ("Получилось решить", "Is your question solved?", step("solved", Kind::YesNo)),
    ("осталось нерешённым?", "still unsolved?", step("unsolved", Kind::Text)),
];

/// The step that a text shows, if it shows one.
pub fn shown(text: &str) -> Option<Step> {
    let found = STEPS.iter().find(|(ru, en, _)| text.contains(ru) || text.contains(en));
    found.map(|(_, _, step)| *step)
}

/// Whether this is a survey that was there already, shown once more.
pub fn reminds(text: &str) -> bool {
    ["Напоминаем: этот опрос", "A reminder: this survey"].iter().any(|note| text.contains(note))
}

/// Whether a text is a survey's first message: it greets.
pub fn greets(text: &str) -> bool {
    (text.contains("здравствуйте!") || text.contains("Hello")) && shown(text).is_some()
}

/// Whether a survey speaks Russian, told by its greeting.
pub fn speaks_russian(greeting: &str) -> bool {
    greeting.contains("здравствуйте")
}
