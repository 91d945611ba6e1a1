//! What figures can still be filtered by once a customer is erased: all that the event said, but of tags and segments only
//! those that many customers have.

use afterword::service::export::{Filter, What};
use serde_json::json;

use super::erasing::contents;
use crate::harness::{Story, hours, minutes};

#[tokio::test]
pub async fn figures_by_what_many_share_go_on_counting_an_erased_customer() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    for number in 1..=20 {
        let mut more = json!({
            "customer": { "segments": ["retail"] }, "tags": ["delivery"],
            "channel": if number == 1 { "stand-7" } else { "shop" },
        });
        if number <= 2 {
            more["customer"]["segments"] = json!(["retail", "segment-of-two"]);
            more["tags"] = json!(["delivery", "tag-of-two"]);
        }
        story.purchase(&number.to_string(), &format!("C-{number}"), more).await;
    }
    story.advance(hours(3)).await;
    story.tap(anna, "5").await;
    story.advance(minutes(5)).await;
    let counts = async |expected: [(u64, u64); 6]| {
        let cuts = [
            "tag=delivery",
            "segment=retail",
            "channel=stand-7",
            "channel=shop",
            "tag=tag-of-two",
            "segment=segment-of-two",
        ];
        for (cut, expected) in cuts.into_iter().zip(expected) {
            let (status, figures) = story.get(&format!("/v1/figures?period=2026-11&{cut}")).await;
            let ledger = &figures["ledger"];
            let found = (ledger["events"].as_u64(), ledger["answered"].as_u64());
            assert_eq!((status, found), (200, (Some(expected.0), Some(expected.1))), "{cut}: {figures}");
        }
    };
    counts([(20, 1), (20, 1), (1, 1), (19, 0), (2, 1), (2, 1)]).await;
    story.delete("/v1/customers/C-1").await;
    counts([(20, 1), (20, 1), (1, 1), (19, 0), (1, 0), (1, 0)]).await;
    // Once shared, a word stays with everybody who is erased later.
    story.delete("/v1/customers/C-2").await;
    story.advance(minutes(5)).await;
    counts([(20, 1), (20, 1), (1, 1), (19, 0), (0, 0), (0, 0)]).await;
    let rows = story.export(What::Events, &Filter::default()).await;
    let erased = rows.iter().filter(|row| row["customer.id"].is_empty() && row["kind"] == "purchase");
    let left =
        erased.map(|row| (row["tags"].as_str(), row["customer.segments"].as_str(), row["channel"].as_str()));
    assert_eq!(left.collect::<Vec<_>>(), [("delivery", "retail", "stand-7"), ("delivery", "retail", "shop")]);
    let left: String = contents(&story).await.iter().map(|(_, all)| String::from_utf8_lossy(all)).collect();
    assert!(!left.contains("of-two"), "a word of few is left");
    story.end().await;
}
