//! What admins are told about the chats that get alerts.

use super::callback::{Data, TeamAct};
use super::editor::cut;
use super::{Button, View, paragraphs};
use crate::domain::ids::{CaseNumber, ChatId, PersonId, TopicId};
use crate::domain::loss::Loss;
use crate::domain::template::escape_html;
use crate::i18n::Catalogue;

/// A chat or topic, described for people.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub chat: ChatId,
    /// [`TopicId::NONE`] for the chat itself.
    pub topic: TopicId,
    pub title: Option<&'a str>,
}

impl Place<'_> {
    fn name(self, catalogue: &Catalogue, locale: &str) -> String {
        let chat = self.title.map_or_else(|| self.chat.to_string(), escape_html);
        if self.topic == TopicId::NONE {
            return chat;
        }
        // Passed as text, because Fluent would group a number's digits.
        let values = [("chat", chat.into()), ("topic", self.topic.to_string().into())];
        catalogue.with(locale, "alert-chat-topic", &values)
    }
}

/// A chat that no longer accepts alerts.
#[derive(Clone, Copy, Debug)]
pub struct Lost<'a> {
    pub place: Place<'a>,
    pub loss: Loss,
    /// Telegram's reason.
    pub reason: &'a str,
    /// The chat is set in the environment.
    pub configured: bool,
    /// No other chat is left, so the admins get the alerts.
    pub to_admins: bool,
}

#[must_use]
pub fn lost(catalogue: &Catalogue, locale: &str, lost: &Lost<'_>) -> View {
    let chat = lost.place.name(catalogue, locale);
    let where_to = if lost.to_admins { "alert-chat-to-admins" } else { "alert-chat-to-others" };
    let (what, todo) = match (lost.loss, lost.configured) {
        (Loss::Gone, false) => (with_chat(catalogue, locale, "alert-chat-gone", chat), "alert-chat-gone-do"),
        (Loss::Gone, true) => {
            (with_chat(catalogue, locale, "alert-chat-gone", chat), "alert-chat-gone-configured-do")
        }
        (Loss::Silent, _) => {
            let values = [("chat", chat.into()), ("reason", escape_html(lost.reason).into())];
            (catalogue.with(locale, "alert-chat-silent", &values), "alert-chat-silent-do")
        }
    };
    let text = |id| catalogue.text(locale, id);
    View::text(paragraphs([format!("{what} {}", text(where_to)).as_str(), &text(todo)]))
}

/// Why an alert goes to the admins: no chat accepts it.
#[derive(Clone, Copy, Debug)]
pub enum NoChat<'a> {
    /// No chat was ever set up.
    Never,
    Lost(Place<'a>, Loss),
    /// The private chat of this person, who cannot be written to.
    Person(Option<&'a str>),
    /// The person who subscribed the chat has lost their role.
    Withdrawn(Place<'a>),
    /// The case fits the filters of no chat.
    Unrouted(CaseNumber),
}

/// A line under an alert that tells the admin why they get it and what to do about it.
#[must_use]
pub fn no_chat(catalogue: &Catalogue, locale: &str, why: NoChat<'_>) -> String {
    let (id, chat) = match why {
        NoChat::Never => return catalogue.text(locale, "alert-no-chat"),
        NoChat::Unrouted(number) => {
            return catalogue.with(locale, "alert-no-route", &[("n", number.to_string().into())]);
        }
        NoChat::Lost(place, Loss::Gone) => ("alert-no-chat-gone", place.name(catalogue, locale)),
        NoChat::Lost(place, Loss::Silent) => ("alert-no-chat-silent", place.name(catalogue, locale)),
        NoChat::Person(name) => {
            ("alert-no-chat-person", name.map_or_else(|| "?".to_owned(), |name| escape_html(&cut(name, 60))))
        }
        NoChat::Withdrawn(place) => ("alert-no-chat-withdrawn", place.name(catalogue, locale)),
    };
    with_chat(catalogue, locale, id, chat)
}

/// The most chats listed in one message.
const MOST_ORPHANS: usize = 20;

/// A chat that gets no alerts until an admin keeps it, because the person who subscribed it has lost their role.
#[derive(Clone, Copy, Debug)]
pub struct Orphan<'a> {
    pub place: Place<'a>,
    /// How many more topics there are besides this one.
    pub further: usize,
    pub subscribed_by: Option<PersonId>,
    pub subscriber: Option<&'a str>,
}

impl Orphan<'_> {
    fn line(&self, catalogue: &Catalogue, locale: &str) -> String {
        let title = self.place.title.map(|title| cut(title, 60));
        let mut chat = Place { title: title.as_deref(), ..self.place }.name(catalogue, locale);
        if self.further > 0 {
            let values = [("chat", chat.into()), ("count", self.further.to_string().into())];
            chat = catalogue.with(locale, "chats-orphan-topics", &values);
        }
        let person = match (self.subscriber, self.subscribed_by) {
            (Some(name), _) => escape_html(&cut(name, 40)),
            (None, Some(id)) => id.to_string(),
            (None, None) => "?".to_owned(),
        };
        catalogue.with(locale, "chats-orphan", &[("chat", chat.into()), ("person", person.into())])
    }

    fn buttons(&self, catalogue: &Catalogue, locale: &str) -> [Button; 2] {
        let chat = self.place.chat;
        let title = self.place.title.map_or_else(|| chat.to_string(), |title| cut(title, 40));
        let keep = catalogue.with(locale, "chats-button-keep", &[("chat", title.into())]);
        let forget = catalogue.text(locale, "chats-button-forget");
        [
            Button::new(keep, &Data::Team(TeamAct::KeepChat(chat))),
            Button::new(forget, &Data::Team(TeamAct::ForgetChat(chat))),
        ]
    }
}

