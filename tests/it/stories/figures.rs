//! What an operator's Prometheus sees.

use serde_json::json;

use crate::harness::{Story, hours};

impl Story {
    /// The values of figures whose line begins so.
    async fn figure(&self, line: &str) -> f64 {
        let url = format!("http://{}/metrics", self.running.addr);
        let text = reqwest::get(url).await.unwrap().text().await.unwrap();
        let found: Vec<f64> = text
            .lines()
            .filter(|found| found.starts_with(line))
            .map(|found| found.rsplit_once(' ').unwrap().1.parse().unwrap())
            .collect();
        assert!(found.len() <= 1, "{found:?} begin with {line}");
        found.first().copied().unwrap_or_default()
    }
}

#[tokio::test]
async fn figures_tell_what_happened_and_what_waits_and_name_nobody() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-secret").await;
    story.ticket("7", "C-secret", json!({})).await;
    assert!(story.figure("afterword_surveys_due").await.abs() < 0.5);
    story.advance(hours(3)).await;
    story.tap(anna, "🙁").await;
    story.forge(anna, anna.id, 1, "nonsense").await;
    story.get("/v1/events/ticket_closed-7").await;
    for (line, expected) in [
        ("afterword_taps_total{result=\"stored\"}", 1.0),
        ("afterword_survey_transitions_total{state=\"scheduled\",reason=\"\"}", 1.0),
        ("afterword_survey_transitions_total{state=\"started\",reason=\"\"}", 1.0),
        ("afterword_telegram_calls_total{method=\"edit\",result=\"ok\"}", 1.0),
        ("afterword_outbox_messages{lane=\"answers\"}", 0.0),
        ("afterword_dead_updates", 0.0),
        ("afterword_up ", 1.0),
        (
            "afterword_http_request_seconds_count{method=\"GET\",route=\"/v1/events/{event_id}\",status=\"200\"}",
            1.0,
        ),
    ] {
        assert!((story.figure(line).await - expected).abs() < 0.5, "{line}");
    }
    let url = format!("http://{}/metrics", story.running.addr);
    let text = reqwest::get(url).await.unwrap().text().await.unwrap();
    for secret in ["C-secret", "Анна", "ticket_closed-7", &anna.id.to_string()] {
        assert!(!text.contains(secret), "{secret} is in the figures");
    }
    story.end().await;
}
