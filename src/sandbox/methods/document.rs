//! `sendDocument` with a text file, and `getFile`.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::json;

use super::super::json as drawn;
use super::super::model::Media;
use super::super::people::attach;
use super::super::state::State;
use super::send::{Way, send};
use super::{ApiError, ChatRef, Outcome, writable};

/// The cloud server's limit for getFile, in bytes.
const MOST: u64 = 20 << 20;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct SendDocument<'a> {
    #[serde(borrow)]
    pub(super) chat_id: ChatRef<'a>,
    #[serde(borrow)]
    document: Upload<'a>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Upload<'a> {
    #[serde(borrow)]
    pub(super) file_name: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) content: Cow<'a, str>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct GetFile<'a> {
    #[serde(borrow)]
    file_id: Cow<'a, str>,
}

pub(super) fn send_document(state: &mut State, call: &SendDocument<'_>) -> Outcome {
    if call.document.content.is_empty() {
        return Err(ApiError::misuse("file must be non-empty"));
    }
    let chat = writable(state, &call.chat_id)?.id;
    let mut attached = attach(state, Media::Document { name: call.document.file_name.to_string() });
    let content = call.document.content.as_bytes().to_vec();
    attached.file_size = content.len() as u64;
    state.files.insert(attached.file_id.clone(), content);
    let way = Way { thread: None, reply: None, markup: None, silent: false, protected: false };
    let id = send(state, chat, &way, |message| message.media = Some(attached))?;
    let of = state.chat(chat);
    Ok(of.message(id).map_or_else(String::new, |sent| drawn::message(state, of, sent).to_string()))
}

pub(super) fn get_file(state: &mut State, call: &GetFile<'_>) -> Outcome {
    let id = call.file_id.as_ref();
    let Some(content) = state.files.get(id) else {
        return Err(ApiError::bad_request("wrong file_id or the file is temporarily unavailable"));
    };
    let size = content.len() as u64;
    if size > MOST {
        return Err(ApiError::bad_request("file is too big"));
    }
    let file = json!({
        "file_id": id, "file_unique_id": id, "file_size": size, "file_path": format!("documents/{id}"),
    });
    Ok(file.to_string())
}
