//! The demo's page in headless Chromium, lived through as a person would: what is there is clicked, and waited for.
//!
//! Debian's `chromium` and `chromium-driver`; on a machine without them the tests are passed over, see `untried`. Pictures of
//! every step are in `target/screenshots`.

mod axe;
mod case_pictures;
mod chat;
mod crowd;
mod driver;
mod figures;
mod guide;
mod looks;
mod outcomes;
mod pages;
mod picture;
mod story;
mod tour;
mod trouble;

use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::process::Stdio;

use driver::{Driver, Screen};
use fantoccini::{Client, Locator};
use futures_util::FutureExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::untried;

/// A demo of its own and a window on it.
struct Page {
    client: Client,
    /// Without a slash at the end.
    url: String,
    screen: Screen,
    lang: &'static str,
    _demo: Demo,
}

/// The binary, killed when it is dropped.
struct Demo {
    _child: Child,
    url: String,
    _out: Lines<BufReader<ChildStdout>>,
    _folder: TempDir,
}

#[expect(clippy::disallowed_methods, reason = "the environment of the tests, not of the program")]
fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// Plays in a window on a demo, and closes both whatever comes of it.
async fn play<F>(lang: &'static str, screen: Screen, play: impl FnOnce(Page) -> F)
where
    F: Future<Output = ()>,
{
    let Some(driver) = Driver::start().await else {
        untried::pass_over("a browser (apt-get install chromium chromium-driver)");
        return;
    };
    let demo = Demo::start(lang, &[]).await;
    let client = driver.open(screen).await;
    let url = demo.url.clone();
    let page = Page { client: client.clone(), url, screen, lang, _demo: demo };
    let played = AssertUnwindSafe(async {
        page.open("").await;
        play(page).await;
    });
    let played = played.catch_unwind().await;
    // A browser that is left alone would stay.
    let closed = client.close().await;
    if let Err(panic) = played {
        std::panic::resume_unwind(panic);
    }
    closed.unwrap();
}

impl Demo {
    async fn start(lang: &str, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_afterword"));
        command.args(["demo", "--port", "0", "--lang", lang]).args(more);
        command.current_dir(folder.path()).env_clear().env("TMPDIR", folder.path());
        // Whatever the environment says of proxies: the demo's own calls stay on this machine.
        command.env("HTTP_PROXY", "http://127.0.0.1:9");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
        let greeting = out.next_line().await.unwrap().expect("the demo says where it is");
        let (_, url) = greeting.split_once(": ").unwrap();
        let url = url.to_owned();
        Self { _child: child, url, _out: out, _folder: folder }
    }
}

/// Waits for an element with a text, and clicks it if asked to: when it can be clicked, in the same turn in which it was
/// found, so that nothing comes between. Knows nothing of the page but its elements.
const LOOK: &str = r"
    const [selector, text, whole, clicks, done] = arguments;
    const shown = (node) => node.getClientRects().length > 0;
    const fits = (node) => whole ? node.textContent.trim() === text : node.textContent.includes(text);
    const look = () => [...document.querySelectorAll(selector)].filter((n) => shown(n) && fits(n)).at(-1);
    // Enabled, in sight, and nothing lies over it.
    const lies = (node) => {
        node.scrollIntoView({ block: 'nearest', behavior: 'instant' });
        const { left, top, width, height } = node.getBoundingClientRect();
        const there = document.elementFromPoint(left + width / 2, top + height / 2);
        return !node.disabled && node.contains(there);
    };
    const found = () => {
        const node = look();
        if (!node || (clicks && !lies(node))) return false;
        const said = node.textContent;
        if (clicks) { node.focus({ preventScroll: true }); node.click(); }
        done(said);
        return true;
    };
    if (!found()) {
        const end = () => { watch.disconnect(); clearInterval(beat); };
        const again = () => { if (found()) end(); };
        const watch = new MutationObserver(again);
        watch.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
        // What moves or fades changes no element.
        const beat = setInterval(again, 100);
    }
";

impl Page {
    /// Opens the page, anew if it is open, with more of a query.
    async fn open(&self, query: &str) {
        let url = format!("{}/?lang={}&theme=light{query}", self.url, self.lang);
        self.client.goto(&url).await.unwrap();
        self.sees("body[data-ready] .top", "").await;
    }

    /// Waits until an element with this text is shown; returns all of its text.
    async fn sees(&self, selector: &str, text: &str) -> String {
        self.find(selector, text, false, false).await
    }

    async fn find(&self, selector: &str, text: &str, whole: bool, clicks: bool) -> String {
        let arguments = vec![json!(selector), json!(text), json!(whole), json!(clicks)];
        match self.client.execute_async(LOOK, arguments).await {
            Ok(Value::String(found)) => found,
            other => {
                self.shot("failed").await;
                let shown = self.words("body").await.join("\n");
                panic!("{selector} with '{text}' does not appear: {other:?}\nthe page shows:\n{shown}")
            }
        }
    }

    /// Clicks an element with this text, when it is there.
    async fn click(&self, selector: &str, text: &str) {
        self.find(selector, text, false, true).await;
    }

    /// Clicks an element with this and no other text, when it is there.
    async fn click_only(&self, selector: &str, text: &str) {
        self.find(selector, text, true, true).await;
    }

    /// On a phone one part of the page is seen at a time.
    async fn turn_to(&self, part: &str) {
        if self.screen == Screen::Phone {
            self.click(&format!("#tab-{part}"), "").await;
        }
    }

    /// Writes into a field, when it is there.
    async fn write(&self, selector: &str, text: &str) {
        self.sees(selector, "").await;
        let field = self.client.find(Locator::Css(selector)).await.unwrap();
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    async fn script(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// The pieces of text in an element, in their order. `innerText` would leave out what was not painted yet.
    async fn words(&self, selector: &str) -> Vec<String> {
        let script = r"
            const [selector] = arguments;
            const pieces = document.createTreeWalker(document.querySelector(selector), NodeFilter.SHOW_TEXT);
            const words = [];
            while (pieces.nextNode()) words.push(pieces.currentNode.data.trim());
            return words.filter((word) => word);
        ";
        let words = self.client.execute(script, vec![json!(selector)]).await.unwrap();
        serde_json::from_value(words).unwrap()
    }

    /// The number of who sits in this column.
    async fn sits(&self, column: &str) -> i64 {
        self.script(&format!("return Number(document.querySelector('#{column}-who').value)"))
            .await
            .as_i64()
            .unwrap()
    }

    /// Does what somebody with the app could do.
    async fn act(&self, what: Value) {
        let reply =
            reqwest::Client::new().post(format!("{}/act", self.url)).json(&what).send().await.unwrap();
        assert_eq!(reply.status(), 200, "{what}");
    }

    /// A picture of the page, for a person to look at.
    async fn shot(&self, name: &str) -> Vec<u8> {
        let screen = if self.screen == Screen::Phone { "phone" } else { "desktop" };
        let picture = self.client.screenshot().await.unwrap();
        let folder = screenshots();
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{}-{screen}-{name}.png", self.lang)), &picture).unwrap();
        picture
    }

    /// A table as it is downloaded, row by row.
    async fn export(&self, file: &str) -> Vec<std::collections::HashMap<String, String>> {
        let table = reqwest::get(format!("{}/export/{file}", self.url)).await.unwrap().text().await.unwrap();
        let table = table.strip_prefix('\u{feff}').unwrap();
        csv::Reader::from_reader(table.as_bytes()).deserialize().collect::<Result<_, _>>().unwrap()
    }
}

fn screenshots() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("screenshots")
}
