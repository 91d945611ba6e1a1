//! Many at once, in both languages: floods of words, and more bad scores than a group can be sent.

use serde_json::json;

use super::case_load::{MOST_CALLS, calls, most_in_a_minute, rest};
use super::case_scene::{Scene, Tongue};
use crate::harness::{Person, minutes, seconds};

async fn floods_of_words(tongue: Tongue) {
    let scene = Scene::new(tongue).await;
    let story = &scene.story;
    let leads = story.leads;
    let anna = scene.complained("Анна", 1).await;
    scene.reply(story.lead, scene.post(101), scene.t("Слушаю", "Tell me")).await;
    let before = story.world.sent_count(leads);
    for number in 1..=100 {
        story.world.say(anna.id, &format!("<{number}>"));
    }
    story.settle().await;
    story.advance(minutes(2)).await;
    let group = scene.group();
    for number in 1..=100 {
        assert_eq!(group.matches(&format!("<{number}>")).count(), 1, "{number}: {group}");
    }
    let places: Vec<usize> = (1..=100).map(|number| group.find(&format!("<{number}>")).unwrap()).collect();
    assert!(places.is_sorted(), "in their order: {group}");
    assert!(story.world.sent_count(leads) <= before + 9, "{group}");
    let heard = scene.t("Передали.", "Passed on.");
    assert_eq!(scene.count(anna.id, heard), 1, "{}", story.chat(anna));
    Box::pin(a_stranger_writes_as_much(scene)).await;
}

/// The leads keep twenty messages of a stranger, mute them, and hear them again.
async fn a_stranger_writes_as_much(scene: Scene) {
    let (story, leads) = (&scene.story, scene.story.leads);
    let eve = story.person_in("Ева", Some(scene.t("ru", "en")));
    story.start(eve).await;
    let before = story.world.sent_count(leads);
    for number in 1..=100 {
        story.world.say(eve.id, &format!("[{number}]"));
    }
    story.settle().await;
    story.advance(minutes(2)).await;
    assert_eq!(story.world.sent_count(leads), before + 1, "{}", scene.group());
    let post = story.world.message(leads, scene.post(102)).unwrap();
    let [kept, unkept, title] = [
        scene.t("Сохранено сообщений: 20", "Messages kept: 20"),
        scene.t("Не сохранено сообщений: 80", "Messages not kept: 80"),
        scene.t("👤 Пишет незнакомый человек", "👤 Somebody we do not know writes"),
    ];
    assert!(
        post.silent && [kept, unkept, title].iter().all(|part| post.text.plain.contains(part)),
        "{}",
        post.text.plain
    );
    let hold = scene.t("новые пока не сохраняются", "new ones are not saved for now");
    assert_eq!(scene.count(eve.id, hold), 1, "{}", story.chat(eve));
    let mute = scene.t("Не слушать", "Mute");
    scene.press(story.lead, post.id, mute).await;
    for words in ["[101]", "[102]"] {
        scene.says(eve, words).await;
    }
    let muted = scene.t(
        "Сейчас ваши сообщения сотрудникам не передаются.",
        "Your messages are not passed to our team at the moment.",
    );
    assert_eq!(scene.count(eve.id, muted), 1, "{}", story.chat(eve));
    let unmute = scene.t("Слушать снова", "Unmute");
    scene.press(story.lead, post.id, unmute).await;
    scene.press(story.lead, post.id, scene.take()).await;
    story.advance(minutes(2)).await;
    for number in 1..=20 {
        assert_eq!(scene.group().matches(&format!("[{number}]\n")).count(), 1, "{number}: {}", scene.group());
    }
    assert!(!scene.group().contains("[21]") && !scene.group().contains("[101]"), "{}", scene.group());
    scene.says(eve, "[103]").await;
    assert_eq!(scene.count(leads, "[103]"), 1, "{}", scene.group());
    scene.end().await;
}

#[tokio::test]
pub async fn a_customers_hundred_messages_all_arrive_and_of_a_strangers_hundred_twenty_are_kept() {
    for tongue in Tongue::BOTH {
        Box::pin(floods_of_words(tongue)).await;
    }
}

/// Customers who all have the question before them.
async fn asked(scene: &Scene, count: u32) -> Vec<Person> {
    let mut people = Vec::new();
    for number in 1..=count {
        let customer = format!("C-{number:02}");
        people.push(scene.customer("Анна", &customer).await);
        scene.story.ticket(&number.to_string(), &customer, json!({})).await;
        if number % 5 == 0 {
            scene.story.advance(seconds(1)).await;
        }
    }
    scene.story.advance(minutes(1)).await;
    people
}

