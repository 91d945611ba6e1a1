//! Buttons of `/alerts`: `TOPIC:ACT`, or `TOPIC:ACT:ARG:…`.

use super::{Mark, base36, from_base36, plain_number};
use crate::domain::ids::TopicId;
use crate::domain::routing::FilterKind;

/// A tap on the screen of a chat or of a topic in it. The chat is the one in which the button is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlertsTap {
    pub topic: TopicId,
    pub act: AlertsAct,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertsAct {
    /// Shows what comes here.
    Screen,
    /// Whether new cases come here.
    Cases(bool),
    /// Whether overdue cases come here.
    Overdue(bool),
    /// Whether cases come without sound at night.
    Night(bool),
    /// Shows a page of the values of a filter.
    Filter(FilterKind, usize),
    /// Adds or removes the value with this mark, which is on this page.
    Value { kind: FilterKind, page: usize, mark: Mark, on: bool },
    /// Removes all values of a filter.
    Any(FilterKind),
}

impl AlertsTap {
    pub(super) fn encode(self) -> String {
        let kind = |kind: FilterKind| FilterKind::ALL.iter().position(|known| *known == kind).unwrap_or(0);
        let act = match self.act {
            AlertsAct::Screen => "s".to_owned(),
            AlertsAct::Cases(on) => format!("c:{}", u8::from(on)),
            AlertsAct::Overdue(on) => format!("o:{}", u8::from(on)),
            AlertsAct::Night(on) => format!("n:{}", u8::from(on)),
            AlertsAct::Filter(of, page) => format!("f:{}:{page}", kind(of)),
            AlertsAct::Value { kind: of, page, mark, on } => {
                format!("v:{}:{page}:{}:{}", kind(of), mark.encode(), u8::from(on))
            }
            AlertsAct::Any(of) => format!("a:{}", kind(of)),
        };
        format!("{}:{act}", base36(self.topic.get()))
    }

    pub(super) fn decode(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split(':').collect();
        let [topic, act, arguments @ ..] = parts.as_slice() else { return None };
        let number = |text: &str| plain_number(text).map(usize::from);
        let kind = |text: &str| FilterKind::ALL.get(number(text)?).copied();
        let is_on = |text: &str| match text {
            "0" => Some(false),
            "1" => Some(true),
            _ => None,
        };
        let act = match (*act, arguments) {
            ("s", []) => AlertsAct::Screen,
            ("c", [on]) => AlertsAct::Cases(is_on(on)?),
            ("o", [on]) => AlertsAct::Overdue(is_on(on)?),
            ("n", [on]) => AlertsAct::Night(is_on(on)?),
            ("f", [of, page]) => AlertsAct::Filter(kind(of)?, number(page)?),
            ("v", [of, page, mark, on]) => AlertsAct::Value {
                kind: kind(of)?,
                page: number(page)?,
                mark: Mark::decode(mark)?,
                on: is_on(on)?,
            },
            ("a", [of]) => AlertsAct::Any(kind(of)?),
            _ => return None,
        };
        Some(Self { topic: TopicId::new(from_base36(topic)?), act })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Data;
    use super::*;

    #[test]
    fn every_button_of_the_alerts_screen_is_read_back_and_fits() {
        let mut acts = vec![AlertsAct::Screen];
        acts.extend([true, false].map(AlertsAct::Cases));
        acts.extend([true, false].map(AlertsAct::Overdue));
        acts.extend([true, false].map(AlertsAct::Night));
        for kind in FilterKind::ALL {
            acts.extend([AlertsAct::Filter(*kind, 0), AlertsAct::Filter(*kind, 255), AlertsAct::Any(*kind)]);
            let mark = Mark::of("Команда");
            acts.extend([true, false].map(|on| AlertsAct::Value { kind: *kind, page: 255, mark, on }));
        }
        for act in acts {
            let data = Data::Alerts(AlertsTap { topic: TopicId::new(i64::MAX), act });
            assert!(data.encode().len() <= 64, "{}", data.encode());
            assert_eq!(Data::decode(&data.encode()), Some(data));
        }
        for text in
            ["1a:", "1a:0", "1a:0:x", "1a:0:c:2", "1a:0:f:8:0", "1a:0:f:0:00", "1a:0:v:0:0:zzzzzzzzz:1"]
        {
            assert_eq!(Data::decode(text), None, "{text}");
        }
    }
}
