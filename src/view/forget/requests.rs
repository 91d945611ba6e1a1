//! A request to be forgotten that an admin has to decide: the question for the admins, and the answer to the person who
//! asked. No customer's words are shown.

use chrono_tz::Tz;

use crate::domain::direction::isolated;
use crate::domain::template::escape_html;
use crate::domain::time::Timestamp;
use crate::i18n::Catalogue;
use crate::view::callback::{Data, RequestAct};
use crate::view::{Button, View, moment, paragraphs};

/// The question for an admin.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub request: i64,
    pub customer_id: &'a str,
    /// How much data the customer has: events, and surveys with answers.
    pub events: i64,
    pub answered: i64,
    pub asked_at: Timestamp,
    /// When an undecided request is carried out automatically.
    pub ends_at: Timestamp,
    pub zone: Tz,
}

#[must_use]
pub fn question(catalogue: &Catalogue, locale: &str, asked: &Asked<'_>) -> View {
    let text = |id| catalogue.text(locale, id);
    let Asked { request, events, answered, .. } = *asked;
    let about = [
        ("customer", escape_html(&isolated(asked.customer_id)).into()),
        ("at", moment(catalogue, locale, asked.asked_at, asked.zone).into()),
    ];
    let about = catalogue.with(locale, "forget-request-about", &about);
    // Passed as text, because Fluent would group a number's digits.
    let numbers = [("events", events.to_string().into()), ("answered", answered.to_string().into())];
    let numbers = catalogue.with(locale, "forget-request-numbers", &numbers);
    let until = [("until", moment(catalogue, locale, asked.ends_at, asked.zone).into())];
    let until = catalogue.with(locale, "forget-request-until", &until);
    let button = |id, act| Button::new(text(id), &Data::ForgetRequest(act));
    View::text(paragraphs([text("forget-request-title").as_str(), &about, &numbers, &until]))
        .row([button("forget-request-button-erase", RequestAct::Erase { request, events, answered })])
        .row([button("forget-request-button-keep", RequestAct::Keep { request })])
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The customer was erased: by an admin, through the API or a shell, or because the other person asked for it.
    Erased,
    Kept,
    /// Nobody decided in time.
    Ended,
}

/// The text that replaces the question.
#[must_use]
pub fn decided(catalogue: &Catalogue, locale: &str, outcome: Outcome) -> View {
    let id = match outcome {
        Outcome::Erased => "forget-request-erased",
        Outcome::Kept => "forget-request-kept",
        Outcome::Ended => "forget-request-ended",
    };
    View::text(paragraphs([
        catalogue.text(locale, "forget-request-title").as_str(),
        &catalogue.text(locale, id),
    ]))
}

/// Replaces a question that is asked again below, or that is no longer for this person.
#[must_use]
pub fn outdated(catalogue: &Catalogue, locale: &str) -> View {
    View::text(catalogue.text(locale, "forget-request-outdated"))
}

