//! What customers read outside of a survey: the welcome, stopping and resuming, help.

use std::time::Duration;

use super::callback::{Data, WordsAct};
use super::{BelowInput, Button, View, case, in_each, language_name, paragraphs, with_languages};
use crate::domain::ids::CaseNumber;
use crate::domain::locale::Languages;
use crate::domain::template::escape_html;
use crate::i18n::Catalogue;

/// A text that says what the bot cannot do, with a button that asks for a human.
#[must_use]
pub fn cannot_help(catalogue: &Catalogue, locale: &str, id: &str) -> View {
    View::text(catalogue.text(locale, id)).row([human(catalogue, locale)])
}

/// The button that asks for a human.
pub(super) fn human(catalogue: &Catalogue, locale: &str) -> Button {
    Button::new(catalogue.text(locale, "button-human"), &Data::Words(WordsAct::Human))
}

/// What somebody reads who has asked for a human. `when` is by when somebody replies, with the blank before it.
#[must_use]
pub fn about_human(catalogue: &Catalogue, locale: &str, id: &str, number: CaseNumber, when: &str) -> View {
    let values = [("n", number.to_string().into()), ("when", when.into())];
    View::text(catalogue.with(locale, id, &values))
}

/// What came of the personal link that somebody followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Followed {
    /// They followed no link.
    Nothing,
    Linked,
    AlreadyLinked,
    /// The link belongs to another person.
    Taken,
    /// The link is unknown, expired, or replaced by a newer one.
    Unknown,
}

/// What the welcome depends on.
#[derive(Clone, Copy, Debug)]
pub struct Welcome<'a> {
    pub brand: Option<&'a str>,
    pub privacy_url: Option<&'a str>,
    /// The minimum time between two surveys, if there is such a rule.
    pub min_gap: Option<Duration>,
    pub followed: Followed,
    /// Whether the person is known as a customer.
    pub customer: bool,
    pub opted_out: bool,
    /// Whether a question is waiting for them and is shown below.
    pub asked: bool,
}

/// The welcome: who asks, about what, how often, how to stop, and what happens to the data.
#[must_use]
pub fn welcome(catalogue: &Catalogue, locale: &str, welcome: &Welcome<'_>) -> View {
    let text = |id| catalogue.text(locale, id);
    let followed = match welcome.followed {
        Followed::Linked => text("customer-linked"),
        Followed::AlreadyLinked if welcome.asked => text("customer-linked-already-asked"),
        Followed::AlreadyLinked => text("customer-linked-already"),
        Followed::Taken => text("customer-link-taken"),
        Followed::Unknown => text("customer-link-unknown"),
        Followed::Nothing if welcome.customer => String::new(),
        Followed::Nothing => text("customer-needs-link"),
    };
    let view = if welcome.followed == Followed::AlreadyLinked {
        View::text(followed)
    } else {
        let hello = match welcome.brand {
            Some(brand) => {
                catalogue.with(locale, "customer-hello-brand", &[("brand", escape_html(brand).into())])
            }
            None => text("customer-hello"),
        };
        let often = often(catalogue, locale, welcome.min_gap);
        let about = catalogue.with(locale, "customer-about", &[("often", often.into())]);
        let stop = text("customer-how-to-stop");
        let notice = privacy(catalogue, locale, welcome.privacy_url);
        let command = text("customer-privacy-command");
        let privacy = if notice.is_empty() { command } else { format!("{notice}\n{command}") };
        if welcome.followed == Followed::Taken && !welcome.customer {
            // A person who is not known as a customer will not be asked anything.
            View::text(paragraphs([hello.as_str(), &followed, &privacy]))
        } else {
            View::text(paragraphs([hello.as_str(), &followed, &about, &stop, &privacy]))
        }
    };
    let view = match welcome.followed {
        Followed::Taken | Followed::Unknown => view.row([human(catalogue, locale)]),
        Followed::Nothing | Followed::Linked | Followed::AlreadyLinked => view,
    };
    if welcome.opted_out { with_resume(catalogue, locale, view, &text("customer-opted-out")) } else { view }
}

fn often(catalogue: &Catalogue, locale: &str, min_gap: Option<Duration>) -> String {
    const HOUR: u64 = 3600;
    let (id, count) = match min_gap.map_or(0, |gap| gap.as_secs()) {
        0..HOUR => return catalogue.text(locale, "customer-often-always"),
        secs if secs.is_multiple_of(24 * HOUR) => ("customer-often-days", secs / (24 * HOUR)),
        secs => ("customer-often-hours", secs / HOUR),
    };
    catalogue.with(locale, id, &[("count", count.into())])
}

