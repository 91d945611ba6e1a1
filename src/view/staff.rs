//! What leads and admins read, apart from alerts.

use super::callback::Data;
use super::{View, language_name, paragraphs, with_languages};
use crate::domain::ids::TopicId;
use crate::domain::locale::Languages;
use crate::i18n::Catalogue;

/// Somebody has just got a role, or comes back and has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Greeting {
    NewAdmin,
    NewLead,
    NewAgent,
    Admin,
    Team,
}

/// The greeting for staff. While no chat gets alerts, it says what to do next.
#[must_use]
pub fn greeting(catalogue: &Catalogue, locale: &str, greeting: Greeting, has_chats: bool) -> View {
    let text = |id| catalogue.text(locale, id);
    let hello = match greeting {
        Greeting::NewAdmin => text("staff-admin"),
        Greeting::NewLead => text("staff-lead"),
        Greeting::NewAgent => text("staff-agent"),
        Greeting::Admin => text("staff-hello-admin"),
        Greeting::Team => text("staff-hello-lead"),
    };
    let guides = matches!(greeting, Greeting::NewAdmin | Greeting::Admin) && !has_chats;
    let (steps, until) = if guides {
        (text("staff-next-steps"), text("staff-until-then"))
    } else if greeting == Greeting::NewLead {
        (text("staff-lead-alerts"), String::new())
    } else {
        (String::new(), String::new())
    };
    View::text(paragraphs([hello.as_str(), &steps, &until]))
}

#[must_use]
pub fn invite_used(catalogue: &Catalogue, locale: &str) -> View {
    View::text(catalogue.text(locale, "staff-invite-used"))
}

/// The answer to `/alerts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alerts {
    /// The chat is subscribed; this many alerts had been waiting for a chat.
    On {
        waited: u64,
    },
    OnAlready,
    Off {
        last: bool,
    },
    OffAlready,
    /// The chat is set in the environment.
    Configured,
    Usage,
}

#[must_use]
pub fn alerts(catalogue: &Catalogue, locale: &str, alerts: Alerts) -> View {
    let text = |id| catalogue.text(locale, id);
    View::text(match alerts {
        Alerts::On { waited: 0 } => text("staff-alerts-on"),
        Alerts::On { waited } => {
            let waited = catalogue.with(locale, "staff-alerts-sent", &[("count", waited.into())]);
            paragraphs([text("staff-alerts-on").as_str(), &waited])
        }
        Alerts::OnAlready => text("staff-alerts-on-already"),
        Alerts::Off { last: false } => text("staff-alerts-off"),
        Alerts::Off { last: true } => {
            paragraphs([text("staff-alerts-off").as_str(), &text("staff-alerts-off-last")])
        }
        Alerts::OffAlready => text("staff-alerts-off-already"),
        Alerts::Configured => text("staff-alerts-off-configured"),
        Alerts::Usage => text("staff-alerts-usage"),
    })
}

/// The language in which a group or topic gets its alerts, with a button for each other language.
#[must_use]
pub fn chat_language(catalogue: &Catalogue, languages: &Languages, current: &str, topic: TopicId) -> View {
    let name = [("language", language_name(current).into())];
    let view = View::text(catalogue.with(current, "staff-chat-language", &name));
    with_chat_languages(view, languages, current, topic)
}

/// Adds buttons for the language of the alerts; adds none where there is only one language.
#[must_use]
pub fn with_chat_languages(view: View, languages: &Languages, current: &str, topic: TopicId) -> View {
    if languages.is_one() {
        return view;
    }
    with_languages(view, languages, current, |language| Data::ChatLanguage { language, topic })
}

/// Why a command is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    ForAdmins,
    ForLeads,
    /// The sender is anonymous, so nobody can tell who it is.
    Anonymous,
}

/// The answer to a command that needs a role the sender does not have.
#[must_use]
pub fn refused(catalogue: &Catalogue, locale: &str, why: Refusal) -> View {
    let id = match why {
        Refusal::ForAdmins => "staff-refused-admins",
        Refusal::ForLeads => "staff-refused-leads",
        Refusal::Anonymous => "staff-refused-anonymous",
    };
    View::text(catalogue.text(locale, id))
}

/// The help text in a group.
#[must_use]
pub fn group_help(catalogue: &Catalogue, locale: &str) -> View {
    View::text(catalogue.text(locale, "staff-group-help"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_admin_is_told_what_to_do_next_until_a_chat_is_subscribed() {
        let catalogue = Catalogue::default();
        insta::assert_snapshot!(greeting(&catalogue, "ru", Greeting::NewAdmin, false).shown(), @r"
        Готово, вы администратор.

        Что дальше:
        1. Добавьте бота в группу, где работают руководители поддержки.
        2. Отправьте в ней /alerts — туда будут приходить обращения: плохие оценки и просьбы позвать человека. Если в группе есть темы, отправьте команду в нужной теме.
        Группы нет? Отправьте /alerts прямо здесь.

        Пока чата для обращений нет, они приходят администраторам в личные сообщения.
        ");
        insta::assert_snapshot!(greeting(&catalogue, "en", Greeting::NewAdmin, false).shown(), @r"
        Done, you are an admin.

        What comes next:
        1. Add the bot to the group where the support leads work.
        2. Send /alerts there: cases (bad scores, and customers who ask for a person) will go to that group. If it has topics, send the command in the one you want.
        No group? Send /alerts right here.

        Until a chat takes cases, they go to the admins in private messages.
        ");
        insta::assert_snapshot!(greeting(&catalogue, "en", Greeting::Admin, true).shown(), @"Hello! You are an admin of this bot.");
    }

    #[test]
    fn a_subscription_tells_how_many_alerts_had_waited() {
        let catalogue = Catalogue::default();
        let told = |locale, waited| alerts(&catalogue, locale, Alerts::On { waited }).shown();
        let ru = [0, 1, 3, 11].map(|waited| told("ru", waited)).join("\n\n");
        insta::assert_snapshot!(ru, @r"
        Готово: обращения будут приходить сюда. Отключить: /alerts off

        Готово: обращения будут приходить сюда. Отключить: /alerts off

        1 обращение ждало такого чата: отправляем его сейчас.

        Готово: обращения будут приходить сюда. Отключить: /alerts off

        3 обращения ждали такого чата: отправляем их сейчас.

        Готово: обращения будут приходить сюда. Отключить: /alerts off

        11 обращений ждали такого чата: отправляем их сейчас.
        ");
        insta::assert_snapshot!(told("en", 2), @r"
        Done: cases will come here. To turn this off: /alerts off

        2 cases were waiting for a chat and are on their way now.
        ");
    }
}
