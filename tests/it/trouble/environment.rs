//! Wrong variables, a broken `.env`, wrong usage: what is wrong is named, and nothing is begun.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use afterword::config::VARIABLES;
use afterword::sandbox::TOKEN;

use super::{Place, Serve, free_port, ran};

/// For each variable a value that cannot be meant.
fn wrong(name: &str) -> &'static str {
    match name {
        "TELOXIDE_TOKEN" => "not-a-token-but-secret",
        "TELOXIDE_API_URL" => "api.telegram.org",
        "HTTPS_PROXY" => "proxy.secret:3128",
        "DATABASE_URL" => "mysql://localhost/afterword",
        "HTTP_ADDR" => "8080",
        "API_KEY" => "tooshort-secret",
        "ADMIN_IDS" => "1,-5",
        "ALERT_CHATS" => "@leads",
        "PUBLIC_URL" => "afterword.example",
        "TELEGRAM_MODE" => "push",
        "WEBHOOK_SECRET" => "a secret with spaces",
        "LINK_TTL" => "30",
        "BRAND" => "a name as long as no name should be, for it stands in every message",
        "PRIVACY_URL" => "javascript:alert(1)",
        "DEFAULT_LOCALE" => "de",
        "DEFAULT_TZ" => "Moscow",
        "QUIET_HOURS" => "21-10",
        "MIN_GAP" => "1 day",
        "MESSAGES_PER_SECOND" => "0",
        "LOG_FORMAT" => "xml",
        "RETENTION" => "90 days",
        "RUST_LOG" => "afterword=loud",
        other => panic!("{other} needs a wrong value here"),
    }
}

#[tokio::test]
async fn every_wrong_variable_is_named_with_its_value_and_what_is_allowed() {
    let place = Place::new().await;
    for variable in VARIABLES {
        let value = wrong(variable.name);
        let mut command = place.command(&["serve"]);
        command.env(variable.name, value);
        let ran = ran(command).await;
        ran.refused(&[variable.name, variable.allowed]);
        assert_eq!(ran.err.contains(value), !variable.secret, "{}", ran.err);
        assert_eq!((ran.out.as_str(), ran.err.lines().count()), ("", 1), "{ran:?}");
    }
    assert!(!place.path("afterword.db").exists(), "nothing was begun");
}

#[tokio::test]
async fn what_is_not_text_is_refused_in_every_variable() {
    let place = Place::new().await;
    for variable in VARIABLES {
        let mut command = place.command(&["serve"]);
        command.env(variable.name, OsStr::from_bytes(b"\xcf\xf0"));
        ran(command).await.refused(&[variable.name]);
    }
}

#[tokio::test]
async fn all_mistakes_are_told_at_once_and_by_every_command() {
    let mut place = Place::new().await;
    place.set("MIN_GAP", "soon").set("DEFAULT_TZ", "Moscow");
    let commands: [&[&str]; 6] =
        [&["serve"], &["check"], &["migrate"], &["export", "answers"], &["import", "-"], &["link", "C-1"]];
    for command in commands {
        let ran = place.run(command).await;
        assert_eq!((ran.code, ran.err.lines().count()), (2, 2), "{ran:?}");
        assert!(ran.err.contains("MIN_GAP=soon") && ran.err.contains("DEFAULT_TZ=Moscow"), "{ran:?}");
    }
}

#[tokio::test]
async fn a_missing_token_is_missed_by_those_who_need_it() {
    let mut place = Place::new().await;
    place.unset("TELOXIDE_TOKEN");
    place.run(&["serve"]).await.refused(&["TELOXIDE_TOKEN", "is not set", "@BotFather"]);
    assert!(!place.path("afterword.db").exists(), "nothing was begun");
    assert_eq!(place.run(&["migrate"]).await.code, 0);
    assert_eq!(place.run(&["export", "answers"]).await.code, 0);
    let check = place.run(&["check"]).await;
    assert!(check.code == 1 && check.out.contains("TELOXIDE_TOKEN"), "{check:?}");
}

