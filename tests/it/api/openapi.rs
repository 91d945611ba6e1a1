//! The API's description, compared with its real replies.

use std::collections::BTreeSet;
use std::path::Path;

use afterword::domain::ids::SurveyKey;
use afterword::store::answers::NewAnswer;
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::{NOON, Reply, Server, purchase, reply};

/// The description as the program serves it.
pub(super) struct Description(pub Value);

impl Description {
    pub fn validator(&self, schema: &Value) -> Validator {
        // References in the schema need the components.
        let whole = json!({"allOf": [schema], "components": self.0["components"]});
        jsonschema::options().should_validate_formats(true).build(&whole).unwrap()
    }

    /// Lists where `value` does not match `schema`.
    fn mismatches(&self, schema: &Value, value: &Value) -> Vec<String> {
        let validator = self.validator(schema);
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    /// Returns all calls: path, method and description.
    fn calls(&self) -> Vec<(String, String, Value)> {
        let paths = self.0["paths"].as_object().unwrap().iter();
        let calls = paths.flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().iter();
            methods.map(move |(method, call)| (path.clone(), method.clone(), call.clone()))
        });
        calls.collect()
    }

    /// Checks a reply against the description of this call, status and media type.
    fn check(&self, call: &Value, reply: &Reply) {
        let answer = &call["responses"][reply.status.to_string()];
        let media = reply.headers["content-type"].to_str().unwrap().split(';').next().unwrap();
        let schema = &answer["content"][media]["schema"];
        let name = &call["operationId"];
        assert!(schema.is_object(), "{name} {} {media} is not described: {}", reply.status, reply.body);
        let found = self.mismatches(schema, &reply.body);
        assert!(found.is_empty(), "{name} {}: {}\n{}", reply.status, found.join("\n"), reply.body);
        for header in answer["headers"].as_object().into_iter().flat_map(Map::keys) {
            assert!(reply.headers.contains_key(header), "{name} {}: no header {header}", reply.status);
        }
    }
}

/// Returns the examples of a media type.
fn examples(media: &Value) -> Vec<Value> {
    let several = media["examples"].as_object().into_iter().flat_map(Map::values);
    media.get("example").into_iter().chain(several.map(|example| &example["value"])).cloned().collect()
}

impl Server {
    pub(super) async fn description(&self) -> Description {
        let reply = reply(self.client.get(format!("{}/openapi.json", self.address))).await;
        assert_eq!((reply.status, &reply.body["openapi"]), (200, &json!("3.1.0")));
        Description(reply.body)
    }

