//! Buttons about what customers and leads write to each other.

use super::{base36, from_base36};
use crate::domain::ids::{CaseMessageKey, CaseNumber};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordsAct {
    /// What becomes of a lead's words that wait for their author's choice.
    Held { message: CaseMessageKey, choice: Choice },
    /// The customer says which case their words are about.
    About(CaseNumber),
    /// The customer says that a resolved case is not solved.
    NotSolved(CaseNumber),
    /// Posts a case that is listed with others as a message of its own.
    Card(CaseNumber),
    /// Deletes a lead's words at the customer.
    TakeBack(CaseMessageKey),
    /// Asks for a human, like `/human`.
    Human,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    Send,
    /// Takes the case over, or reopens it, first.
    TakeAndSend,
    Drop,
}

impl WordsAct {
    pub(super) fn encode(self) -> String {
        match self {
            Self::Held { message, choice } => {
                let choice = match choice {
                    Choice::Send => 's',
                    Choice::TakeAndSend => 't',
                    Choice::Drop => 'd',
                };
                format!("{choice}{}", base36(message.get()))
            }
            Self::About(number) => format!("a{}", base36(number.get())),
            Self::NotSolved(number) => format!("n{}", base36(number.get())),
            Self::Card(number) => format!("c{}", base36(number.get())),
            Self::TakeBack(message) => format!("b{}", base36(message.get())),
            Self::Human => "h".to_owned(),
        }
    }

    pub(super) fn decode(text: &str) -> Option<Self> {
        if text == "h" {
            return Some(Self::Human);
        }
        let (letter, number) = text.split_at_checked(1)?;
        let number = from_base36(number)?;
        let held = |choice| Self::Held { message: CaseMessageKey::new(number), choice };
        Some(match letter {
            "s" => held(Choice::Send),
            "t" => held(Choice::TakeAndSend),
            "d" => held(Choice::Drop),
            "a" => Self::About(CaseNumber::new(number)),
            "n" => Self::NotSolved(CaseNumber::new(number)),
            "c" => Self::Card(CaseNumber::new(number)),
            "b" => Self::TakeBack(CaseMessageKey::new(number)),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Data;
    use super::*;

    #[test]
    fn the_buttons_are_read_back() {
        let message = CaseMessageKey::new(i64::MAX);
        for act in [
            WordsAct::Held { message, choice: Choice::Send },
            WordsAct::Held { message, choice: Choice::TakeAndSend },
            WordsAct::Held { message, choice: Choice::Drop },
            WordsAct::About(CaseNumber::new(101)),
            WordsAct::NotSolved(CaseNumber::new(101)),
            WordsAct::Card(CaseNumber::new(101)),
            WordsAct::TakeBack(message),
            WordsAct::Human,
        ] {
            let data = Data::Words(act);
            assert!(data.encode().len() <= 64, "{}", data.encode());
            assert_eq!(Data::decode(&data.encode()), Some(data));
        }
        for text in ["1w:", "1w:x1", "1w:s", "1w:s01", "1w:h1"] {
            assert_eq!(Data::decode(text), None, "{text}");
        }
    }
}
