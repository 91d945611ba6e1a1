//! Which events a script asks about; decided when the event arrives.

use sha2::{Digest, Sha256};

/// All conditions must hold; an empty list always holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    pub channels: Vec<String>,
    pub teams: Vec<String>,
    pub stores: Vec<String>,
    /// The event must have at least one of these tags.
    pub tags_any: Vec<String>,
    pub tags_none: Vec<String>,
    /// An event that does not state its number of messages counts as having too few.
    pub min_messages: Option<i64>,
    /// The share of events to ask about, in per cent.
    pub sample: i64,
}

impl Default for When {
    fn default() -> Self {
        Self {
            channels: Vec::new(),
            teams: Vec::new(),
            stores: Vec::new(),
            tags_any: Vec::new(),
            tags_none: Vec::new(),
            min_messages: None,
            sample: 100,
        }
    }
}

/// The facts that an event states about itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    pub event_id: &'a str,
    pub channel: Option<&'a str>,
    pub team: Option<&'a str>,
    pub store: Option<&'a str>,
    pub tags: &'a [String],
    pub messages: Option<i64>,
}

/// Why a script never asks about any event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Never {
    /// Its sample is 0 %.
    NoSample,
}

/// Why a script does not ask about an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoMatch {
    NotEligible,
    SampledOut,
}

impl When {
    /// Whether a script with these conditions asks about the event. The random draw always gives the same result for
    /// the same event ID.
    ///
    /// # Errors
    /// Why the script does not ask.
    pub fn matches(&self, facts: &Facts<'_>) -> Result<(), NoMatch> {
        let one_of = |list: &[String], value: Option<&str>| {
            list.is_empty() || value.is_some_and(|value| list.iter().any(|listed| listed == value))
        };
        let tagged = |list: &[String]| list.iter().any(|tag| facts.tags.contains(tag));
        let eligible = one_of(&self.channels, facts.channel)
            && one_of(&self.teams, facts.team)
            && one_of(&self.stores, facts.store)
            && (self.tags_any.is_empty() || tagged(&self.tags_any))
            && !tagged(&self.tags_none)
            && self.min_messages.is_none_or(|least| facts.messages.is_some_and(|messages| messages >= least));
        if !eligible {
            return Err(NoMatch::NotEligible);
        }
        if draw(facts.event_id) >= self.sample {
            return Err(NoMatch::SampledOut);
        }
        Ok(())
    }
}

/// A number from 0 to 99, evenly distributed over event IDs.
fn draw(event_id: &str) -> i64 {
    let digest = Sha256::digest(event_id.as_bytes());
    i64::from(digest.iter().take(4).fold(0u32, |sum, byte| (sum << 8) | u32::from(*byte)) % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(items: &[&str]) -> Vec<String> {
        items.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_line_must_hold() {
        let tags = list(&["refund", "vip"]);
        let facts = Facts {
            event_id: "T-7",
            channel: Some("telegram"),
            team: Some("first-line"),
            store: None,
            tags: &tags,
            messages: Some(2),
        };
        let matching = When {
            channels: list(&["mail", "telegram"]),
            teams: list(&["first-line"]),
            tags_any: list(&["vip", "gold"]),
            tags_none: list(&["spam"]),
            min_messages: Some(2),
            ..When::default()
        };
        assert_eq!(matching.matches(&facts), Ok(()));
        let failing = [
            When { channels: list(&["mail"]), ..When::default() },
            When { teams: list(&["second-line"]), ..When::default() },
            When { stores: list(&["msk-2"]), ..When::default() },
            When { tags_any: list(&["gold"]), ..When::default() },
            When { tags_none: list(&["refund"]), ..When::default() },
            When { min_messages: Some(3), ..When::default() },
        ];
        for when in failing {
            assert_eq!(when.matches(&facts), Err(NoMatch::NotEligible), "{when:?}");
        }
        assert_eq!(
            When { min_messages: Some(1), ..When::default() }.matches(&Facts::default()),
            Err(NoMatch::NotEligible),
            "an event that does not say how many messages there were",
        );
    }

    #[test]
    fn sampling_is_the_same_each_time_and_keeps_its_share() {
        let asked = |sample: i64| {
            let when = When { sample, ..When::default() };
            (0..10_000)
                .filter(|n| {
                    let event_id = format!("order-{n}");
                    when.matches(&Facts { event_id: &event_id, ..Facts::default() }).is_ok()
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(asked(0).len(), 0);
        assert_eq!(asked(100).len(), 10_000);
        let third = asked(33);
        assert!((3_150..3_450).contains(&third.len()), "{}", third.len());
        assert_eq!(asked(33), third);
    }
}
