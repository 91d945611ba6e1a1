//! Buttons of `/cases`: the list and the settings.

use super::{base36, from_base36, plain_number};
use crate::domain::case_settings::CaseSetting;
use crate::domain::ids::{CaseNumber, PersonId};

/// Which cases the list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    All,
    Mine,
    Free,
    Late,
    Closed,
}

impl Tab {
    pub const ALL: [Self; 5] = [Self::All, Self::Mine, Self::Free, Self::Late, Self::Closed];
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CasesAct {
    /// A page of the list.
    Page(Tab, i64),
    /// Posts a case as a card below the list.
    Card(CaseNumber),
    Settings,
    /// The people who are muted.
    Muted,
    Unmute(PersonId),
    /// Asks for the value of a setting.
    Setting(CaseSetting),
    /// Chooses one of the two values of a setting: yes or no.
    Choose(CaseSetting, bool),
    /// Takes a setting back to its default.
    Default(CaseSetting),
    /// Writes budgets of working time that are longer than a working day as one working day.
    InDays,
}

impl CasesAct {
    pub(super) fn encode(self) -> String {
        let place =
            |setting: CaseSetting| CaseSetting::ALL.iter().position(|other| *other == setting).unwrap_or(0);
        match self {
            Self::Page(tab, page) => {
                let tab = Tab::ALL.iter().position(|other| *other == tab).unwrap_or(0);
                format!("p{tab}{}", base36(page))
            }
            Self::Card(number) => format!("n{}", base36(number.get())),
            Self::Settings => "s".to_owned(),
            Self::Muted => "m".to_owned(),
            Self::Unmute(person) => format!("u{}", base36(person.get())),
            Self::Setting(setting) => format!("a{}", place(setting)),
            Self::Choose(setting, true) => format!("y{}", place(setting)),
            Self::Choose(setting, false) => format!("x{}", place(setting)),
            Self::Default(setting) => format!("d{}", place(setting)),
            Self::InDays => "l".to_owned(),
        }
    }

    pub(super) fn decode(text: &str) -> Option<Self> {
        let (letter, rest) = text.split_at_checked(1)?;
        let setting = || CaseSetting::ALL.get(usize::from(plain_number(rest)?)).copied();
        Some(match (letter, rest) {
            ("p", rest) => {
                let (tab, page) = rest.split_at_checked(1)?;
                Self::Page(*Tab::ALL.get(usize::from(plain_number(tab)?))?, from_base36(page)?)
            }
            ("n", number) => Self::Card(CaseNumber::new(from_base36(number)?)),
            ("s", "") => Self::Settings,
            ("m", "") => Self::Muted,
            ("u", person) => Self::Unmute(PersonId::new(from_base36(person)?)),
            ("a", _) => Self::Setting(setting()?),
            ("y", _) => Self::Choose(setting()?, true),
            ("x", _) => Self::Choose(setting()?, false),
            ("d", _) => Self::Default(setting()?),
            ("l", "") => Self::InDays,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Data;
    use super::*;

    #[test]
    fn every_button_of_the_list_is_read_back() {
        let pages = Tab::ALL.map(|tab| CasesAct::Page(tab, 40));
        let settings = CaseSetting::ALL.map(CasesAct::Setting).into_iter();
        let choices = CaseSetting::ALL.map(|setting| [true, false].map(|yes| CasesAct::Choose(setting, yes)));
        let settings = settings.chain(choices.into_iter().flatten());
        let acts = settings.chain(CaseSetting::ALL.map(CasesAct::Default)).chain(pages).chain([
            CasesAct::Card(CaseNumber::new(i64::MAX)),
            CasesAct::Settings,
            CasesAct::Muted,
            CasesAct::Unmute(PersonId::new(i64::MAX)),
            CasesAct::InDays,
        ]);
        for act in acts {
            let data = Data::Cases(act);
            assert!(data.encode().len() <= 64);
            assert_eq!(Data::decode(&data.encode()), Some(data));
        }
    }
}
