//! The list of scripts, one script, its versions, and the confirmations before something changes for customers.

use super::{Deed, EditorView, Screen, Taken, cut, fitting};
use crate::domain::locale::Localized;
use crate::domain::script::when::Never;
use crate::domain::script::{Script, Trigger};
use crate::domain::template::escape_html;
use crate::domain::time::Timestamp;
use crate::view::{View, moment, paragraphs};

/// The largest version number that fits into a button's data.
const MOST_VERSIONS: i64 = 999_999;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Live,
    Paused,
    Draft,
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub slug: String,
    pub title: Localized,
    pub state: State,
    pub on: Trigger,
    /// The live version; 0 if the script was never live.
    pub version: i64,
    /// Whether there is a draft besides the live version.
    pub has_draft: bool,
    pub sent: i64,
    pub answered: i64,
}

/// One script.
#[derive(Clone, Debug)]
pub struct Card<'a> {
    pub script: &'a Script,
    pub state: State,
    pub version: i64,
    pub published_at: Option<Timestamp>,
    pub has_draft: bool,
    /// Why the script asks nobody.
    pub never: Option<Never>,
    pub sent: i64,
    pub answered: i64,
}

/// One published version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    pub version: i64,
    pub published_at: Timestamp,
}

impl EditorView<'_> {
    fn state(&self, state: State, version: i64) -> String {
        let id = match state {
            State::Live => "editor-state-live",
            State::Paused => "editor-state-paused",
            State::Draft => return self.text("editor-state-draft"),
        };
        self.one(id, "version", version.to_string())
    }

    fn figures(&self, sent: i64, answered: i64) -> String {
        self.with(
            "editor-week",
            &[("sent", sent.to_string().into()), ("answered", answered.to_string().into())],
        )
    }

    #[must_use]
    pub fn list(&self, scripts: &[Listed], days: u64, taken: &[Taken]) -> View {
        let blocks = scripts.iter().map(|listed| {
            let title = EditorView { slug: &listed.slug, ..*self }.title(&listed.title);
            let draft = if listed.has_draft && listed.state != State::Draft {
                self.text("editor-and-draft")
            } else {
                String::new()
            };
            let state = self.state(listed.state, listed.version);
            let when = crate::view::capitalised(&self.trigger(listed.on));
            let mut block = format!("<b>{title}</b> — {state}{draft}\n{when}");
            if listed.state != State::Draft {
                block.push_str(". ");
                block.push_str(&self.figures(listed.sent, listed.answered));
            }
            block
        });
        let blocks: Vec<String> = blocks.map(|block| block + "\n").collect();
        let blocks = fitting(&blocks, |count| self.one("editor-and-more", "count", count.to_string()));
        let taken_from = self.taken(days, taken).join("\n");
        let mut view =
            View::text(paragraphs([self.text("editor-list-title").as_str(), &blocks, &taken_from]));
        if scripts.is_empty() {
            view.html = paragraphs([view.html.as_str(), &self.text("editor-list-empty")]);
        }
        for listed in scripts.iter().take(80) {
            let of = EditorView { slug: &listed.slug, mark: listed.version, ..*self };
            let title =
                if listed.title.is_empty() { listed.slug.as_str() } else { listed.title.get(self.locale) };
            view = view.row([of.button(title, super::EditorAct::Show(Screen::Card))]);
        }
        let none = EditorView { slug: "", mark: 0, ..*self };
        self.ways_out_of(view, taken).row([none.to("editor-button-new", Screen::New)])
    }

    /// Asks what the new script should ask about.
    #[must_use]
    pub fn new_script(&self) -> View {
        let mut view = View::text(self.text("editor-new"));
        for on in Trigger::ALL {
            view = view.row([self.button(self.trigger(*on), super::EditorAct::Do(Deed::Begin(*on)))]);
        }
        view.row([self.to("editor-button-scripts", Screen::List)])
    }

    #[must_use]
    pub fn card(&self, card: &Card<'_>) -> View {
        let head = format!(
            "<b>{}</b>\n<code>{}</code> · {}",
            self.title(&card.script.title),
            escape_html(self.slug),
            self.state(card.state, card.version)
        );
        let facts = self.card_facts(card);
        let questions: Vec<String> = card
            .script
            .questions
            .iter()
            .take(20)
            .enumerate()
            .map(|(place, question)| format!("{}. {}", place + 1, self.own(&question.text, 120)))
            .collect();
        let view = View::text(paragraphs([head.as_str(), &facts.join("\n"), &questions.join("\n")]));
        self.card_buttons(view, card)
    }

    fn card_facts(&self, card: &Card<'_>) -> Vec<String> {
        let asks = match (card.never, card.state) {
            (Some(never), _) => self.never(never),
            (None, State::Live) => self.one("editor-asks", "when", self.trigger(card.script.on)),
            (None, State::Paused | State::Draft) => {
                self.one("editor-would-ask", "when", self.trigger(card.script.on))
            }
        };
        let mut facts = vec![asks];
        if let Some(at) = card.published_at {
            facts.push(self.one(
                "editor-published",
                "at",
                moment(self.catalogue, self.locale, at, self.zone),
            ));
            facts.push(self.figures(card.sent, card.answered));
        }
        let lacking: Vec<&str> = card.script.lacking(self.languages).collect();
        if card.state != State::Draft && !lacking.is_empty() {
            facts.push(self.one("editor-lacks", "languages", self.named_languages(lacking)));
        }
        if card.has_draft && card.state != State::Draft {
            facts.push(self.text("editor-has-draft"));
        }
        facts
    }

    fn card_buttons(&self, view: View, card: &Card<'_>) -> View {
        let view = if card.has_draft {
            view.row([self.to("editor-button-draft", Screen::Home)])
        } else {
            view.row([self.deed("editor-button-change", Deed::Change)])
        };
        let file = self.deed("editor-button-file", Deed::File);
        let view = self.previews(view);
        let view = match card.state {
            State::Draft => view.row([file]),
            state => {
                let switch = if state == State::Paused {
                    self.deed("editor-button-resume", Deed::Resume)
                } else {
                    self.to("editor-button-pause", Screen::AskPause)
                };
                view.row([
                    self.deed("editor-button-test", Deed::Test),
                    self.deed("editor-button-backtest", Deed::Backtest),
                ])
                .row([file, self.to("editor-button-versions", Screen::Versions)])
                .row([switch])
            }
        };
        view.row([self.to("editor-button-scripts", Screen::List)])
    }

    /// Adds one button per language: *Preview · RU*.
    pub(super) fn previews(&self, view: View) -> View {
        let one = |language| {
            let text = self.of_language(self.text("editor-button-preview"), language);
            self.button(text, super::EditorAct::Do(Deed::Preview(language)))
        };
        let buttons: Vec<super::Button> = self.languages.iter().map(one).collect();
        buttons.chunks(2).fold(view, |view, row| view.row(row.iter().cloned()))
    }

    #[must_use]
    pub fn versions(&self, versions: &[Version], live: i64) -> View {
        let told = |version: &Version| {
            let at = moment(self.catalogue, self.locale, version.published_at, self.zone);
            let mark = if version.version == live { self.text("editor-version-live") } else { String::new() };
            self.with(
                "editor-version",
                &[("version", version.version.to_string().into()), ("at", at.into()), ("mark", mark.into())],
            )
        };
        let newest = || versions.iter().rev().take(20);
        let lines: Vec<String> = newest().map(told).collect();
        let note = if versions.len() > 1 { "editor-versions-note" } else { "editor-versions-one" };
        let mut view = View::text(paragraphs([
            self.text("editor-versions").as_str(),
            &lines.join("\n"),
            &self.text(note),
        ]));
        for version in newest().filter(|version| version.version != live && version.version <= MOST_VERSIONS)
        {
            let text = self.one("editor-button-roll-back", "version", version.version.to_string());
            view =
                view.row([self.button(text, super::EditorAct::Show(Screen::AskRollBack(version.version)))]);
        }
        view.row([self.to("editor-button-card", Screen::Card)])
    }

    #[must_use]
    pub fn ask_pause(&self, scheduled: i64, open: i64) -> View {
        let mut means = vec![self.text("editor-pause-means")];
        means.extend(self.counted("editor-pause-scheduled", scheduled));
        means.extend(self.counted("editor-pause-open", open));
        View::text(paragraphs([self.text("editor-ask-pause").as_str(), &means.join("\n")])).row([
            self.deed("editor-button-pause-now", Deed::Pause),
            self.to("editor-button-no", Screen::Card),
        ])
    }

    #[must_use]
    pub fn ask_discard(&self, is_live: bool) -> View {
        let means = self.text(if is_live { "editor-discard-live-stays" } else { "editor-discard-all" });
        View::text(paragraphs([self.text("editor-ask-discard").as_str(), &means])).row([
            self.deed("editor-button-discard-now", Deed::Discard),
            self.to("editor-button-no", Screen::Home),
        ])
    }

    /// The start of a text, short enough for a button.
    pub(super) fn short(text: &str) -> String {
        cut(&text.replace('\n', " "), 60)
    }
}
