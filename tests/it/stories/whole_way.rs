//! A customer's whole way, as they read it on their phone, in both languages.

use std::fmt::Write as _;

use serde_json::json;

use crate::harness::{Person, Story, hours, minutes};

/// What the customer does and what stands on the screen after it, one below the other.
struct Read {
    story: Story,
    customer: Person,
    all: String,
}

impl Read {
    fn then(&mut self, done: &str) {
        write!(self.all, "-- {done}\n{}", self.story.last(self.customer)).unwrap();
    }

    async fn tap(&mut self, button: &str) {
        let toast = self.story.tap(self.customer, button).await;
        assert_eq!(toast, "");
        self.then(&format!("taps “{button}”"));
    }

    async fn say(&mut self, words: &str) {
        self.story.say(self.customer, words).await;
        self.then(&format!("writes “{words}”"));
    }
}

/// What the customer says and taps.
struct Said {
    name: &'static str,
    ticket: &'static str,
    bad: &'static str,
    reason: &'static str,
    words: &'static str,
    good: &'static str,
    no: &'static str,
    unsolved: &'static str,
    more: &'static str,
    late: &'static str,
}

const RU: Said = Said {
    name: "Анна",
    ticket: "Заявка №7",
    bad: "🙁 Плохо",
    reason: "Пришлось долго ждать",
    words: "Три раза перезванивала",
    good: "🙂 Отлично",
    no: "Нет",
    unsolved: "Телефон так и не включается",
    more: "И коробку не вернули",
    late: "Вы ещё здесь?",
};

const EN: Said = Said {
    name: "Anna",
    ticket: "Ticket 7",
    bad: "🙁 Bad",
    reason: "A long wait",
    words: "I had to call three times",
    good: "🙂 Great",
    no: "No",
    unsolved: "The phone still does not turn on",
    more: "And I never got the box back",
    late: "Are you still there?",
};

async fn whole_way(language: &str, said: &Said) -> String {
    let story = Story::new().await;
    let customer = story.person_in(said.name, Some(language));
    let more = json!({ "customer": { "name": said.name }, "subject": { "title": said.ticket } });
    let link = story.ticket("7", "C-1", more).await.unwrap();
    story.follow(customer, &link).await;
    let mut read = Read { story, customer, all: String::new() };
    read.then("opens the link");
    read.story.advance(hours(3)).await;
    read.then("three hours later");
    read.tap(said.bad).await;
    read.tap(said.reason).await;
    read.say(said.words).await;
    read.tap(said.good).await;
    read.tap(said.no).await;
    read.say(said.unsolved).await;
    read.say(said.more).await;
    read.story.advance(minutes(20)).await;
    read.then("twenty minutes later");
    read.say(said.late).await;
    read.story.advance(hours(72)).await;
    write!(read.all, "-- three days later, from the first word on\n{}", read.story.chat(customer)).unwrap();
    read.story.end().await;
    read.all
}

#[tokio::test]
async fn a_customers_whole_way_reads_well_in_russian() {
    insta::assert_snapshot!("whole-way-ru", whole_way("ru", &RU).await);
}

#[tokio::test]
async fn a_customers_whole_way_reads_well_in_english() {
    insta::assert_snapshot!("whole-way-en", whole_way("en", &EN).await);
}