#[tokio::test]
async fn webhook_mode_misses_what_it_needs() {
    let mut place = Place::new().await;
    place.set("TELEGRAM_MODE", "webhook");
    let ran = place.run(&["serve"]).await;
    assert_eq!((ran.code, ran.err.lines().count()), (2, 2), "{ran:?}");
    for said in ["WEBHOOK_SECRET=: is not set", "PUBLIC_URL=: is not set", "TELEGRAM_MODE=webhook needs it"] {
        assert!(ran.err.contains(said), "{ran:?}");
    }
    assert!(!place.path("afterword.db").exists(), "nothing was begun");
}

#[tokio::test]
async fn a_broken_env_file_is_named_with_its_line_and_not_quoted() {
    let place = Place::new().await;
    for (content, said) in [
        (&b"BRAND=Shop\nAPI_KEY=secret words of mine\n"[..], "line 2"),
        (b"API_KEY='secret\n", "line 1"),
        (b"secret\xcf\xf0=1\n", "UTF-8"),
    ] {
        place.write(".env", content);
        let ran = place.run(&["serve"]).await;
        ran.refused(&[".env", said]);
        assert!(!ran.err.contains("secret"), "{ran:?}");
    }
    std::fs::remove_file(place.path(".env")).unwrap();
    std::fs::create_dir(place.path(".env")).unwrap();
    place.run(&["migrate"]).await.refused(&[".env"]);
}

#[tokio::test]
async fn the_environment_wins_over_the_file_and_the_file_is_checked_alike() {
    let place = Place::new().await;
    place.write(".env", "MIN_GAP=soon\nPRIVACY_URL=nowhere\n");
    place.run(&["migrate"]).await.refused(&["PRIVACY_URL=nowhere"]);
    place.write(".env", "MIN_GAP=soon\n");
    assert_eq!(place.run(&["migrate"]).await.code, 0);
}

#[tokio::test]
async fn wrong_usage_ends_with_two() {
    let place = Place::new().await;
    let wrong: [&[&str]; 8] = [
        &["serv"],
        &["serve", "--port", "1"],
        &["import"],
        &["export", "people"],
        &["export", "answers", "--format", "xml"],
        &["test", "anna"],
        &["test", "-7"],
        &["script", "show"],
    ];
    for arguments in wrong {
        let ran = place.run(arguments).await;
        assert!(ran.code == 2 && !ran.err.is_empty() && ran.out.is_empty(), "{arguments:?}: {ran:?}");
    }
}

#[tokio::test]
async fn a_token_that_telegram_refuses_ends_the_start() {
    let mut place = Place::new().await;
    place.set("TELOXIDE_TOKEN", "7000000001:AAE-revoked_0123456789_abcdefghijkl");
    let refused = place.run(&["serve"]).await;
    refused.refused(&["TELOXIDE_TOKEN", "refuses", "@BotFather"]);
    assert!(!refused.err.contains("AAE-revoked"), "{}", refused.err);
    // Also where the bot's name is known from better days, so that nobody waits for Telegram.
    place.set("TELOXIDE_TOKEN", TOKEN);
    place.serve().await.stop().await;
    place.set("TELOXIDE_TOKEN", "7000000001:AAE-revoked_0123456789_abcdefghijkl");
    let mut serve = Serve::spawn(place.command(&["serve"]), &place.path("second"), "nowhere");
    assert_eq!(serve.ended().await, Some(2), "{}", serve.logged());
    assert!(serve.logged().contains("Telegram refuses the token"), "{}", serve.logged());
}

#[tokio::test]
async fn an_address_in_use_is_named() {
    let mut place = Place::new().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    place.set("HTTP_ADDR", &addr);
    place.run(&["serve"]).await.refused(&["HTTP_ADDR", &addr, "in use"]);
    place.set("HTTP_ADDR", "192.0.2.1:80");
    place.run(&["serve"]).await.refused(&["HTTP_ADDR", "192.0.2.1:80"]);
}

#[tokio::test]
async fn a_second_serve_on_the_same_file_is_sent_away_and_the_first_goes_on() {
    let mut place = Place::new().await;
    let serve = place.serve().await;
    place.set("HTTP_ADDR", &free_port().to_string());
    place.run(&["serve"]).await.refused(&["another `afterword serve`", "afterword.db"]);
    let person = serve.customer(&place.world, "C-1").await;
    assert_eq!(place.world.sent_count(person), 1);
    serve.stop().await;
    place.serve().await.stop().await;
}
