//! Wrong keys and wrong webhook secrets. Whoever sends many is answered slowly, per address. This is a rate limit and
//! not a ban: a right key is recognised first and never waits, even from the same address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::{Clock, Instant};
use crate::telemetry::metrics::{Metrics, WRONG_KEYS};

/// How many wrong secrets are answered at once. After that, one is answered each time `PACE` has passed.
const AT_ONCE: u32 = 20;
const PACE: Duration = Duration::from_secs(1);
/// The most requests that may wait for their answer, per address and in total, because each of them holds a connection.
/// Further requests are turned away.
const WAITING_OF_ONE: u32 = 8;
const WAITING: u32 = 64;
/// How many addresses are remembered. Beyond that, new addresses share one limit.
const ADDRESSES: usize = 4096;
/// The log reports them at most this often.
const TOLD_EVERY: Duration = Duration::from_mins(1);

/// The address a request came from, for its handler. It is the other end of the connection, because anybody can write
/// any address into a header such as `X-Forwarded-For`.
#[derive(Clone, Copy, Debug)]
pub struct Caller(pub IpAddr);

/// Where a wrong secret was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    Api,
    Webhook,
    Hook,
    /// Links to the pages.
    Pages,
}

impl Door {
    const ALL: [Self; 4] = [Self::Api, Self::Webhook, Self::Hook, Self::Pages];

    const fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Webhook => "webhook",
            Self::Hook => "hook",
            Self::Pages => "pages",
        }
    }
}

/// What the caller gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The usual answer to a wrong secret.
    Refuse,
    /// Too many requests from this address, or in total, wait for that answer.
    TurnAway,
}

/// What shares one limit: an IPv4 address, or the /64 of an IPv6 address, because one machine usually has all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Source {
    V4(Ipv4Addr),
    V6(u64),
    /// All addresses that there is no room to remember, and requests without an address.
    Others,
}

impl Source {
    fn of(address: IpAddr) -> Self {
        let v6 = |address: Ipv6Addr| {
            let [a, b, c, d, ..] = address.segments();
            Self::V6([a, b, c, d].iter().fold(0, |prefix, part| prefix << 16 | u64::from(*part)))
        };
        match address {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => address.to_ipv4_mapped().map_or_else(|| v6(address), Self::V4),
        }
    }
}

/// How much of its limit a source has used.
#[derive(Clone, Copy, Debug)]
struct Used {
    /// When everything that it has used will be available again.
    until: Instant,
    waiting: u32,
}

#[derive(Debug, Default)]
struct State {
    sources: HashMap<Source, Used>,
    waiting: u32,
    told_at: Option<Instant>,
    /// Wrong secrets not yet reported in the log, by door.
    untold: [u64; Door::ALL.len()],
}

/// Counts wrong secrets. Cheap to clone; all clones share the counts.
#[derive(Clone, Debug)]
pub struct Guesses {
    clock: Clock,
    metrics: Metrics,
    state: Arc<Mutex<State>>,
}

/// A request that waits for its answer. Dropping it ends the waiting.
struct Waiting<'a>(&'a Guesses, Source);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.waiting = state.waiting.saturating_sub(1);
        if let Some(used) = state.sources.get_mut(&self.1) {
            used.waiting = used.waiting.saturating_sub(1);
        }
    }
}

impl Guesses {
    #[must_use]
    pub fn new(clock: Clock, metrics: Metrics) -> Self {
        Self { clock, metrics, state: Arc::default() }
    }

    /// Records a wrong secret, and returns when it is time to answer it.
    pub async fn wrong(&self, door: Door, from: Option<IpAddr>) -> Verdict {
        let source = from.map_or(Source::Others, Source::of);
        let now = self.clock.instant();
        self.state().untold[door as usize] += 1;
        self.tell();
        let waits = self.state().take(source, now);
        let answer = if waits.is_some() { "refused" } else { "turned_away" };
        self.metrics.add(&WRONG_KEYS, &[("door", door.name().into()), ("answer", answer.into())], 1);
        let Some(wait) = waits else { return Verdict::TurnAway };
        if !wait.is_zero() {
            let waiting = Waiting(self, source);
            self.clock.sleep(wait).await;
            drop(waiting);
        }
        Verdict::Refuse
    }

