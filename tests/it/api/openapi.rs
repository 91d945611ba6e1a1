//! The API's description of itself, held against its real answers.

use std::collections::BTreeSet;
use std::path::Path;

use afterword::domain::ids::SurveyKey;
use afterword::store::answers::NewAnswer;
use serde_json::{Value, json};

use super::{NOON, Server, purchase, reply};

/// Says where `value` is not as `schema` has it, in the part of JSON Schema that the description uses.
fn mismatches(document: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.strip_prefix('#').unwrap()).unwrap();
        return mismatches(document, target, value, at, found);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = |choice: &&Value| {
            let mut inner = Vec::new();
            mismatches(document, choice, value, at, &mut inner);
            inner.is_empty()
        };
        if choices.iter().filter(fits).count() != 1 {
            found.push(format!("{at}: not exactly one of the choices fits"));
        }
        return;
    }
    let name = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let allowed = match &schema["type"] {
        Value::Array(names) => names.iter().any(|allowed| allowed == name),
        Value::Null => true,
        allowed => allowed == name,
    };
    if !allowed {
        found.push(format!("{at}: is {name}, not {}", schema["type"]));
    }
    if schema["enum"].as_array().is_some_and(|allowed| !allowed.contains(value)) {
        found.push(format!("{at}: {value} is none of {}", schema["enum"]));
    }
    if schema.get("const").is_some_and(|only| only != value) {
        found.push(format!("{at}: is not {}", schema["const"]));
    }
    if let (Value::Array(items), Some(schema)) = (value, schema.get("items")) {
        for (index, item) in items.iter().enumerate() {
            mismatches(document, schema, item, &format!("{at}[{index}]"), found);
        }
    }
    let Value::Object(members) = value else { return };
    for required in schema["required"].as_array().into_iter().flatten() {
        if !members.contains_key(required.as_str().unwrap()) {
            found.push(format!("{at}: has no {required}"));
        }
    }
    for (name, member) in members {
        let at = format!("{at}.{name}");
        match (schema["properties"].get(name), &schema["additionalProperties"]) {
            (Some(schema), _) | (None, schema @ Value::Object(_)) => {
                mismatches(document, schema, member, &at, found);
            }
            (None, Value::Bool(false)) => found.push(format!("{at}: is not described")),
            _ => {}
        }
    }
}

impl Server {
    async fn description(&self) -> Value {
        let reply = reply(self.client.get(format!("{}/openapi.json", self.address))).await;
        assert_eq!((reply.status, &reply.body["openapi"]), (200, &json!("3.1.0")));
        reply.body
    }

    /// Calls, and holds the answer against what is described for this path, method, status and media type.
    async fn check(
        &self,
        described: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
        status: u16,
    ) -> Value {
        let document = self.description().await;
        let request = self.request(method, path);
        let reply = reply(body.into_iter().fold(request, |request, body| request.json(&body))).await;
        assert_eq!(reply.status, status, "{method} {path}: {}", reply.body);
        let answer = &document["paths"][described][method.to_lowercase()]["responses"][status.to_string()];
        let media = reply.headers["content-type"].to_str().unwrap().split(';').next().unwrap();
        let schema = &answer["content"][media]["schema"];
        assert!(schema.is_object(), "{method} {described} {status} {media} is not described");
        let mut found = Vec::new();
        mismatches(&document, schema, &reply.body, "", &mut found);
        assert!(found.is_empty(), "{method} {path} {status}: {}\n{}", found.join("\n"), reply.body);
        reply.body
    }

