//! The bot's commands. Routing, `/help` and permissions all derive from this one enum.

use crate::domain::locale::Languages;
use crate::domain::staff::Role;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Start,
    Language,
    Human,
    Privacy,
    Stop,
    Forget,
    Alerts,
    Scripts,
    Hooks,
    Staff,
    Cases,
    Report,
    Dashboard,
    Help,
}

/// A message that starts like a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call<'m> {
    Known {
        command: Command,
        argument: &'m str,
    },
    /// A lone, unknown command that is addressed to this bot or to no bot by name.
    Unknown,
    /// A command for another bot in the same chat.
    Other,
}

impl Command {
    /// All commands, in menu order.
    pub const ALL: [Self; 14] = [
        Self::Start,
        Self::Human,
        Self::Language,
        Self::Privacy,
        Self::Stop,
        Self::Forget,
        Self::Cases,
        Self::Report,
        Self::Dashboard,
        Self::Alerts,
        Self::Scripts,
        Self::Hooks,
        Self::Staff,
        Self::Help,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Language => "language",
            Self::Human => "human",
            Self::Privacy => "privacy",
            Self::Stop => "stop",
            Self::Forget => "forget",
            Self::Alerts => "alerts",
            Self::Scripts => "scripts",
            Self::Hooks => "hooks",
            Self::Staff => "staff",
            Self::Cases => "cases",
            Self::Report => "report",
            Self::Dashboard => "dashboard",
            Self::Help => "help",
        }
    }

    /// The ID of the catalogue message that describes the command.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Start => "command-start",
            Self::Language => "command-language",
            Self::Human => "command-human",
            Self::Privacy => "command-privacy",
            Self::Stop => "command-stop",
            Self::Forget => "command-forget",
            Self::Alerts => "command-alerts",
            Self::Scripts => "command-scripts",
            Self::Hooks => "command-hooks",
            Self::Staff => "command-staff",
            Self::Cases => "command-cases",
            Self::Report => "command-report",
            Self::Dashboard => "command-dashboard",
            Self::Help => "command-help",
        }
    }

    /// Whether somebody with this role may use it.
    #[must_use]
    pub fn is_for(self, role: Option<Role>) -> bool {
        match self {
            Self::Start
            | Self::Language
            | Self::Human
            | Self::Privacy
            | Self::Stop
            | Self::Forget
            | Self::Help => true,
            Self::Alerts => role.is_some_and(Role::may_route_alerts),
            Self::Cases => role >= Some(Role::Lead),
            Self::Dashboard | Self::Report => role.is_some(),
            Self::Scripts | Self::Hooks | Self::Staff => role == Some(Role::Admin),
        }
    }

    /// The commands shown to somebody with this role, in menu order. `/language` is left out where there is only one
    /// language.
    pub fn shown(role: Option<Role>, languages: &Languages) -> impl Iterator<Item = Self> {
        let may_use = move |command: &Self| command.is_for(role);
        Self::ALL.into_iter().filter(may_use).filter(move |command| command.is_shown(languages))
    }

    /// Whether the command can do anything: `/language` cannot where there is only one language.
    #[must_use]
    pub fn is_shown(self, languages: &Languages) -> bool {
        self != Self::Language || !languages.is_one()
    }

    /// Whether the command is personal, so that it does nothing in a group.
    #[must_use]
    pub const fn is_private(self) -> bool {
        match self {
            Self::Human | Self::Privacy | Self::Stop | Self::Forget => true,
            // In a group, `/language` sets the language of the alerts.
            Self::Start
            | Self::Language
            | Self::Alerts
            | Self::Scripts
            | Self::Hooks
            | Self::Staff
            | Self::Cases
            | Self::Report
            | Self::Dashboard
            | Self::Help => false,
        }
    }

    /// Parses `/name@bot argument`; returns `None` if the text is not a command.
    #[must_use]
    pub fn parse<'m>(text: &'m str, bot: &str) -> Option<Call<'m>> {
        let rest = text.strip_prefix('/')?;
        let (word, argument) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let (name, addressee) = word.split_once('@').map_or((word, None), |(name, bot)| (name, Some(bot)));
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || name.len() > 32 || !name.chars().all(is_name) {
            return None;
        }
        if addressee.is_some_and(|addressee| !addressee.eq_ignore_ascii_case(bot)) {
            return Some(Call::Other);
        }
        let argument = argument.trim();
        match Self::ALL.into_iter().find(|command| name.eq_ignore_ascii_case(command.name())) {
            Some(command) => Some(Call::Known { command, argument }),
            // A sentence that happens to begin with a slash is not a command.
            None => argument.is_empty().then_some(Call::Unknown),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const fn known(command: Command, argument: &str) -> Call<'_> {
        Call::Known { command, argument }
    }

    #[rstest]
    #[case("/start", Some(known(Command::Start, "")))]
    #[case("/start  Zm9v-_ ", Some(known(Command::Start, "Zm9v-_")))]
    #[case("/Alerts@Afterword_Bot off", Some(known(Command::Alerts, "off")))]
    #[case("/stop\nплохо", Some(known(Command::Stop, "плохо")))]
    #[case("/alerts@other_bot", Some(Call::Other))]
    #[case("/privacy", Some(known(Command::Privacy, "")))]
    #[case("/price", Some(Call::Unknown))]
    #[case("/price@afterword_bot", Some(Call::Unknown))]
    #[case("/hotline никто не отвечает", None)]
    #[case("/ ужас", None)]
    #[case("/опрос", None)]
    #[case("stop", None)]
    #[case("", None)]
    fn a_command_is_read_with_its_addressee_and_argument(
        #[case] text: &str,
        #[case] expected: Option<Call<'_>>,
    ) {
        assert_eq!(Command::parse(text, "afterword_bot"), expected);
    }

    #[test]
    fn only_leads_and_admins_route_alerts() {
        let may = |role| Command::Alerts.is_for(role);
        assert!(may(Some(Role::Lead)) && may(Some(Role::Admin)));
        assert!(!may(Some(Role::Agent)) && !may(None));
    }
}
