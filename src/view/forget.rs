//! What `/forget` says: what is erased, what stays, and how it ended.

pub mod requests;

use super::callback::Data;
use super::{Button, View, case, paragraphs};
use crate::domain::ids::CaseNumber;
use crate::i18n::Catalogue;

/// The data for the question. Customers are counted and never named, because the person who asks may have found
/// somebody else's link.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The person's unresolved cases, which nobody can answer any more.
    pub cases: Vec<CaseNumber>,
    /// The number of customers linked to nobody else.
    pub whole: usize,
    /// The number of customers also linked to another person.
    pub shared: usize,
    /// Whether an earlier request still waits for the admins.
    pub waiting: bool,
    /// The value that the button carries, so that it erases nobody else.
    pub mark: i64,
    /// Whether the person is staff; their role stays on record.
    pub staff: bool,
}

#[must_use]
pub fn ask(catalogue: &Catalogue, locale: &str, ask: &Ask) -> View {
    let text = |id| catalogue.text(locale, id);
    let concerned = match (ask.whole, ask.shared) {
        (0, 0) => text("forget-no-customer"),
        (0, _) => String::new(),
        (count, _) => catalogue.with(locale, "forget-customers", &[("count", count.into())]),
    };
    let (what, shared) = match (ask.whole, ask.shared) {
        (_, 0) => ("forget-what", None),
        (0, _) => ("forget-what-yours", Some("forget-shared")),
        (_, _) => ("forget-what", Some("forget-shared-some")),
    };
    let shared = shared.map(text).unwrap_or_default();
    let waiting = if ask.waiting { text("forget-waiting") } else { String::new() };
    let staff = if ask.staff { text("forget-staff") } else { String::new() };
    let cases = case::meanwhile(catalogue, locale, "case-forget", &ask.cases);
    let blocks = [&text("forget-ask"), &concerned, &text(what), &shared, &cases, &waiting, &staff];
    View::text(paragraphs(blocks.map(String::as_str)))
        .row([Button::new(text("forget-button-erase"), &Data::Forget { mark: ask.mark })])
        .row([Button::new(text("forget-button-keep"), &Data::KeepData)])
}

/// The result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Whether the opt-out from surveys is kept.
    pub opted_out: bool,
    /// Whether the admins decide about the rest.
    pub waiting: bool,
}

/// Everything that may be erased at once has been erased.
#[must_use]
pub fn done(catalogue: &Catalogue, locale: &str, done: Done) -> View {
    let text = |id| catalogue.text(locale, id);
    let (what, rest) = if done.waiting {
        (text("forget-done-yours"), text("forget-done-rest"))
    } else {
        (text("forget-done"), String::new())
    };
    let next = text(if done.opted_out { "forget-done-stopped" } else { "forget-done-next" });
    View::text(paragraphs([what.as_str(), &rest, &next]))
}

/// The person is already forgotten, and the rest is erased automatically.
#[must_use]
pub fn under_way(catalogue: &Catalogue, locale: &str) -> View {
    View::text(catalogue.text(locale, "forget-under-way"))
}

