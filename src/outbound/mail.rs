//! Mails over SMTP. The server is the operator's own choice, so it may be in a private network.

use std::time::Duration;

use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::response::Code;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use crate::config::reaching::Mail;

/// How long the server may take for one step.
const PATIENCE: Duration = Duration::from_secs(15);
/// One mail at a time is sent, so one connection is kept.
const CONNECTIONS: u32 = 1;

/// Sends mails. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// What to send to one address.
#[derive(Clone, Copy)]
pub struct Text<'a> {
    pub to: &'a str,
    pub subject: &'a str,
    pub text: &'a str,
    /// The address that unsubscribes with one `POST` (RFC 8058).
    pub unsubscribe: &'a str,
    /// The `Message-ID`.
    pub id: &'a str,
}

/// Shows nothing of the recipient.
impl std::fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Text")
    }
}

/// Why a mail was not sent. The texts name nobody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// It cannot be sent, now or later.
    #[error("refused: {0}")]
    Refused(String),
    /// It was not sent, and may be tried again.
    #[error("not now: {0}")]
    Again(String),
    /// The server may have taken it.
    #[error("no answer: {0}")]
    Unknown(String),
}

impl Mailer {
    /// # Errors
    /// The server's address cannot be used.
    pub fn new(mail: &Mail) -> Result<Self, lettre::transport::smtp::Error> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(mail.url())?
            .timeout(Some(PATIENCE))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS))
            .build();
        Ok(Self { transport, from: mail.from.clone() })
    }

    /// Connects and logs in, without sending anything.
    ///
    /// # Errors
    /// Says what the server answered.
    pub async fn check(&self) -> Result<(), String> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("the server does not answer as a mail server does".to_owned()),
            Err(error) => Err(told(&error)),
        }
    }

    /// Sends one mail.
    ///
    /// # Errors
    /// Says whether the mail may have been taken.
    pub async fn send(&self, text: Text<'_>) -> Result<(), MailError> {
        let message =
            self.message(text).ok_or_else(|| MailError::Refused("no mail can be made of it".to_owned()))?;
        let Err(error) = self.transport.send(message).await else { return Ok(()) };
        Err(match error.status() {
            Some(status) if error.is_permanent() && !is_about_login(status) => {
                MailError::Refused(format!("SMTP {status}"))
            }
            Some(status) => MailError::Again(format!("SMTP {status}")),
            None if error.is_timeout() => MailError::Unknown("it took too long".to_owned()),
            None if error.is_client() || error.is_tls() => MailError::Again(told(&error)),
            None => MailError::Unknown(told(&error)),
        })
    }

    fn message(&self, text: Text<'_>) -> Option<Message> {
        let to = Mailbox::new(None, text.to.parse().ok()?);
        let builder: MessageBuilder = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(text.subject)
            .header(ContentType::TEXT_PLAIN)
            .message_id(Some(text.id.to_owned()))
            .header(ListUnsubscribe(format!("<{}>", text.unsubscribe)))
            .header(OneClick)
            .header(AutoSubmitted);
        builder.body(text.text.to_owned()).ok()
    }
}

/// Whether the server refuses us and not the mail (RFC 4954). What is refused to all mails is no end for one of them.
fn is_about_login(status: Code) -> bool {
    matches!(u16::from(status), 530 | 534 | 535 | 538)
}

/// The innermost cause, which is the most specific one. A server's own words may name the recipient, so an answer is
/// told by its code only.
fn told(error: &lettre::transport::smtp::Error) -> String {
    if let Some(status) = error.status() {
        return format!("SMTP {status}");
    }
    let mut last: &dyn std::error::Error = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// A header with a text.
macro_rules! header {
    ($type:ident, $name:literal, $value:expr) => {
        impl Header for $type {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($name)
            }

            fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Err("only written".into())
            }

            fn display(&self) -> HeaderValue {
                let value: fn(&Self) -> String = $value;
                HeaderValue::new(Self::name(), value(self))
            }
        }
    };
}

#[derive(Clone)]
struct ListUnsubscribe(String);
header!(ListUnsubscribe, "List-Unsubscribe", |header| header.0.clone());

#[derive(Clone)]
struct OneClick;
header!(OneClick, "List-Unsubscribe-Post", |_| "List-Unsubscribe=One-Click".to_owned());

/// Keeps holiday notices away (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;
header!(AutoSubmitted, "Auto-Submitted", |_| "auto-generated".to_owned());