    /// Logs how many wrong secrets there were, unless it was logged within the last minute.
    pub fn tell(&self) {
        let now = self.clock.instant();
        let mut state = self.state();
        let is_due = state.told_at.is_none_or(|at| now >= at.plus(TOLD_EVERY));
        if !is_due || state.untold.iter().all(|count| *count == 0) {
            return;
        }
        state.told_at = Some(now);
        let [api, webhook, hook, pages] = std::mem::take(&mut state.untold);
        drop(state);
        tracing::warn!(
            api,
            webhook,
            hook,
            pages,
            "wrong API keys, webhook secrets, addresses of hooks or links to the pages were refused; so many since this was \
             last said"
        );
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// How long the answer has to wait. Unless that is zero, the request counts as waiting. Returns `None` if too many
    /// wait already.
    fn take(&mut self, source: Source, now: Instant) -> Option<Duration> {
        let source = self.room_for(source, now);
        let used = self.sources.entry(source).or_insert(Used { until: now, waiting: 0 });
        let until = used.until.max(now).plus(PACE);
        let wait = until.minus(PACE * AT_ONCE).since(now);
        if !wait.is_zero() {
            if used.waiting >= WAITING_OF_ONE || self.waiting >= WAITING {
                return None;
            }
            used.waiting += 1;
            self.waiting += 1;
        }
        used.until = until;
        Some(wait)
    }

    /// Returns the source itself if there is room to remember it, else `Source::Others`.
    fn room_for(&mut self, source: Source, now: Instant) -> Source {
        if self.sources.len() >= ADDRESSES && !self.sources.contains_key(&source) {
            self.sources.retain(|_, used| used.until > now || used.waiting > 0);
            if self.sources.len() >= ADDRESSES {
                return Source::Others;
            }
        }
        source
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    const HERE: Source = Source::V4(Ipv4Addr::LOCALHOST);

    fn at(seconds: i64) -> Instant {
        Instant::from_millis(seconds * 1000)
    }

    #[test]
    fn so_many_are_answered_at_once_and_then_one_a_second() {
        let mut state = State::default();
        for _ in 0..AT_ONCE {
            assert_eq!(state.take(HERE, at(0)), Some(Duration::ZERO));
        }
        for seconds in 1..=u64::from(WAITING_OF_ONE) {
            assert_eq!(state.take(HERE, at(0)), Some(Duration::from_secs(seconds)));
        }
        assert_eq!(state.take(HERE, at(0)), None, "eight wait already");
        let elsewhere = Source::of("192.0.2.7".parse().unwrap());
        assert_eq!(state.take(elsewhere, at(0)), Some(Duration::ZERO));
        assert_eq!(state.take(HERE, at(60)), Some(Duration::ZERO));
    }

    #[test]
    fn an_address_of_version_six_counts_with_all_of_its_network() {
        let of = |text: &str| Source::of(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::3"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::3"), of("2001:db8:1:3::3"));
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
    }

    #[test]
    fn so_many_addresses_are_remembered_and_no_more() {
        let mut state = State::default();
        for number in 0..100_000 {
            state.take(Source::V4(Ipv4Addr::from_bits(number)), at(0));
        }
        assert!(state.sources.len() <= ADDRESSES + 1 && state.sources.contains_key(&Source::Others));
        assert!(state.waiting <= WAITING);
        state.take(Source::V6(7), at(60));
        assert!(state.sources.len() < 10, "{}", state.sources.len());
    }

    #[tokio::test]
    async fn who_goes_away_waits_no_more() {
        let clock = Clock::frozen(Timestamp::from_millis(0));
        let guesses = Guesses::new(clock.clone(), Metrics::default());
        for _ in 0..AT_ONCE {
            assert_eq!(guesses.wrong(Door::Api, None).await, Verdict::Refuse);
        }
        for _ in 0..100 {
            let waits = guesses.wrong(Door::Api, None);
            // The future is polled once and then dropped.
            assert!(tokio::time::timeout(Duration::ZERO, waits).await.is_err());
            clock.advance(PACE);
        }
        assert_eq!(guesses.state().waiting, 0);
        let text = guesses.metrics.to_text();
        assert!(text.contains("afterword_wrong_keys_total{door=\"api\",answer=\"refused\"} 120"), "{text}");
    }
}
