//! What `/forget` says: what it concerns, what goes and what stays, and what came of it.

use super::callback::Data;
use super::{Button, View, paragraphs};
use crate::domain::direction::isolated;
use crate::domain::naming::said;
use crate::domain::template::escape_html;
use crate::i18n::Catalogue;

/// So many customers are named; a person is seldom more than one.
const NAMED: usize = 20;

/// What is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// ID and name of the customers concerned.
    pub customers: &'a [(String, Option<String>)],
    /// What the button carries, so that it erases nobody else.
    pub mark: i64,
    /// Somebody of the staff stays known as that.
    pub staff: bool,
}

#[must_use]
pub fn ask(catalogue: &Catalogue, locale: &str, ask: &Ask<'_>) -> View {
    let text = |id| catalogue.text(locale, id);
    let concerned = if ask.customers.is_empty() {
        text("forget-no-customer")
    } else {
        let named = named(catalogue, locale, ask.customers);
        let values = [("customers", named.into()), ("count", ask.customers.len().into())];
        catalogue.with(locale, "forget-customers", &values)
    };
    let staff = if ask.staff { text("forget-staff") } else { String::new() };
    let html = paragraphs([text("forget-ask").as_str(), &concerned, &text("forget-what"), &staff]);
    View::text(html)
        .row([Button::new(text("forget-button-erase"), &Data::Forget { mark: ask.mark })])
        .row([Button::new(text("forget-button-keep"), &Data::KeepData)])
}

/// `C-1 (Анна), C-2`.
fn named(catalogue: &Catalogue, locale: &str, customers: &[(String, Option<String>)]) -> String {
    let one = |(id, name): &(String, Option<String>)| {
        let part = |text: &str| escape_html(&isolated(text));
        let name = name.as_deref().and_then(said);
        name.map_or_else(|| part(id), |name| format!("{} ({})", part(id), part(name)))
    };
    let mut names: Vec<String> = customers.iter().take(NAMED).map(one).collect();
    let rest = customers.len().saturating_sub(NAMED);
    if rest > 0 {
        names.push(catalogue.with(locale, "forget-more", &[("count", rest.into())]));
    }
    names.join(", ")
}

/// All is erased; `opted_out`: the wish for no surveys is kept.
#[must_use]
pub fn done(catalogue: &Catalogue, locale: &str, opted_out: bool) -> View {
    let next = if opted_out { "forget-done-stopped" } else { "forget-done-next" };
    View::text(paragraphs([catalogue.text(locale, "forget-done").as_str(), &catalogue.text(locale, next)]))
}

/// Nobody knows them any more, and the rest goes by itself.
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

    fn shown(locale: &str, customers: &[(&str, Option<&str>)], staff: bool) -> String {
        let owned = |(id, name): &(&str, Option<&str>)| ((*id).to_owned(), name.map(str::to_owned));
        let customers: Vec<_> = customers.iter().map(owned).collect();
        ask(&Catalogue::new(), locale, &Ask { customers: &customers, mark: 7, staff }).shown()
    }

    #[test]
    fn the_question_names_the_customers_and_what_goes() {
        let two = [("C-42", Some("Анна <3")), ("C-43", None)];
        insta::assert_snapshot!(shown("ru", &two, false), @r"
        Стереть всё, что мы о вас знаем?

        Это касается клиентов: C-42 (Анна &lt;3), C-43.

        Уйдут имена, слова, файлы, заказы и связь с этим чатом. Оценки останутся в статистике, но никто не узнает, чьи они. Отменить это нельзя.

        [Стереть всё]
        [Оставить как есть]
        ");
        insta::assert_snapshot!(shown("en", &two, false), @r"
        Erase everything we know about you?

        This concerns the customers: C-42 (Анна &lt;3), C-43.

        Names, words, files, orders and the link to this chat will go. Scores stay in the figures, but nobody will know whose they are. This cannot be undone.

        [Erase everything]
        [Keep it as it is]
        ");
        insta::assert_snapshot!(shown("ru", &[], true), @r"
        Стереть всё, что мы о вас знаем?

        С заказами и обращениями вы не связаны: мы знаем только то, чем вы поделились здесь.

        Уйдут имена, слова, файлы, заказы и связь с этим чатом. Оценки останутся в статистике, но никто не узнает, чьи они. Отменить это нельзя.

        Вы в команде: ваша роль останется.

        [Стереть всё]
        [Оставить как есть]
        ");
        insta::assert_snapshot!(shown("en", &[], true), @r"
        Erase everything we know about you?

        You are not connected with any order or request: all we know is what you shared here.

        Names, words, files, orders and the link to this chat will go. Scores stay in the figures, but nobody will know whose they are. This cannot be undone.

        You are on the team: your role stays.

        [Erase everything]
        [Keep it as it is]
        ");
    }

    #[test]
    fn of_very_many_customers_the_first_are_named_and_the_others_counted() {
        let ids: Vec<String> = (1..=31).map(|n| format!("C-{n}")).collect();
        let many: Vec<(&str, Option<&str>)> = ids.iter().map(|id| (id.as_str(), None)).collect();
        assert!(shown("ru", &many, false).contains("C-20, и ещё 11"), "{}", shown("ru", &many, false));
        assert!(shown("en", &many, false).contains("C-20, and 11 more"));
    }

    #[test]
    fn the_end_says_what_comes_next() {
        let said = |locale| {
            let catalogue = Catalogue::new();
            [done(&catalogue, locale, false), done(&catalogue, locale, true), kept(&catalogue, locale)]
                .map(|view| view.shown())
                .join("\n—\n")
        };
        insta::assert_snapshot!(said("ru"), @r"
        Готово: всё о вас стёрто.

        Если снова что-то купите или обратитесь к нам, мы можем спросить ещё раз. Чтобы опросов не было совсем, отправьте /stop.
        —
        Готово: всё о вас стёрто.

        Опросов по-прежнему не будет: это единственное, что мы помним.
        —
        Хорошо, ничего не стёрто.
        ");
        insta::assert_snapshot!(said("en"), @r"
        Done: everything about you is erased.

        If you buy something or contact us again, we may ask again. To get no surveys at all, send /stop.
        —
        Done: everything about you is erased.

        There will still be no surveys: that is the one thing we remember.
        —
        All right, nothing was erased.
        ");
    }
}
