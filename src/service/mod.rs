//! Use cases. Each function applies one set of rules within a [`Unit`] and never commits. The user-facing parts and the
//! jobs call only these.

pub mod alerts;
pub mod answers;
pub mod backtest;
pub mod case_list;
pub mod case_times;
pub mod cases;
mod context;
pub mod delivery;
pub mod due;
pub mod editor;
pub mod erasing;
pub mod events;
pub mod export;
pub mod figures;
pub mod guesses;
pub mod hooks;
pub mod keys;
pub mod languages;
pub mod moving;
mod noted;
pub mod people;
pub mod person;
pub mod phones;
pub mod prompts;
mod react;
pub mod record;
pub mod recovery;
pub mod roles;
pub mod script_set;
pub mod scripts;
pub mod setup;
pub mod staff;
pub mod staff_log;
pub mod talk;
pub mod talks;
pub mod tickets;
mod unit;
pub mod unknown;
pub mod words;
pub mod write_back;

pub use context::Context;
pub use unit::{Reaction, Unit};
