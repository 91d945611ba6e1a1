//! Wrong variables, a broken `.env`, and wrong usage: the error names what is wrong, and nothing is started.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use afterword::config::VARIABLES;
use afterword::sandbox::TOKEN;

use super::{Place, Serve, ran};
use crate::ports::free_addr;

/// Returns a value for each variable that cannot be meant.
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
        "LOCALES" => "ru,english",
        "DEFAULT_LOCALE" => "de",
        "DEFAULT_TZ" => "Moscow",
        "QUIET_HOURS" => "21-10",
        "MIN_GAP" => "1 day",
        "MESSAGES_PER_SECOND" => "0",
        "LOG_FORMAT" => "xml",
        "RETENTION" => "90 days",
        "RUST_LOG" => "afterword=loud",
        "TRUSTED_PROXIES" => "the proxy",
        "MIN_N" => "-1",
        "NEW_AGENT_DAYS" => "a quarter",
        "OUTBOUND_ALLOW" => "everything",
        "OUTBOUND_ALLOW_HTTP" => "perhaps",
        "SMTP_URL" => "mail.example/wrong-secret",
        "SMTP_FROM" => "nobody",
        "SMS_URL" => "https://sms.example/wrong-secret",
        "HELPDESK_URL" => "https://desk.example/wrong-secret",
        "LINKS_PER_DAY" => "1000001",
        "ESCALATION_CHATS" => "@heads",
        "CASE_HOURS" => "weekdays 9-18",
        "CASE_DAYS_OFF" => "tomorrow",
        "CASE_TZ" => "Ural",
        "CASE_FIRST_CONTACT" => "urgent soon",
        "CASE_RESOLUTION" => "normal 1 week",
        "CASE_REOPEN" => "a week",
        "CASE_PROMISE" => "maybe",
        "CASE_NAMES" => "first",
        "CASE_URGENT_SEGMENTS" => ",",
        "FREE_MESSAGES" => "open",
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
        (&b"BRAND=Shop\nAPI_KEY=secret$words\n"[..], "line 2: API_KEY: "),
        (b"API_KEY='secret\n", "line 1: API_KEY: "),
        (b"secret\n", "line 1"),
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
async fn no_value_of_the_env_file_is_cut_unseen() {
    let mut place = Place::new().await;
    place.unset("API_KEY");
    let key = "Vu7k#Xq2=Rz9%20!Lm4";
    place.write(".env", format!("API_KEY={key}\r\n"));
    let serve = place.serve().await;
    let get = serve.client.get(format!("{}/v1/answers", serve.address)).bearer_auth(key);
    assert_eq!(get.send().await.unwrap().status(), 200);
    serve.stop().await;
    for value in ["Vu7kXq2Rz9Lm4abcdef #more", "Vu7kXq2Rz9Lm4abcdef$more", "'Vu7kXq2Rz9Lm4abcdef'more"] {
        place.write(".env", format!("API_KEY={value}\n"));
        let ran = place.run(&["serve"]).await;
        ran.refused(&[".env, line 1: API_KEY: ", "quotes"]);
        assert!(!ran.err.contains("Vu7k") && !ran.err.contains("more"), "{ran:?}");
    }
    std::fs::remove_file(place.path(".env")).unwrap();
    // As Docker's `--env-file` would pass it on.
    place.set("API_KEY", "'Vu7kXq2Rz9Lm4abcdef'");
    place.run(&["serve"]).await.refused(&["API_KEY=", "--env-file"]);
}

