//! Pages as files: tables, workbooks and pictures of what is seen, and never more than is seen.

use afterword::domain::staff::Role;
use serde_json::json;

use super::figure_pages::{PERIOD, scored};
use super::pages::member;
use crate::harness::{Reader, Setting, Shown, hours};

/// Takes a page as a file.
async fn file(reader: &Reader, path: &str, form: &str, name: &str) -> Shown {
    let mark = if path.contains('?') { '&' } else { '?' };
    let file = reader.open(&format!("{path}{mark}as={form}")).await;
    let disposition = file.headers["content-disposition"].to_str().unwrap();
    assert_eq!(disposition, format!("attachment; filename=\"{name}\""), "{path} as {form}");
    assert_eq!(file.headers["cache-control"], "no-store", "{path} as {form}");
    file
}

/// The rows of a CSV with the names of its columns.
fn rows(csv: &str) -> Vec<std::collections::HashMap<String, String>> {
    let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

#[tokio::test]
pub async fn every_page_with_figures_can_be_taken_as_tables_and_pictures() {
    let story = scored().await;
    let lead = story.signed_in(story.lead).await;
    // What the others draw depends on how much there is to compare.
    let drawn = ["/", "/questions", "/questions/support/agent", "/coverage"];
    for (page, name, tables) in [
        ("/", "overview", &["trend", "reasons", "topics", "automations", "agents"][..]),
        ("/questions", "questions", &[]),
        ("/questions/support/agent", "question-support-agent", &["trend", "parts", "bounds"]),
        ("/agents", "agents", &[]),
        ("/agents/a-17", "agent-a-17", &["trend"]),
        ("/topics", "topics", &["automations", "reasons"]),
        ("/coverage", "coverage", &["parts", "bounds"]),
        ("/importance/support", "importance-support", &["drivers"]),
        ("/support", "support", &[]),
    ] {
        let (path, name) = (format!("{page}?{PERIOD}"), format!("afterword-{name}-2026-11"));
        let shown = lead.open(&path).await;
        let csv = file(&lead, &path, "csv", &format!("{name}.csv")).await;
        assert!(csv.html.starts_with('\u{feff}') && csv.html.contains(','), "{path}: {}", csv.html);
        assert!(csv.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
        for table in tables {
            let csv = file(&lead, &path, &format!("csv:{table}"), &format!("{name}-{table}.csv")).await;
            assert!(csv.html.starts_with('\u{feff}'), "{path}, {table}");
            assert!(shown.html.contains(&format!("as=csv:{table}")), "{path} leads to {table}");
        }
        let book = file(&lead, &path, "xlsx", &format!("{name}.xlsx")).await;
        assert!(book.html.starts_with("PK"), "{path}");
        let has_chart = shown.html.contains("as=png");
        assert!(has_chart || !drawn.contains(&page), "{path}");
        if has_chart {
            let svg = file(&lead, &path, "svg", &format!("{name}.svg")).await;
            assert!(
                svg.html.starts_with("<svg xmlns=") && svg.html.contains("font-family=\"Roboto"),
                "{path}"
            );
            assert!(!svg.html.contains("href") && !svg.html.contains("Ольга <b>"), "{path}: {}", svg.html);
            let png = file(&lead, &path, "png", &format!("{name}.png")).await;
            assert!(png.html.contains("PNG\r\n") && png.html.len() > 1000, "{path}");
        } else {
            let page = lead.open(&format!("{path}&as=svg")).await;
            assert!(!page.headers.contains_key("content-disposition"), "{path}: there is nothing to draw");
        }
    }
    let question = file(
        &lead,
        &format!("/questions/support/agent?{PERIOD}&team=first"),
        "csv",
        "afterword-question-support-agent-2026-11.csv",
    )
    .await;
    let mean = rows(&question.html).into_iter().find(|row| row["index"] == "mean").unwrap();
    assert_eq!((mean["n"].as_str(), mean["eligible"].as_str(), mean["state"].as_str()), ("12", "12", "wide"));
    story.end().await;
}

#[tokio::test]
pub async fn what_a_page_hides_is_in_no_file() {
    let story = Setting::new().await.set("QUIET_HOURS", "off").start().await;
    for number in 0..3 {
        let customer = format!("C-{number}");
        let person = story.customer(&customer, &customer).await;
        let metrics = json!({ "first_response_s": 61, "resolution_s": 3_607 });
        let facts = json!({ "metrics": metrics, "agent": { "id": "a-1", "name": "Ольга", "team": "first" } });
        story.ticket(&number.to_string(), &customer, facts).await;
        story.advance(hours(3)).await;
        for tap in ["🙂", "🙂"] {
            story.tap(person, tap).await;
        }
    }
    let lead = story.signed_in(story.lead).await;
    for (path, name, values) in [
        ("/", "overview", &["value", "lo", "hi", "bound_lo", "bound_hi"][..]),
        (
            "/questions/support/agent",
            "question-support-agent",
            &["value", "lo", "hi", "bound_lo", "bound_hi"],
        ),
        ("/support", "support", &["value", "lo", "hi"]),
        ("/agents", "agents", &["value", "lo", "hi"]),
        ("/waiting/support/agent", "waiting-support-agent", &["seconds", "before", "after"]),
    ] {
        let path = format!("{path}?{PERIOD}");
        let csv = file(&lead, &path, "csv", &format!("afterword-{name}-2026-11.csv")).await;
        let rows = rows(&csv.html);
        let few = rows.iter().filter(|row| row["n"] == "3").collect::<Vec<_>>();
        assert!(!few.is_empty(), "{path}: {}", csv.html);
        for row in few {
            for value in values {
                assert_eq!(row[*value], "", "{path}: {value} of {row:?}");
            }
        }
    }
    story.end().await;
}

#[tokio::test]
pub async fn lists_can_be_taken_as_tables_by_leads_only() {
    let story = scored().await;
    let lead = story.signed_in(story.lead).await;
    let answers = format!("/export?{PERIOD}&q=agent&band=neutral");
    let csv = file(&lead, &answers, "csv", "afterword-answers-2026-11.csv").await;
    let given = rows(&csv.html);
    assert_eq!(given.iter().filter(|row| row["band"] == "neutral").count(), 3, "{}", csv.html);
    assert!(given.iter().all(|row| row["question"] == "agent"), "{}", csv.html);
    let book = lead.open(&answers).await;
    assert!(book.html.starts_with("PK"), "a workbook where nothing else is asked for");
    let path = format!("/surveys?{PERIOD}&team=first");
    let surveys = file(&lead, &path, "csv", "afterword-surveys-2026-11.csv").await;
    assert_eq!(rows(&surveys.html).len(), 12);
    let cases = lead.open("/cases").await;
    assert!(cases.html.contains("href=\"/cases?as=csv\""), "{}", cases.html);
    let cases = lead.open("/cases?as=csv").await;
    let listed = rows(&cases.html);
    assert_eq!((listed.len(), listed[0]["status"].as_str()), (1, "open"), "{}", cases.html);
    for path in ["/surveys", "/cases"] {
        let book = lead.open(&format!("{path}?as=xlsx")).await;
        assert!(book.html.starts_with("PK"), "{path}");
        let page = lead.open(&format!("{path}?as=png")).await;
        assert!(!page.headers.contains_key("content-disposition"), "{path}: a list is no picture");
    }
    let olga = member(&story, "Ольга", Role::Agent, Some("a-17")).await;
    let olga = story.signed_in(olga).await;
    for path in [answers.as_str(), "/surveys?as=csv", "/cases?as=csv", "/?as=csv", "/questions?as=xlsx"] {
        let refused = olga.get(path).await;
        assert!([302, 403].contains(&refused.status), "{path}: {}", refused.status);
        assert!(!refused.headers.contains_key("content-disposition"), "{path}");
    }
    let cases = olga.open("/cases").await;
    assert!(!cases.html.contains("as=csv"), "{}", cases.html);
    story.end().await;
}
