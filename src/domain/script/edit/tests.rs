//! The properties that hold for any sequence of steps, and the effect of each step.

use proptest::prelude::*;

use super::codes;
use super::*;
use crate::domain::script::Script;

const EXAMPLE: &str = include_str!("../tests/example.toml");

fn done(source: &str, edits: &[Edit]) -> String {
    edits.iter().fold(source.to_owned(), |source, edit| {
        apply(&source, edit, &Languages::default())
            .unwrap_or_else(|refusal| panic!("{edit:?}: {refusal:?}\n{source}"))
    })
}

fn words_in(language: &'static str, field: Field, text: &str) -> Edit {
    Edit::Words(Prompt::new(field, language), text.to_owned())
}

fn words(field: Field, text: &str) -> Edit {
    words_in("ru", field, text)
}

fn both(field: Field, ru: &str, en: &str) -> [Edit; 2] {
    [words_in("ru", field, ru), words_in("en", field, en)]
}

fn languages() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(&["ru", "en", "kk", "aa", "zu"][..])
}

fn lists() -> impl Strategy<Value = List> {
    let band = proptest::sample::select(Band::ALL);
    prop_oneof![
        (0usize..4).prop_map(List::Options),
        (0usize..4, band.clone()).prop_map(|(q, b)| List::Reasons(q, b)),
        (0usize..4, band).prop_map(|(q, b)| List::Links(q, b)),
    ]
}

fn fields() -> impl Strategy<Value = Field> {
    let band = || proptest::sample::select(Band::ALL);
    let question = || 0usize..4;
    prop_oneof![
        Just(Field::Slug),
        Just(Field::Title),
        Just(Field::Priority),
        Just(Field::Greeting),
        Just(Field::Thanks),
        proptest::sample::select(&SEND_FIELDS[..]).prop_map(Field::Send),
        proptest::sample::select(&LIST_FIELDS[..]).prop_map(Field::When),
        Just(Field::MinMessages),
        Just(Field::Sample),
        question().prop_map(Field::Text),
        question().prop_map(Field::Key),
        question().prop_map(Field::Factor),
        (question(), 0i64..11).prop_map(|(q, v)| Field::Label(q, v)),
        question().prop_map(Field::LowEnd),
        question().prop_map(Field::HighEnd),
        (question(), band()).prop_map(|(q, b)| Field::Comment(q, b)),
        (lists(), 0usize..3).prop_map(|(list, at)| Field::ItemText(list, at)),
        (lists(), 0usize..3).prop_map(|(list, at)| Field::ItemKey(list, at)),
        (question(), band(), 0usize..3).prop_map(|(q, b, at)| Field::Url(q, b, at)),
        lists().prop_map(Field::NewItem),
        Just(Field::Translation),
    ]
}

fn taps() -> impl Strategy<Value = Tap> {
    let band = || proptest::sample::select(Band::ALL);
    let question = || 0usize..4;
    let on = any::<bool>;
    prop_oneof![
        proptest::sample::select(Trigger::ALL).prop_map(Tap::On),
        proptest::sample::select(Metric::ALL).prop_map(Tap::AddQuestion),
        question().prop_map(Tap::RemoveQuestion),
        (question(), on()).prop_map(|(q, up)| Tap::MoveQuestion(q, up)),
        question().prop_map(Tap::CopyQuestion),
        (question(), proptest::sample::select(Metric::ALL)).prop_map(|(q, m)| Tap::Metric(q, m)),
        (question(), proptest::sample::select(Scale::ALL)).prop_map(|(q, s)| Tap::Scale(q, s)),
        (question(), on()).prop_map(|(q, hard)| Tap::HighIsHard(q, hard)),
        (question(), 0usize..11, 0usize..11).prop_map(|(q, low, high)| Tap::Bands(q, low, high)),
        question().prop_map(Tap::DefaultBands),
        (question(), proptest::sample::select(AlertLevel::ALL)).prop_map(|(q, l)| Tap::Alert(q, l)),
        (question(), on()).prop_map(|(q, on)| Tap::Multiple(q, on)),
        (lists(), 0usize..3).prop_map(|(list, at)| Tap::RemoveItem(list, at)),
        (lists(), 0usize..3, on()).prop_map(|(list, at, up)| Tap::MoveItem(list, at, up)),
        fields().prop_map(Tap::Clear),
        question().prop_map(Tap::NoBranch),
        (question(), question()).prop_map(|(q, of)| Tap::Branch(q, of)),
        (question(), band(), on()).prop_map(|(q, b, on)| Tap::BranchBand(q, b, on)),
        (question(), 0usize..11, on()).prop_map(|(q, at, on)| Tap::BranchValue(q, at, on)),
        (question(), 0usize..3, on()).prop_map(|(q, at, on)| Tap::BranchOption(q, at, on)),
        (proptest::sample::select(&SEND_FIELDS[..]), 0usize..9).prop_map(|(f, at)| Tap::Preset(f, at)),
        (0usize..7, on()).prop_map(|(day, on)| Tap::DayOff(day, on)),
    ]
}

