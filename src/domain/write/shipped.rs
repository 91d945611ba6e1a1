//! The calls of the SMS services that come with the program.

use std::sync::LazyLock;

use super::Write;

static SMSC: LazyLock<Write> = LazyLock::new(|| read(include_str!("shipped/smsc.toml")));
static SMSAERO: LazyLock<Write> = LazyLock::new(|| read(include_str!("shipped/smsaero.toml")));

fn read(source: &str) -> Write {
    Write::parse(source).unwrap_or_else(|mistake| unreachable!("a shipped call cannot be read: {mistake}"))
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
}
