//! Calls to other systems: helpdesks, CRMs, SMS gateways. Their addresses come from people and presets, so a call must
//! not reach into our own network: every address is checked after its name is resolved, the connection goes to the
//! address that was checked, and no redirect is followed. Mails go to the server that the operator names.

mod client;
mod mail;
mod rules;

pub use client::{Answer, Call, CallError, Limits, Outbound, SetupError};
pub use mail::{MailError, Mailer, Text};
pub use rules::{Refused, Rules, Target};
