//! Lets an admin go through a script as a customer would. Only the moves are stored.

use super::{At, Shown};
use crate::domain::ids::{MessageId, MessageKey};
use crate::domain::script::edit::codes;
use crate::domain::script::{Problem, Script};
use crate::domain::survey::{Dialogue, Input};
use crate::service::Unit;
use crate::store;
use crate::view::View;
use crate::view::callback::{Act, Screen, decode_act, encode_act};
use crate::view::editor::Previewed;

/// Stands for words in the list of moves. No button has this code.
const WORDS: &str = "w";
/// More moves than anybody makes. After that the preview starts over.
const MOST_MOVES: usize = 200;

/// The customer's language and the moves, as they are stored.
struct Moves {
    language: &'static str,
    made: Vec<String>,
}

impl Moves {
    fn read(text: &str) -> Option<Self> {
        let (language, made) = text.split_once(';')?;
        let made = made.split(' ').filter(|one| !one.is_empty()).map(str::to_owned).collect();
        Some(Self { language: codes::language(language.parse().ok()?)?, made })
    }

    fn write(&self) -> String {
        format!("{};{}", codes::of_language(self.language), self.made.join(" "))
    }
}

impl At<'_> {
    /// The script to preview: the draft or, if there is none that can be read, the live version. If it cannot be
    /// previewed, `Err` is the screen to show instead, such as the problems of an incomplete draft.
    fn previewed(&self, language: &str) -> Result<Script, Screen> {
        if let Some(draft) = self.read() {
            // What other languages lack does not show in this one.
            let is_elsewhere = |problem: &Problem| {
                problem.said.id == "lint-no-language"
                    && !problem.said.values.iter().any(|(_, lacking)| lacking == language)
            };
            let is_whole = draft.errors.iter().all(is_elsewhere);
            return if is_whole { Ok(draft.script) } else { Err(Screen::Problems) };
        }
        let live = self.live.as_ref().ok_or(Screen::List)?;
        Script::read_published(&live.source, self.languages()).map_err(|_| Screen::Card)
    }

    pub(super) async fn begin_preview(
        &mut self,
        unit: &mut Unit<'_>,
        language: &'static str,
        message_id: MessageId,
    ) -> store::Result<Shown> {
        if !self.languages().contains(language) {
            return self.no_preview(unit).await;
        }
        let script = match self.previewed(language) {
            Ok(script) => script,
            Err(screen) => return self.with_toast(unit, screen, "editor-toast-not-yet").await,
        };
        let moves = Moves { language, made: Vec::new() };
        let message = self.logical(unit, Some(message_id)).await?;
        self.sit(unit, message, None, Some(moves.write())).await?;
        Ok((self.draw(&script, &moves), None))
    }

    pub(super) async fn move_in_preview(
        &mut self,
        unit: &mut Unit<'_>,
        is_stale: bool,
        turn: usize,
        act: Act,
    ) -> store::Result<Shown> {
        let place = unit.tx.find_editor_place(self.person.id).await?.filter(|place| place.slug == self.slug);
        let moves = place.as_ref().and_then(|place| Moves::read(place.preview.as_deref()?));
        let moves = moves.filter(|moves| self.languages().contains(moves.language));
        let (Some(place), Some(mut moves), false) = (place, moves, is_stale) else {
            return self.no_preview(unit).await;
        };
        let script = match self.previewed(moves.language) {
            Ok(script) => script,
            Err(screen) => return self.with_toast(unit, screen, "editor-toast-not-yet").await,
        };
        if turn != moves.made.len() {
            return Ok((self.draw(&script, &moves), self.toast("editor-toast-stale")));
        }
        if moves.made.len() >= MOST_MOVES {
            moves.made.clear();
        } else {
            moves.made.push(encode_act(act));
        }
        self.sit(unit, place.message, None, Some(moves.write())).await?;
        Ok((self.draw(&script, &moves), None))
    }

    /// The button is out of date, so this shows the screen that the preview was opened from.
    async fn no_preview(&self, unit: &mut Unit<'_>) -> store::Result<Shown> {
        let toast = self.stale(unit).await?;
        let screen = if self.draft.is_some() { Screen::Home } else { Screen::Card };
        Ok((self.screen(unit, screen).await?.0, toast))
    }

    /// Handles words while a preview is open. Returns `None` if the preview cannot continue.
    pub(super) async fn words_in_preview(
        &mut self,
        unit: &mut Unit<'_>,
        preview: &str,
        message: MessageKey,
    ) -> store::Result<Option<View>> {
        let Some(mut moves) = Moves::read(preview) else { return Ok(None) };
        let Ok(script) = self.previewed(moves.language) else { return Ok(None) };
        moves.made.push(WORDS.to_owned());
        self.sit(unit, message, None, Some(moves.write())).await?;
        Ok(Some(self.draw(&script, &moves)))
    }

    fn draw(&self, script: &Script, moves: &Moves) -> View {
        let mut dialogue = Dialogue::begin();
        let mut stopped = false;
        for made in &moves.made {
            let input = match decode_act(made) {
                Some(Act::Stop) => {
                    stopped = true;
                    continue;
                }
                Some(Act::Continue) => {
                    stopped = false;
                    continue;
                }
                Some(Act::Input(input)) => input,
                None => Input::Words,
            };
            // A move that does not fit the step changes nothing, as in a real survey.
            if !stopped {
                let _ = dialogue.apply(script, input);
            }
        }
        self.editor().preview(&Previewed {
            script,
            dialogue: &dialogue,
            turn: moves.made.len(),
            language: moves.language,
            after_words: moves.made.last().is_some_and(|last| last == WORDS),
            stopped,
            brand: self.ctx.config.brand.as_deref(),
            is_draft: self.draft.is_some(),
        })
    }
}
