//! Servers that stand for those of others: a mail server, an SMS service, a helpdesk. They keep what they get, and a test says how
//! they answer.

mod http;
mod mail;

pub use http::{HttpServer, Request};
pub use mail::{Mail, MailServer};
