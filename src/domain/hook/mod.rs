//! Hooks: how the deliveries of other systems become events. A preset says it for one system, in a TOML file with
//! expressions; mapping is a pure function of preset, settings and delivery.

pub mod body;
pub mod engine;
pub mod lint;
pub mod mapping;
pub mod moment;
pub mod phone;
pub mod preset;
pub mod repair;
pub mod shipped;
pub mod verify;

mod door;
mod entities;
mod form;
#[cfg(test)]
mod situations;
#[cfg(test)]
mod tests;

pub use engine::Expression;
pub use mapping::{Failure, Mapped, Missing, Settings, Skip, Trial};
pub use preset::{Preset, Rule, Then};
pub use repair::{Repair, What};
