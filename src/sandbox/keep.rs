//! Keeps a world as JSON beyond its process: everything whose loss somebody would notice.

use serde::{Deserialize, Serialize};

use super::model::{Callback, Chat, User};
use super::state::State;
use super::updates::{Pending, Queue};
use super::{Options, World};
use crate::clock::Clock;
use crate::domain::time::Timestamp;

/// The scope and the language, and the commands with their descriptions.
type Menu = ((String, String), Vec<(String, String)>);

/// A kept world. It lacks the earlier versions of edited messages.
#[derive(Debug, Serialize, Deserialize)]
pub struct Kept {
    now: Timestamp,
    users: Vec<User>,
    chats: Vec<Chat>,
    callbacks: Vec<(u64, Callback)>,
    commands: Vec<Menu>,
    descriptions: Vec<(String, String, String)>,
    files: Vec<(String, Vec<u8>)>,
    pending: Vec<Pending>,
    next_update: i64,
    next_group: i64,
    next_callback: u64,
    next_file: u64,
}

/// The kinds of texts in which a bot describes itself.
const DESCRIPTIONS: [&str; 3] = ["name", "description", "short_description"];

impl Kept {
    /// The time of the kept world's clock.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Restores the world on a clock that must not show an earlier time.
    #[must_use]
    pub fn wake(self, clock: Clock, options: &Options) -> World {
        let world = World::new(clock, options);
        world.act(|state| self.fill(state));
        world
    }

    fn fill(self, state: &mut State) {
        state.users = self.users.into_iter().map(|user| (user.id, user)).collect();
        state.chats = self.chats.into_iter().map(|chat| (chat.id, chat)).collect();
        state.callbacks = self.callbacks.into_iter().collect();
        state.commands = self.commands.into_iter().collect();
        for (what, language, text) in self.descriptions {
            if let Some(what) = DESCRIPTIONS.into_iter().find(|known| *known == what) {
                state.descriptions.insert((what, language), text);
            }
        }
        state.files = self.files.into_iter().collect();
        state.queue = Queue::restored(self.pending, self.next_update);
        state.next_group = self.next_group;
        state.next_callback = self.next_callback;
        state.next_file = self.next_file;
    }
}

impl World {
    /// Returns the world as it is now.
    pub fn keep(&self) -> Kept {
        self.read(|state| {
            let (pending, next_update) = state.queue.kept();
            let said = state.descriptions.iter();
            Kept {
                now: state.clock.now(),
                users: state.users.values().cloned().collect(),
                chats: state.chats.values().cloned().collect(),
                callbacks: state
                    .callbacks
                    .iter()
                    .map(|(number, callback)| (*number, callback.clone()))
                    .collect(),
                commands: state.commands.iter().map(|(scope, list)| (scope.clone(), list.clone())).collect(),
                descriptions: said
                    .map(|((what, language), text)| ((*what).to_owned(), language.clone(), text.clone()))
                    .collect(),
                files: state.files.iter().map(|(id, content)| (id.clone(), content.clone())).collect(),
                pending,
                next_update,
                next_group: state.next_group,
                next_callback: state.next_callback,
                next_file: state.next_file,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{GroupKind, MessageId};
    use super::*;

    #[test]
    fn a_world_that_was_kept_goes_on_where_it_was() {
        let clock = Clock::frozen(Timestamp::from_millis(1_795_262_645_123));
        let options = Options::default();
        let world = World::new(clock.clone(), &options);
        let ada = world.add_user("Ada", Some("en"));
        let group = world.add_group("Leads", GroupKind::Forum, ada);
        world.add_topic(group, "Alerts");
        world.start(ada, None);
        world.send_voice(ada, 7);
        world.describe("name", "en", "Shop");
        let kept = serde_json::to_string(&world.keep()).unwrap();
        let kept: Kept = serde_json::from_str(&kept).unwrap();
        assert_eq!(kept.now(), clock.now());
        let again = kept.wake(clock, &options);
        for chat in [ada, group] {
            assert_eq!(again.transcript(chat), world.transcript(chat));
        }
        assert_eq!(again.updates_pending(), world.updates_pending());
        assert_eq!(again.descriptions(), world.descriptions());
        let next: MessageId = again.say(ada, "Hello");
        assert_eq!(next, world.say(ada, "Hello"));
        assert_eq!(again.add_user("Bob", None), world.add_user("Bob", None));
    }
}
