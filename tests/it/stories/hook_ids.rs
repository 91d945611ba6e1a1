//! Who and what a delivery is about: nobody becomes one customer with others, a purchase that is repeated is one, what is
//! missing is named, and erasing somebody finds what failed, too.

use afterword::cli::hook::HookCommand;
use serde_json::{Value, json};

use super::hooks::{JSON, LOOK, closed, deliver, live, log, mapped, noticed, shell};
use crate::harness::Story;

#[tokio::test]
pub async fn what_failed_and_names_a_customer_is_erased_with_them() {
    let story = Story::new().await;
    let hook = live(&story, "desk", "paste").await;
    let bogus =
        json!({"kind": "bogus", "customer": {"id": "er:1", "name": "Имя Кто"}, "subject": {"id": "1"}});
    mapped(&story, &hook, &bogus).await;
    mapped(&story, &hook, &json!({"kind": "ticket_closed", "customer": {"id": "er:1", "name": "Имя"}})).await;
    let told = log(&story, "desk").await;
    assert!(told.iter().all(|line| line.starts_with("failed(")), "{told:?}");
    assert_eq!(story.delete("/v1/customers/er:1").await.0, 200);
    for delivery in [1, 2] {
        let (_, shown) = shell(&story, HookCommand::Show { delivery }).await;
        assert!(!shown.contains("Имя") && !shown.contains("er:1"), "{shown}");
    }
    story.end().await;
}

#[tokio::test]
pub async fn what_a_template_writes_for_nobody_is_no_customer() {
    let story = Story::new().await;
    let hook = live(&story, "desk", "paste").await;
    let nobody: [Value; 10] = [
        json!("null"),
        json!("None"),
        json!("undefined"),
        json!(0),
        json!("0"),
        json!("desk:null"),
        json!("shop:0"),
        json!("omnidesk:[user_email]"),
        json!("glpi:{{ ticket.requester.id }}"),
        json!("desk:%customer_id%"),
    ];
    for (at, id) in nobody.iter().enumerate() {
        let body = json!({"kind": "purchase", "customer": {"id": id}, "subject": {"id": format!("T-{at}")}});
        mapped(&story, &hook, &body).await;
    }
    let told = log(&story, "desk").await;
    assert!(told.iter().all(|line| line.starts_with("failed(customer.id: is nobody's")), "{told:?}");
    assert_eq!(told.len(), nobody.len());
    let (_, shown) = shell(&story, HookCommand::Show { delivery: 8 }).await;
    assert!(shown.contains("repaired: no_value"), "{shown}");
    // What only looks like it is somebody.
    for id in ["desk:10", "nullable", "D0%BE%D0:a", "user[1]"] {
        mapped(&story, &hook, &json!({"kind": "purchase", "customer": {"id": id}, "subject": {"id": id}}))
            .await;
    }
    let told = log(&story, "desk").await;
    assert!(told[nobody.len()..].iter().all(|line| line.starts_with("event  ")), "{told:?}");
    story.end().await;
}

#[tokio::test]
pub async fn a_purchase_that_is_sent_again_is_the_same_and_a_ticket_may_be_closed_again() {
    let story = Story::new().await;
    let hook = live(&story, "paste", "paste").await;
    let bought = json!({"kind": "purchase", "customer": {"id": "shop:1"}, "subject": {"id": "P1"}});
    let reopened = json!({"kind": "ticket_reopened", "customer": {"id": "shop:1"}, "subject": {"id": "P1"}});
    mapped(&story, &hook, &bought).await;
    story.advance(LOOK).await;
    mapped(&story, &hook, &bought).await;
    for body in [&closed("P1", "shop:1"), &reopened, &closed("P1", "shop:1")] {
        mapped(&story, &hook, body).await;
    }
    let told = log(&story, "paste").await;
    assert_eq!(told[..2], ["event  paste-purchase-P1", "known(occurred_at)  paste-purchase-P1"]);
    assert!(told[2..].iter().all(|line| line.starts_with("event  paste-ticket_")), "{told:?}");
    story.end().await;
}

