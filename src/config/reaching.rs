//! How customers without a chat get their personal link: the mail server and the SMS service.

use lettre::message::Mailbox;
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use reqwest::Url;
use secrecy::SecretString;

use super::exposed;

/// The mail server, and who the mails are from.
#[derive(Clone, Debug)]
pub struct Mail {
    /// It may hold a password.
    url: SecretString,
    pub host: String,
    pub from: Mailbox,
}

impl Mail {
    #[must_use]
    pub fn url(&self) -> &str {
        exposed(&self.url)
    }
}

/// The mail server's address as given, before the sender is known.
#[derive(Clone, Debug)]
pub(super) struct MailServer {
    url: SecretString,
    host: String,
    /// The name for logging in, which is often the sender's address.
    user: Option<String>,
}

impl MailServer {
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "is not the address of a mail server".to_owned();
        let url = Url::parse(text).map_err(|_| wrong())?;
        if !matches!(url.scheme(), "smtp" | "smtps") {
            return Err(wrong());
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(wrong)?.to_owned();
        AsyncSmtpTransport::<Tokio1Executor>::from_url(text).map_err(|_| wrong())?;
        Ok(Self { url: SecretString::from(text), host, user: decoded(url.username()) })
    }

    /// # Errors
    /// Nobody says who the mails are from.
    pub fn with_sender(self, from: Option<Mailbox>, brand: Option<&str>) -> Result<Mail, String> {
        let own = || {
            let address = self.user.as_deref()?.parse().ok()?;
            Some(Mailbox::new(brand.map(ToOwned::to_owned), address))
        };
        let from =
            from.or_else(own).ok_or_else(|| "needs SMTP_FROM: the login is no e-mail address".to_owned())?;
        Ok(Mail { url: self.url, host: self.host, from })
    }
}

pub(super) fn mailbox(text: &str) -> Result<Mailbox, String> {
    text.parse().map_err(|_| "is not a sender".to_owned())
}

/// A service of somebody else, and how to log in there.
#[derive(Clone, Debug)]
pub struct Login {
    /// `https://` and the host, perhaps with a port.
    pub base: String,
    /// The server that is called, with its port if that is named.
    pub host: String,
    pub user: String,
    pub password: SecretString,
}

/// An SMS service.
#[derive(Clone, Debug)]
pub struct Sms {
    /// Its name, which is also the scheme of `SMS_URL`.
    pub service: &'static str,
    pub login: Login,
    /// The sender's name, as it is registered with the service.
    pub sender: Option<String>,
}

/// A helpdesk.
#[derive(Clone, Debug)]
pub struct Helpdesk {
    /// The preset whose calls are made; its name is also the scheme of `HELPDESK_URL`.
    pub preset: String,
    pub login: Login,
    /// Whether the answers of a survey become a private note.
    pub notes: bool,
}

/// The SMS services whose calls come with the program.
const SMS_SERVICES: [&str; 2] = ["smsc", "smsaero"];

pub(super) fn sms(text: &str) -> Result<Sms, String> {
    let (service, login, url) = login(text)?;
    only(&url, "sender")?;
    let known = SMS_SERVICES.into_iter().find(|known| *known == service);
    let service = known.ok_or_else(|| format!("is not the address of one of {}", SMS_SERVICES.join(", ")))?;
    Ok(Sms { service, login, sender: option(&url, "sender") })
}

pub(super) fn helpdesk(text: &str) -> Result<Helpdesk, String> {
    let (preset, login, url) = login(text)?;
    only(&url, "notes")?;
    let notes = match option(&url, "notes").as_deref() {
        None | Some("on") => true,
        Some("off") => false,
        Some(_) => return Err("has notes= with something else than on or off".to_owned()),
    };
    Ok(Helpdesk { preset, login, notes })
}

