//! The story that the demo tells in the terminal: one purchase, from the event to the export, chat by chat.

use std::io::{self, Write};

use serde_json::Value;

use super::plot::{Hero, Plot, PlotError, SCORES, SOLUTION, moscow};
use crate::domain::time::Timestamp;
use crate::i18n::{Catalogue, FluentValue};
use crate::sandbox::{ChatId, GroupKind, MessageId, Sender, Stage, UserId, Wording, World};
use crate::service::Context;
use crate::service::export::{ExportError, Filter, Format, What, export};
use crate::store::{self, Db};

/// The terminal's assumed width, in characters.
const WIDTH: usize = 78;
/// The columns of the export that fit into a terminal.
const COLUMNS: [&str; 6] = ["customer_id", "question", "metric", "value", "options", "text"];

/// Why the story could not be finished.
#[derive(Debug, thiserror::Error)]
pub enum StoryError {
    #[error(transparent)]
    Output(#[from] io::Error),
    #[error(transparent)]
    Plot(#[from] PlotError),
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error("the export cannot be read")]
    Csv(#[from] csv::Error),
}

type Result<T> = std::result::Result<T, StoryError>;

/// The people in the story.
#[derive(Clone, Debug)]
pub struct Cast {
    anna: Hero,
    pub lead: UserId,
    pub leads: ChatId,
}

/// Anna's customer ID at the shop, and her order.
const CUSTOMER: &str = "C-42";
const ORDER: u32 = 1001;

impl Cast {
    /// Creates the people's accounts and the leads' group.
    pub fn enter(world: &World, catalogue: &Catalogue, locale: &str) -> Self {
        let anna: UserId = world.add_user(&catalogue.text(locale, "demo-anna"), Some(locale));
        let lead = world.add_user(&catalogue.text(locale, "demo-lead"), Some(locale));
        let leads = world.add_group(&catalogue.text(locale, "demo-leads"), GroupKind::Supergroup, lead);
        Self { anna: Hero { user: anna, customer: CUSTOMER.to_owned(), order: ORDER }, lead, leads }
    }
}

/// Tells the story.
pub struct Teller<'a> {
    pub stage: &'a Stage,
    pub db: &'a Db,
    pub ctx: &'a Context,
    pub locale: &'static str,
    pub cast: Cast,
    /// The address of the HTTP API.
    pub api: String,
    pub api_key: &'a str,
    pub out: &'a mut dyn Write,
}

impl std::fmt::Debug for Teller<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Teller")
    }
}

