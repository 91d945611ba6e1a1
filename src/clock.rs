//! The only source of time. Tests and the demo use a clock that stands still until it is moved.
//!
//! There are two kinds of time. [`Clock::now`] is wall-clock time: it is stored, shown and promised, and the machine
//! may set it back or forward at any moment. [`Clock::instant`] only ever goes forward: everything that waits, limits
//! or paces uses it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::domain::time::Timestamp;

/// A moment within one run of the program, in whole milliseconds since its clock was made. It cannot be stored, because
/// the next run counts from a different start.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// Earlier than every other instant.
    pub const LONG_AGO: Self = Self(i64::MIN / 2);
    /// Later than every other instant.
    pub const NEVER: Self = Self(i64::MAX);

    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        self.plus_millis(millis(duration))
    }

    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(millis(duration)))
    }

    /// The time that passed from `earlier` to `self`; zero if `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.0)
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// A clock that is cheap to clone; all clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    base: Base,
    moved: Arc<watch::Sender<Moved>>,
    /// Whether this clock ignores steps of the wall clock.
    is_unstepped: bool,
}

#[derive(Clone, Copy, Debug)]
enum Base {
    System(std::time::Instant),
    Frozen(Timestamp),
}

/// How far a clock was moved by hand, in milliseconds.
#[derive(Clone, Copy, Debug, Default)]
struct Moved {
    /// Time that passed, on both the wall clock and the monotonic one.
    passed: i64,
    /// Steps of the wall clock alone.
    stepped: i64,
}

impl Clock {
    /// A clock that shows the machine's time.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Base::System(std::time::Instant::now()))
    }

    /// A clock that stands at `start` and moves only by [`Clock::advance`] and [`Clock::step`].
    #[must_use]
    pub fn frozen(start: Timestamp) -> Self {
        Self::new(Base::Frozen(start))
    }

    fn new(base: Base) -> Self {
        Self { base, moved: Arc::new(watch::Sender::new(Moved::default())), is_unstepped: false }
    }

    /// The same clock as seen by others, such as Telegram, who do not notice when this machine's wall clock is set.
    #[must_use]
    pub fn unstepped(self) -> Self {
        Self { is_unstepped: true, ..self }
    }

    /// The wall-clock time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let base = match self.base {
            #[expect(clippy::disallowed_methods, reason = "this is where the system's time comes in")]
            Base::System(_) => Timestamp::from(chrono::Utc::now()),
            Base::Frozen(start) => start,
        };
        let Moved { passed, stepped } = *self.moved.borrow();
        base.plus_millis(passed).plus_millis(if self.is_unstepped { 0 } else { stepped })
    }

    /// The monotonic time, which no step of the wall clock changes.
    #[must_use]
    pub fn instant(&self) -> Instant {
        let base = match self.base {
            Base::System(start) => millis(start.elapsed()),
            Base::Frozen(_) => 0,
        };
        Instant(base.saturating_add(self.moved.borrow().passed))
    }

    /// Lets time pass, and wakes everybody whose instant has come.
    pub fn advance(&self, by: Duration) {
        self.moved.send_modify(|moved| moved.passed = moved.passed.saturating_add(millis(by)));
    }

    /// Lets time pass until the wall clock shows `moment`. A moment in the past changes nothing.
    pub fn advance_to(&self, moment: Timestamp) {
        self.advance(moment.since(self.now()));
    }

    /// Lets time pass until `instant`. An instant in the past changes nothing.
    pub fn advance_until(&self, instant: Instant) {
        self.advance(instant.since(self.instant()));
    }

    /// Sets the wall clock forward or back, as a time server or an administrator does. No time passes.
    pub fn step(&self, by_millis: i64) {
        self.moved.send_modify(|moved| moved.stepped = moved.stepped.saturating_add(by_millis));
    }

    /// Returns once [`Clock::instant`] is `instant` or later.
    pub async fn sleep_until(&self, instant: Instant) {
        let mut moved = self.moved.subscribe();
        loop {
            moved.borrow_and_update();
            let left = instant.since(self.instant());
            if left.is_zero() {
                return;
            }
            match self.base {
                Base::System(_) => tokio::select! {
                    () = tokio::time::sleep(left) => {}
                    _ = moved.changed() => {}
                },
                // The sender lives as long as `self`, so this returns only after a change.
                Base::Frozen(_) => drop(moved.changed().await),
            }
        }
    }

    pub async fn sleep(&self, duration: Duration) {
        self.sleep_until(self.instant().plus(duration)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_795_262_400_000);

    #[test]
    fn a_step_of_the_wall_clock_lets_no_time_pass() {
        let clock = Clock::frozen(NOON);
        let telegrams = clock.clone().unstepped();
        clock.step(-600_000);
        assert_eq!(clock.instant(), Instant::from_millis(0));
        assert_eq!((clock.now(), telegrams.now()), (NOON.plus_millis(-600_000), NOON));
        clock.advance(Duration::from_secs(1));
        assert_eq!(clock.instant(), Instant::from_millis(1000));
        assert_eq!((clock.now(), telegrams.now()), (NOON.plus_millis(-599_000), NOON.plus_millis(1000)));
    }

    #[tokio::test]
    async fn a_sleeper_wakes_though_the_wall_clock_was_put_back() {
        let clock = Clock::frozen(NOON);
        let sleeper = clock.sleep(Duration::from_secs(5));
        let others = async {
            clock.step(-3_600_000);
            clock.advance(Duration::from_secs(5));
        };
        tokio::join!(sleeper, others);
    }

    #[test]
    fn the_systems_time_passes_in_both_ways() {
        let clock = Clock::system();
        let (wall, instant) = (clock.now(), clock.instant());
        clock.advance(Duration::from_hours(1));
        assert!(clock.now().since(wall) >= Duration::from_hours(1));
        assert!(clock.instant().since(instant) >= Duration::from_hours(1));
    }
}