/// Lets a second pass without waiting for what has to wait.
async fn a_second(scene: &Scene) {
    scene.story.clock.advance_to(scene.story.clock.now().plus(seconds(1)));
    rest(&scene.story).await;
}

async fn ten_in_twenty_seconds(tongue: Tongue) {
    let scene = Scene::new(tongue).await;
    let story = &scene.story;
    let people = asked(&scene, 10).await;
    let mut seen: Vec<Option<usize>> = vec![None; people.len()];
    for second in 0..40 {
        // A score every two seconds, and a second later the reason and words.
        if let Some(person) = people.get(second / 2) {
            if second % 2 == 0 {
                story.touch(*person, "1");
            } else {
                story.touch(*person, scene.t("Долго", "Slow"));
                rest(story).await;
                story.world.say(person.id, &format!("<{}>", second / 2 + 1));
            }
        }
        rest(story).await;
        let group = scene.group();
        for (index, seen) in seen.iter_mut().enumerate().filter(|(_, seen)| seen.is_none()) {
            let is_there = group.contains(&format!("C-{:02}", index + 1));
            *seen = is_there.then(|| second - 2 * index);
        }
        a_second(&scene).await;
    }
    let after: Vec<usize> = seen.into_iter().map(|seen| seen.expect("each is seen")).collect();
    let (posts, lines) = after.split_at(5);
    assert!(
        posts.iter().all(|seconds| *seconds <= 1) && lines.iter().all(|seconds| *seconds <= 4),
        "{after:?}"
    );
    story.settle().await;
    story.advance(minutes(1)).await;
    for number in 1..=10 {
        assert!(scene.group().contains(&format!("<{number}>")), "{number}: {}", scene.group());
    }
    let more = scene.t("🔴 Ещё 5 плохих оценок за несколько минут", "🔴 5 more bad scores within minutes");
    assert_eq!(scene.count(story.leads, more), 1, "{}", scene.group());
    assert!(most_in_a_minute(&calls(story)) <= MOST_CALLS);
    scene.end().await;
}

#[tokio::test]
pub async fn of_ten_low_scores_in_twenty_seconds_each_is_seen_within_seconds() {
    for tongue in Tongue::BOTH {
        Box::pin(ten_in_twenty_seconds(tongue)).await;
    }
}

async fn forty_in_a_minute(tongue: Tongue) {
    let scene = Scene::new(tongue).await;
    let story = &scene.story;
    let people = asked(&scene, 40).await;
    story.advance(minutes(2)).await;
    for (index, person) in people.iter().enumerate() {
        story.touch(*person, "1");
        rest(story).await;
        if index % 2 == 1 {
            for _ in 0..3 {
                a_second(&scene).await;
            }
        }
    }
    for _ in 0..30 {
        a_second(&scene).await;
    }
    let fold = scene.shown(story.leads, scene.t("🔴 Ещё 35 плохих оценок", "🔴 35 more bad scores"));
    let newest = scene.tongue.number(140);
    assert!(fold.button_texts().into_iter().flatten().count() == 12, "{:?}", fold.button_texts());
    // A number posts the case as a card. A case taken there is taken in the list, too.
    assert_eq!(scene.press(story.lead, fold.id, &newest).await, "");
    story.advance(minutes(1)).await;
    let card = scene.post(140);
    assert_ne!(card, fold.id);
    let taken = scene.press(story.lead, card, scene.take()).await;
    assert_eq!(taken, scene.t("Теперь это обращение ведёте вы", "The case is yours"));
    let below = scene.t("№140 — ниже в этом чате", "No. 140 is below in this chat");
    assert_eq!(scene.press(story.lead, fold.id, &newest).await, below);
    let reply = scene.t("Сейчас", "One moment");
    scene.reply(story.lead, card, reply).await;
    assert_eq!(scene.count(people[39].id, reply), 1, "{}", story.chat(people[39]));
    story.advance(minutes(1)).await;
    let list = story.world.message(story.leads, fold.id).unwrap().text.plain;
    let line = list.lines().find(|line| line.starts_with(&newest)).unwrap_or_default();
    assert!(line.ends_with(scene.t(" · ведёт Пётр", " · Пётр has it")), "{list}");
    let most = most_in_a_minute(&calls(story));
    assert!(most <= MOST_CALLS, "{most} calls in a minute");
    scene.end().await;
}

#[tokio::test]
pub async fn of_forty_low_scores_in_a_minute_any_can_be_taken_from_the_list_within_the_budget() {
    for tongue in Tongue::BOTH {
        Box::pin(forty_in_a_minute(tongue)).await;
    }
}
