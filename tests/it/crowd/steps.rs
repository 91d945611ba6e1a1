//! What a message of a shipped script shows, told by words that stand nowhere else.

/// A step of a survey as a customer sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Step {
    pub script: &'static str,
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

const fn purchase(question: &'static str, kind: Kind) -> Step {
    Step { script: "purchase", question, kind }
}

const fn support(question: &'static str, kind: Kind) -> Step {
    Step { script: "support", question, kind }
}

const STEPS: [(&str, &str, Step); 17] = [
    ("покупкой в целом?", "satisfied are you with your purchase overall?", purchase("overall", Kind::Score)),
    (
        "мы вас подвели. Что было не так?",
        "sorry we let you down. What was wrong?",
        purchase("overall", Kind::Why),
    ),
    ("стоило сделать лучше?", "could we have done better?", purchase("overall", Kind::Missing)),
    ("качеством товара?", "quality of what you bought?", purchase("quality", Kind::Score)),
    ("товар вас подвёл", "sorry it let you down", purchase("quality", Kind::Why)),
    ("чтобы качество было отличным?", "made the quality excellent?", purchase("quality", Kind::Missing)),
    ("довольны обслуживанием?", "satisfied are you with the service?", purchase("service", Kind::Score)),
    ("не понравилось в обслуживании?", "was wrong with the service?", purchase("service", Kind::Why)),
    ("чтобы обслуживание было отличным?", "made the service excellent?", purchase("service", Kind::Missing)),
    ("обращением в целом?", "How did we do overall?", support("overall", Kind::Smiley)),
    ("Что пошло не так?", "What went wrong?", support("overall", Kind::Why)),
    ("чтобы было отлично?", "made it excellent?", support("overall", Kind::Missing)),
    ("Как вам помощь?", "How was the help?", support("agent", Kind::Smiley)),
    ("в работе специалиста?", "was wrong with the help?", support("agent", Kind::Why)),
    ("чтобы помощь была отличной?", "made the help excellent?", support("agent", Kind::Missing)),
    ("Получилось решить", "Is your question solved?", support("solved", Kind::YesNo)),
    ("осталось нерешённым?", "still unsolved?", support("unsolved", Kind::Text)),
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
