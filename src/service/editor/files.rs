//! Scripts as files: sent as a document, received as a draft or answered with a list of mistakes.

use super::{At, Shown};
use crate::domain::ids::MessageId;
use crate::domain::locale::Languages;
use crate::domain::script::diff::Diff;
use crate::domain::script::{MAX_FILE_BYTES, Parsed, Problem, Script, decode};
use crate::domain::staff::Deed;
use crate::domain::staff::Role;
use crate::domain::template::escape_html;
use crate::service::roles::role;
use crate::service::staff_log;
use crate::service::{Unit, person};
use crate::store::editing::ScriptJob;
use crate::store::persons::Person;
use crate::store::{self, Document, Lane, Outgoing, Payload};
use crate::view::View;
use crate::view::callback::Screen;

/// A document that somebody sent.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub size: Option<i64>,
    pub message_id: MessageId,
}

/// Accepts a script file from an admin and queues it to be fetched and read. Returns false if it is not a script file.
pub async fn take_file(unit: &mut Unit<'_>, person: &Person, file: File<'_>) -> store::Result<bool> {
    let ctx = unit.ctx;
    let is_script = file.name.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("toml"));
    if !is_script || role(&mut unit.tx, ctx, person.id).await? != Some(Role::Admin) {
        return Ok(false);
    }
    let too_large =
        file.size.is_some_and(|size| usize::try_from(size).is_ok_and(|size| size > MAX_FILE_BYTES));
    if too_large {
        let values = [
            ("name", escape_html(&crate::view::editor::cut(file.name, 80)).into()),
            ("most", (MAX_FILE_BYTES / 1024).to_string().into()),
        ];
        let text = ctx.catalogue.with(person::locale(ctx, person), "editor-file-too-large", &values);
        person::say(unit, person.id, &View::text(text)).await?;
        return Ok(true);
    }
    let job = ScriptJob {
        id: 0,
        kind: "file".to_owned(),
        person: person.id,
        message_id: file.message_id,
        message: None,
        slug: None,
        file_id: Some(file.id.to_owned()),
        file_name: Some(file.name.to_owned()),
    };
    unit.tx.insert_script_job(&job, unit.now).await?;
    Ok(true)
}

/// A file that was read, to be shown to an admin or turned into a draft.
#[derive(Debug)]
pub struct Read {
    name: String,
    content: Result<(Parsed, String), Vec<Problem>>,
}

/// Reads a file. This may take long, so do not call it while others wait.
#[must_use]
pub fn read_file(name: &str, bytes: &[u8], languages: &Languages) -> Read {
    let content = decode(name, bytes).map_err(|problem| vec![problem]);
    let content = content.and_then(|source| Ok((Script::parse(name, &source, languages)?, source)));
    Read { name: name.to_owned(), content }
}

/// Turns a file into a draft, or says what is wrong with it.
pub async fn import(unit: &mut Unit<'_>, person: &Person, file: Read) -> store::Result<()> {
    if role(&mut unit.tx, unit.ctx, person.id).await? != Some(Role::Admin) {
        return Ok(());
    }
    let (parsed, source) = match file.content {
        Ok(read) => read,
        Err(problems) => {
            let at = At::load(unit, person, "").await?;
            return person::say(unit, person.id, &at.editor().file_refused(&file.name, &problems)).await;
        }
    };
    let mut at = At::load(unit, person, &parsed.script.slug).await?;
    let replaced = at.draft.is_some();
    at.save(unit, &source).await?;
    if !replaced {
        staff_log::script(unit, Some(person.id), Deed::DraftBegun, &parsed.script.slug, None).await?;
    }
    at.leave_words(unit).await?;
    let diff = match &at.live {
        Some(live) => at.compared(unit, &live.source, &source).await?,
        None => Diff::default(),
    };
    let editor = at.editor();
    let differences = editor.differences(&diff, at.live.is_none());
    person::say(unit, person.id, &editor.file_taken(&differences, parsed.warnings.len(), replaced)).await
}

/// Tells the person that Telegram does not deliver the file.
pub async fn file_lost(unit: &mut Unit<'_>, person: &Person) -> store::Result<()> {
    let ctx = unit.ctx;
    let text = ctx.catalogue.text(person::locale(ctx, person), "editor-file-lost");
    person::say(unit, person.id, &View::text(text)).await
}

impl At<'_> {
    /// Sends the draft as a document, or the live version if there is no draft.
    pub(super) async fn send_file(&mut self, unit: &mut Unit<'_>) -> store::Result<Shown> {
        let draft = self.draft.as_ref().map(|draft| draft.source.clone());
        let is_draft = draft.is_some();
        let Some(content) = draft.or(self.live.as_ref().map(|live| live.source.clone())) else {
            return self.with_toast(unit, Screen::List, "editor-toast-gone").await;
        };
        let payload = Payload::document(Document { name: format!("{}.toml", self.slug), content });
        unit.tx.enqueue(&Outgoing::send(Lane::Answers, self.person.id.chat(), payload), unit.now).await?;
        let screen = if is_draft { Screen::Home } else { Screen::Card };
        self.with_toast(unit, screen, "editor-toast-file-soon").await
    }
}