#[tokio::test]
pub async fn what_is_missing_is_named_as_the_admin_wrote_it() {
    let story = Story::new().await;
    let hook = live(&story, "desk", "paste").await;
    mapped(&story, &hook, &json!({"kind": "ticket_closed", "customer": {"id": "q1"}})).await;
    assert_eq!(
        log(&story, "desk").await,
        ["failed(event_id: absent: the delivery has no event_id and no subject.id)"]
    );
    let crm = live(&story, "crm", "retailcrm").await;
    let form = &[("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(deliver(&story, &crm, form, "status=complete&order_id=&customer_id=7").await.0, 200);
    story.advance(LOOK).await;
    assert_eq!(
        log(&story, "crm").await,
        ["failed(event_id: absent: the delivery has no order_id and no order_number)"]
    );
    let lead = story.lead;
    story.start(lead).await;
    story.say(lead, "/hooks").await;
    story.tap(lead, "desk").await;
    let told = story.last(lead);
    assert!(told.contains("event_id: нет значения: в доставке нет event_id и subject.id"), "{told}");
    story.end().await;
}

#[tokio::test]
pub async fn a_contact_and_a_company_of_okdesk_are_two_customers() {
    let story = Story::new().await;
    let hook = live(&story, "desk", "okdesk").await;
    for (ticket, client) in [(1, json!({"contact": {"id": 15}})), (2, json!({"company": {"id": 15}}))] {
        let body = json!({
            "event": {"event_type": "new_ticket_status", "old_status": {"code": "opened"}, "new_status": {"code": "closed"}},
            "issue": {"id": ticket, "title": "Возврат", "client": client},
        });
        mapped(&story, &hook, &body).await;
    }
    let ids = log(&story, "desk").await;
    for (event, customer) in ids.iter().zip(["okdesk:15", "okdesk:company-15"]) {
        let id = event.rsplit("  ").next().unwrap();
        let (_, told) = story.get(&format!("/v1/events/{id}")).await;
        assert_eq!(told["customer_id"], customer, "{told}");
    }
    story.end().await;
}

#[tokio::test]
async fn guests_of_a_shop_that_writes_numbers_as_texts_are_told_apart() {
    let story = Story::new().await;
    let hook = live(&story, "shop", "woocommerce").await;
    for (id, phone) in [(1, "+79990000001"), (2, "+79990000002")] {
        let body = json!({"id": id, "status": "completed", "customer_id": "0", "billing": {"phone": phone}});
        mapped(&story, &hook, &body).await;
    }
    for (id, phone) in [(1, "+79990000001"), (2, "+79990000002")] {
        let (_, told) = story.get(&format!("/v1/events/woo-order-{id}")).await;
        assert_eq!(told["customer_id"], format!("woo:{phone}"), "{told}");
    }
    story.end().await;
}

#[tokio::test]
async fn a_repaired_value_is_shown_as_its_field_got_it() {
    let story = Story::new().await;
    let hook = live(&story, "desk", "omnidesk").await;
    let body = json!({"kind": "purchase", "occurred_at": "2026-11-21 14:00:00", "subject": {"id": "1"},
        "customer": {"id": "C-1", "phone": "8 (999) 000-00-00"}, "metrics": {"first_contact_resolution": ""}});
    mapped(&story, &hook, &body).await;
    let (_, shown) = shell(&story, HookCommand::Show { delivery: 1 }).await;
    for told in [
        "repaired: phone, now +79990000000",
        "repaired: time_in_zone, now 2026-11-21T11:00:00Z",
        "metrics.first_contact_resolution absent",
    ] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    let lead = story.lead;
    story.start(lead).await;
    story.say(lead, "/hooks").await;
    story.tap(lead, "desk").await;
    story.tap(lead, "№ 1").await;
    assert!(story.last(lead).contains("стало +79990000000"), "{}", story.last(lead));
    story.end().await;
}

#[tokio::test]
async fn a_second_closing_is_none_while_watching_either() {
    let story = Story::new().await;
    let hook = live(&story, "desk", "paste").await;
    mapped(&story, &hook, &closed("T-1", "desk:1")).await;
    shell(&story, HookCommand::Watch { name: "desk".to_owned() }).await;
    noticed(&story).await;
    mapped(&story, &hook, &closed("T-1", "desk:1")).await;
    assert_eq!(log(&story, "desk").await[1], "skipped(already_closed)");
    story.end().await;
}

#[tokio::test]
async fn a_secret_that_can_never_match_is_refused() {
    let story = Story::new().await;
    let mut unit = story.unit().await;
    for (preset, secret, told) in
        [("helpdeskeddy", "no-colon", "login:password"), ("standard", "whsec_!!!not base64", "base64")]
    {
        afterword::service::hooks::add(&mut unit, preset, preset, None).await.unwrap().unwrap();
        let row = unit.tx.find_hook(preset).await.unwrap().unwrap();
        let refused = afterword::service::hooks::add_secret(&mut unit, &row, secret).await.unwrap();
        let refused = refused.expect_err("it can never match").to_string();
        assert!(refused.contains(told), "{refused}");
    }
    unit.commit().await.unwrap();
    let lead = story.lead;
    story.start(lead).await;
    story.say(lead, "/hooks").await;
    story.tap(lead, "helpdeskeddy").await;
    story.tap(lead, "Секрет").await;
    story.say(lead, "no-colon").await;
    assert!(story.last(lead).contains("логин:пароль"), "{}", story.last(lead));
    story.say(lead, "login:password").await;
    assert!(story.last(lead).contains("Секрет сохранён"), "{}", story.last(lead));
    story.end().await;
}

#[tokio::test]
async fn a_secret_in_a_body_is_not_kept() {
    const OWN: &str =
        "preset = \"own\"\nextends = \"paste\"\n[verify]\nkind = \"body_token\"\npath = \"auth.token\"\n";
    let story = Story::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.toml");
    std::fs::write(&file, OWN).unwrap();
    let hook = live(&story, "desk", file.to_str().unwrap()).await;
    let mut unit = story.unit().await;
    let row = unit.tx.find_hook("desk").await.unwrap().unwrap();
    afterword::service::hooks::add_secret(&mut unit, &row, "a-long-secret").await.unwrap().unwrap();
    unit.commit().await.unwrap();
    noticed(&story).await;
    let mut body = closed("T-1", "desk:1");
    assert_eq!(deliver(&story, &hook, JSON, &body.to_string()).await.0, 401);
    body["auth"] = json!({"token": "a-long-secret"});
    mapped(&story, &hook, &body).await;
    let (_, shown) = shell(&story, HookCommand::Show { delivery: 1 }).await;
    assert!(shown.contains("\"auth\"") && !shown.contains("a-long-secret"), "{shown}");
    story.end().await;
}
