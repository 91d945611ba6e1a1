//! The ways by which a personal link reaches a customer whom the bot cannot write to.

/// A way to a customer outside Telegram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// A public reply in the ticket.
    Helpdesk,
    Email,
    Sms,
}

impl Way {
    pub const ALL: [Self; 3] = [Self::Helpdesk, Self::Email, Self::Sms];

    /// Its name in the database and in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Helpdesk => "helpdesk",
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == text)
    }
}
