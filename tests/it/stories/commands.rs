//! Commands beside a running `serve`.

use std::sync::Arc;

use afterword::cli::check::CheckArgs;
use afterword::cli::test::TestArgs;
use afterword::cli::{Output, Setup, check, test};
use afterword::config::Config;
use afterword::entropy::Entropy;
use clap::Parser;
use insta::assert_snapshot;

use crate::harness::{Setting, Story, minutes};

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    test: TestArgs,
}

fn setup(story: &Story, config: Config) -> Setup {
    Setup { config: Arc::new(config), clock: story.clock.clone(), entropy: Entropy::seeded(3) }
}

async fn run_test(story: &Story, arguments: &[&str]) -> Result<(u8, String), String> {
    let setup = setup(story, Config::clone(&story.running.ctx.config));
    let words = ["test"].into_iter().chain(arguments.iter().copied());
    let arguments = Arguments::try_parse_from(words).map_err(|error| error.to_string())?;
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut to = Output { out: &mut out, err: &mut err };
    let code = test::run(&setup, &arguments.test, &mut to).await.map_err(|error| error.to_string())?;
    out.extend(err);
    Ok((code, String::from_utf8(out).unwrap()))
}

pub(super) async fn run_check(setup: &Setup) -> (u8, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut to = Output { out: &mut out, err: &mut err };
    let code = check::run(setup, &CheckArgs::default(), &mut to).await.unwrap();
    assert_eq!(err, b"");
    (code, String::from_utf8(out).unwrap())
}

