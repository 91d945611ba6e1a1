use serde_json::json;

use super::{Server, purchase, reply};

#[tokio::test]
async fn an_installation_without_answers_gives_an_empty_page_and_a_cursor() {
    let server = Server::start().await;
    let page = server.get("/v1/answers").await;
    assert_eq!(page.status, 200);
    assert_eq!((&page.body["answers"], &page.body["more"]), (&json!([]), &json!(false)));
    let next = page.body["next"].as_str().unwrap();
    let again = server.get(&format!("/v1/answers?since={next}")).await;
    assert_eq!((again.status, &again.body["next"]), (200, &page.body["next"]));
    let csv = server.request("GET", "/v1/answers").header("accept", "text/csv");
    let csv = reply(csv).await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(csv.headers["next-cursor"], next);
    assert!(csv.body.as_str().unwrap().starts_with("\u{feff}answer_id,stored_at,"), "{}", csv.body);
}

#[tokio::test]
async fn a_cursor_that_was_never_given_out_is_refused() {
    let server = Server::start().await;
    let ahead = "f_______________AAAA";
    for (query, fields) in [
        ("since=12345", vec!["since"]),
        (&format!("since={ahead}"), vec!["since"]),
        ("limit=0", vec!["limit"]),
        ("limit=10001&tests=perhaps", vec!["limit", "tests"]),
    ] {
        let refused = server.get(&format!("/v1/answers?{query}")).await;
        assert_eq!(refused.status, 422, "{query}: {}", refused.body);
        let errors = refused.body["errors"].as_array().unwrap();
        assert_eq!(errors.iter().map(|error| &error["field"]).collect::<Vec<_>>(), fields, "{query}");
    }
    let misspelt = server.get("/v1/answers?sinse=x").await;
    assert_eq!(misspelt.status, 400);
    assert!(
        misspelt.body["detail"].as_str().unwrap().starts_with("sinse: unknown field"),
        "{}",
        misspelt.body
    );
}

#[tokio::test]
async fn a_survey_is_found_by_its_id_only() {
    let server = Server::start().await;
    let receipt = server.post(&purchase("e")).await;
    let survey_id = receipt.body["survey_id"].as_str().unwrap();
    let survey = server.get(&format!("/v1/surveys/{survey_id}")).await;
    assert_eq!(survey.status, 200);
    assert_eq!(
        (&survey.body["event_id"], &survey.body["state"], &survey.body["answers"]),
        (&json!("e"), &json!("waiting_for_link"), &json!([]))
    );
    assert_eq!(server.get("/v1/surveys/unknown").await.status, 404);
}
