//! Buttons of the screens of `/hooks`. Each names the state it leads to, so a double tap is harmless.

use super::{base36, from_base36};
use crate::domain::hook::shipped::SHIPPED;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookAct {
    List,
    /// The systems for which there is a preset.
    Systems,
    /// Makes a hook with this preset.
    Make(&'static str),
    Hook(i64),
    Go(i64),
    Watch(i64),
    /// Asks for a secret.
    AskSecret(i64),
    /// Asks for a variable, the time zone or the region.
    AskSetting(i64),
    /// Asks for confirmation first.
    Address(i64),
    AddressNow(i64),
    /// Asks for confirmation first.
    Revoke(i64),
    RevokeNow(i64),
    Delivery(i64),
    Replay(i64),
}

impl HookAct {
    pub(super) fn encode(self) -> String {
        match self {
            Self::List => "l".to_owned(),
            Self::Systems => "s".to_owned(),
            Self::Make(preset) => format!("m{preset}"),
            Self::Hook(id) => format!("h{}", base36(id)),
            Self::Go(id) => format!("g{}", base36(id)),
            Self::Watch(id) => format!("w{}", base36(id)),
            Self::AskSecret(id) => format!("k{}", base36(id)),
            Self::AskSetting(id) => format!("v{}", base36(id)),
            Self::Address(id) => format!("a{}", base36(id)),
            Self::AddressNow(id) => format!("b{}", base36(id)),
            Self::Revoke(id) => format!("x{}", base36(id)),
            Self::RevokeNow(id) => format!("y{}", base36(id)),
            Self::Delivery(id) => format!("d{}", base36(id)),
            Self::Replay(id) => format!("r{}", base36(id)),
        }
    }

    pub(super) fn decode(text: &str) -> Option<Self> {
        let (letter, rest) = text.split_at_checked(1)?;
        let id = || from_base36(rest);
        Some(match (letter, rest) {
            ("l", "") => Self::List,
            ("s", "") => Self::Systems,
            ("m", preset) => Self::Make(SHIPPED.iter().find(|(slug, _)| *slug == preset)?.0),
            ("h", _) => Self::Hook(id()?),
            ("g", _) => Self::Go(id()?),
            ("w", _) => Self::Watch(id()?),
            ("k", _) => Self::AskSecret(id()?),
            ("v", _) => Self::AskSetting(id()?),
            ("a", _) => Self::Address(id()?),
            ("b", _) => Self::AddressNow(id()?),
            ("x", _) => Self::Revoke(id()?),
            ("y", _) => Self::RevokeNow(id()?),
            ("d", _) => Self::Delivery(id()?),
            ("r", _) => Self::Replay(id()?),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Data;
    use super::*;

    #[test]
    fn every_button_of_the_hooks_is_read_back_and_fits() {
        let of_hooks = [
            HookAct::Hook,
            HookAct::Go,
            HookAct::Watch,
            HookAct::AskSecret,
            HookAct::AskSetting,
            HookAct::Address,
            HookAct::AddressNow,
            HookAct::Revoke,
            HookAct::RevokeNow,
            HookAct::Delivery,
            HookAct::Replay,
        ];
        let made = SHIPPED.iter().map(|(slug, _)| HookAct::Make(slug));
        let others = of_hooks.iter().map(|act| act(i64::MAX)).chain([HookAct::List, HookAct::Systems]);
        for act in made.chain(others) {
            let data = Data::Hooks(act);
            assert!(data.encode().len() <= 64, "{}", data.encode());
            assert_eq!(Data::decode(&data.encode()), Some(data));
        }
        for wrong in ["", "m", "mnobody", "h", "h-1", "l1"] {
            assert_eq!(HookAct::decode(wrong), None, "{wrong}");
        }
    }
}
