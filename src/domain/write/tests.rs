use minijinja::context;

use super::*;

const REPLY: &str = r#"
on = "survey.waiting_for_link"
method = "PUT"
url = "{{ base }}/api/v2/tickets/{{ ticket }}.json"
basic = ["{{ user }}/token", "{{ password }}"]
[json.ticket.comment]
body = "{{ text }}"
public = true
"#;

fn reply(ticket: &str, text: &str) -> Filled {
    let scope = context! { base => "https://desk.example/", ticket, text, user => "me", password => "k" };
    Write::parse(REPLY).unwrap().fill(&scope).unwrap()
}

#[test]
fn a_call_is_filled_in() {
    let filled = reply("42", "Hello");
    assert_eq!(
        (filled.method.as_str(), filled.url.as_str()),
        ("PUT", "https://desk.example/api/v2/tickets/42.json")
    );
    assert_eq!(filled.headers, [("authorization".to_owned(), "Basic bWUvdG9rZW46aw==".to_owned())]);
    assert_eq!(filled.body, br#"{"ticket":{"comment":{"body":"Hello","public":true}}}"#);
}

#[test]
fn a_value_changes_nothing_but_its_own_place() {
    let filled = reply("../../users/1?x=1#y", "\"},\"public\":false,{\"x\":\"\r\n{{ password }}");
    assert_eq!(filled.url, "https://desk.example/api/v2/tickets/..%2F..%2Fusers%2F1%3Fx%3D1%23y.json");
    let body: serde_json::Value = serde_json::from_slice(&filled.body).unwrap();
    assert_eq!(body["ticket"]["comment"]["public"], true);
    assert_eq!(body["ticket"]["comment"]["body"], "\"},\"public\":false,{\"x\":\"\r\n{{ password }}");
}

#[test]
fn a_form_leaves_out_what_is_absent() {
    let write = Write::parse(
        "url = \"https://sms.example/send\"\nform = { mes = \"{{ text }}\", sender = \"{{ sender }}\" }",
    );
    let filled = write.unwrap().fill(&context! { text => "a&b=ё +" }).unwrap();
    assert_eq!(filled.body, b"mes=a%26b%3D%D1%91%20%2B");
}

#[test]
fn an_answer_is_judged_by_its_status_and_by_what_the_preset_says() {
    let plain = Write::parse("url = \"https://desk.example/{{ text }}\"").unwrap();
    assert_eq!(plain.meaning(201, b""), Meaning::Done);
    assert_eq!(plain.meaning(302, b""), Meaning::Refused("HTTP 302".to_owned()));
    assert_eq!(plain.meaning(429, b""), Meaning::Again("HTTP 429".to_owned()));
    assert_eq!(plain.meaning(502, b""), Meaning::Unknown("HTTP 502".to_owned()));
    let source = "url = \"https://sms.example/{{ text }}\"\ndone = \"answer.id\"\nagain = \"answer.error_code in [3, 9]\"\n\
                  why = \"answer.error_code\"";
    let sms = Write::parse(source).unwrap();
    assert_eq!(sms.meaning(200, br#"{"id": 7, "cnt": 1}"#), Meaning::Done);
    assert_eq!(sms.meaning(200, br#"{"error_code": 3}"#), Meaning::Again("HTTP 200, 3".to_owned()));
    assert_eq!(sms.meaning(200, br#"{"error_code": 7}"#), Meaning::Refused("HTTP 200, 7".to_owned()));
    assert_eq!(sms.meaning(200, b"<html>"), Meaning::Refused("HTTP 200".to_owned()));
}

#[test]
fn what_cannot_work_is_refused() {
    for (source, why) in [
        ("url = \"http://desk.example/\"", "begin it with"),
        ("url = \"{{ base }}/{{ x\"", "url: "),
        ("url = \"https://x.example/\"\ndone = \"answer.\"", "done: "),
        ("url = \"https://x.example/\"\nform = {}\njson = {}", "one body"),
        ("url = \"https://x.example/\"\njson = { a = [{ b = \"{{ x\" }] }", "json.a.b: "),
        ("url = \"https://x.example/\"\nbasic = [\"{{ x\", \"\"]", "basic: "),
        ("url = \"https://x.example/\"\nurll = \"\"", "unknown field"),
        (
            "url = \"https://x.example/\"\nform = { a = \"{{ txet }}\" }",
            "form.a: there is no txet; did you mean text?",
        ),
        (
            "url = \"{{ base }}/{{ tikcet }}\"\non = \"survey.ended\"",
            "url: there is no tikcet; did you mean ticket?",
        ),
        ("url = \"{{ base }}/{{ zzz }}\"", "url: there is no zzz, only base, user"),
        ("url = \"{{ base }}/{{ text|foo }}\"", "filter foo is unknown"),
        (
            "url = \"{{ base }}/{{ text }}\"\nneeds = \"emial\"\non = \"survey.ended\"",
            "needs: there is no emial; did you mean email?",
        ),
        (
            "url = \"{{ base }}/{{ text }}\"\nwhy = \"anwser.code\"",
            "why: there is no anwser; did you mean answer?",
        ),
        ("url = \"{{ base }}/{{ text }}\"\nmethod = \"BANANA\"", "method: write one of GET"),
        ("url = \"{{ base }}/{{ text }}\"\nmethod = \"POST \"", "method: write one of GET"),
        (
            "url = \"{{ base }}/{{ text }}\"\nheaders.\"X Token\" = \"1\"",
            "headers: 'X Token' is no name of a header",
        ),
        (
            "url = \"{{ base }}/{{ text }}\"\nheaders.X = \"1\\r\\nY: 2\"",
            "headers.X: a header has no line breaks",
        ),
        ("url = \"{{ base }}/{{ text }}\"\nheaders.Host = \"a.example\"", "headers.Host: is set by the call"),
        (
            "url = \"{{ base }}/{{ text }}\"\nheaders.content-length = \"1\"",
            "headers.content-length: is set by the call",
        ),
        ("url = \"{{ base }}/{{ link }}\"\non = \"survey.ended\"", "url: there is no link"),
        ("url = \"{{ base }}/\"\njson = { public = true }", "would say nothing"),
    ] {
        let refused = Write::parse(source).unwrap_err();
        assert!(refused.contains(why), "{source}: {refused}");
    }
}

#[test]
fn a_message_that_would_be_empty_is_not_sent() {
    let source = REPLY.replace("{{ text }}", "{{ text if email }}");
    let write = Write::parse(&source).unwrap();
    let filled = |email: Option<&str>| {
        write.fill(&context! { base => "https://desk.example", ticket => "1", text => "Hello", email })
    };
    assert!(filled(None).is_err());
    assert!(filled(Some("anna@example.com")).is_ok());
}