/// What the person who sent `/forget` is finally told; `waiting` is how many of their other requests are still
/// undecided.
#[must_use]
pub fn ended(catalogue: &Catalogue, locale: &str, outcome: Outcome, waiting: i64) -> View {
    let id = match outcome {
        Outcome::Erased => "forget-ended-erased",
        Outcome::Kept => "forget-ended-kept",
        Outcome::Ended => "forget-ended-in-time",
    };
    let more = match waiting {
        0 => String::new(),
        count => catalogue.with(locale, "forget-ended-waiting", &[("count", count.into())]),
    };
    View::text(paragraphs([catalogue.text(locale, id).as_str(), &more]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(locale: &str) -> View {
        let asked = Asked {
            request: 7,
            customer_id: "C-1 <b>",
            events: 1200,
            answered: 3,
            asked_at: Timestamp::from_millis(1_795_262_400_000),
            ends_at: Timestamp::from_millis(1_797_422_400_000),
            zone: chrono_tz::Europe::Moscow,
        };
        question(&Catalogue::default(), locale, &asked)
    }

    #[test]
    fn the_admins_are_told_in_numbers_what_goes() {
        insta::assert_snapshot!(asked("ru").shown(), @r"
        🗑 <b>Просьба стереть данные</b>

        21.11.2026 15:00 человек, связанный с клиентом C-1 &lt;b&gt;, отправил /forget. Всё, чем он поделился, и его связь с клиентом уже стёрты. Но с этим клиентом связан и другой человек, а кто из них настоящий, программа не знает: чужую ссылку можно найти. Проверьте и решите, что делать с остальным.

        Сотрётся: событий — 1200, опросов с ответами — 3. Оценки останутся в статистике без имени. Отменить это нельзя.

        Если не решить до 16.12.2026 15:00, само сотрётся всё, кроме ответов другого человека: закон даёт на такую просьбу месяц.

        [Стереть клиента]
        [Оставить]
        ");
        insta::assert_snapshot!(asked("en").shown(), @r"
        🗑 <b>A request to erase data</b>

        2026-11-21 15:00: a person connected with the customer C-1 &lt;b&gt; sent /forget. Everything that they shared, and their connection with the customer, is erased already. But another person is connected with this customer, too, and the program cannot know which of them is the real one: a link can be found. Please look into it and decide about the rest.

        To be erased: 1200 events, 3 surveys with answers. Scores stay in the figures, without a name. This cannot be undone.

        If nobody decides by 2026-12-16 15:00, everything but the other person's answers is erased by itself: the law gives such a request a month.

        [Erase the customer]
        [Keep the rest]
        ");
    }

    #[test]
    fn every_end_is_told_to_the_admins_and_to_the_person_who_asked() {
        let said = |locale| {
            let catalogue = Catalogue::default();
            let all = [Outcome::Erased, Outcome::Kept, Outcome::Ended];
            let admins = all.map(|outcome| decided(&catalogue, locale, outcome).shown()).join("\n");
            let asker = all.map(|outcome| ended(&catalogue, locale, outcome, 0).shown()).join("\n");
            let more = ended(&catalogue, locale, Outcome::Kept, 2).shown();
            format!("{admins}\n—\n{asker}\n—\n{more}\n—\n{}", outdated(&catalogue, locale).shown())
        };
        insta::assert_snapshot!(said("ru"), @r"
        🗑 <b>Просьба стереть данные</b>

        Решено: клиент стёрт.
        🗑 <b>Просьба стереть данные</b>

        Решено: остальное оставлено.
        🗑 <b>Просьба стереть данные</b>

        Срок вышел: стёрто всё, кроме ответов другого человека.
        —
        Вы просили стереть данные. Теперь стёрто и остальное.
        Вы просили стереть данные. Всё, чем поделились вы, стёрто сразу. Остальное сотрудники проверили и оставили: оно относится к другому человеку. Если это не так, отправьте /human.
        Вы просили стереть данные. Теперь стёрто и остальное, кроме того, чем поделился другой человек.
        —
        Вы просили стереть данные. Всё, чем поделились вы, стёрто сразу. Остальное сотрудники проверили и оставили: оно относится к другому человеку. Если это не так, отправьте /human.

        Ждут решения ещё 2 ваши просьбы.
        —
        Этот вопрос больше не действует.
        ");
        insta::assert_snapshot!(said("en"), @r"
        🗑 <b>A request to erase data</b>

        Decided: the customer is erased.
        🗑 <b>A request to erase data</b>

        Decided: the rest is kept.
        🗑 <b>A request to erase data</b>

        The time is over: everything but the other person's answers is erased.
        —
        You asked us to erase your data. Now the rest is erased, too.
        You asked us to erase your data. Everything that you shared was erased at once. Our staff have looked at the rest and kept it: it is about another person. If that is not so, send /human.
        You asked us to erase your data. Now the rest is erased, too, except what another person shared.
        —
        You asked us to erase your data. Everything that you shared was erased at once. Our staff have looked at the rest and kept it: it is about another person. If that is not so, send /human.

        2 more requests of yours wait for a decision.
        —
        This question is no longer open.
        ");
    }
}
