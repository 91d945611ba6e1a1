//! Buttons of the team's screens. Each names the state it leads to, so a double tap is harmless.

use super::{base36, from_base36};
use crate::domain::ids::{ChatId, PersonId};
use crate::domain::staff::Role;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TeamAct {
    List,
    Member(PersonId),
    Give(PersonId, Role),
    /// Asks for confirmation first.
    Remove(PersonId),
    RemoveNow(PersonId),
    Invite,
    InviteAs(Role),
    Withdraw(i64),
    /// The log entries before this one; 0 starts at the newest.
    Log(i64),
    /// The complete log as a file.
    LogFile,
    /// Asks which agent of the events this person is.
    AskAgent(PersonId),
    NoAgent(PersonId),
    /// The chats whose subscriber has lost their role.
    Chats,
    /// Lets a group keep getting alerts; its ID is negative.
    KeepChat(ChatId),
    ForgetChat(ChatId),
}

const fn letter(role: Role) -> char {
    match role {
        Role::Admin => 'a',
        Role::Lead => 'l',
        Role::Agent => 'e',
    }
}

fn role(letter: char) -> Option<Role> {
    Role::ALL.iter().copied().find(|role| self::letter(*role) == letter)
}

impl TeamAct {
    pub(super) fn encode(self) -> String {
        match self {
            Self::List => "l".to_owned(),
            Self::Member(person) => format!("m{}", base36(person.get())),
            Self::Give(person, role) => format!("g{}{}", letter(role), base36(person.get())),
            Self::Remove(person) => format!("x{}", base36(person.get())),
            Self::RemoveNow(person) => format!("y{}", base36(person.get())),
            Self::Invite => "i".to_owned(),
            Self::InviteAs(role) => format!("j{}", letter(role)),
            Self::Withdraw(invite) => format!("w{}", base36(invite)),
            Self::Log(before) => format!("h{}", base36(before)),
            Self::LogFile => "f".to_owned(),
            Self::AskAgent(person) => format!("a{}", base36(person.get())),
            Self::NoAgent(person) => format!("n{}", base36(person.get())),
            Self::Chats => "c".to_owned(),
            Self::KeepChat(chat) => format!("k{}", base36(chat.get())),
            Self::ForgetChat(chat) => format!("d{}", base36(chat.get())),
        }
    }

    pub(super) fn decode(text: &str) -> Option<Self> {
        let mut rest = text.chars();
        let act = match (rest.next()?, rest.as_str()) {
            ('l', "") => Self::List,
            ('i', "") => Self::Invite,
            ('f', "") => Self::LogFile,
            ('c', "") => Self::Chats,
            // The minus sign is left out of the button.
            ('k', id) => Self::KeepChat(ChatId::new(-from_base36(id)?)),
            ('d', id) => Self::ForgetChat(ChatId::new(-from_base36(id)?)),
            ('a', id) => Self::AskAgent(PersonId::new(from_base36(id)?)),
            ('n', id) => Self::NoAgent(PersonId::new(from_base36(id)?)),
            ('m', id) => Self::Member(PersonId::new(from_base36(id)?)),
            ('x', id) => Self::Remove(PersonId::new(from_base36(id)?)),
            ('y', id) => Self::RemoveNow(PersonId::new(from_base36(id)?)),
            ('w', id) => Self::Withdraw(from_base36(id)?),
            ('h', id) => Self::Log(from_base36(id)?),
            ('j', of) => Self::InviteAs(role(of.chars().next().filter(|_| of.len() == 1)?)?),
            ('g', of) => {
                let mut rest = of.chars();
                let role = role(rest.next()?)?;
                Self::Give(PersonId::new(from_base36(rest.as_str())?), role)
            }
            _ => return None,
        };
        Some(act)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Data;
    use super::*;

    #[test]
    fn every_button_of_the_team_is_read_back() {
        let person = PersonId::new(i64::MAX);
        let given =
            Role::ALL.iter().flat_map(|role| [TeamAct::Give(person, *role), TeamAct::InviteAs(*role)]);
        let others = [
            TeamAct::List,
            TeamAct::Member(person),
            TeamAct::Remove(person),
            TeamAct::RemoveNow(person),
            TeamAct::Invite,
            TeamAct::Withdraw(7),
            TeamAct::Log(0),
            TeamAct::LogFile,
            TeamAct::AskAgent(person),
            TeamAct::NoAgent(person),
            TeamAct::Chats,
            TeamAct::KeepChat(ChatId::new(-i64::MAX)),
            TeamAct::ForgetChat(ChatId::new(-1_002_000_000_001)),
        ];
        for act in given.chain(others) {
            let data = Data::Team(act);
            assert!(data.encode().len() <= 64);
            assert_eq!(Data::decode(&data.encode()), Some(data));
        }
        for text in ["1t:", "1t:z", "1t:j", "1t:jal", "1t:gz7", "1t:l1", "1t:m-7"] {
            assert_eq!(Data::decode(text), None, "{text}");
        }
    }
}
