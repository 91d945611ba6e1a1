//! The menus of commands that people see beside the input field.

use std::fmt::Write as _;

use afterword::sandbox::{Fault, World};
use insta::assert_snapshot;

use crate::harness::{Setting, Story, hours, minutes};

/// A line a menu: whose, in which language, what.
fn menus(world: &World) -> String {
    let mut text = String::new();
    for ((scope, language), commands) in world.commands() {
        let words: Vec<String> = commands.iter().map(|(name, what)| format!("/{name} {what}")).collect();
        let _ = writeln!(text, "{scope} {language}: {}", words.join(" · "));
    }
    text
}

#[tokio::test]
async fn everybody_sees_what_they_may_use_in_their_language() {
    let story = Setting::new().await.set("ADMIN_IDS", "").start().await;
    assert_snapshot!(menus(&story.world), @r"
    all_chat_administrators : /alerts присылать обращения в этот чат; /alerts off — отключить · /language выбрать язык · language · /help что умеет бот
    all_chat_administrators en: /alerts get cases in this chat; /alerts off turns it off · /language choose the language · язык · /help what the bot can do
    all_chat_administrators ru: /alerts присылать обращения в этот чат; /alerts off — отключить · /language выбрать язык · language · /help что умеет бот
    all_private_chats : /start кто мы и зачем этот бот · /human позвать человека · /language выбрать язык · language · /privacy что мы о вас храним и зачем · /stop больше не получать опросы · /forget стереть всё, что мы о вас знаем · /help что умеет бот
    all_private_chats en: /start who we are and what this bot is for · /human talk to a person · /language choose the language · язык · /privacy what we keep about you, and why · /stop get no more surveys · /forget erase everything we know about you · /help what the bot can do
    all_private_chats ru: /start кто мы и зачем этот бот · /human позвать человека · /language выбрать язык · language · /privacy что мы о вас храним и зачем · /stop больше не получать опросы · /forget стереть всё, что мы о вас знаем · /help что умеет бот
    chat:-1002000000001 : /alerts присылать обращения в этот чат; /alerts off — отключить · /language выбрать язык · language · /help что умеет бот
    ");
    let link = story.running.claim_link().await.unwrap().unwrap();
    story.follow(story.lead, &link).await;
    story.advance(minutes(1)).await;
    let own = format!("chat:{}", story.lead.id);
    assert_snapshot!(menus(&story.world).replace(&own, "chat:LEAD").lines().last().unwrap(), @"chat:LEAD : /start кто мы и зачем этот бот · /human позвать человека · /language выбрать язык · language · /privacy что мы о вас храним и зачем · /stop больше не получать опросы · /forget стереть всё, что мы о вас знаем · /cases обращения клиентов · /report оценки за период картинкой · /dashboard ссылка на страницы с оценками · /alerts присылать обращения в этот чат; /alerts off — отключить · /scripts опросы: посмотреть и изменить · /hooks подключить другую систему · /staff роли, приглашения и журнал · /help что умеет бот");
    story.advance(hours(1)).await;
    story.end().await;
}

#[tokio::test]
async fn the_bot_says_what_it_is_for_in_every_language() {
    let story = Story::new().await;
    let texts = story.world.descriptions();
    let said: Vec<String> =
        texts.iter().map(|((what, language), text)| format!("{what} {language}: {text}")).collect();
    assert_snapshot!(said.join("\n"), @r"
    description : Лавка спрашивает здесь, как всё прошло: пара коротких вопросов после покупки или обращения в поддержку, на каждый — одно касание. Если что-то не так, об этом сразу узнают сотрудники. Опросы выключаются командой /stop.
    description en: Лавка asks here how it went: a couple of short questions after a purchase or a support request, one tap each. If something is wrong, the staff know at once. Send /stop to turn the surveys off.
    description ru: Лавка спрашивает здесь, как всё прошло: пара коротких вопросов после покупки или обращения в поддержку, на каждый — одно касание. Если что-то не так, об этом сразу узнают сотрудники. Опросы выключаются командой /stop.
    name en: Лавка: feedback
    name ru: Лавка: отзывы
    short_description : Лавка: пара коротких вопросов после покупки или обращения в поддержку
    short_description en: Лавка: a couple of short questions after a purchase or a support request
    short_description ru: Лавка: пара коротких вопросов после покупки или обращения в поддержку
    ");
    story.end().await;
}

#[tokio::test]
async fn what_was_set_is_not_set_again_and_what_the_owner_wrote_is_left_alone() {
    let setting = Setting::new().await;
    setting.world.describe("description", "", "Мой бот");
    setting.world.describe("name", "ru", "Лавка на углу");
    let mut story = setting.start().await;
    assert_eq!((story.world.commands().len(), story.world.descriptions().len()), (7, 6));
    let calls = |story: &Story| -> u64 {
        ["setMyCommands", "setMyShortDescription", "setMyName"]
            .map(|name| story.world.calls(name))
            .iter()
            .sum()
    };
    let before = calls(&story);
    story.advance(hours(1)).await;
    story.restart().await;
    story.start(story.lead).await;
    story.advance(minutes(1)).await;
    assert_eq!(story.world.commands().len(), 8);
    assert_eq!(calls(&story), before + 1);
    assert_eq!(story.world.calls("setMyDescription"), 0);
    let texts = story.world.descriptions();
    assert_eq!(texts[&("description", String::new())], "Мой бот");
    assert_eq!(texts[&("name", "ru".to_owned())], "Лавка на углу");
    assert_eq!(texts[&("name", "en".to_owned())], "Лавка: feedback");
    story.end().await;
}

#[tokio::test]
async fn menus_wait_out_what_telegram_refuses_and_hold_up_nobody() {
    let setting = Setting::new().await;
    setting.world.fault(Fault::too_many_requests(120).on("setMyCommands"));
    let story = setting.start().await;
    let anna = story.customer("Анна", "C-1").await;
    assert!(story.last(anna).contains("Готово"), "{}", story.last(anna));
    assert_eq!((story.world.commands().len(), story.world.calls("setMyCommands")), (0, 1));
    assert_eq!(story.world.descriptions().len(), 8);
    story.advance(minutes(2)).await;
    assert_eq!(story.world.commands().len(), 7);
    story.end().await;
}

#[tokio::test]
pub async fn a_group_that_gets_alerts_sees_the_command_and_later_not() {
    let story = Setting::new().await.set("ALERT_CHATS", "").start().await;
    story.start(story.lead).await;
    story.world.say_in(story.leads, None, story.lead.id, "/alerts");
    story.settle().await;
    story.advance(minutes(1)).await;
    let group = format!("chat:{}", story.leads);
    let has = |world: &World| world.commands().keys().any(|(scope, _)| *scope == group);
    assert!(has(&story.world));
    story.world.say_in(story.leads, None, story.lead.id, "/alerts off");
    story.settle().await;
    story.advance(minutes(1)).await;
    assert!(!has(&story.world));
    story.end().await;
}

#[tokio::test]
async fn a_name_goes_with_the_brand_and_one_that_has_to_wait_holds_up_no_menu() {
    let setting = Setting::new().await;
    setting.world.fault(Fault::too_many_requests(80_000).on("setMyName"));
    let mut story = setting.start().await;
    assert_eq!((story.world.commands().len(), story.world.calls("setMyName")), (7, 1));
    story.start(story.lead).await;
    story.advance(minutes(1)).await;
    assert_eq!(story.world.commands().len(), 8);
    assert_eq!(story.world.calls("setMyName"), 1);
    story.advance(hours(23)).await;
    let names = |story: &Story| {
        story.world.descriptions().into_iter().filter(|((what, _), _)| *what == "name").count()
    };
    assert_eq!(names(&story), 2);
    story.reconfigure(|config| config.brand = None).await;
    story.wait_until(|world| world.descriptions().keys().all(|(what, _)| *what != "name")).await;
    assert!(story.world.descriptions().values().all(|text| !text.contains("Лавка")));
    story.end().await;
}
