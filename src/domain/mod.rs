//! The pure core: no database, no network, no clock. Every decision that has to be right is made here.

pub mod calendar;
pub mod case_settings;
pub mod cell;
pub mod counted;
pub mod described;
pub mod direction;
pub mod event;
pub mod happening;
pub mod ids;
pub mod ledger;
pub mod locale;
pub mod loss;
pub mod metric;
pub mod naming;
pub mod nearest;
pub mod phone;
pub mod scale;
pub mod schedule;
pub mod script;
pub mod sending;
pub mod staff;
pub mod stats;
pub mod survey;
pub mod template;
pub mod time;
pub mod visible;
