//! The admins' buttons under a request to be forgotten.

use super::{base36, from_base36};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestAct {
    /// Erases the customer, provided that their data still has the size the admin was shown.
    Erase { request: i64, events: i64, answered: i64 },
    /// Keeps the customer's remaining data.
    Keep { request: i64 },
}

impl RequestAct {
    pub(super) fn encode(self) -> String {
        match self {
            Self::Erase { request, events, answered } => {
                format!("{}:{}:{}", base36(request), base36(events), base36(answered))
            }
            Self::Keep { request } => base36(request),
        }
    }

    pub(super) fn decode(text: &str) -> Option<Self> {
        let numbers: Vec<i64> = text.split(':').map(from_base36).collect::<Option<_>>()?;
        match numbers[..] {
            [request, events, answered] => Some(Self::Erase { request, events, answered }),
            [request] => Some(Self::Keep { request }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Data;
    use super::*;

    #[test]
    fn the_buttons_of_a_request_are_read_back() {
        let most = i64::MAX;
        for act in [
            RequestAct::Erase { request: most, events: most, answered: most },
            RequestAct::Erase { request: 7, events: 0, answered: 0 },
            RequestAct::Keep { request: most },
        ] {
            let data = Data::ForgetRequest(act);
            assert!(data.encode().len() <= 64, "{}", data.encode());
            assert_eq!(Data::decode(&data.encode()), Some(data));
        }
        for text in ["1g:", "1g:1:2", "1g:1:2:3:4", "1g:-1", "1g:1:2:x y"] {
            assert_eq!(Data::decode(text), None, "{text}");
        }
    }
}
