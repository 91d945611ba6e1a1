//! The page of the HTTP API has the endpoints there are, and its examples are taken.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Page, pages};
use crate::harness::Story;

/// Telegram's door is no part of the API.
const BESIDE: [(&str, &str); 1] = [("POST", "/telegram/webhook")];
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

type Endpoint = (String, String);

fn endpoints(page: &Page) -> BTreeSet<Endpoint> {
    let spans = page.spans();
    let calls = spans.iter().filter_map(|span| span.split_once(' '));
    let calls = calls.filter(|(method, path)| METHODS.contains(method) && path.starts_with('/'));
    calls
        .map(|(method, path)| {
            (method.to_owned(), path.split(['?', ' ']).next().unwrap_or_default().to_owned())
        })
        .collect()
}

async fn described(story: &Story) -> BTreeSet<Endpoint> {
    let (status, document) = story.get("/openapi.json").await;
    assert_eq!(status, 200);
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys().map(|method| method.to_uppercase());
            methods
                .filter(|method| METHODS.contains(&method.as_str()))
                .map(move |method| (method, path.clone()))
        })
        .collect()
}

#[tokio::test]
async fn every_endpoint_is_described_and_every_described_one_is_there() {
    let story = Story::new().await;
    let there = described(&story).await;
    let missing: Vec<Endpoint> = there.difference(&endpoints(&Page::read("docs/api.md"))).cloned().collect();
    assert!(missing.is_empty(), "docs/api.md does not have {missing:?}");
    for page in pages() {
        let mut unknown: Vec<Endpoint> = endpoints(&page).difference(&there).cloned().collect();
        unknown.retain(|(method, path)| !BESIDE.contains(&(method.as_str(), path.as_str())));
        assert!(unknown.is_empty(), "{} has endpoints that are not there: {unknown:?}", page.path);
    }
    story.end().await;
}

#[tokio::test]
async fn the_events_that_are_shown_are_taken() {
    let story = Story::new().await;
    let page = Page::read("docs/api.md");
    let mut events: Vec<Value> =
        page.blocks_in("json").map(|event| serde_json::from_str(event).unwrap()).collect();
    assert_eq!(events.len(), 1, "docs/api.md shows one event");
    events.push(posted_in_readme(&story));
    for event in events {
        let (status, answer) = story.post(&event).await;
        assert_eq!(status, 202, "{event}: {answer}");
    }
    story.end().await;
}

/// The event that the first set-up posts by hand, with the moment that the shell puts in.
fn posted_in_readme(story: &Story) -> Value {
    let readme = Page::read("README.md");
    let block = readme.blocks_in("console").find(|block| block.contains("/v1/events")).unwrap();
    let (_, body) = block.split_once("-d '").unwrap();
    let moment = story.clock.now().to_rfc3339();
    let body = body.replace("'\"$(date -Iseconds)\"'", &moment);
    serde_json::from_str(body.split('\'').next().unwrap()).unwrap()
}
