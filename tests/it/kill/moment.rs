//! The moment at which a program is killed.

use afterword::sandbox::{Fault, World};
use rand::RngExt as _;
use rand::rngs::StdRng;

use super::way::Way;
use crate::harness::Updates;

#[derive(Clone, Copy, Debug)]
pub enum How {
    /// At once, whatever the program is doing.
    AtOnce,
    /// When the next call of this method has arrived, before Telegram carries it out.
    BeforeTheAct(&'static str),
    /// When the next call of this method has been carried out, most likely before its reply is read.
    AfterTheAct(&'static str),
    /// When the next updates have been handed out and are not confirmed yet.
    HandedOut,
    /// When the next update delivered by webhook has been committed, before Telegram gets the reply.
    BeforeTheAnswer,
}

impl How {
    /// Any of those that are possible with updates that come in this way, with calls of these methods.
    pub fn any(rng: &mut StdRng, updates: Updates, methods: &[&'static str]) -> Self {
        let method = methods[rng.random_range(0..methods.len())];
        let hows = if updates == Updates::Brought { 5 } else { 4 };
        match rng.random_range(0..hows) {
            0 => Self::AtOnce,
            1 => Self::BeforeTheAct(method),
            2 => Self::AfterTheAct(method),
            3 => Self::HandedOut,
            _ => Self::BeforeTheAnswer,
        }
    }

    /// Returns when it has come. `way` is the one that updates are delivered on.
    pub async fn comes(self, world: &World, way: Option<&Way>) {
        match (self, way) {
            (Self::AtOnce, _) => {}
            (Self::BeforeTheAct(method), _) => {
                let (fault, gate) = Fault::held();
                world.fault(fault.on(method));
                gate.arrived(1).await;
            }
            (Self::AfterTheAct(method), _) => {
                let calls = world.calls(method);
                world.wait_until(|world| world.calls(method) > calls).await;
            }
            (Self::HandedOut, Some(way)) => way.update().await,
            (Self::BeforeTheAnswer, Some(way)) => way.answer().await,
            (Self::HandedOut | Self::BeforeTheAnswer, None) => {
                world.wait_until(|world| !world.is_polled() && !world.all_confirmed()).await;
            }
        }
    }
}
