//! What people live through with the program, from the first event to the export.

mod alerts;
mod backtest;
mod changes;
mod commands;
mod comments;
mod dialogue;
mod dialogue_scales;
mod dialogue_steps;
pub mod erasing;
mod erasing_open;
mod faults;
mod feed;
mod figures;
mod humans;
mod languages;
mod main_way;
mod menus;
mod moving;
mod people;
mod phones;
mod reaching;
mod reminders;
mod roles;
mod rollback;
mod rules_moment;
mod rules_throttle;
mod rules_who;
mod scales;
mod silences;
mod staff;
mod starting;
mod strangers;
mod timing;
mod words;

use super::harness;
