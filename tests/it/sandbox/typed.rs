//! The typed client that the bot is built with understands everything that the sandbox says.

use afterword::sandbox::{GroupKind, Media, Options, TOKEN};
use teloxide::prelude::*;
use teloxide::types::{
    BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, MessageId, ParseMode, UpdateKind,
};

use super::bench_with;

#[tokio::test]
async fn teloxide_reads_every_kind_of_update_and_result() {
    let bench = bench_with(Options { limits: false, ..Options::default() }).await;
    let world = &bench.world;
    let bot = teloxide::Bot::new(TOKEN).set_api_url(bench.sandbox.url().parse().unwrap());
    let me = bot.get_me().await.unwrap();
    assert!(!me.has_main_web_app && me.can_join_groups);
    let ada = world.add_user("Ada", Some("en"));
    let forum = world.add_group("Forum", GroupKind::Forum, ada);
    let topic = world.add_topic(forum, "low");
    world.say_in(forum, Some(topic), ada, "/alerts");
    let basic = world.add_group("Basic", GroupKind::Basic, ada);
    world.migrate_group(basic);
    world.kick_bot(forum, ada);
    let own = world.start(ada, Some("x"));
    for media in [
        Media::Voice { seconds: 1 },
        Media::VideoNote { seconds: 1 },
        Media::Video { seconds: 1 },
        Media::Photo,
        Media::Document { name: "a.pdf".into() },
        Media::Sticker { emoji: "👍".into() },
        Media::Contact { phone: "+1555".into(), user: Some(ada), first_name: "Ada".into() },
    ] {
        world.send_media(ada, media, None);
    }
    world.edit_own_message(ada, ada, own, "/start y");
    world.block(ada);
    world.unblock(ada);
    let keyboard = InlineKeyboardMarkup::new([[InlineKeyboardButton::callback("yes", "y")]]);
    let chat = ChatId(ada);
    let sent = bot
        .send_message(chat, "<b>?</b>")
        .parse_mode(ParseMode::Html)
        .reply_markup(keyboard.clone())
        .disable_notification(true)
        .await
        .unwrap();
    assert_eq!((sent.text(), sent.reply_markup()), (Some("?"), Some(&keyboard)));
    let tap = world.tap_last(ada, "yes").unwrap();
    world.forge_callback(ada, ada, 99, "z");
    bot.answer_callback_query(tap.into()).text("ok").show_alert(true).await.unwrap();
    let edited = bot.edit_message_text(chat, sent.id, "!").await.unwrap();
    assert_eq!(edited.text(), Some("!"));
    bot.edit_message_reply_markup(chat, sent.id).reply_markup(keyboard).await.unwrap();
    bot.copy_message(chat, chat, MessageId(2)).await.unwrap();
    bot.get_chat(chat).await.unwrap();
    bot.set_my_commands([BotCommand::new("stop", "Stop")]).language_code("en").await.unwrap();
    bot.delete_webhook().await.unwrap();
    assert!(bot.get_webhook_info().await.unwrap().url.is_none());

    let updates = bot.get_updates().limit(100).timeout(1).await.unwrap();
    for update in &updates {
        let broken = match &update.kind {
            UpdateKind::Error(_) => true,
            UpdateKind::Message(message) => matches!(message.kind, teloxide::types::MessageKind::Empty {}),
            _ => false,
        };
        assert!(!broken, "{update:?}");
    }
    assert_eq!(updates.len(), 22);
    assert_eq!(world.violations(), Vec::<String>::new());
}