#[must_use]
pub fn kept(catalogue: &Catalogue, locale: &str) -> View {
    View::text(catalogue.text(locale, "forget-kept"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(locale: &str, whole: usize, shared: usize, (waiting, staff): (bool, bool)) -> String {
        ask(&Catalogue::default(), locale, &Ask { cases: Vec::new(), whole, shared, waiting, mark: 7, staff })
            .shown()
    }

    #[test]
    fn the_question_says_what_goes_and_names_nobody() {
        let no = (false, false);
        let said = |locale| {
            [shown(locale, 1, 0, no), shown(locale, 2, 1, (true, false)), shown(locale, 0, 0, (false, true))]
                .join("\n—\n")
        };
        insta::assert_snapshot!(said("ru"), @r"
        Стереть всё, что мы о вас знаем?

        Это касается всех заказов и обращений, с которыми связан этот чат.

        Сотрём имена, сообщения, файлы, заказы и связь с этим чатом. Оценки останутся в статистике, но никто не узнает, чьи они. Отменить это нельзя.

        [Стереть всё]
        [Оставить как есть]
        —
        Стереть всё, что мы о вас знаем?

        Это касается всех заказов и обращений, с которыми связан этот чат; они записаны на разных клиентов, которых у нас 2.

        Сотрём имена, сообщения, файлы, заказы и связь с этим чатом. Оценки останутся в статистике, но никто не узнает, чьи они. Отменить это нельзя.

        С частью этих заказов и обращений связан ещё один человек. Ваше мы сотрём и там, а остальное решат сотрудники: мы напишем сюда, чем кончилось дело, не позже чем через месяц.

        Ваша прошлая просьба ещё ждёт решения сотрудников. Когда они решат, мы напишем сюда.

        [Стереть всё]
        [Оставить как есть]
        —
        Стереть всё, что мы о вас знаем?

        С заказами и обращениями вы не связаны: мы знаем только то, чем вы поделились здесь.

        Сотрём имена, сообщения, файлы, заказы и связь с этим чатом. Оценки останутся в статистике, но никто не узнает, чьи они. Отменить это нельзя.

        Вы в команде: ваша роль останется.

        [Стереть всё]
        [Оставить как есть]
        ");
        insta::assert_snapshot!(said("en"), @r"
        Erase everything we know about you?

        This covers all orders and requests that this chat is connected with.

        We will erase names, messages, files, orders and the link to this chat. Scores stay in the statistics, but nobody will know whose they are. This cannot be undone.

        [Erase everything]
        [Keep it as it is]
        —
        Erase everything we know about you?

        This covers all orders and requests that this chat is connected with; we have them under 2 different customers.

        We will erase names, messages, files, orders and the link to this chat. Scores stay in the statistics, but nobody will know whose they are. This cannot be undone.

        Another person is connected with some of these orders and requests. We will erase what is yours there, too, and our staff will decide about the rest: we will write here what came of it, within a month.

        Your last request is still waiting for our staff to decide. When they have, we will write here.

        [Erase everything]
        [Keep it as it is]
        —
        Erase everything we know about you?

        You are not connected with any order or request: all we have is what you shared here.

        We will erase names, messages, files, orders and the link to this chat. Scores stay in the statistics, but nobody will know whose they are. This cannot be undone.

        You are on the team: your role stays.

        [Erase everything]
        [Keep it as it is]
        ");
    }

    #[test]
    fn where_another_person_is_concerned_only_ones_own_goes_at_once() {
        let no = (false, false);
        insta::assert_snapshot!(shown("ru", 0, 1, no), @r"
        Стереть всё, что мы о вас знаем?

        Сразу сотрём ваше имя, ваши сообщения и файлы и связь с этим чатом. Ваши оценки останутся в статистике, но никто не узнает, чьи они. Отменить это нельзя.

        С теми же заказами и обращениями связан ещё один человек. Поэтому остальное решат сотрудники: мы напишем сюда, чем кончилось дело, не позже чем через месяц.

        [Стереть всё]
        [Оставить как есть]
        ");
        insta::assert_snapshot!(shown("en", 0, 1, no), @r"
        Erase everything we know about you?

        We will erase your name, your messages and files and the link to this chat at once. Your scores stay in the statistics, but nobody will know whose they are. This cannot be undone.

        Another person is connected with the same orders and requests. So our staff will decide about the rest: we will write here what came of it, within a month.

        [Erase everything]
        [Keep it as it is]
        ");
    }

    #[test]
    fn the_end_says_what_comes_next() {
        let said = |locale| {
            let catalogue = Catalogue::default();
            let of = |opted_out, waiting| done(&catalogue, locale, Done { opted_out, waiting }).shown();
            [of(false, false), of(true, false), of(false, true), kept(&catalogue, locale).shown()]
                .join("\n—\n")
        };
        insta::assert_snapshot!(said("ru"), @r"
        Готово: всё о вас стёрто.

        Если снова что-то купите или обратитесь к нам, мы можем спросить ещё раз. Чтобы опросов не было совсем, отправьте /stop.
        —
        Готово: всё о вас стёрто.

        Опросов по-прежнему не будет: это единственное, что мы помним.
        —
        Готово: всё, чем вы поделились, стёрто.

        Остальное решат сотрудники. Чем кончилось дело, напишем сюда не позже чем через месяц; до тех пор мы помним только этот чат.

        Если снова что-то купите или обратитесь к нам, мы можем спросить ещё раз. Чтобы опросов не было совсем, отправьте /stop.
        —
        Хорошо, ничего не стёрто.
        ");
        insta::assert_snapshot!(said("en"), @r"
        Done: everything about you is erased.

        If you buy something or contact us again, we may ask again. To get no surveys at all, send /stop.
        —
        Done: everything about you is erased.

        There will still be no surveys: that is the only thing we remember.
        —
        Done: everything that you shared is erased.

        Our staff will decide about the rest. We will write here what came of it, within a month; until then this chat is all we remember.

        If you buy something or contact us again, we may ask again. To get no surveys at all, send /stop.
        —
        All right, nothing was erased.
        ");
    }
}
