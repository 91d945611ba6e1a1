//! The same stories once more, with updates that Telegram brings. Those about polling itself, or about what one poll brings
//! together, and those that give the program an address of their own, are not among them.

#[path = "harness/mod.rs"]
#[allow(dead_code, reason = "some of it serves other stories")]
mod harness;
#[path = "stories"]
mod stories {
    mod alerts;
    mod changes;
    mod comments;
    mod dialogue;
    mod dialogue_scales;
    mod dialogue_steps;
    mod faults;
    mod feed;
    mod humans;
    mod languages;
    mod main_way;
    mod menus;
    mod moving;
    mod people;
    mod phones;
    mod reminders;
    mod roles;
    mod staff;
    mod starting;
    mod strangers;

    use super::harness;
}

const ENGINE: crate::cluster::Engine = crate::cluster::Engine::Sqlite;
const UPDATES: harness::Updates = harness::Updates::Brought;
