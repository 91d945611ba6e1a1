//! The personal link by e-mail, SMS and in a ticket, and the page on which one unsubscribes. Plain texts, without markup.

use crate::domain::event::{Event, Family};
use crate::domain::template::escape_html;
use crate::i18n::Catalogue;

/// What every message to a customer outside Telegram needs.
#[derive(Clone, Copy, Debug)]
pub struct Reach<'a> {
    pub locale: &'a str,
    pub brand: Option<&'a str>,
    /// The personal link.
    pub link: &'a str,
    /// Where the customer says that they want no such messages.
    pub unsubscribe: &'a str,
}

/// A mail: its subject and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub subject: String,
    pub text: String,
}

/// A message that names the brand, or another one if there is none.
fn branded(catalogue: &Catalogue, locale: &str, with: &str, without: &str, brand: Option<&str>) -> String {
    match brand {
        Some(brand) => catalogue.with(locale, with, &[("brand", brand.into())]),
        None => catalogue.text(locale, without),
    }
}

#[must_use]
pub fn mail(catalogue: &Catalogue, reach: &Reach<'_>, event: &Event) -> Mail {
    let Reach { locale, brand, link, unsubscribe } = *reach;
    let hello = match event.customer.name.as_deref() {
        Some(name) => catalogue.with(locale, "reach-hello-name", &[("name", name.into())]),
        None => catalogue.text(locale, "reach-hello"),
    };
    let is_purchase = event.kind.family() == Family::Purchase;
    let mut about =
        catalogue.text(locale, if is_purchase { "reach-about-purchase" } else { "reach-about-ticket" });
    if let Some(title) = event.subject.title.as_deref() {
        about.push(' ');
        about.push_str(&catalogue.with(locale, "reach-about-title", &[("title", title.into())]));
    }
    let ask = format!("{}\n{link}", catalogue.text(locale, "reach-ask"));
    let why = format!("--\n{}\n{unsubscribe}", catalogue.text(locale, "reach-why"));
    let mut parts = vec![hello, about, ask, catalogue.text(locale, "reach-read")];
    if event.test {
        parts.insert(0, catalogue.text(locale, "survey-test"));
    }
    parts.push(why);
    let subject = branded(catalogue, locale, "reach-subject-brand", "reach-subject", brand);
    Mail { subject, text: parts.join("\n\n") }
}

/// The message for an SMS and for a reply in a ticket.
#[must_use]
pub fn short(catalogue: &Catalogue, reach: &Reach<'_>, event: &Event) -> String {
    let Reach { locale, brand, link, unsubscribe } = *reach;
    let values = [("link", link.into()), ("unsubscribe", unsubscribe.into())];
    let text = match brand {
        Some(brand) => {
            let [link, unsubscribe] = values;
            catalogue.with(locale, "reach-short-brand", &[("brand", brand.into()), link, unsubscribe])
        }
        None => catalogue.with(locale, "reach-short", &values),
    };
    if event.test { format!("{} {text}", catalogue.text(locale, "survey-test")) } else { text }
}

/// What the page for unsubscribing shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    Ask,
    Done,
    Unknown,
}

/// The page as HTML. It works without scripts.
#[must_use]
pub fn page(catalogue: &Catalogue, locale: &str, brand: Option<&str>, page: Page) -> String {
    let text = match page {
        Page::Ask => branded(catalogue, locale, "reach-page-ask-brand", "reach-page-ask", brand),
        Page::Done => catalogue.text(locale, "reach-page-done"),
        Page::Unknown => catalogue.text(locale, "reach-page-unknown"),
    };
    let button = match page {
        Page::Ask => {
            let button = escape_html(&catalogue.text(locale, "reach-page-button"));
            format!("<form method=\"post\"><button>{button}</button></form>")
        }
        Page::Done | Page::Unknown => String::new(),
    };
    format!(
        "<!doctype html><html lang=\"{locale}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">\
         <title>{}</title><style>:root{{color-scheme:light dark}}body{{font:18px/1.5 system-ui,sans-serif;\
         max-width:32em;margin:15vh auto;padding:0 1em}}button{{font:inherit;padding:.5em 1em}}</style></head>\
         <body><p>{}</p>{button}</body></html>",
        escape_html(&catalogue.text(locale, "reach-page-title")),
        escape_html(&text),
    )
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::domain::time::Timestamp;

    const EVENT: &str = r#"{"event_id":"e","kind":"ticket_closed","occurred_at":"2026-11-21T08:00:00Z",
        "customer":{"id":"C","name":"Анна"},"subject":{"id":"7","title":"Возврат №7"}}"#;
    const BARE: &str = r#"{"event_id":"e","kind":"purchase","occurred_at":"2026-11-21T08:00:00Z",
        "customer":{"id":"C"},"test":true}"#;

    fn reach<'a>(locale: &'a str, brand: Option<&'a str>) -> Reach<'a> {
        Reach { locale, brand, link: "https://t.me/bot?start=x", unsubscribe: "https://shop.example/u/y" }
    }

    fn event(text: &str) -> Event {
        Event::parse(text.as_bytes(), Timestamp::from_millis(1_795_262_400_000)).unwrap()
    }

    #[test]
    fn a_mail_says_what_it_is_about_and_how_to_get_no_more() {
        let catalogue = Catalogue::default();
        let mail = mail(&catalogue, &reach("ru", Some("Лавка")), &event(EVENT));
        assert_snapshot!(format!("{}\n\n{}", mail.subject, mail.text), @r"
        Лавка: как всё прошло?

        Анна, здравствуйте!

        Недавно вы обращались в нашу поддержку. Как всё прошло? Речь об этом: Возврат №7.

        Пара коротких вопросов в Telegram, на каждый хватит одного касания:
        https://t.me/bot?start=x

        Мы читаем каждый ответ.

        --
        Вы получили это письмо, потому что недавно покупали у нас или обращались к нам. Больше не получать:
        https://shop.example/u/y
        ");
    }

    #[test]
    fn a_test_is_marked_and_what_is_absent_is_left_out() {
        let catalogue = Catalogue::default();
        let mail = mail(&catalogue, &reach("en", None), &event(BARE));
        assert_snapshot!(format!("{}\n\n{}", mail.subject, mail.text), @r"
        How did it go?

        🧪 Test survey: your answers will not be in any report.

        Hello!

        You have bought something from us. How did it go?

        A couple of short questions, one tap each, in Telegram:
        https://t.me/bot?start=x

        We read every answer.

        --
        You get this e-mail because you have recently bought from us or contacted us. To get no more of them:
        https://shop.example/u/y
        ");
    }

    #[test]
    fn an_sms_and_a_reply_are_short() {
        let catalogue = Catalogue::default();
        assert_snapshot!(short(&catalogue, &reach("ru", Some("Лавка")), &event(EVENT)), @"Лавка: как всё прошло? Ответьте касанием в Telegram: https://t.me/bot?start=x Больше не присылать: https://shop.example/u/y");
        assert_snapshot!(short(&catalogue, &reach("en", None), &event(EVENT)), @"How did it go? One tap each, in Telegram: https://t.me/bot?start=x No more of this: https://shop.example/u/y");
    }

    #[test]
    fn a_brand_is_text_on_the_page() {
        let page = page(&Catalogue::default(), "en", Some("<b>&"), Page::Ask);
        assert!(page.contains("surveys of &lt;b&gt;&amp; by e-mail, SMS"), "{page}");
    }
}
