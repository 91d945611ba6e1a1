//! The same tests once more, on PostgreSQL. Whatever is beside them takes `harness` and `ENGINE` from `super`.

#[path = "api/mod.rs"]
mod api;
#[path = "due.rs"]
mod due;
#[path = "harness/mod.rs"]
#[allow(dead_code, reason = "some of it serves only tests that are about a file")]
mod harness;
#[path = "polling.rs"]
mod polling;
#[path = "queues.rs"]
mod queues;
#[path = "stories/mod.rs"]
mod stories;
#[path = "together.rs"]
mod together;

const ENGINE: crate::cluster::Engine = crate::cluster::Engine::Postgres;
const UPDATES: harness::Updates = harness::Updates::Polled;

/// A story that took the harness from the root would run on SQLite twice, and nobody would notice.
#[test]
fn no_story_takes_its_engine_from_elsewhere() {
    let stories = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/stories");
    for entry in std::fs::read_dir(stories).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("crate::harness"), "{}: write super::harness", path.display());
    }
}
