//! README's first set-up, walked by somebody who has only README: the real binary, `.env`, links, taps, the CSV.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use afterword::clock::Clock;
use afterword::sandbox::{GroupKind, Options, Sandbox, TOKEN, World};
use serde_json::{Value, json};

const API_KEY: &str = "c0a8f1d26b934e75";

/// Real time that any one step may take; more means that it waits for something that does not come.
const PATIENCE: Duration = Duration::from_mins(1);

fn afterword(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_afterword"));
    command.current_dir(folder).env_clear().stdin(Stdio::null());
    command
}

/// A running `serve`; gone with the test.
struct Serve(Child);

impl Drop for Serve {
    fn drop(&mut self) {
        // It may have ended by itself; there is nobody left to tell.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Serve {
    /// Starts it and reads what it says on standard output: address and claim link.
    fn start(folder: &Path) -> (Self, String, String) {
        let mut child = afterword(folder).arg("serve").stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let greeting = lines.next().unwrap().unwrap();
        let claim = lines.next().unwrap().unwrap();
        let word = |line: &str, start: &str| {
            let found = line.split_whitespace().find(|word| word.starts_with(start)).map(str::to_owned);
            found.unwrap_or_else(|| panic!("no {start} in {line:?}"))
        };
        (Self(child), word(&greeting, "http://"), word(&claim, "https://t.me/"))
    }
}

/// Waits until the newest message that a chat got from the bot holds all of these words.
async fn sees(world: &World, chat: i64, words: &[&str]) {
    let shown = |world: &World| {
        let last = world.last_message(chat)?;
        Some(world.shown(chat, last.id))
    };
    let all = |world: &World| shown(world).is_some_and(|text| words.iter().all(|word| text.contains(word)));
    let waited = tokio::time::timeout(PATIENCE, world.wait_until(all)).await;
    assert!(waited.is_ok(), "{words:?} is not in the last message: {:?}", shown(world));
}

async fn post(address: &str, event: &Value) -> Value {
    let request = reqwest::Client::new().post(format!("{address}/v1/events"));
    let answer = request.bearer_auth(API_KEY).json(event).send().await.unwrap();
    assert_eq!(answer.status(), 202);
    answer.json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_set_up_of_readme_works_as_it_is_written() {
    let clock = Clock::system();
    let sandbox = Sandbox::start(clock.clone(), Options::default()).await.unwrap();
    let world = sandbox.world();
    let folder = tempfile::tempdir().unwrap();
    let variables = [
        format!("TELOXIDE_TOKEN={TOKEN}"),
        format!("TELOXIDE_API_URL={}", sandbox.url()),
        format!("API_KEY={API_KEY}"),
        "BRAND=Лавка".to_owned(),
        "HTTP_ADDR=127.0.0.1:0".to_owned(),
        // The test may run at night.
        "QUIET_HOURS=off".to_owned(),
    ];
    std::fs::write(folder.path().join(".env"), variables.join("\n")).unwrap();

    let (_serve, address, claim) = Serve::start(folder.path());

    let owner = world.add_user("Пётр", Some("ru"));
    world.follow(owner, &claim);
    sees(world, owner, &["Шаг 1 из 5"]).await;
    let leads = world.add_group("Отзывы", GroupKind::Supergroup, owner);
    world.say_in(leads, None, owner, "/alerts");
    sees(world, leads, &["обращения будут приходить сюда"]).await;

    let event = json!({
        "event_id": "order-1001", "kind": "purchase",
        "occurred_at": clock.now().minus(Duration::from_hours(3)),
        "customer": {"id": "C-42", "name": "Анна"},
        "subject": {"id": "1001", "title": "Заказ №1001", "url": "https://shop.example/orders/1001"},
    });
    let accepted = post(&address, &event).await;
    assert_eq!(accepted["state"], "waiting_for_link");

    let anna = world.add_user("Анна", Some("ru"));
    world.follow(anna, accepted["link"].as_str().unwrap());
    sees(world, anna, &["Заказ №1001", "Вопрос 1 из 3"]).await;
    world.tap_last(anna, "2").unwrap();
    sees(world, leads, &["2 из 10", "Анна", "C-42", "Заказ №1001"]).await;
    sees(world, anna, &["Ваша оценка: 2/10"]).await;
    world.say(anna, "Чашка разбита");
    sees(world, leads, &["Чашка разбита"]).await;

    let check = afterword(folder.path()).arg("check").output().unwrap();
    assert!(
        check.status.success(),
        "{}{}",
        String::from_utf8_lossy(&check.stdout),
        String::from_utf8_lossy(&check.stderr)
    );
    let export = afterword(folder.path()).args(["export", "answers", "-o", "answers.csv"]).output().unwrap();
    assert!(export.status.success(), "{}", String::from_utf8_lossy(&export.stderr));
    let csv = std::fs::read_to_string(folder.path().join("answers.csv")).unwrap();
    let table = csv.strip_prefix('\u{feff}').expect("Excel knows UTF-8 by this mark");
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let names = rows.headers().unwrap().clone();
    let cell = |row: &csv::StringRecord, name: &str| {
        row.get(names.iter().position(|known| known == name).unwrap()).unwrap().to_owned()
    };
    let answers: Vec<String> = rows
        .records()
        .map(|row| row.unwrap())
        .map(|row| {
            ["customer_id", "question", "metric", "value", "text"].map(|name| cell(&row, name)).join(" · ")
        })
        .collect();
    assert_eq!(answers, ["C-42 · overall · csi · 2 · ", "C-42 · overall · comment ·  · Чашка разбита"]);

    let test = afterword(folder.path()).args(["test", &owner.to_string()]).output().unwrap();
    assert!(test.status.success(), "{}", String::from_utf8_lossy(&test.stderr));
    sees(world, owner, &["Тестовый опрос"]).await;
    assert_eq!(world.violations(), Vec::<String>::new());
}
