//! The program as an operator meets it: a process with arguments, an environment, two streams and an exit code.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use afterword::clock::Clock;
use afterword::sandbox::{Fault, Gate, Options, Sandbox, TOKEN};
use sqlx::Connection as _;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};

/// A command in a folder of its own with nothing but these variables.
fn afterword(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_afterword"));
    command.args(arguments).current_dir(folder).env_clear().stdin(Stdio::null());
    command.envs(variables.iter().copied());
    command
}

fn run(arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    said(&afterword(folder.path(), arguments, variables).output().unwrap())
}

fn said(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

/// A simulated Telegram, a folder, and the variables of a `serve` between the two.
struct Place {
    sandbox: Sandbox,
    folder: TempDir,
    url: String,
}

impl Place {
    async fn new() -> Self {
        let sandbox = Sandbox::start(Clock::system(), Options::default()).await.unwrap();
        let url = sandbox.url();
        Self { sandbox, folder: tempfile::tempdir().unwrap(), url }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let variables = [
            ("TELOXIDE_TOKEN", TOKEN),
            ("TELOXIDE_API_URL", &self.url),
            ("HTTP_ADDR", "127.0.0.1:0"),
            ("RUST_LOG", "error"),
        ];
        afterword(self.folder.path(), arguments, &variables)
    }

    async fn serve(&self) -> Serve {
        let mut command = tokio::process::Command::from(self.command(&["serve"]));
        let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let greeting = lines.next_line().await.unwrap().unwrap();
        let link = lines.next_line().await.unwrap().unwrap();
        Serve { child, greeting, link }
    }
}

struct Serve {
    child: tokio::process::Child,
    greeting: String,
    link: String,
}

impl Serve {
    fn signal(&self, signal: &str) {
        let pid = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    async fn end(&mut self) -> i32 {
        self.child.wait().await.unwrap().code().unwrap()
    }
}

#[test]
fn it_says_its_version() {
    let (code, out, _) = run(&["--version"], &[]);
    assert_eq!((code, out.as_str()), (0, concat!("afterword ", env!("CARGO_PKG_VERSION"), "\n")));
}

#[test]
fn the_demo_tells_its_story_to_the_end_in_both_languages_whatever_the_environment_says() {
    for (language, alert, recovered, end) in [
        ("ru", "Плохая оценка: 3 из 10", "Оценка решения: 5", "Вся история заняла"),
        ("en", "Bad score: 3 of 10", "Solution rated 5", "The whole story took"),
    ] {
        let (code, out, err) = run(&["demo", "--story", "--lang", language], &[("MIN_GAP", "nonsense")]);
        assert_eq!((code, err.as_str()), (0, ""), "{out}");
        assert!([alert, recovered, end].iter().all(|text| out.contains(text)), "{out}");
        // The question after the case is no earlier score.
        assert!(["Раньше:", "Earlier:"].iter().all(|title| !out.contains(title)), "{out}");
        assert_eq!(out.contains("│ Bot (edited): "), language == "en", "{out}");
        assert_eq!(out.contains("│ Бот (изменено): "), language == "ru", "{out}");
        assert!(out.lines().all(|line| line.trim_end() == line), "{out}");
    }
}

#[test]
fn the_demos_page_takes_a_free_port_of_this_machine_only() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (code, _, err) = run(&["demo", "--port", &port], &[]);
    let sentence =
        format!("afterword: the port {port} is in use: end what uses it, or choose another with --port\n");
    assert_eq!((code, err), (2, sentence));
    let (code, _, err) = run(&["demo", "--addr", "0.0.0.0:0"], &[]);
    assert_eq!(code, 2);
    assert!(err.contains("this machine only"), "{err}");
}

#[test]
fn a_role_is_given_and_taken_from_the_shell_by_telegrams_number() {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}", folder.path().join("t.db").display());
    let variables = [("DATABASE_URL", url.as_str())];
    assert_eq!(run(&["migrate"], &variables).0, 0);
    for (arguments, said) in [
        (&["staff", "add", "7", "--role", "admin"][..], "7 is admin"),
        (&["staff", "add", "8", "--role", "lead"], "8 is lead"),
        (&["staff", "remove", "8"], "8 was lead and has no role now"),
        (&["test", "7"], "a running 'afterword serve' sends it"),
    ] {
        let (code, out, err) = run(arguments, &variables);
        assert!(code == 0 && (out.contains(said) || err.contains(said)), "{arguments:?}: {out}{err}");
    }
}

