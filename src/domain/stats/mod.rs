//! Every number that is shown. All of it is pure functions of counts, without a clock, a database or randomness.
//!
//! - **One cohort**: numerator and denominator come from the same events.
//! - **One interval** for every index: [`sample::Sample::interval`].
//! - **One rule** for every difference: [`difference::compare`].
//!
//! Sums of answers are integers and are divided once, at the end, so the order of merging never affects the result.
//! If a number has no value (no answers, no variation), the type says so. No function panics or returns NaN.
//!
//! The modules, in reading order:
//! - what is counted: [`sums`], [`histogram`], [`clusters`], [`cell`], [`products`], [`coverage`]
//! - what is shown of it: [`index`], [`sample`], [`measure`], [`overall`], [`silent`], [`composite`]
//! - what is said about it: [`difference`], [`together`], [`trend`], [`ranking`], [`against_rest`], [`target`], [`control`]
//! - what explains it: [`decomposition`], [`waiting`], [`importance`], [`drivers`], [`reasons`], [`impact`]
//! - how it is printed: [`rounding`]
//! - support and cases: [`durations`], [`survival`], [`tickets`], [`kpis`]

pub mod against_rest;
pub mod cell;
pub mod clusters;
pub mod composite;
pub mod control;
pub mod coverage;
pub mod decomposition;
pub mod difference;
pub mod drivers;
pub mod durations;
pub mod histogram;
pub mod impact;
pub mod importance;
pub mod index;
pub mod interval;
pub mod kpis;
pub mod measure;
pub mod normal;
mod number;
pub mod overall;
pub mod products;
pub mod ranking;
pub mod reasons;
pub mod rounding;
pub mod sample;
pub mod shown;
pub mod silent;
pub mod sums;
pub mod survival;
pub mod target;
pub mod tickets;
pub mod together;
pub mod trend;
pub mod waiting;

#[cfg(test)]
mod tests;
