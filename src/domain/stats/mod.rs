//! Every number that is shown: pure functions of counts, without a clock, a database or chance.
//!
//! - **One cohort**: numerator and denominator are the same events.
//! - **One interval** for every index: [`sample::Sample::interval`].
//!
//! Sums of answers are integers and are divided once, at the end, so they merge in any order to the last digit. Where a
//! number has no value (no answers, no variation), the type says so; no function panics or returns NaN.
//!
//! In the order of reading: what is counted ([`sums`], [`histogram`], [`clusters`], [`cell`], [`coverage`]) and what is shown of
//! it ([`index`], [`sample`], [`measure`], [`overall`], [`silent`]).

pub mod against_rest;
pub mod cell;
pub mod clusters;
pub mod control;
pub mod coverage;
pub mod decomposition;
pub mod difference;
pub mod drivers;
pub mod histogram;
pub mod impact;
pub mod importance;
pub mod index;
pub mod interval;
pub mod measure;
pub mod normal;
mod number;
pub mod overall;
pub mod products;
pub mod ranking;
pub mod sample;
pub mod shown;
pub mod silent;
pub mod sums;
pub mod together;
pub mod trend;
pub mod waiting;

#[cfg(test)]
mod tests;