#[test]
fn wrong_usage_and_wrong_configuration_end_with_2_and_say_what_is_wrong() {
    for (arguments, variables, expected) in [
        (&["fly"][..], &[][..], "unrecognized subcommand 'fly'"),
        (&["test", "0"], &[], "invalid value '0'"),
        (&["serve"], &[], "TELOXIDE_TOKEN=: is not set"),
        (
            &["serve"],
            &[("TELOXIDE_TOKEN", "secret-but-wrong")],
            "TELOXIDE_TOKEN=se… (16 characters): is not a bot token",
        ),
        (&["check"], &[("MIN_GAP", "soon")], "MIN_GAP=soon: "),
        (&["migrate"], &[("DATABASE_URL", "sqlite:///nowhere/at/all.db")], "/nowhere/at/all.db"),
        (&["export", "answers"], &[], "there is no database file"),
    ] {
        let (code, out, err) = run(arguments, variables);
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}: {err}");
        assert!(err.contains(expected), "{arguments:?}: {err}");
        assert!(!err.contains("secret-but-wrong"), "{err}");
    }
}

#[test]
fn the_environment_wins_over_the_file_and_a_broken_file_is_named_by_its_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".env"), "DATABASE_URL=sqlite://file.db\nBRAND='Our shop'\n").unwrap();
    let (code, out, _) = said(&afterword(folder.path(), &["migrate"], &[]).output().unwrap());
    assert_eq!((code, out.as_str()), (0, "file.db: made\n"));
    let variables = [("DATABASE_URL", "sqlite://environment.db")];
    let (_, out, _) = said(&afterword(folder.path(), &["migrate"], &variables).output().unwrap());
    assert_eq!(out, "environment.db: made\n");
    std::fs::write(folder.path().join(".env"), "BRAND=shop\nAPI_KEY=my-secret-key #2\n").unwrap();
    let (code, _, err) = said(&afterword(folder.path(), &["migrate"], &[]).output().unwrap());
    assert!(code == 2 && err.contains(".env, line 2: API_KEY") && !err.contains("secret"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    let place = Place::new().await;
    assert!(place.command(&["migrate"]).status().unwrap().success());
    let file = place.folder.path().join("afterword.db");
    let mut connection =
        sqlx::SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (9999, 'later', 1, x'00', 0)";
    sqlx::query(newer).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    for command in ["serve", "migrate", "export answers"] {
        let arguments: Vec<&str> = command.split(' ').collect();
        let (code, _, err) = said(&place.command(&arguments).output().unwrap());
        assert!(code == 2 && err.contains("newer version of Afterword (schema 9999"), "{command}: {err}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_telegram_refuses_ends_serve_with_2() {
    let place = Place::new().await;
    let mut command = place.command(&["serve"]);
    command.env("TELOXIDE_TOKEN", "7000000002:AAE-another_0123456789_abcdefghijk");
    let (code, _, err) = said(&command.output().unwrap());
    assert!(code == 2 && err.contains("TELOXIDE_TOKEN: Telegram refuses the token"), "{err}");
    assert!(!err.contains("AAE-another"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn serve_greets_prints_the_claim_link_refuses_a_second_one_and_stops_softly() {
    let place = Place::new().await;
    let mut serve = place.serve().await;
    assert!(serve.greeting.contains("@afterword_sandbox_bot on http://127.0.0.1:"), "{}", serve.greeting);
    assert!(serve.link.contains("https://t.me/afterword_sandbox_bot?start="), "{}", serve.link);
    let (code, _, err) = said(&place.command(&["serve"]).output().unwrap());
    assert!(code == 2 && err.contains("another `afterword serve` runs on the database"), "{err}");
    serve.signal("-TERM");
    assert_eq!(serve.end().await, 0);
    let mut again = place.serve().await;
    assert_eq!(again.link, serve.link);
    again.signal("-INT");
    assert_eq!(again.end().await, 0);
    assert_eq!(place.sandbox.world().violations(), Vec::<String>::new());
}

/// A running `serve` whose greeting of a new person is held up on its way.
async fn busy(place: &Place) -> (Serve, Gate, i64) {
    let serve = place.serve().await;
    let world = place.sandbox.world();
    let (held, gate) = Fault::held();
    world.fault(held.on("sendMessage"));
    let anna = world.add_user("Anna", Some("en"));
    world.start(anna, None);
    gate.arrived(1).await;
    (serve, gate, anna)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_soft_stop_lets_what_is_under_way_finish() {
    let place = Place::new().await;
    let (mut serve, gate, anna) = busy(&place).await;
    serve.signal("-TERM");
    gate.open();
    assert_eq!(serve.end().await, 0);
    assert_eq!(place.sandbox.world().sent_count(anna), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_it_at_once() {
    let place = Place::new().await;
    let (mut serve, _gate, anna) = busy(&place).await;
    serve.signal("-TERM");
    serve.signal("-INT");
    assert_eq!(serve.end().await, 1);
    assert_eq!(place.sandbox.world().sent_count(anna), 0);
}