fn privacy(catalogue: &Catalogue, locale: &str, url: Option<&str>) -> String {
    let Some(url) = url else { return String::new() };
    catalogue.with(locale, "customer-privacy", &[("url", super::escape_attribute(url).into())])
}

fn with_resume(catalogue: &Catalogue, locale: &str, view: View, note: &str) -> View {
    let html = paragraphs([view.html.as_str(), note]);
    View { html, ..view }.row([Button::new(catalogue.text(locale, "customer-button-resume"), &Data::Resume)])
}

/// The answer to `/stop`, which ends no talk about a case.
#[must_use]
pub fn stopped(catalogue: &Catalogue, locale: &str, cases: &[CaseNumber]) -> View {
    let cases = case::meanwhile(catalogue, locale, "case-stop", cases);
    let note = paragraphs([catalogue.text(locale, "customer-stopped").as_str(), &cases]);
    with_resume(catalogue, locale, View::default(), &note)
}

/// The answer to `/privacy`: what is kept, why, and how to be forgotten.
#[must_use]
pub fn privacy_in_full(catalogue: &Catalogue, locale: &str, url: Option<&str>, phone: bool) -> View {
    let text = |id| catalogue.text(locale, id);
    let phone = if phone { text("customer-privacy-phone") } else { String::new() };
    View::text(paragraphs([
        text("customer-privacy-what").as_str(),
        &phone,
        &text("customer-privacy-why"),
        &text("customer-privacy-forget"),
        &privacy(catalogue, locale, url),
    ]))
}

/// The answer to `/language`, readable for everybody; `current` is ticked. If there is only one language, it says so.
#[must_use]
pub fn languages(catalogue: &Catalogue, languages: &Languages, current: &str) -> View {
    if languages.is_one() {
        return View::text(named(catalogue, current, "language-only", languages.first()));
    }
    let question = in_each(catalogue, languages.iter(), "language-question").join("\n");
    with_languages(View::text(question), languages, current, Data::Language)
}

/// The same screen after a choice.
#[must_use]
pub fn language_chosen(catalogue: &Catalogue, languages: &Languages, chosen: &str) -> View {
    let said = if catalogue.has(chosen) {
        catalogue.text(chosen, "language-chosen")
    } else {
        named(catalogue, chosen, "language-chosen-other", chosen)
    };
    with_languages(View::text(said), languages, chosen, Data::Language)
}

/// The toast after a choice.
#[must_use]
pub fn language_toast(catalogue: &Catalogue, chosen: &str) -> String {
    if catalogue.has(chosen) {
        catalogue.text(chosen, "language-toast")
    } else {
        named(catalogue, chosen, "language-toast-other", chosen)
    }
}

fn named(catalogue: &Catalogue, locale: &str, id: &str, language: &str) -> String {
    catalogue.with(locale, id, &[("language", language_name(language).into())])
}

/// Asks for the phone number and says what it is used for. `why` is the message that goes above.
#[must_use]
pub fn ask_phone(catalogue: &Catalogue, locale: &str, why: &str, brand: Option<&str>) -> (View, BelowInput) {
    let consent = match brand {
        Some(brand) => catalogue.with(locale, "phone-consent-brand", &[("brand", escape_html(brand).into())]),
        None => catalogue.text(locale, "phone-consent"),
    };
    let html = paragraphs([catalogue.text(locale, why).as_str(), &consent]);
    (View::text(html), BelowInput::ask_contact(catalogue.text(locale, "phone-button")))
}

