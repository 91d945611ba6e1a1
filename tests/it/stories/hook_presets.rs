//! Presets of one's own: deliveries with several elements, slips of the pen, and what a changed one changes.

use afterword::cli::hook::{Beside, HookCommand};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::hooks::{live, log, mapped, shell, shell_told};
use crate::harness::{Setting, Story};

const SEVERAL: &str = r#"
preset = "several"
each = "orders"
delivery_id = "number"
[[rule]]
when = "item.state == 'done'"
kind = "'purchase'"
set = "order"
[set.order]
event_id = "cat('order-', item.id)"
occurred_at = "received_at"
"customer.id" = "item.client"
"customer.name" = "item.client_name"
"#;

struct File {
    folder: TempDir,
}

impl File {
    fn new(preset: &str) -> Self {
        let file = Self { folder: tempfile::tempdir().unwrap() };
        file.write(preset);
        file
    }

    fn write(&self, preset: &str) {
        std::fs::write(self.path(), preset).unwrap();
    }

    fn path(&self) -> String {
        self.folder.path().join("own.toml").to_str().unwrap().to_owned()
    }
}

fn orders(number: &str, clients: &[&str]) -> Value {
    let order = |(at, client): (usize, &&str)| json!({"id": format!("{number}-{at}"), "state": "done", "client": client, "client_name": "Анна"});
    let mut orders: Vec<Value> = clients.iter().enumerate().map(order).collect();
    orders.push(json!({"id": "x", "state": "new", "client": "C-9"}));
    json!({"number": number, "orders": orders})
}

#[tokio::test]
pub async fn each_element_of_a_delivery_becomes_something_of_its_own() {
    let story = Story::new().await;
    let file = File::new(SEVERAL);
    let hook = live(&story, "shop", &file.path()).await;
    mapped(&story, &hook, &orders("1", &["C-1", "", "C-2"])).await;
    mapped(&story, &hook, &orders("2", &["C-1", "C-2"])).await;
    // The system sends it again: nothing new, and no second event.
    mapped(&story, &hook, &orders("2", &["C-1", "C-2"])).await;
    assert_eq!(
        log(&story, "shop").await,
        ["failed(failed 1, event 2, skipped 1)", "event(event 2, skipped 1)", "skipped(skipped 3)"]
    );
    for event in ["order-1-0", "order-1-2", "order-2-0", "order-2-1"] {
        assert_eq!(story.state(event).await, "waiting_for_link", "{event}");
    }
    let (_, shown) = shell(&story, HookCommand::Show { delivery: 1 }).await;
    for told in [
        "element 1  event  order-1-0",
        "element 2  failed(customer.id: absent: the delivery has no item.client)",
        "element 3  event  order-1-2",
        "element 4  skipped(no_rule)",
        "\nelement 3\nrule 1\n",
    ] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    let (_, _) = shell(&story, HookCommand::Replay { deliveries: vec![1] }).await;
    mapped(&story, &hook, &json!({"number": "3", "orders": []})).await;
    let states = log(&story, "shop").await;
    assert_eq!(
        (states[0].as_str(), states[3].as_str()),
        ("failed(failed 1, known 2, skipped 1)", "skipped(skipped 1)")
    );

    // What one customer's erasing takes away holds others too, and a delivery is kept whole or not at all.
    assert_eq!(story.delete("/v1/customers/C-2").await.0, 200);
    let mut tx = story.running.db.read().await.unwrap();
    for row in tx.list_deliveries(1, 10).await.unwrap().iter().filter(|row| row.id <= 2) {
        assert!(row.body.is_empty() && tx.list_delivery_parts(row.id).await.unwrap().is_empty(), "{row:?}");
    }
    drop(tx);
    assert_eq!(story.state("order-1-0").await, "waiting_for_link");
    story.end().await;
}

#[tokio::test]
pub async fn an_admin_sees_each_element_of_a_delivery_and_reasons_in_their_language() {
    let story = Setting::new().await.set("PUBLIC_URL", "https://afterword.shop.example").start().await;
    let file = File::new(SEVERAL);
    let address = live(&story, "shop", &file.path()).await;
    let path = &address[address.find("/hooks/").unwrap()..];
    mapped(&story, path, &orders("1", &["C-1", ""])).await;
    mapped(&story, path, &json!({"number": "2", "orders": "none"})).await;
    let lead = story.lead;
    story.start(lead).await;
    story.say(lead, "/hooks").await;
    story.tap(lead, "shop").await;
    let listed = story.last(lead);
    assert!(listed.contains("не получилось: 1, событие: 1, пропущено: 1"), "{listed}");
    story.tap(lead, "№ 1").await;
    let shown = story.last(lead);
    assert!(shown.contains("Элемент 2: не получилось: customer.id: нет значения"), "{shown}");
    story.tap(lead, "К доставкам").await;
    story.tap(lead, "№ 2").await;
    assert!(story.last(lead).contains("each: это не список"), "{}", story.last(lead));
    story.end().await;
}