fn typed() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zа-я{}|]{0,12}",
        "[a-z]{1,8}\n[а-я]{1,8}",
        "[a-z]{1,8}\n[а-я]{1,8}\nhttps://example\\.com/[a-z]{0,5}",
        "[0-9]{1,3}[smhd%]?",
        Just("{agent|кто-то} \"так\" \\ '''и\"\"\"\nтак 😀 שלום".to_owned()),
        Just("22:00-08:00".to_owned()),
        ".{0,40}",
    ]
}

fn edits() -> impl Strategy<Value = Edit> {
    prop_oneof![
        taps().prop_map(Edit::Tap),
        (fields(), languages(), typed())
            .prop_map(|(field, language, text)| Edit::Words(Prompt::new(field, language), text)),
    ]
}

proptest! {
    #[test]
    fn every_tap_and_prompt_is_read_back_from_its_code(tap in taps(), field in fields(), language in languages()) {
        let read = |code: &codes::Code| codes::read(&codes::write(code)).unwrap();
        prop_assert_eq!(Tap::from_code(&read(&tap.code())), Some(tap));
        let prompt = Prompt::new(field, language);
        prop_assert_eq!(Prompt::from_code(&read(&prompt.code())), Some(prompt));
        prop_assert!(codes::write(&tap.code()).len() <= 20);
    }

    #[test]
    fn any_steps_leave_a_script_that_passes_the_lint_or_names_why_not(
        steps in proptest::collection::vec(edits(), 1..40),
        from_nothing in any::<bool>(),
    ) {
        let mut source = if from_nothing { begin("own", Trigger::Purchase) } else { EXAMPLE.to_owned() };
        for step in steps {
            let Ok(edited) = apply(&source, &step, &Languages::default()) else { continue };
            source = edited;
            match Script::parse("draft", &source, &Languages::default()) {
                Ok(parsed) => {
                    let again = Script::parse("draft", &source, &Languages::default()).unwrap();
                    prop_assert_eq!(parsed.script, again.script);
                }
                Err(problems) => {
                    prop_assert!(!problems.is_empty());
                    for problem in problems {
                        prop_assert!(!problem.field.is_empty(), "{}\n{}", problem, source);
                    }
                }
            }
            // TOML → document → TOML.
            let document: DocumentMut = source.parse().unwrap();
            prop_assert_eq!(&document.to_string(), &source);
        }
    }
}