impl Teller<'_> {
    /// Tells everything from the purchase to what is known at the end.
    pub async fn tell(mut self) -> Result<()> {
        writeln!(self.out, "\n{}\n{}", self.text("demo-title"), self.text("demo-intro"))?;
        let link = self.purchase().await?;
        self.follow(&link).await?;
        self.answer().await?;
        self.case().await?;
        self.ledger().await?;
        self.export().await
    }

    fn plot(&self) -> Plot<'_> {
        let Self { stage, ctx, locale, api, api_key, cast, .. } = self;
        Plot {
            stage,
            catalogue: &ctx.catalogue,
            locale,
            api: api.clone(),
            api_key,
            hero: &cast.anna,
            lead: cast.lead,
            leads: cast.leads,
        }
    }

    async fn purchase(&mut self) -> Result<String> {
        self.scene("demo-shop")?;
        let event = self.plot().event();
        writeln!(self.out, "\n  POST /v1/events")?;
        self.object(&event)?;
        let answer = self.plot().buy(&event).await?;
        self.note("demo-shop-reply")?;
        self.object(&["event_id", "survey_id", "state", "link"].map(|name| (name, answer[name].clone())))?;
        Ok(answer["link"].as_str().unwrap_or_default().to_owned())
    }

    async fn follow(&mut self, link: &str) -> Result<()> {
        self.scene("demo-link")?;
        self.plot().follow(link).await;
        self.show_since(self.cast.anna.user, 0)
    }

    async fn answer(&mut self) -> Result<()> {
        let anna = self.cast.anna.user;
        let [low, second, last] = SCORES;
        let before = self.newest(anna);
        writeln!(self.out, "\n  … {} …", self.text("demo-wait"))?;
        self.stage.advance(std::time::Duration::from_hours(3)).await;
        self.scene("demo-survey")?;
        self.show_since(anna, before)?;
        self.tap(low).await?;
        self.note("demo-reason")?;
        self.show_last(anna)?;
        self.scene("demo-alert")?;
        self.show_since(self.cast.leads, 0)?;
        self.scene("demo-comment")?;
        let reason = self.plot().reason();
        self.tap(&reason).await?;
        let before = self.newest(anna);
        self.plot().say().await;
        self.show_since(anna, before)?;
        self.tap(second).await?;
        self.show_last(anna)?;
        self.tap(last).await?;
        self.show_last(anna)?;
        self.scene("demo-alert-full")?;
        self.show_since(self.cast.leads, 0)
    }

    /// The bad score is a case: a lead takes it, answers, resolves it, and the customer is asked once more.
    async fn case(&mut self) -> Result<()> {
        let (anna, leads) = (self.cast.anna.user, self.cast.leads);
        self.scene("demo-case")?;
        self.plot().take().await?;
        let before = self.newest(anna);
        self.plot().reply().await?;
        self.plot().answer().await;
        self.show_since(leads, 0)?;
        self.scene("demo-case-anna")?;
        self.show_since(anna, before)?;
        self.plot().resolve().await?;
        self.note("demo-case-resolved")?;
        let before = self.newest(anna);
        if let Some(due) = self.plot().recovery_due().await? {
            self.stage.advance(due.since(self.stage.clock.now())).await;
        }
        self.scene("demo-recovery")?;
        self.show_since(anna, before)?;
        self.tap(SOLUTION).await?;
        self.show_last(anna)?;
        self.scene("demo-recovered")?;
        self.show_since(leads, 0)
    }

    async fn ledger(&mut self) -> Result<()> {
        self.scene("demo-ledger")?;
        writeln!(self.out)?;
        let ledger = self.plot().ledger().await?;
        for step in ledger["transitions"].as_array().into_iter().flatten() {
            let at = step["at"].as_str().unwrap_or_default();
            writeln!(self.out, "  {at}  {}", step["state"].as_str().unwrap_or_default())?;
        }
        Ok(())
    }

    async fn export(&mut self) -> Result<()> {
        self.scene("demo-export")?;
        writeln!(self.out)?;
        let mut csv = Vec::new();
        let mut tx = self.db.read().await?;
        export(&mut tx, self.ctx, What::Answers, &Filter::default(), Format::CSV, &mut csv).await?;
        drop(tx);
        let bytes = csv.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&csv);
        let mut reader = csv::Reader::from_reader(bytes);
        let header = reader.headers()?.clone();
        let places: Vec<usize> =
            COLUMNS.iter().filter_map(|name| header.iter().position(|column| column == *name)).collect();
        let mut table = vec![COLUMNS.map(str::to_owned).to_vec()];
        for row in reader.records() {
            let row = row?;
            table.push(places.iter().map(|place| row.get(*place).unwrap_or_default().to_owned()).collect());
        }
        for line in aligned(&table) {
            writeln!(self.out, "  {line}")?;
        }
        let more = FluentValue::from(header.len() - COLUMNS.len());
        writeln!(
            self.out,
            "  {}",
            self.ctx.catalogue.with(self.locale, "demo-export-more", &[("columns", more)])
        )?;
        Ok(())
    }

    async fn tap(&mut self, button: &str) -> Result<()> {
        let tapped =
            self.ctx.catalogue.with(self.locale, "demo-tap", &[("button", FluentValue::from(button))]);
        writeln!(self.out, "\n  ▸ {tapped}")?;
        Ok(self.plot().tap(button).await?)
    }

    fn newest(&self, chat: ChatId) -> MessageId {
        self.stage.world.messages(chat).last().map_or(0, |message| message.id)
    }

    fn show_last(&mut self, chat: ChatId) -> Result<()> {
        let last = self.stage.world.last_message(chat).map_or(0, |message| message.id);
        self.show_since(chat, last - 1)
    }

    /// Shows the chat's messages after `after`, in their current state.
    fn show_since(&mut self, chat: ChatId, after: MessageId) -> Result<()> {
        writeln!(self.out)?;
        let world = self.stage.world.clone();
        let (bot, edited) = (self.text("demo-bot"), self.text("demo-edited"));
        let wording = Wording { bot: &bot, edited: &edited };
        for message in world.messages(chat).into_iter().filter(|message| message.id > after) {
            if message.service.is_some() {
                continue;
            }
            let side = if message.from == Sender::Bot { "│" } else { "┃" };
            for line in
                world.shown_as(chat, message.id, wording).lines().flat_map(|line| wrapped(line, WIDTH - 4))
            {
                writeln!(self.out, "{}", format!("  {side} {line}").trim_end())?;
            }
        }
        Ok(())
    }

    fn scene(&mut self, id: &str) -> Result<()> {
        let time = clock_time(self.stage.clock.now());
        let title = format!("── {time} · {} ", self.text(id));
        writeln!(self.out, "\n{title:─<WIDTH$}")?;
        Ok(())
    }

    fn note(&mut self, id: &str) -> Result<()> {
        writeln!(self.out, "\n  {}", self.text(id))?;
        Ok(())
    }

    /// Prints a JSON object, one field per line, with the fields in the order in which a person would write them.
    fn object(&mut self, fields: &[(&str, Value)]) -> Result<()> {
        writeln!(self.out, "    {{")?;
        for (index, (name, value)) in fields.iter().enumerate() {
            let comma = if index + 1 < fields.len() { "," } else { "" };
            writeln!(self.out, "      \"{name}\": {value}{comma}")?;
        }
        writeln!(self.out, "    }}")?;
        Ok(())
    }

    fn text(&self, id: &str) -> String {
        self.ctx.catalogue.text(self.locale, id)
    }
}