#[tokio::test]
async fn secrets_that_were_published_as_examples_end_the_start() {
    let place = Place::new().await;
    for (name, example) in [
        ("API_KEY", "change-me-to-something-long"),
        ("API_KEY", "at-least-16-characters"),
        ("API_KEY", "key-of-the-demo-only"),
        ("API_KEY", "secretsecretsecret"),
        ("WEBHOOK_SECRET", "change-me-to-another-long-secret"),
        ("DATABASE_URL", "postgres://afterword:password@localhost/afterword"),
    ] {
        let mut command = place.command(&["serve"]);
        command.env(name, example);
        let ran = ran(command).await;
        ran.refused(&[name, "published example", "openssl rand -hex 24"]);
        assert!(!ran.err.contains(example), "{ran:?}");
    }
    for token in
        ["123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11", "123456789:AAHexample-token-of-a-bot_0123456789"]
    {
        let mut command = place.command(&["serve"]);
        command.env("TELOXIDE_TOKEN", token).env("TELOXIDE_API_URL", "https://api.telegram.org");
        ran(command).await.refused(&["TELOXIDE_TOKEN", "published example", "@BotFather"]);
    }
    assert!(!place.path("afterword.db").exists(), "nothing was begun");
}

#[tokio::test]
async fn no_malformed_address_shows_its_password() {
    // The addresses are read as libpq reads them. There is no server.
    const WELL_FORMED: [&str; 3] = [
        "postgres://me:hunter2@/shop",
        "postgres://me:x#hunter2@db.example/x",
        "host=db.example user=me password=hunter2",
    ];
    let place = Place::new().await;
    for (name, value) in [
        ("DATABASE_URL", "postgres://me:hunter2@/shop"),
        ("DATABASE_URL", "postgres://me:hunter2"),
        ("DATABASE_URL", "postgres://me:hun@hunter2@db.example/x?sslmode=loud"),
        ("DATABASE_URL", "postgres://me:x#hunter2@db.example/x"),
        ("DATABASE_URL", "postgres://me@db.example/x?sslmode=loud&password=a@hunter2"),
        ("DATABASE_URL", "postgres://me:hun@hunter2/w#rd@db.example/x"),
        ("DATABASE_URL", "postgres://me:hun@hunter2/w?rd@db.example/x"),
        ("DATABASE_URL", "mysql://me:hunter2@db.example/x"),
        ("DATABASE_URL", "me:hunter2@db.example/x"),
        ("DATABASE_URL", "host=db.example user=me password=hunter2"),
        ("DATABASE_URL", "jdbc:postgresql://db.example/x?password=hunter2"),
        ("TELOXIDE_API_URL", "ftp://me:hunter2@bots.example"),
        ("TELOXIDE_API_URL", "bots.example/bot1234:AAEhunter2-hunter2-hunter2"),
        ("TELOXIDE_API_URL", "ftp://bots.example/bot1234:AAEhunter2-hunter2-hunter2"),
        ("TELOXIDE_API_URL", "https://:hunter2"),
        ("HTTPS_PROXY", "ftp://me:hunter2@proxy.example"),
        ("HTTPS_PROXY", "me:hunter2@proxy.example:3128"),
        ("PUBLIC_URL", "ftp://me:hunter2@shop.example"),
        ("PUBLIC_URL", "https://shop.example/?key=hunter2"),
        ("PUBLIC_URL", "https://shop.example/#hunter2"),
    ] {
        for arguments in [&["serve"][..], &["check"], &["backup", "copy.db"]] {
            let mut command = place.command(arguments);
            command.env(name, value);
            let ran = ran(command).await;
            let said = format!("{}{}", ran.out, ran.err);
            let told = if WELL_FORMED.contains(&value) { "PostgreSQL" } else { name };
            assert!(ran.code != 0 && said.contains(told), "{value}: {ran:?}");
            assert!(!said.contains("hunter2"), "{value}: {ran:?}");
        }
    }
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
    // The same holds if the bot's name is already known from earlier, so that nobody has to wait for Telegram.
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
    place.set("HTTP_ADDR", &free_addr().to_string());
    place.run(&["serve"]).await.refused(&["another `afterword serve`", "afterword.db"]);
    let person = serve.customer(&place.world, "C-1").await;
    assert_eq!(place.world.sent_count(person), 1);
    serve.stop().await;
    place.serve().await.stop().await;
}
