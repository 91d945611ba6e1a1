//! What a backtest found, for a phone: few columns, short words.

use super::{EditorView, Screen};
use crate::view::{View, paragraphs};

/// A line of a backtest's report: what became of events, and how many with the draft, with what is live, really.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub what: String,
    pub draft: usize,
    pub live: usize,
    pub ledger: usize,
}

impl EditorView<'_> {
    #[must_use]
    pub fn backtest_begun(&self) -> String {
        self.text("editor-backtest-begun")
    }

    #[must_use]
    pub fn backtest(&self, events: usize, outcomes: &[Row], hours: &[Row], is_draft: bool) -> View {
        let back = if is_draft { Screen::Home } else { Screen::Card };
        let back = self.to("editor-button-back", back);
        let head = format!("<b>{}</b>", self.text("editor-backtest"));
        if events == 0 {
            return View::text(paragraphs([head.as_str(), &self.text("editor-backtest-nothing")]))
                .row([back]);
        }
        let count = self.one("editor-backtest-events", "count", events.to_string());
        let table = |rows: &[Row]| {
            let lines = rows.iter().map(|row| {
                format!(
                    "{:<22} {:>5} {:>5} {:>5}",
                    super::cut(&row.what, 22),
                    row.draft,
                    row.live,
                    row.ledger
                )
            });
            let names = ["editor-backtest-draft", "editor-backtest-live", "editor-backtest-ledger"]
                .map(|id| self.text(id));
            let title = format!("{:<22} {:>5} {:>5} {:>5}", "", names[0], names[1], names[2]);
            let lines: Vec<String> = std::iter::once(title).chain(lines).take(30).collect();
            format!("<pre>{}</pre>", crate::domain::template::escape_html(&lines.join("\n")))
        };
        let by_hour = if hours.is_empty() {
            String::new()
        } else {
            format!("{}\n{}", self.text("editor-backtest-hours"), table(hours))
        };
        View::text(paragraphs([
            head.as_str(),
            &count,
            &table(outcomes),
            &by_hour,
            &self.text("editor-backtest-columns"),
        ]))
        .row([back])
    }
}