#[test]
fn comments_and_layout_stay_through_every_kind_of_step() {
    let source = "# our script\nslug = \"own\" # short\non = \"purchase\"\ntitle = { ru = \"Т\", en = \"T\" }\n\n\
                  # who\n[when]\nsample = 50 # half\n\n# first\n[[questions]]\n# carries the series\nkey = \"q\"\n\
                  metric = \"csi\"\nscale = \"1-5\"\ntext = { ru = \"Как?\", en = \"How?\" } # wording\n\n\
                  # after a low one\n[questions.low]\ncomment = { ru = \"Что?\", en = \"What?\" }\n\n# second\n[[questions]]\n\
                  key = \"words\"\nmetric = \"text\"\ntext = { ru = \"Ещё?\", en = \"More?\" }\n";
    let edited = done(
        source,
        &[
            Edit::Tap(Tap::MoveQuestion(0, false)),
            words(Field::Sample, "30 %"),
            words(Field::Text(1), "Как оно?"),
            words(Field::Key(1), "how"),
            Edit::Tap(Tap::Preset(SendField::Delay, 2)),
        ],
    );
    insta::assert_snapshot!(edited, @r#"
    # our script
    slug = "own" # short
    on = "purchase"
    title = { ru = "Т", en = "T" }

    # who
    [when]
    sample = 30 # half

    [send]
    delay = "1h"

    # second
    [[questions]]
    key = "words"
    metric = "text"
    text = { ru = "Ещё?", en = "More?" }

    # first
    [[questions]]
    # carries the series
    key = "how"
    metric = "csi"
    scale = "1-5"
    text = { ru = "Как оно?", en = "How?" } # wording

    # after a low one
    [questions.low]
    comment = { ru = "Что?", en = "What?" }
    "#);
}

#[test]
fn the_example_of_the_contract_is_built_from_nothing() {
    let agent = List::Reasons(0, Band::Low);
    let mut steps = vec![
        words(Field::Title, "После обращения\nAfter a ticket"),
        words(Field::When(ListField::TagsNone), "spam"),
        words(Field::MinMessages, "2"),
        words(Field::Send(SendField::DaysOff), "2027-01-01, 2027-01-02"),
        Edit::Tap(Tap::DayOff(6, true)),
        Edit::Tap(Tap::AddQuestion(Metric::Csi)),
        words(Field::Key(0), "agent"),
        Edit::Tap(Tap::Scale(0, Scale::Smiley3)),
        words(Field::Factor(0), "support"),
        words(Field::Label(0, 1), "Плохо\nBad"),
        words(Field::LowEnd(0), "плохо\nbad"),
        words(Field::HighEnd(0), "отлично\ngreat"),
        words(Field::NewItem(agent), "Долго\nГрубо"),
        words(Field::ItemKey(agent, 0), "slow"),
        words(Field::ItemKey(agent, 1), "rude"),
        words(Field::NewItem(List::Links(0, Band::High)), "Отзыв\nhttps://example.com/r?a=1"),
        Edit::Tap(Tap::AddQuestion(Metric::Choice)),
        words(Field::Key(1), "solved"),
        words_in("en", Field::NewItem(List::Options(1)), "Yes\n\nNo\n"),
        words(Field::ItemText(List::Options(1), 0), "Да"),
        words(Field::ItemText(List::Options(1), 1), "Нет\nNo"),
        words_in("en", Field::Translation, "1. Slow\n2) Rude\n3. Review"),
        Edit::Tap(Tap::Branch(1, 0)),
        Edit::Tap(Tap::BranchBand(1, Band::Neutral, true)),
        Edit::Tap(Tap::BranchBand(1, Band::High, true)),
        Edit::Tap(Tap::BranchBand(1, Band::Low, false)),
        Edit::Tap(Tap::AddQuestion(Metric::Ces)),
        words(Field::Key(2), "effort"),
        Edit::Tap(Tap::HighIsHard(2, true)),
        Edit::Tap(Tap::Branch(2, 1)),
    ];
    let (greeting_ru, greeting_en) = (
        "{name}, здравствуйте! Вы обращались к нам: {subject|недавно}.",
        "Hi {name}! You contacted us: {subject|recently}.",
    );
    steps.extend(both(Field::Greeting, greeting_ru, greeting_en));
    steps.extend(both(Field::Thanks, "Спасибо! Мы это прочитаем.", "Thank you! We read every answer."));
    let text = (
        "Вам отвечает {agent|наш специалист}. Как вам ответ?",
        "{agent|Our specialist} answered you. How was it?",
    );
    steps.extend(both(Field::Text(0), text.0, text.1));
    steps.extend(both(Field::Comment(0, Band::Low), "Что пошло не так?", "What went wrong?"));
    steps.extend(both(Field::Text(1), "Решили?", "Solved?"));
    steps.extend(both(Field::Text(2), "Сколько усилий ушло?", "How much effort did it take?"));
    steps.extend(both(Field::Comment(2, Band::Low), "Что было трудно?", "What was hard?"));
    let rules = [
        (SendField::Delay, "3h"),
        (SendField::DelayMin, "2h"),
        (SendField::DelayMax, "6h"),
        (SendField::MaxAge, "48h"),
        (SendField::QuietHours, "21:00 – 10:00"),
        (SendField::MinGap, "24h"),
        (SendField::MinGapSame, "off"),
        (SendField::RemindAfter, "20h"),
        (SendField::ExpiresAfter, "72h"),
    ];
    steps.extend(rules.map(|(rule, value)| words(Field::Send(rule), value)));
    let built = done(&begin("support", Trigger::TicketClosed), &steps);
    let built = Script::parse("built", built, &Languages::default()).unwrap();
    assert_eq!(built.script, Script::parse("example", EXAMPLE, &Languages::default()).unwrap().script);
}

#[test]
fn what_cannot_work_is_refused_with_the_reason_and_what_is_done_elsewhere_is_not() {
    let said = |edit: &Edit| match apply(EXAMPLE, edit, &Languages::default()) {
        Err(Refusal::Wrong(problems)) => problems[0].said.id,
        other => panic!("{other:?}"),
    };
    assert_eq!(said(&words(Field::Text(0), "{agent}, как?")), "lint-placeholder");
    assert_eq!(said(&words(Field::Text(0), &"😀".repeat(2_000))), "lint-message-long");
    assert_eq!(
        said(&words(Field::ItemText(List::Options(1), 0), &format!("{}\nx", "ы".repeat(65)))),
        "lint-button-long"
    );
    assert_eq!(said(&words(Field::Key(0), "solved")), "lint-key-taken");
    assert_eq!(said(&words(Field::Key(0), "Ключ")), "lint-key");
    assert_eq!(said(&words(Field::Send(SendField::Delay), "скоро")), "lint-duration");
    assert_eq!(said(&words(Field::Send(SendField::QuietHours), "ночью")), "lint-quiet-hours");
    assert_eq!(said(&words(Field::Url(0, Band::High, 0), "example")), "lint-url");
    let applied = |edit: &Edit| apply(EXAMPLE, edit, &Languages::default());
    assert_eq!(applied(&words(Field::Priority, "много")), Err(Refusal::Number));
    let three = words(Field::Title, "три\nстроки\nздесь");
    assert_eq!(applied(&three), Err(Refusal::Lines { wanted: 1, got: 3 }));
    let link = words(Field::NewItem(List::Links(0, Band::High)), "Отзыв");
    assert_eq!(applied(&link), Err(Refusal::Lines { wanted: 2, got: 1 }));
    assert_eq!(applied(&Edit::Tap(Tap::MoveQuestion(0, true))), Err(Refusal::Gone));
    assert!(applied(&words(Field::Send(SendField::Delay), "9h")).is_ok(), "the window may be moved next");
}