    async fn answer(&self, survey: SurveyKey) {
        let mut tx = self.db.write().await.unwrap();
        let answer = NewAnswer {
            survey,
            question: "q".to_owned(),
            part: "answer",
            value: Some(2),
            options: String::new(),
            band: Some("low"),
            skipped: false,
            withdrawn: false,
        };
        tx.insert_answer(answer, NOON);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
pub async fn every_answer_is_as_it_is_described() {
    let server = Server::start().await;
    let events = "/v1/events";
    let receipt = server.check(events, "POST", events, Some(purchase("e")), 202).await;
    server.check(events, "POST", events, Some(purchase("e")), 200).await;
    let mut other = purchase("e");
    other["store"] = json!("s");
    server.check(events, "POST", events, Some(other.clone()), 409).await;
    server.check(events, "POST", events, Some(json!({"event_id": 1})), 422).await;
    server.check(events, "POST", events, Some(json!([purchase("f"), purchase("e"), other, 7])), 200).await;
    let mut opened = purchase("o");
    opened["kind"] = json!("ticket_opened");
    server.check(events, "POST", events, Some(opened), 202).await;
    for (path, status) in
        [("/v1/events/e", 200), ("/v1/events/o", 200), ("/v1/events/none", 404), ("/v1/events/%ff", 400)]
    {
        server.check("/v1/events/{event_id}", "GET", path, None, status).await;
    }
    server.answer(SurveyKey::new(1)).await;
    let page = server.check("/v1/answers", "GET", "/v1/answers", None, 200).await;
    assert_eq!(page["answers"].as_array().unwrap().len(), 1);
    server.check("/v1/answers", "GET", "/v1/answers?since=x", None, 422).await;
    let survey = format!("/v1/surveys/{}", receipt["survey_id"].as_str().unwrap());
    let survey = server.check("/v1/surveys/{survey_id}", "GET", &survey, None, 200).await;
    assert_eq!(survey["answers"], page["answers"]);
    server.check("/v1/surveys/{survey_id}", "GET", "/v1/surveys/none", None, 404).await;
    let link = server.check("/v1/customers/{id}/link", "POST", "/v1/customers/C-1/link", None, 200).await;
    server.check("/q/{token}.png", "GET", link["png"].as_str().unwrap(), None, 200).await;
    server.check("/q/{token}.svg", "GET", link["svg"].as_str().unwrap(), None, 200).await;
    let customer = "/v1/customers/{id}";
    server.check(customer, "GET", "/v1/customers/C-1", None, 200).await;
    server.check(customer, "DELETE", "/v1/customers/C-1", None, 200).await;
    for method in ["GET", "DELETE"] {
        server.check(customer, method, "/v1/customers/C-1", None, 404).await;
        server.check(customer, method, "/v1/customers/%00", None, 422).await;
        server.check(customer, method, "/v1/customers/%ff", None, 400).await;
    }
    for path in ["/healthz", "/readyz", "/metrics", "/openapi.json"] {
        server.check(path, "GET", path, None, 200).await;
    }
}

/// Every event that the description allows is one that is taken.
#[tokio::test]
async fn the_described_event_has_the_fields_of_the_real_one() {
    let server = Server::start().await;
    let document = server.description().await;
    let event = json!({
        "event_id": "T-7#1", "kind": "ticket_closed", "occurred_at": "2026-11-21T11:04:05+03:00",
        "customer": {"id": "C-42", "telegram_id": 700_000_001, "phone": "+79990000000", "name": "Анна",
                     "language": "ru", "timezone": "Europe/Moscow", "segments": ["gold"]},
        "subject": {"id": "T-7", "title": "Обращение №7", "url": "https://desk.example/7"},
        "agent": {"id": "a-17", "name": "Ольга", "team": "first-line", "since": "2026-09-01"},
        "automation": "auto-reply", "store": "msk-2", "channel": "telegram", "tags": ["delivery"],
        "metrics": {"opened_at": "2026-11-21T10:30:00+03:00", "first_response_s": 45, "resolution_s": 5400,
                    "messages": 7, "reopened": 0, "sla_breached": false, "first_contact_resolution": true},
        "script": "support", "extra": {"anything": 1}, "test": true
    });
    assert_eq!(server.post(&event).await.status, 202);
    let schema = &document["components"]["schemas"]["Event"];
    let mut found = Vec::new();
    mismatches(&document, schema, &event, "", &mut found);
    assert!(found.is_empty(), "{}", found.join("\n"));
    let described: BTreeSet<&String> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(described, event.as_object().unwrap().keys().collect());
    for section in ["customer", "subject", "agent", "metrics"] {
        let described: BTreeSet<&String> =
            schema["properties"][section]["properties"].as_object().unwrap().keys().collect();
        assert_eq!(described, event[section].as_object().unwrap().keys().collect(), "{section}");
    }
}

#[tokio::test]
async fn everything_there_is_is_described_and_nothing_else() {
    let server = Server::start().await;
    let document = server.description().await;
    let described: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .keys()
        .map(|path| path.replace("{token}.png", "{file}").replace("{token}.svg", "{file}"))
        .collect();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api/mod.rs");
    let source = std::fs::read_to_string(source).unwrap();
    let routes = source.split(".route(\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    // Telegram's door is no part of the API.
    let routes: BTreeSet<String> = routes.filter(|path| !path.starts_with("/telegram/")).collect();
    assert_eq!(described, routes);
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    for operation in
        document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values())
    {
        assert!(operation["summary"].is_string() && operation["operationId"].is_string(), "{operation}");
    }
}

#[test]
fn a_mismatch_is_seen() {
    let document = json!({"s": {"type": "object", "additionalProperties": false, "required": ["a"],
                                "properties": {"a": {"type": ["integer", "null"]}, "b": {"enum": ["x"]}}}});
    let found = |value: Value| {
        let mut found = Vec::new();
        mismatches(&document, &json!({"type": "array", "items": {"$ref": "#/s"}}), &value, "", &mut found);
        found.len()
    };
    assert_eq!(found(json!([{"a": null}, {"a": 1, "b": "x"}])), 0);
    assert_eq!(found(json!([{}, {"a": "1"}, {"a": 1, "b": "y"}, {"a": 1, "c": 1}, 7])), 5);
}