/// Lists the chats that wait for an admin to keep them. With `to_admins` no other chat is left, so the admins get the
/// alerts.
#[must_use]
pub fn orphans(catalogue: &Catalogue, locale: &str, orphans: &[Orphan<'_>], to_admins: bool) -> View {
    let text = |id| catalogue.text(locale, id);
    if orphans.is_empty() {
        return View::text(text("chats-none"));
    }
    let shown = orphans.iter().take(MOST_ORPHANS);
    let mut lines: Vec<String> = shown.clone().map(|orphan| orphan.line(catalogue, locale)).collect();
    let more = orphans.len().saturating_sub(MOST_ORPHANS);
    if more > 0 {
        lines.push(catalogue.with(locale, "chats-more", &[("count", more.to_string().into())]));
    }
    let where_to = text(if to_admins { "alert-chat-to-admins" } else { "alert-chat-to-others" });
    let (what, todo) = (text("chats-orphaned"), text("chats-keep-or-not"));
    let view = View::text(paragraphs([what.as_str(), &lines.join("\n"), &where_to, &todo]));
    shown.fold(view, |view, orphan| view.row(orphan.buttons(catalogue, locale)))
}

#[must_use]
pub fn back(catalogue: &Catalogue, locale: &str, place: Place<'_>) -> View {
    let chat = place.name(catalogue, locale);
    View::text(with_chat(catalogue, locale, "alert-chat-back", chat))
}

fn with_chat(catalogue: &Catalogue, locale: &str, id: &str, chat: String) -> String {
    catalogue.with(locale, id, &[("chat", chat.into())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_chat_is_named_with_the_reason_and_what_to_do() {
        let catalogue = Catalogue::default();
        let place = Place { chat: ChatId::new(-100), topic: TopicId::NONE, title: Some("A & B") };
        let reason = "not enough rights to send text messages to the chat";
        let silent = Lost { place, loss: Loss::Silent, reason, configured: false, to_admins: true };
        let gone = Lost { loss: Loss::Gone, to_admins: false, ..silent };
        let topic = Place { topic: TopicId::new(1217), title: None, ..place };
        let shown = |locale| {
            let configured = Lost { configured: true, place: topic, ..gone };
            let views = [&silent, &gone, &configured].map(|told| lost(&catalogue, locale, told).shown());
            format!("{}\n\n{}", views.join("\n\n"), back(&catalogue, locale, topic).shown())
        };
        insta::assert_snapshot!(shown("ru"), @r"
        ⚠️ В чате «A &amp; B» боту нельзя писать. Telegram отвечает: not enough rights to send text messages to the chat. Пока это так, обращения приходят администраторам.

        Разрешите боту писать: проще всего сделать его администратором чата. Время от времени бот пробует и сам.

        ⚠️ Чат «A &amp; B» потерян: бота убрали или группы больше нет. Пока это так, обращения приходят только в остальные чаты.

        Верните бота в чат или отправьте /alerts в другом чате.

        ⚠️ Чат «-100, тема 1217» потерян: бота убрали или группы больше нет. Пока это так, обращения приходят только в остальные чаты.

        Верните бота в чат или уберите чат из настройки ALERT_CHATS.

        ✅ Чат «-100, тема 1217» снова на связи: обращения опять приходят туда.
        ");
        insta::assert_snapshot!(shown("en"), @r"
        ⚠️ The bot may not write in “A &amp; B”. Telegram says: not enough rights to send text messages to the chat. Until that changes, cases go to the admins.

        Let the bot write there: the simplest way is to make it an admin of the chat. The bot also tries again from time to time.

        ⚠️ “A &amp; B” is gone: the bot was removed, or the group no longer exists. Until that changes, cases go to the other chats only.

        Add the bot to the chat again, or send /alerts in another one.

        ⚠️ “-100, topic 1217” is gone: the bot was removed, or the group no longer exists. Until that changes, cases go to the other chats only.

        Add the bot to the chat again, or remove the chat from the setting ALERT_CHATS.

        ✅ “-100, topic 1217” is back: cases go there again.
        ");
    }

    #[test]
    fn why_an_alert_comes_to_an_admin_is_told_with_what_to_do() {
        let catalogue = Catalogue::default();
        let place = Place { chat: ChatId::new(-100), topic: TopicId::NONE, title: Some("A & B") };
        let whys = [
            NoChat::Never,
            NoChat::Lost(place, Loss::Gone),
            NoChat::Lost(Place { title: None, topic: TopicId::new(7), ..place }, Loss::Silent),
            NoChat::Person(Some("<Пётр>")),
            NoChat::Withdrawn(place),
        ];
        let told = |locale| whys.map(|why| no_chat(&catalogue, locale, why)).join("\n");
        insta::assert_snapshot!(told("ru"), @r"
        ℹ️ Пришло вам: чата для обращений пока нет. Отправьте /alerts в группе руководителей, и они будут приходить туда.
        ℹ️ Пришло вам: чат «A &amp; B» потерян. Верните туда бота или отправьте /alerts в другой группе.
        ℹ️ Пришло вам: в чате «-100, тема 7» боту нельзя писать. Разрешите ему или отправьте /alerts в другой группе.
        ℹ️ Пришло вам: до получателя (&lt;Пётр&gt;) сообщения бота не доходят. Отправьте /alerts в группе руководителей.
        ℹ️ Пришло вам: у того, кто подключил чат «A &amp; B», уже нет нужной роли. Оставьте чат в /staff или отправьте /alerts в другой группе.
        ");
        insta::assert_snapshot!(told("en"), @r"
        ℹ️ You get this because no chat takes cases yet. Send /alerts in the leads’ group, and they go there.
        ℹ️ You get this because “A &amp; B” is gone. Add the bot there again, or send /alerts in another group.
        ℹ️ You get this because the bot may not write in “-100, topic 7”. Allow it to, or send /alerts in another group.
        ℹ️ You get this because the bot cannot reach &lt;Пётр&gt;, who got cases. Send /alerts in the leads’ group.
        ℹ️ You get this because the person who subscribed “A &amp; B” no longer has a role for it. Keep the chat in /staff, or send /alerts in another group.
        ");
    }

    #[test]
    fn however_many_chats_wait_for_an_admin_they_fit_a_message() {
        let catalogue = Catalogue::default();
        let (title, name) = ("ы".repeat(128), "щ".repeat(64));
        let orphan = |number: i64| Orphan {
            place: Place {
                chat: ChatId::new(-1_002_000_000_000 - number),
                topic: TopicId::new(i64::MAX),
                title: Some(&title),
            },
            further: 9_999,
            subscribed_by: Some(PersonId::new(7)),
            subscriber: Some(&name),
        };
        let waiting: Vec<Orphan<'_>> = (1..=25).map(orphan).collect();
        let view = orphans(&catalogue, "ru", &waiting, true);
        assert!(view.html.encode_utf16().count() <= 4096, "{}", view.html.encode_utf16().count());
        assert!(view.rows.len() == 20 && view.html.contains("ещё 5:"), "{}", view.html);
        let nameless = Orphan { subscriber: None, further: 0, ..waiting[0] };
        let nobody = Orphan {
            subscribed_by: None,
            place: Place { topic: TopicId::NONE, title: None, chat: ChatId::new(-7) },
            ..nameless
        };
        insta::assert_snapshot!(orphans(&catalogue, "en", &[nobody], false).shown(), @r"
        ⚠️ Cases no longer go to these chats: the people who subscribed them no longer have the role for it.

        • -7 (subscribed by ?)

        Until that changes, cases go to the other chats only.

        Does the team need a chat? Keep it: then you answer for it. If not, remove it.

        [Keep: -7] [Remove]
        ");
    }
}