#[tokio::test]
pub async fn a_changed_preset_shows_what_it_changes_for_the_newest_deliveries() {
    let story = Story::new().await;
    let file = File::new(SEVERAL);
    let hook = live(&story, "shop", &file.path()).await;
    for number in 0..22 {
        mapped(&story, &hook, &orders(&number.to_string(), &["C-1"])).await;
    }
    file.write(&SEVERAL.replace("cat('order-', item.id)", "cat('shop-', item.id)"));
    let set = HookCommand::Set { name: "shop".to_owned(), values: Vec::new(), preset: Some(file.path()) };
    let (_, differences) = shell(&story, set.clone()).await;
    let lines: Vec<&str> = differences.lines().collect();
    assert_eq!((lines.len(), lines[0]), (20, "22  order-21-0  ->  shop-21-0 (event_id)"));
    let (_, differences, told) = shell_told(&story, set).await;
    assert_eq!(differences, "");
    assert!(told.contains("the newest 20 deliveries give the same"), "{told}");
    story.end().await;
}

#[tokio::test]
async fn slips_and_customers_whom_nobody_reaches_are_told_when_a_preset_is_tried_and_added() {
    let story = Story::new().await;
    let file = File::new(
        &SEVERAL.replace("occurred_at = \"received_at\"", "occurred_at = \"recieved_at or received_at\""),
    );
    let body = file.folder.path().join("body.json");
    std::fs::write(&body, orders("1", &["C-1"]).to_string().replace("client_name", "clients_name")).unwrap();
    let test = HookCommand::Test {
        preset: file.path(),
        delivery: body.to_str().unwrap().to_owned(),
        beside: Beside::default(),
    };
    let (code, _, told) = shell_told(&story, test).await;
    assert_eq!(code, 0);
    for line in [
        "rule 1, occurred_at: the delivery has no recieved_at; did you mean received_at in its place?",
        "rule 1, customer.name: the delivery has no item.client_name; did you mean clients_name in its place?",
        "note: rule 1, occurred_at: recieved_at may be a slip; did you mean received_at?",
        "note: only customers who have started the bot can be asked: nobody brings others their link; let the preset name \
         customer.email or customer.phone, or say with [[write]] how its system is called",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    let add = HookCommand::Add { name: "shop".to_owned(), preset: file.path() };
    let (_, _, told) = shell_told(&story, add).await;
    assert!(told.contains("recieved_at may be a slip"), "{told}");
    story.end().await;
}

/// Maps a delivery about C-1 and C-2, changes the preset like that, and maps the delivery again.
async fn mapped_again(story: &Story, from: &str, to: &str) {
    let file = File::new(SEVERAL);
    let hook = live(story, "shop", &file.path()).await;
    mapped(story, &hook, &orders("1", &["C-1", "C-2"])).await;
    file.write(&SEVERAL.replace(from, to));
    let set = HookCommand::Set { name: "shop".to_owned(), values: Vec::new(), preset: Some(file.path()) };
    shell(story, set).await;
    super::hooks::noticed(story).await;
    shell(story, HookCommand::Replay { deliveries: vec![1] }).await;
    story.advance(super::hooks::LOOK).await;
}

async fn body_of_the_first(story: &Story) -> String {
    story.running.db.read().await.unwrap().find_delivery(1).await.unwrap().unwrap().body
}

#[tokio::test]
pub async fn an_element_that_a_changed_preset_does_not_find_is_still_erased_with_its_customer() {
    let story = Story::new().await;
    mapped_again(&story, "each = \"orders\"", "each = \"sales\"").await;
    assert_eq!(log(&story, "shop").await, ["skipped(skipped 1)"]);
    assert_eq!(story.delete("/v1/customers/C-2").await.0, 200);
    assert_eq!(body_of_the_first(&story).await, "", "it names C-2");
    story.end().await;
}

#[tokio::test]
pub async fn a_customer_whom_a_changed_preset_calls_otherwise_is_still_erased_by_the_former_id() {
    let story = Story::new().await;
    mapped_again(&story, "\"item.client\"", "\"cat('shop:', item.client)\"").await;
    assert_eq!(story.delete("/v1/customers/C-2").await.0, 200);
    assert_eq!(body_of_the_first(&story).await, "", "it names C-2");
    story.end().await;
}

#[tokio::test]
async fn deliveries_with_more_elements_than_a_page_holds_are_all_taken() {
    let story = Story::new().await;
    let file = File::new(SEVERAL);
    let hook = live(&story, "shop", &file.path()).await;
    let clients = vec!["C-1"; 60];
    for number in ["1", "2", "3"] {
        let body = orders(number, &clients).to_string();
        assert_eq!(super::hooks::deliver(&story, &hook, super::hooks::JSON, &body).await.0, 200);
    }
    story.advance(super::hooks::LOOK).await;
    assert_eq!(log(&story, "shop").await, ["event(event 60, skipped 1)"; 3]);
    story.end().await;
}

#[tokio::test]
pub async fn a_delivery_that_was_only_watched_is_no_repeat_of_itself() {
    let story = Story::new().await;
    let file = File::new(SEVERAL);
    let hook = super::hooks::watching(&story, "shop", &file.path()).await;
    mapped(&story, &hook, &orders("1", &["C-1"])).await;
    shell(&story, HookCommand::Go { name: "shop".to_owned() }).await;
    super::hooks::noticed(&story).await;
    mapped(&story, &hook, &orders("1", &["C-1"])).await;
    mapped(&story, &hook, &orders("1", &["C-1"])).await;
    assert_eq!(
        log(&story, "shop").await,
        ["watched(watched 1, skipped 1)", "event(event 1, skipped 1)", "skipped(skipped 2)"]
    );
    story.end().await;
}

#[tokio::test]
async fn a_file_is_tried_with_what_comes_beside_it_and_shows_the_call_that_would_follow() {
    let story = Story::new().await;
    let file = File::new("preset = \"zammad\"\nextends = \"zammad\"\n");
    let body = file.folder.path().join("body.json");
    let ticket =
        json!({"ticket": {"id": 7, "state": "closed", "customer": {"id": 3, "email": "anna@example.com"}}});
    std::fs::write(&body, ticket.to_string()).unwrap();
    let test = |query: &[&str]| HookCommand::Test {
        preset: file.path(),
        delivery: body.to_str().unwrap().to_owned(),
        beside: Beside {
            headers: vec!["X-Zammad-Delivery: 1".to_owned()],
            query: query.iter().map(|pair| (*pair).to_owned()).collect(),
        },
    };
    assert!(shell(&story, test(&[])).await.1.contains("skipped(no_rule)"));
    let (_, tried) = shell(&story, test(&["kind=ticket_closed"])).await;
    assert!(tried.contains("event zammad-7@"), "{tried}");
    for told in ["call POST https://HELPDESK/api/v1/ticket_articles  {", "\"body\":\"TEXT\""] {
        assert!(tried.contains(told), "{tried}");
    }
    story.end().await;
}

#[tokio::test]
async fn whoever_adds_a_hook_gets_the_text_to_paste() {
    let story = Setting::new().await.set("PUBLIC_URL", "https://afterword.shop.example").start().await;
    let add = HookCommand::Add { name: "desk".to_owned(), preset: "zendesk".to_owned() };
    let (_, _, told) = shell_told(&story, add).await;
    assert!(told.contains("\"id\": \"zendesk:{{ticket.requester.id}}\""), "{told}");
    assert!(!told.contains("docs/hooks"), "{told}");
    let lead = story.lead;
    story.start(lead).await;
    for (system, text) in
        [("GLPI 11", "{{ item.id }}"), ("RetailCRM", "status={{order.getStatus().getCode()}}")]
    {
        story.say(lead, "/hooks").await;
        story.tap(lead, "Подключить").await;
        story.tap(lead, system).await;
        assert!(story.last(lead).contains(text), "{}", story.last(lead));
    }
    story.end().await;
}

#[tokio::test]
async fn another_preset_drops_the_variables_that_it_lacks() {
    let story = Story::new().await;
    let file = File::new(SEVERAL);
    live(&story, "desk", "okdesk").await;
    let set = |values: &[&str], preset: Option<String>| HookCommand::Set {
        name: "desk".to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        preset,
    };
    shell(&story, set(&["closed=archived", "tz=Asia/Omsk"], None)).await;
    let listed = async || shell(&story, HookCommand::List).await.1;
    assert!(listed().await.contains("tz=Asia/Omsk closed=archived"), "{}", listed().await);
    shell(&story, set(&[], Some(file.path()))).await;
    let listed = listed().await;
    assert!(
        listed.contains("several") && listed.contains("tz=Asia/Omsk") && !listed.contains("closed="),
        "{listed}"
    );
    story.end().await;
}

#[tokio::test]
async fn what_a_file_is_read_as_can_be_given_beside_it() {
    let story = Story::new().await;
    let file = File::new(SEVERAL);
    let body = file.folder.path().join("body.txt");
    std::fs::write(&body, "number=1").unwrap();
    let test = |headers: &[&str]| HookCommand::Test {
        preset: file.path(),
        delivery: body.to_str().unwrap().to_owned(),
        beside: Beside {
            headers: headers.iter().map(|header| (*header).to_owned()).collect(),
            query: Vec::new(),
        },
    };
    let (_, as_form) = shell(&story, test(&[])).await;
    let (_, as_json) = shell(&story, test(&["Content-Type: application/json"])).await;
    assert_ne!(as_form, as_json);
    assert!(as_json.contains("malformed"), "{as_json}");
    story.end().await;
}