/// Hours and minutes in the story's local time, which is Moscow's.
fn clock_time(at: Timestamp) -> String {
    moscow(at).format("%H:%M").to_string()
}

/// Breaks a line at spaces so that no piece is wider than `width`. Continuation lines are indented like those of a
/// text.
fn wrapped(line: &str, width: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece: String = line.chars().take_while(|c| *c == ' ').collect();
    let mut is_begun = false;
    for word in line.split_whitespace() {
        if is_begun && piece.chars().count() + 1 + word.chars().count() > width {
            pieces.push(std::mem::replace(&mut piece, "  ".to_owned()));
            is_begun = false;
        }
        if is_begun {
            piece.push(' ');
        }
        piece.push_str(word);
        is_begun = true;
    }
    pieces.push(piece);
    pieces
}

/// Makes each column as wide as its widest cell, and cuts the last column to the rest of the line.
fn aligned(table: &[Vec<String>]) -> Vec<String> {
    let columns = table.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        table.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        let line = line.trim_end();
        if line.chars().count() <= WIDTH { line.to_owned() } else { cut(line, WIDTH) }
    };
    table.iter().map(line).collect()
}

fn cut(line: &str, width: usize) -> String {
    line.chars().take(width - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_at_spaces_and_keep_their_indent() {
        assert_eq!(wrapped("  one two three", 9), ["  one two", "  three"]);
        assert_eq!(wrapped("Ada: one two", 9), ["Ada: one", "  two"]);
        assert_eq!(wrapped("word", 2), ["word"]);
        assert_eq!(wrapped("", 9), [""]);
    }

    #[test]
    fn a_table_has_straight_columns_in_any_alphabet() {
        let table = vec![vec!["a".to_owned(), "б".to_owned()], vec!["длинно".to_owned(), "c".to_owned()]];
        assert_eq!(aligned(&table), ["a       б", "длинно  c"]);
    }
}