    /// Makes a call, and checks the reply against its description.
    async fn check(
        &self,
        described: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
        status: u16,
    ) -> Value {
        let description = self.description().await;
        let request = self.request(method, path);
        let reply = reply(body.into_iter().fold(request, |request, body| request.json(&body))).await;
        assert_eq!(reply.status, status, "{method} {path}: {}", reply.body);
        description.check(&description.0["paths"][described][method.to_lowercase()], &reply);
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
    let figures = "/v1/figures";
    for query in
        ["", "?by=tag&period=2026", "?compare=previous&period=2026-W47", "?index=low&by=day&period=2026-11"]
    {
        server.check(figures, "GET", &format!("{figures}{query}"), None, 200).await;
    }
    server.check(figures, "GET", &format!("{figures}?tem=a&period=soon"), None, 422).await;
    for report in ["agents", "topics", "automations", "reasons", "bounds"] {
        let report = format!("{figures}/{report}");
        server.check(&report, "GET", &format!("{report}?period=2026-11"), None, 200).await;
        server.check(&report, "GET", &format!("{report}?by=day"), None, 422).await;
    }
    for report in ["importance", "drivers", "decomposition", "waiting", "kpis"] {
        let report = format!("{figures}/{report}");
        server.check(&report, "GET", &format!("{report}?period=2026-11"), None, 200).await;
        server.check(&report, "GET", &format!("{report}?by=tag"), None, 422).await;
    }
    let survey = format!("/v1/surveys/{}", receipt["survey_id"].as_str().unwrap());
    let survey = server.check("/v1/surveys/{survey_id}", "GET", &survey, None, 200).await;
    assert_eq!(survey["answers"], page["answers"]);
    server.check("/v1/surveys/{survey_id}", "GET", "/v1/surveys/none", None, 404).await;
    let link = server.check("/v1/customers/{id}/link", "POST", "/v1/customers/C-1/link", None, 200).await;
    server.check("/q/{token}.png", "GET", link["png"].as_str().unwrap(), None, 200).await;
    server.check("/q/{token}.svg", "GET", link["svg"].as_str().unwrap(), None, 200).await;
    server.check("/q/{token}.svg", "GET", "/q/none.svg", None, 404).await;
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

/// Refusals that depend on the call and not on what is asked for.
#[tokio::test]
async fn every_call_is_refused_as_it_is_described() {
    let server = Server::start().await;
    let description = server.description().await;
    for (path, method, call) in description.calls() {
        let address = format!("{}{}", server.address, path.replace(['{', '}'], ""));
        let method: reqwest::Method = method.to_uppercase().parse().unwrap();
        let request = |query: &str| server.client.request(method.clone(), format!("{address}{query}"));
        let malformed = reply(request("?x=%00").bearer_auth(super::KEY)).await;
        assert_eq!(malformed.status, 400);
        description.check(&call, &malformed);
        if call["security"] != json!([{}]) {
            let unknown = reply(request("")).await;
            assert_eq!(unknown.status, 401);
            description.check(&call, &unknown);
        }
    }
    let events = &description.0["paths"]["/v1/events"]["post"];
    for (media, coding, status) in [("text/csv", "identity", 415), ("application/json", "gzip", 415)] {
        let request = server.request("POST", "/v1/events").header("content-type", media);
        let refused = reply(request.header("content-encoding", coding).body("{}")).await;
        assert_eq!(refused.status, status);
        description.check(events, &refused);
    }
    let large = server.post_raw(format!("{{{}", " ".repeat(2 << 20))).await;
    assert_eq!(large.status, 413);
    description.check(events, &large);
}

#[tokio::test]
async fn every_example_is_as_it_is_described() {
    let server = Server::start().await;
    let description = server.description().await;
    for (path, method, call) in description.calls() {
        let replies = call["responses"].as_object().unwrap().iter();
        let bodies = replies.map(|(status, reply)| (status.as_str(), &reply["content"]));
        let bodies = bodies.chain([("request", &call["requestBody"]["content"])]);
        for (what, content) in bodies {
            for (media, described) in content.as_object().into_iter().flatten() {
                let examples = examples(described);
                let is_told = media.ends_with("json") && path != "/openapi.json";
                assert!(!is_told || !examples.is_empty(), "{method} {path} {what} has no example");
                for example in examples {
                    let found = description.mismatches(&described["schema"], &example);
                    assert!(found.is_empty(), "{method} {path} {what}: {}\n{example}", found.join("\n"));
                }
            }
        }
    }
}

/// Tries the examples in turn as a newcomer would, with the values from earlier replies.
#[tokio::test]
async fn every_example_is_taken_and_every_call_answers_it_as_described() {
    let server = Server::start().await;
    let description = server.description().await;
    let events = &description.0["paths"]["/v1/events"]["post"];
    let mut receipt = Value::Null;
    for (media, described) in events["requestBody"]["content"].as_object().unwrap() {
        for example in examples(described) {
            let text = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
            let request = server.request("POST", "/v1/events").header("content-type", media);
            let taken = reply(request.body(text)).await;
            description.check(events, &taken);
            let is_taken = taken.status == 202
                || (taken.status == 200 && taken.body["rejected"].as_u64().unwrap_or(0) == 0);
            assert!(is_taken, "{} {}", taken.status, taken.body);
            if taken.body["event_id"] == "order-1001" {
                receipt = taken.body;
            }
        }
    }
    let link = server.check("/v1/customers/{id}/link", "POST", "/v1/customers/C-42/link", None, 200).await;
    let token = link["url"].as_str().unwrap().rsplit('=').next().unwrap();
    let calls = description.calls().into_iter().filter(|(path, ..)| path != "/v1/events");
    let (last, others): (Vec<_>, Vec<_>) = calls.partition(|(_, method, _)| method == "delete");
    for (path, method, call) in others.into_iter().chain(last) {
        let mut address = path.clone();
        for parameter in call["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            let value = match name {
                "survey_id" => &receipt["survey_id"],
                "token" => &json!(token),
                _ => &parameter["example"],
            };
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            assert!(parameter["in"] == "query" || !value.is_null(), "{path}: {name} has no example");
            address = address.replace(&format!("{{{name}}}"), &text);
        }
        // Nobody has given a bad score, so there is no case yet.
        let status = if path == "/v1/cases/{number}" { 404 } else { 200 };
        server.check(&path, &method.to_uppercase(), &address, None, status).await;
    }
}

#[tokio::test]
async fn everything_there_is_is_described_and_nothing_else() {
    let server = Server::start().await;
    let Description(document) = server.description().await;
    let described: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .keys()
        .map(|path| path.replace("{token}.png", "{file}").replace("{token}.svg", "{file}"))
        .collect();
    let source = |file: &str| {
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api").join(file)).unwrap()
    };
    let source = [source("mod.rs"), source("openapi/mod.rs")].concat();
    let routes = source.split(".route(\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    // The webhook for Telegram is not part of the API.
    let routes: BTreeSet<String> = routes.filter(|path| !path.starts_with("/telegram/")).collect();
    assert_eq!(described, routes);
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    for operation in
        document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values())
    {
        assert!(operation["summary"].is_string() && operation["operationId"].is_string(), "{operation}");
    }
}

fn may_be_null(schema: &Value) -> bool {
    let null = |value: &Value| *value == "null";
    let choices = schema["oneOf"].as_array().into_iter().flatten();
    null(&schema["type"])
        || schema["type"].as_array().into_iter().flatten().any(null)
        || choices.into_iter().any(may_be_null)
}

/// A reply either leaves out what it does not have or says null, and the description says which.
#[tokio::test]
async fn an_object_has_the_members_that_are_described_and_no_others() {
    let server = Server::start().await;
    let Description(document) = server.description().await;
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for (name, schema) in schemas.iter().filter(|(_, schema)| schema["properties"].is_object()) {
        assert_eq!(schema["additionalProperties"], false, "{name}");
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (member, described) in schema["properties"].as_object().unwrap() {
            let is_sent_to_us = name.starts_with("Event");
            let is_there = required.contains(&json!(member));
            assert!(is_sent_to_us || is_there || !may_be_null(described), "{name}.{member}");
        }
    }
}