/// Reads the address of a service: its name is the scheme, and `+http` after it stands for a call without TLS.
fn login(text: &str) -> Result<(String, Login, Url), String> {
    let wrong = || "is not the address of a service".to_owned();
    let url = Url::parse(text).map_err(|_| wrong())?;
    let (service, scheme) = match url.scheme().split_once('+') {
        Some((service, "http")) => (service, "http"),
        Some(_) => return Err(wrong()),
        None if matches!(url.scheme(), "http" | "https") => {
            return Err("begins with the protocol: write the service's name there, or its name and +http for calls without TLS"
                .to_owned());
        }
        None => (url.scheme(), "https"),
    };
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(wrong)?.to_owned();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let user = decoded(url.username()).ok_or_else(|| "has no login".to_owned())?;
    let password = url.password().and_then(decoded).ok_or_else(|| "has no password".to_owned())?;
    let host = format!("{host}{port}");
    let base = format!("{scheme}://{host}");
    let login = Login { base, host, user, password: SecretString::from(password) };
    Ok((service.to_owned(), login, url))
}

/// # Errors
/// There is an option of another name.
fn only(url: &Url, name: &str) -> Result<(), String> {
    match url.query_pairs().find(|(known, _)| known != name) {
        Some((other, _)) => Err(format!("has an option '{}'; there is only {name}=", other.escape_debug())),
        None => Ok(()),
    }
}

fn option(url: &Url, name: &str) -> Option<String> {
    let found = url.query_pairs().find(|(known, _)| known == name);
    found.map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
}

/// Undoes the percent signs in a part of an address; `None` for an empty part.
fn decoded(part: &str) -> Option<String> {
    let query = format!("x={}", part.replace('+', "%2B").replace('&', "%26"));
    let mut url = Url::parse("http://x/").ok()?;
    url.set_query(Some(&query));
    let (_, value) = url.query_pairs().next()?;
    Some(value.into_owned()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sender_of_mails_is_given_or_who_logs_in() {
        let server = |text| MailServer::parse(text).unwrap();
        let own = server("smtps://hello%40shop.example:p%40ss@mail.example:465");
        let mail = own.clone().with_sender(None, Some("Лавка")).unwrap();
        assert_eq!(
            (mail.from.to_string().as_str(), mail.host.as_str()),
            ("Лавка <hello@shop.example>", "mail.example")
        );
        let given = mailbox("Shop <no-reply@shop.example>").unwrap();
        assert_eq!(own.with_sender(Some(given.clone()), None).unwrap().from, given);
        let refused = server("smtp://localhost").with_sender(None, None).unwrap_err();
        assert!(refused.contains("SMTP_FROM"), "{refused}");
        for text in ["", "mail.example", "http://mail.example", "smtp://", "smtp:mail.example"] {
            assert!(MailServer::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_service_is_read_with_its_login() {
        let read = sms("smsaero://me%40shop.example:k%2Fey+1@gate.smsaero.ru?sender=My%20Shop").unwrap();
        let Sms { service, login, sender } = read;
        assert_eq!((service, sender.as_deref()), ("smsaero", Some("My Shop")));
        assert_eq!(
            (login.base.as_str(), login.host.as_str()),
            ("https://gate.smsaero.ru", "gate.smsaero.ru")
        );
        assert_eq!((login.user.as_str(), exposed(&login.password)), ("me@shop.example", "k/ey+1"));
        assert_eq!(sms("smsc+http://me:pass@127.0.0.1:8123").unwrap().login.base, "http://127.0.0.1:8123");
        for text in [
            "",
            "https://me:pass@smsc.ru",
            "smsc://smsc.ru",
            "smsc://me@smsc.ru",
            "smsc+ftp://me:p@smsc.ru",
            "zendesk://me:p@shop.zendesk.com",
        ] {
            assert!(sms(text).is_err(), "{text}");
        }
        assert!(helpdesk("zendesk://me%40shop.example:key@shop.zendesk.com").unwrap().notes);
        assert!(!helpdesk("chatwoot://1:key@desk.example?notes=off").unwrap().notes);
        assert!(helpdesk("chatwoot://1:key@desk.example?notes=no").is_err());
        let refused = sms("smsc://me:p@smsc.ru?sendr=Shop").unwrap_err();
        assert_eq!(refused, "has an option 'sendr'; there is only sender=");
        let refused = helpdesk("chatwoot://1:key@desk.example?note=off").unwrap_err();
        assert_eq!(refused, "has an option 'note'; there is only notes=");
    }
}
