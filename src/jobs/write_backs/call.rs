//! One call of a write-back: a mail or a request.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::domain::write::{Filled, Meaning, Write};
use crate::outbound::{Call, CallError, MailError, Mailer, Outbound, Refused, Target, Text};
use crate::service::write_back::{Letter, Message};

/// Makes the call, and says what its end means.
pub(super) async fn make(
    outbound: &Outbound,
    mailer: Option<&Mailer>,
    message: Message,
) -> (Meaning, Option<Duration>) {
    match message {
        Message::Letter(letter) => (send(mailer, &letter).await, None),
        Message::Call(filled, write) => request(outbound, filled, &write).await,
    }
}

async fn send(mailer: Option<&Mailer>, letter: &Letter) -> Meaning {
    let Some(mailer) = mailer else { return Meaning::Refused("SMTP_URL is not set".to_owned()) };
    let Letter { to, subject, text, unsubscribe, id } = letter;
    match mailer.send(Text { to, subject, text, unsubscribe, id }).await {
        Ok(()) => Meaning::Done,
        Err(error @ MailError::Refused(_)) => Meaning::Refused(error.to_string()),
        Err(error @ MailError::Again(_)) => Meaning::Again(error.to_string()),
        Err(error @ MailError::Unknown(_)) => Meaning::Unknown(error.to_string()),
    }
}

async fn request(outbound: &Outbound, filled: Filled, write: &Write) -> (Meaning, Option<Duration>) {
    let call = match call(outbound, filled) {
        Ok(call) => call,
        Err(why) => return (Meaning::Refused(why), None),
    };
    match outbound.call(call).await {
        Ok(answer) => (write.meaning(answer.status, &answer.body), answer.retry_after),
        Err(error @ CallError::Refused(_)) => (Meaning::Refused(error.to_string()), None),
        Err(error @ CallError::Unsent(_)) => (Meaning::Again(error.to_string()), None),
        Err(error @ CallError::Unknown(_)) => (Meaning::Unknown(error.to_string()), None),
    }
}

/// # Errors
/// Says what about the call cannot be sent. It quotes no value.
fn call(outbound: &Outbound, filled: Filled) -> Result<Call, String> {
    let target = Target::parse(&filled.url, outbound.rules()).map_err(|why: Refused| why.to_string())?;
    let method =
        Method::from_bytes(filled.method.as_bytes()).map_err(|_| "the method cannot be sent".to_owned())?;
    let mut headers = HeaderMap::new();
    for (name, value) in &filled.headers {
        let wrong = |()| format!("the header {name} cannot be sent");
        let value = HeaderValue::from_str(value).map_err(|_| wrong(()))?;
        headers.append(HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong(()))?, value);
    }
    let content_type = filled.content_type.map(HeaderValue::from_static);
    Ok(Call { method, target, headers, content_type, body: filled.body })
}