#[tokio::test]
async fn a_test_survey_arrives_at_once_by_the_script_that_was_named() {
    let story = Story::new().await;
    story.start(story.lead).await;
    let id = story.lead.id.to_string();
    let (code, _) = run_test(&story, &[&id, "support"]).await.unwrap();
    assert_eq!(code, 0);
    story.advance(minutes(1)).await;
    assert_snapshot!(story.last(story.lead), @r"
    Bot: 🧪 Тестовый опрос: ответы не попадут в отчёты.

      Здравствуйте! Ваше недавнее обращение: всё ли получилось? Ответьте, пожалуйста, на несколько коротких вопросов — это займёт полминуты.

      Вопрос 1 из 4

      Как мы справились с вашим обращением в целом?
      [ 🙁 Плохо | 😐 Нормально | 🙂 Отлично ]
      [ Остановить ]
    ");
    story.end().await;
}

#[tokio::test]
async fn a_test_to_somebody_who_never_started_the_bot_says_that_it_waits() {
    let story = Story::new().await;
    let anna = story.person("Анна");
    let (code, said) = run_test(&story, &[&anna.id.to_string()]).await.unwrap();
    assert_eq!(code, 0);
    assert_snapshot!(said.replace(&anna.id.to_string(), "ID"), @"purchase: a running 'afterword serve' sends it within seconds, or when ID starts the bot");
    story.advance(minutes(1)).await;
    assert_eq!(story.world.sent_count(anna.id), 0);
    story.start(anna).await;
    story.advance(minutes(1)).await;
    assert!(story.last(anna).contains("🧪"), "{}", story.chat(anna));
    story.end().await;
}

#[tokio::test]
async fn a_test_by_an_unknown_script_names_those_there_are() {
    let story = Story::new().await;
    let error = run_test(&story, &["5", "purchase2"]).await.unwrap_err();
    assert_snapshot!(error, @"there is no script 'purchase2'; there are: purchase, recovery, support");
    story.end().await;
}

/// What is said of the webhook, which is another thing in each mode, and the rest.
fn apart(said: &str) -> (&str, String) {
    let (webhook, rest): (Vec<&str>, Vec<&str>) = said.lines().partition(|line| line.contains(" webhook: "));
    let [webhook] = webhook[..] else { panic!("{said}") };
    (webhook, rest.join("\n"))
}

#[tokio::test]
async fn check_tells_what_is_well() {
    let story = Story::new().await;
    let mut config = Config::clone(&story.running.ctx.config);
    config.http_addr = story.running.addr;
    let address = format!("http://{}", story.running.addr);
    config.public_url = Some(address.clone());
    let (code, said) = run_check(&setup(&story, config)).await;
    let said = said.replace(&story.running.db.name(), "THE DATABASE").replace(&address, "ADDRESS");
    let (webhook, said) = apart(&said);
    assert_eq!(
        webhook,
        match story.parts.config.webhook {
            None => "ok     webhook: none is set",
            Some(_) => "ok     webhook: Telegram brings updates to ADDRESS/telegram/webhook; 0 updates wait",
        }
    );
    assert_snapshot!(said, @r"
    ok     TELOXIDE_TOKEN: the bot is @afterword_sandbox_bot
    ok     DATABASE_URL: THE DATABASE is up to date and can be written
    ok     script purchase: version 1 asks on purchase
    ok     script recovery: version 1 asks on case_resolved
    ok     script support: version 1 asks on ticket_closed
    ok     chat -1002000000001: Отзывы
    ok     alerts: 1 chat gets them
    ok     keys: API_KEY
    ok     staff: 0 admins, 0 leads, 0 agents; 1 admin by ADMIN_IDS
    ok     serve: runs on ADDRESS and is ready
    ok     PUBLIC_URL: ADDRESS leads to Afterword
    ");
    assert_eq!(code, 0);
    story.end().await;
}

#[tokio::test]
async fn check_tells_everything_that_is_wrong() {
    let setting = Setting::new().await;
    let stranger =
        setting.world.add_group("Чужие", afterword::sandbox::GroupKind::Supergroup, setting.lead.id);
    setting.world.kick_bot(stranger, setting.lead.id);
    setting.world.set_webhook("https://elsewhere.example/hook");
    let setting = setting
        .set("ALERT_CHATS", &format!("{stranger},-100999"))
        .set("ADMIN_IDS", "")
        .set("API_KEY", "")
        .set("DATABASE_URL", "sqlite:///nowhere/afterword.db");
    let mut config = setting.config();
    // The simulated Telegram is a program of another kind.
    let elsewhere = config.api_url.clone();
    config.http_addr = elsewhere.trim_start_matches("http://").parse().unwrap();
    config.public_url = Some(elsewhere.clone());
    let ours = if config.webhook.is_some() { "sets its own" } else { "deletes it" };
    let setup = Setup { config: Arc::new(config), clock: setting.clock.clone(), entropy: Entropy::seeded(3) };
    let (code, said) = run_check(&setup).await;
    let said =
        said.replace(&elsewhere, "ELSEWHERE").replace(elsewhere.trim_start_matches("http://"), "ADDRESS");
    let (webhook, said) = apart(&said);
    assert_eq!(webhook, format!("note   webhook: one is set by another program; serve {ours}"));
    assert_snapshot!(said, @r"
    ok     TELOXIDE_TOKEN: the bot is @afterword_sandbox_bot
    WRONG  DATABASE_URL: there is no database file /nowhere/afterword.db (DATABASE_URL): if it is to be a new one, 'afterword migrate' or 'afterword serve' makes it
    WRONG  chat -1002000000002: the bot is not in it; add it there and write /alerts
    WRONG  chat -100999: the bot is not in it; add it there and write /alerts
    WRONG  alerts: nobody can be told: the first admin comes by the link that serve prints, a chat by /alerts; 0 alerts wait
    WRONG  HTTP_ADDR: another program answers on ADDRESS (HTTP 404)
    note   PUBLIC_URL: ELSEWHERE answers HTTP 404; no serve runs
    ");
    assert_eq!(code, 1);
}

#[tokio::test]
async fn check_tries_the_ways_in_and_out() {
    let setting = Setting::new().await.set("HTTPS_PROXY", "http://me:hunter2@127.0.0.1:9");
    let mut config = setting.config();
    config.http_addr = "127.0.0.1:9".parse().unwrap();
    config.public_url = Some("http://127.0.0.1:9".to_owned());
    let setup = Setup { config: Arc::new(config), clock: setting.clock.clone(), entropy: Entropy::seeded(3) };
    let (code, said) = run_check(&setup).await;
    let ways: Vec<&str> = said.lines().filter(|line| line.contains("127.0.0.1:9")).collect();
    assert_snapshot!(ways.join("\n"), @r"
    WRONG  HTTPS_PROXY: 127.0.0.1:9 takes no connections: Connection refused (os error 111)
    note   HTTP_ADDR: no serve answers on 127.0.0.1:9: Connection refused (os error 111)
    note   PUBLIC_URL: http://127.0.0.1:9 cannot be reached from here: Connection refused (os error 111)
    ");
    assert_eq!(code, 1);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut to = Output { out: &mut out, err: &mut err };
    assert_eq!(
        check::run(&setup, &CheckArgs { health: true, ..CheckArgs::default() }, &mut to).await.unwrap(),
        1
    );
    assert_snapshot!(String::from_utf8(err).unwrap(), @"afterword: HTTP_ADDR=127.0.0.1:9: serve does not answer: Connection refused (os error 111)");
}
