//! The calls of the SMS services and helpdesks that come with the program.

use std::sync::LazyLock;

use serde::Deserialize;

use super::Write;

/// The calls of a helpdesk.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Helpdesk {
    /// A public reply with the personal link.
    pub link: Write,
    /// A private note with the answers.
    pub score: Write,
}

static SMSC: LazyLock<Write> = LazyLock::new(|| read(include_str!("shipped/smsc.toml")));
static SMSAERO: LazyLock<Write> = LazyLock::new(|| read(include_str!("shipped/smsaero.toml")));
static ZENDESK: LazyLock<Helpdesk> = LazyLock::new(|| desk(include_str!("shipped/zendesk.toml")));
static CHATWOOT: LazyLock<Helpdesk> = LazyLock::new(|| desk(include_str!("shipped/chatwoot.toml")));
static ZAMMAD: LazyLock<Helpdesk> = LazyLock::new(|| desk(include_str!("shipped/zammad.toml")));

fn read(source: &str) -> Write {
    Write::parse(source).unwrap_or_else(|mistake| unreachable!("a shipped call cannot be read: {mistake}"))
}

fn desk(source: &str) -> Helpdesk {
    toml::from_str(source).unwrap_or_else(|mistake| unreachable!("a shipped call cannot be read: {mistake}"))
}

/// The call that sends an SMS by this service.
#[must_use]
pub fn sms(service: &str) -> Option<&'static Write> {
    match service {
        "smsc" => Some(&SMSC),
        "smsaero" => Some(&SMSAERO),
        _ => None,
    }
}

/// The calls of this helpdesk.
#[must_use]
pub fn helpdesk(service: &str) -> Option<&'static Helpdesk> {
    match service {
        "zendesk" => Some(&ZENDESK),
        "chatwoot" => Some(&CHATWOOT),
        "zammad" => Some(&ZAMMAD),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::write::Meaning;

    fn filled(service: &str, sender: &str) -> (String, String, Vec<(String, String)>) {
        let scope = minijinja::context! {
            base => "https://sms.example", user => "me", password => "p&w", phone => "+79990000000",
            text => "Как прошло?", sender => sender,
        };
        let filled = sms(service).unwrap().fill(&scope).unwrap();
        (filled.url, String::from_utf8(filled.body).unwrap(), filled.headers)
    }

    #[test]
    fn smsc_is_called_with_the_login_in_the_body() {
        let (url, body, headers) = filled("smsc", "SHOP");
        assert_eq!(url, "https://sms.example/sys/send.php");
        assert_eq!(
            body,
            "charset=utf-8&fmt=3&login=me&mes=%D0%9A%D0%B0%D0%BA%20%D0%BF%D1%80%D0%BE%D1%88%D0%BB%D0%BE%3F\
             &phones=%2B79990000000&psw=p%26w&sender=SHOP"
        );
        assert!(headers.is_empty());
        let smsc = sms("smsc").unwrap();
        assert_eq!(smsc.meaning(200, br#"{"id":1,"cnt":2}"#), Meaning::Done);
        assert_eq!(
            smsc.meaning(200, br#"{"error":"x","error_code":2}"#),
            Meaning::Refused("HTTP 200, 2".into())
        );
    }

    #[test]
    fn sms_aero_is_called_with_the_login_in_a_header() {
        let (url, body, headers) = filled("smsaero", "");
        assert_eq!(url, "https://sms.example/v2/sms/send");
        assert!(body.starts_with("number=79990000000&sign=SMS%20Aero&text="), "{body}");
        assert_eq!(headers, [("authorization".to_owned(), "Basic bWU6cCZ3".to_owned())]);
        let aero = sms("smsaero").unwrap();
        assert_eq!(aero.meaning(200, br#"{"success":true,"data":{}}"#), Meaning::Done);
        assert_eq!(aero.meaning(200, br#"{"success":false}"#), Meaning::Refused("HTTP 200".into()));
    }

    #[test]
    fn a_helpdesk_gets_a_public_reply_and_a_private_note() {
        let scope = minijinja::context! {
            base => "https://desk.example", user => "1", password => "key", ticket => "42", text => "Hello",
            email => "anna@example.com",
        };
        let filled = |write: &Write| {
            write.check().unwrap();
            let filled = write.fill(&scope).unwrap();
            let body: serde_json::Value = serde_json::from_slice(&filled.body).unwrap();
            (format!("{} {}", filled.method, filled.url), filled.headers, body)
        };
        let zendesk = helpdesk("zendesk").unwrap();
        let (call, headers, body) = filled(&zendesk.link);
        assert_eq!(call, "PUT https://desk.example/api/v2/tickets/42.json");
        assert_eq!(headers, [("authorization".to_owned(), "Basic MS90b2tlbjprZXk=".to_owned())]);
        assert_eq!(body["ticket"]["comment"]["public"], true);
        assert_eq!(filled(&zendesk.score).2["ticket"]["comment"]["public"], false);
        let chatwoot = helpdesk("chatwoot").unwrap();
        let (call, headers, body) = filled(&chatwoot.link);
        assert_eq!(call, "POST https://desk.example/api/v1/accounts/1/conversations/42/messages");
        assert_eq!(headers, [("api_access_token".to_owned(), "key".to_owned())]);
        assert_eq!((&body["content"], &body["private"]), (&"Hello".into(), &false.into()));
        assert_eq!(filled(&chatwoot.score).2["private"], true);
        let zammad = helpdesk("zammad").unwrap();
        let (call, headers, body) = filled(&zammad.link);
        assert_eq!(call, "POST https://desk.example/api/v1/ticket_articles");
        assert_eq!(headers, [("Authorization".to_owned(), "Token token=key".to_owned())]);
        assert_eq!((&body["to"], &body["internal"]), (&"anna@example.com".into(), &false.into()));
        assert_eq!(filled(&zammad.score).2["internal"], true);
        assert!(!zammad.link.is_possible(&minijinja::context! { email => () }));
        assert!(chatwoot.link.is_possible(&minijinja::context! {}));
    }
}
