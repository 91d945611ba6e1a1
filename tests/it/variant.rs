//! What a test runs with: where it keeps its data and how updates come in.
//!
//! Every story is compiled once. It runs with SQLite and polling, or with what `STORIES_ON` names; `on_postgres` and
//! `on_webhook` run some of them again.

use std::cell::Cell;

use crate::cluster::Engine;
use crate::harness::Updates;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    pub engine: Engine,
    pub updates: Updates,
}

pub const SQLITE: Variant = Variant { engine: Engine::Sqlite, updates: Updates::Polled };
pub const POSTGRES: Variant = Variant { engine: Engine::Postgres, updates: Updates::Polled };
pub const WEBHOOK: Variant = Variant { engine: Engine::Sqlite, updates: Updates::Brought };

thread_local! {
    /// Of the test on this thread, where it is not the run's.
    static CHOSEN: Cell<Option<Variant>> = const { Cell::new(None) };
}

/// The variant of the test that runs on this thread.
pub fn current() -> Variant {
    CHOSEN.get().unwrap_or_else(of_the_run)
}

#[expect(clippy::disallowed_methods, reason = "the environment of the tests, not of the program")]
fn of_the_run() -> Variant {
    match std::env::var("STORIES_ON").as_deref() {
        Err(_) | Ok("" | "sqlite") => SQLITE,
        Ok("postgres") => POSTGRES,
        Ok("webhook") => WEBHOOK,
        Ok(other) => panic!("STORIES_ON is sqlite, postgres or webhook, not {other}"),
    }
}

/// Runs a test with another variant.
pub fn run(variant: Variant, test: fn()) {
    /// Another test may come on this thread.
    struct Restore(Option<Variant>);
    impl Drop for Restore {
        fn drop(&mut self) {
            CHOSEN.set(self.0);
        }
    }
    let _restore = Restore(CHOSEN.replace(Some(variant)));
    // The snapshots in it were read before, or will be.
    insta::allow_duplicates! { test() }
}

/// Tests of a room that run once more with a variant, under their own names.
#[macro_export]
macro_rules! run_again {
    ($variant:ident, $room:ident: $($test:ident),+ $(,)?) => {
        mod $room {$(
            #[test]
            fn $test() {
                $crate::variant::run($crate::variant::$variant, $crate::$room::$test);
            }
        )+}
    };
    ($variant:ident, $room:ident: $($file:ident { $($test:ident),+ $(,)? })+) => {
        mod $room {$(
            mod $file {$(
                #[test]
                fn $test() {
                    $crate::variant::run($crate::variant::$variant, $crate::$room::$file::$test);
                }
            )+}
        )+}
    };
}