/// A heading, then one line per command.
#[must_use]
pub fn help(catalogue: &Catalogue, locale: &str, commands: &[(&str, &str)]) -> View {
    let lines: Vec<String> = commands
        .iter()
        .map(|(name, description)| format!("/{name} — {}", catalogue.text(locale, description)))
        .collect();
    View::text(paragraphs([catalogue.text(locale, "customer-help").as_str(), &lines.join("\n")]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_words() -> Welcome<'static> {
        Welcome {
            brand: Some("Чай & Ко"),
            privacy_url: Some("https://shop.example/?a=1&b=\"2\""),
            min_gap: Some(Duration::from_hours(24)),
            followed: Followed::Linked,
            customer: true,
            opted_out: false,
            asked: false,
        }
    }

    #[test]
    fn the_first_words_say_who_asks_how_often_and_how_to_stop() {
        let catalogue = Catalogue::default();
        insta::assert_snapshot!(welcome(&catalogue, "ru", &first_words()).shown(), @r#"
        Здравствуйте! Это Чай &amp; Ко. Здесь мы узнаём, всё ли прошло хорошо.

        Готово, вы подключены: больше ничего делать не нужно.

        После покупки или обращения в поддержку пришлём пару коротких вопросов — не чаще раза в сутки. Отвечать можно одним касанием.

        Надоест — отправьте /stop, и вопросов больше не будет.

        <a href="https://shop.example/?a=1&amp;b=&quot;2&quot;">Как мы обращаемся с вашими данными</a>
        Что мы о вас храним и зачем: /privacy
        "#);
        insta::assert_snapshot!(welcome(&catalogue, "en", &first_words()).shown(), @r#"
        Hello! This is Чай &amp; Ко. Here we ask how things went.

        Done, you are connected: there is nothing else to do.

        After a purchase or a support request we send a couple of short questions, at most once a day. Each takes one tap.

        To stop these surveys, send /stop.

        <a href="https://shop.example/?a=1&amp;b=&quot;2&quot;">How we handle your data</a>
        What we keep about you, and why: /privacy
        "#);
    }

    #[test]
    fn without_a_link_the_first_words_say_where_to_find_one_and_how_to_resume() {
        let nothing = Welcome {
            brand: None,
            privacy_url: None,
            min_gap: None,
            followed: Followed::Nothing,
            customer: false,
            opted_out: true,
            asked: false,
        };
        let catalogue = Catalogue::default();
        insta::assert_snapshot!(welcome(&catalogue, "ru", &nothing).shown(), @r"
        Здравствуйте! Здесь мы узнаём, всё ли прошло хорошо.

        Чтобы мы знали, о чём вас спрашивать, откройте личную ссылку или QR-код: они есть в чеке, на странице заказа или в письме от нас.

        После покупки или обращения в поддержку пришлём пару коротких вопросов — только по делу. Отвечать можно одним касанием.

        Надоест — отправьте /stop, и вопросов больше не будет.

        Что мы о вас храним и зачем: /privacy

        Сейчас опросы для вас выключены.

        [Снова получать опросы]
        ");
        insta::assert_snapshot!(welcome(&catalogue, "en", &nothing).shown(), @r"
        Hello! Here we ask how things went.

        So that we know what to ask you about, open your personal link or QR code: you will find it on the receipt, the order page or in our e-mail.

        After a purchase or a support request we send a couple of short questions, and only when there is a reason. Each takes one tap.

        To stop these surveys, send /stop.

        What we keep about you, and why: /privacy

        Surveys are turned off for you at the moment.

        [Get surveys again]
        ");
    }

    #[test]
    fn whoever_comes_by_a_link_that_does_not_work_can_ask_for_a_human() {
        let catalogue = Catalogue::default();
        for followed in [Followed::Taken, Followed::Unknown] {
            let shown = welcome(&catalogue, "en", &Welcome { followed, ..first_words() }).shown();
            assert!(shown.ends_with("[Talk to a person]"), "{shown}");
        }
        assert!(!welcome(&catalogue, "en", &first_words()).shown().contains("[Talk to a person]"));
    }

    #[test]
    fn the_gap_is_told_with_the_right_endings() {
        let catalogue = Catalogue::default();
        let told = |locale, hours| often(&catalogue, locale, Some(Duration::from_hours(hours)));
        let ru = [1, 2, 12, 24, 48, 21 * 24, 90 * 24].map(|hours| told("ru", hours)).join("\n");
        insta::assert_snapshot!(ru, @r"
        не чаще раза в час
        не чаще раза в 2 часа
        не чаще раза в 12 часов
        не чаще раза в сутки
        не чаще раза в 2 дня
        не чаще раза в 21 день
        не чаще раза в 90 дней
        ");
        let en = [1, 12, 24, 48].map(|hours| told("en", hours)).join("\n");
        insta::assert_snapshot!(en, @r"
        at most once an hour
        at most once every 12 hours
        at most once a day
        at most once every 2 days
        ");
    }

    #[test]
    fn stopping_offers_the_way_back() {
        let catalogue = Catalogue::default();
        insta::assert_snapshot!(stopped(&catalogue, "ru", &[]).shown(), @r"
        Хорошо, опросов больше не будет. Передумаете — нажмите кнопку.

        [Снова получать опросы]
        ");
        insta::assert_snapshot!(stopped(&catalogue, "en", &[]).shown(), @r"
        All right, there will be no more surveys. If you change your mind, tap the button.

        [Get surveys again]
        ");
    }
}
