//! The address of a PostgreSQL database, in every form that libpq's documentation shows: a URI, or `host=… dbname=…`.
//! The driver reads fewer forms: it does not understand an IPv6 address in brackets, an address without a server, or
//! key and value pairs.

use std::net::{IpAddr, Ipv6Addr};

use crate::domain::nearest::nearest;

/// The options that are passed on to the driver.
const TAKEN: [&str; 10] =
    ["host", "hostaddr", "port", "user", "password", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey"];
/// Also passed on to the driver, but not to other programs.
const OPTIONS: &str = "options";
/// The driver's alternative names for some of them.
const ALIASES: [(&str, &str); 5] = [
    ("ssl-mode", "sslmode"),
    ("ssl-root-cert", "sslrootcert"),
    ("ssl-ca", "sslrootcert"),
    ("ssl-cert", "sslcert"),
    ("ssl-key", "sslkey"),
];
/// Options that this program decides by itself, or that make no difference to it.
const NO_MATTER: [&str; 17] = [
    "application_name",
    "fallback_application_name",
    "client_encoding",
    "connect_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
    "gsslib",
    "gssdelegation",
    "krbsrvname",
    "load_balance_hosts",
    "sslcompression",
    "sslsni",
    "statement-cache-capacity",
    "ssl_max_protocol_version",
];
/// Options that are accepted with these values only, because these ask for nothing that this program does not do.
const HARMLESS: [(&str, &[&str]); 8] = [
    ("channel_binding", &["prefer", "disable"]),
    ("gssencmode", &["prefer", "disable"]),
    ("requiressl", &["0"]),
    ("sslnegotiation", &["postgres"]),
    ("sslcertmode", &["allow", "disable"]),
    ("ssl_min_protocol_version", &["TLSv1", "TLSv1.1", "TLSv1.2"]),
    ("target_session_attrs", &["any", "read-write", "primary"]),
    ("replication", &["false", "off", "no", "0"]),
];
const SSL_MODES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];
const SPECIAL: &str = "cannot be read: a special character in the user's name or the password is written as % and two \
                       digits, / as %2F, @ as %40, ? as %3F, : as %3A, % as %25";

/// The options of an address, each name at most once.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(Vec<(&'static str, String)>);

/// Leaves the password out.
impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.without_password())
    }
}

/// Whether a text looks like such an address.
#[must_use]
pub fn is_meant(text: &str) -> bool {
    let names = || {
        TAKEN
            .iter()
            .chain(&NO_MATTER)
            .chain([&OPTIONS, &"service"])
            .chain(HARMLESS.iter().map(|(name, _)| name))
    };
    text.starts_with("postgres:")
        || text.starts_with("postgresql:")
        || text.split_once('=').is_some_and(|(name, _)| names().any(|known| *known == name.trim()))
}

impl Address {
    /// Parses an address.
    ///
    /// # Errors
    /// A sentence that completes "the address …" and contains no part of a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        let uri = text.strip_prefix("postgresql://").or_else(|| text.strip_prefix("postgres://"));
        let given = match uri {
            Some(rest) => of_uri(rest)?,
            None if text.contains('=') && !text.starts_with("postgres") => of_pairs(text)?,
            None => return Err("begins with postgresql:// and two slashes".to_owned()),
        };
        // An '@' after the '?' may be the end of a password that contains a '?'.
        let may_be_named =
            uri.is_some_and(|rest| !rest.split_once('?').is_some_and(|(_, query)| query.contains('@')));
        let mut address = Self(Vec::new());
        for (name, value) in given {
            if value.chars().any(char::is_control) {
                return Err(format!("has a control character in '{}'", shown(&name)));
            }
            address.take(&name, value, may_be_named)?;
        }
        address.check()?;
        Ok(address)
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn password(&self) -> Option<&str> {
        self.get("password")
    }

    fn set(&mut self, name: &'static str, value: String) {
        self.0.retain(|(known, _)| *known != name);
        // As in libpq, an empty value counts as absent.
        if !value.is_empty() {
            self.0.push((name, value));
        }
    }

    fn take(&mut self, name: &str, value: String, may_be_named: bool) -> Result<(), String> {
        let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
        if let Some(known) = TAKEN.iter().chain([&OPTIONS]).find(|known| **known == name) {
            self.set(known, value);
            return Ok(());
        }
        // The driver's own way to write a single option.
        if let Some(option) = name.strip_prefix("options[").and_then(|rest| rest.strip_suffix(']')) {
            let before = self.get(OPTIONS).map(|before| format!("{before} ")).unwrap_or_default();
            self.set(
                OPTIONS,
                format!("{before}-c {option}={}", value.replace('\\', r"\\").replace(' ', r"\ ")),
            );
            return Ok(());
        }
        let harmless = HARMLESS.iter().find(|(known, _)| *known == name);
        match (name, harmless) {
            _ if NO_MATTER.contains(&name) || value.is_empty() => Ok(()),
            ("ssl", _) if value == "true" => {
                self.set("sslmode", "require".to_owned());
                Ok(())
            }
            (_, Some((_, values))) if values.contains(&value.as_str()) => Ok(()),
            ("channel_binding", _) => {
                Err("asks for channel_binding, which is not done: leave it out, and write sslmode=verify-full".to_owned())
            }
            ("service" | "servicefile", _) => {
                Err("names a service, but pg_service.conf is not read: write its host, port, user and dbname here".to_owned())
            }
            ("passfile", _) => Err("names a passfile: name it in the variable PGPASSFILE instead".to_owned()),
            ("schema" | "search_path", _) => {
                Err("names a schema: write it as options=-csearch_path%3DNAME".to_owned())
            }
            (_, Some((_, values))) => {
                Err(format!("asks for {name}, of which only {} is done: leave it out", values.join(" and ")))
            }
            _ => Err(unknown(name, may_be_named)),
        }
    }

    fn check(&mut self) -> Result<(), String> {
        for name in ["host", "hostaddr", "port"] {
            if self.get(name).is_some_and(|value| value.contains(',')) {
                return Err(
                    "names several servers: name one, or an address that follows the one that can be written"
                        .to_owned(),
                );
            }
        }
        if self.get("host").is_some_and(|host| host.starts_with('@')) {
            return Err("names an abstract socket: name the folder of an ordinary one".to_owned());
        }
        if self.get("host").is_some_and(|host| host.contains(char::is_whitespace)) {
            return Err("has a space in the server's name".to_owned());
        }
        if self.get("port").is_some_and(|port| !port.parse::<u16>().is_ok_and(|port| port > 0)) {
            return Err("has a port that is not a number from 1 to 65535".to_owned());
        }
        if self.get("hostaddr").is_some_and(|address| address.parse::<IpAddr>().is_err()) {
            return Err("has a hostaddr that is not an IP address; write a name as host".to_owned());
        }
        if self.get("sslrootcert") == Some("system") {
            // This means the certificates that the driver trusts without a file. libpq, too, then verifies strictly.
            self.set("sslrootcert", String::new());
            self.set("sslmode", "verify-full".to_owned());
        }
        if self.get("sslmode").is_some_and(|mode| !SSL_MODES.contains(&mode)) {
            return Err(format!("has an sslmode that is none of {}", SSL_MODES.join(", ")));
        }
        if self.get("hostaddr").is_some() && self.get("sslmode") == Some("verify-full") {
            return Err("has a hostaddr, whose name cannot be verified: write the host alone".to_owned());
        }
        Ok(())
    }

    /// The address in the form that the driver reads, with the password.
    #[must_use]
    pub fn for_driver(&self) -> String {
        // The driver uses whichever of host and hostaddr comes last.
        let has_address = self.get("hostaddr").is_some();
        let taken = self.0.iter().filter(|(name, _)| *name != "host" || !has_address);
        let pairs: Vec<String> = taken.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        format!("postgres:///?{}", pairs.join("&"))
    }

    /// The address in the form that PostgreSQL's own programs read.
    #[must_use]
    pub fn without_password(&self) -> String {
        let stated = |name: &str, before: &str, after: &str| {
            self.get(name).map(|value| format!("{before}{}{after}", encoded(value))).unwrap_or_default()
        };
        let is_ipv6 = self.get("host").is_some_and(|host| host.contains(':'));
        let host =
            if is_ipv6 { stated("host", "[", "]").replace("%3A", ":") } else { stated("host", "", "") };
        let in_front = ["user", "password", "host", "port", "dbname", OPTIONS];
        let rest = self.0.iter().filter(|(name, _)| !in_front.contains(name));
        let rest: Vec<String> = rest.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let rest = if rest.is_empty() { String::new() } else { format!("?{}", rest.join("&")) };
        let (user, port, database) =
            (stated("user", "", "@"), stated("port", ":", ""), stated("dbname", "/", ""));
        format!("postgresql://{user}{host}{port}{database}{rest}")
    }
}

type Pairs = Vec<(String, String)>;

/// Splits `[user[:password]@][host][:port][/dbname][?name=value&…]`.
fn of_uri(rest: &str) -> Result<Pairs, String> {
    let authority = rest.find('/').map_or(rest, |end| &rest[..end]);
    let (user, rest) = match authority.rfind('@') {
        Some(at) => (Some(&rest[..at]), &rest[at + 1..]),
        None => (None, rest),
    };
    let (server, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (server, database) = server.split_once('/').unwrap_or((server, ""));
    // If one of these characters is here, nobody can tell where a password ends.
    if user.is_some_and(|user| user.contains('?')) || database.contains('@') {
        return Err(SPECIAL.to_owned());
    }
    let mut pairs = Pairs::new();
    let mut add = |name: &str, value: &str| -> Result<(), String> {
        pairs.push((name.to_owned(), decoded(value)?));
        Ok(())
    };
    if let Some(user) = user {
        let (name, password) = user.split_once(':').unwrap_or((user, ""));
        add("user", name)?;
        add("password", password)?;
    }
    let (host, port) = host_and_port(server)?;
    add("host", host)?;
    add("port", port)?;
    add("dbname", database)?;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) =
            pair.split_once('=').ok_or("has an option without '=' and a value behind the '?'")?;
        pairs.push((decoded(name)?, decoded(value)?));
    }
    Ok(pairs)
}

fn host_and_port(server: &str) -> Result<(&str, &str), String> {
    let Some(inside) = server.strip_prefix('[') else {
        let (host, port) = server.split_once(':').unwrap_or((server, ""));
        if port.contains(':') && server.parse::<Ipv6Addr>().is_ok() {
            return Err("has an IPv6 address without square brackets: write [::1]".to_owned());
        }
        let is_port = port.bytes().all(|byte| byte.is_ascii_digit() || byte == b',');
        // An address with several servers is refused later, with an error that says so.
        return if is_port || server.contains(',') { Ok((host, port)) } else { Err(SPECIAL.to_owned()) };
    };
    let (host, port) = inside.split_once(']').ok_or("has a '[' without its ']'")?;
    let number = host.split('%').next().unwrap_or_default();
    if number.parse::<Ipv6Addr>().is_err() {
        return Err("has square brackets around something that is not an IPv6 address".to_owned());
    }
    match port.strip_prefix(':') {
        _ if port.is_empty() => Ok((host, "")),
        Some(port) => Ok((host, port)),
        None if port.starts_with(',') => Ok((host, port)),
        None => Err("has something between the ']' and the port".to_owned()),
    }
}

/// Splits `name = value …`. A value with spaces is in single quotes, and a backslash makes the next character literal.
fn of_pairs(text: &str) -> Result<Pairs, String> {
    let mut pairs = Pairs::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (name, behind) = rest.split_once('=').ok_or("has a word without '=' and a value")?;
        let name = name.trim_end();
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(
                "has a word without '=' and a value: a value with spaces stands in single quotes".to_owned()
            );
        }
        let (value, behind) = value(behind.trim_start())?;
        pairs.push((name.to_owned(), value));
        rest = behind.trim_start();
    }
    Ok(pairs)
}

/// Splits a text into the value at its start and the rest.
fn value(text: &str) -> Result<(String, &str), String> {
    let quoted = text.starts_with('\'');
    let mut value = String::new();
    let mut rest = text.char_indices().skip(usize::from(quoted));
    while let Some((at, c)) = rest.next() {
        match c {
            '\\' => value.extend(rest.next().map(|(_, c)| c)),
            '\'' if quoted => return Ok((value, &text[at + 1..])),
            c if !quoted && c.is_whitespace() => return Ok((value, &text[at..])),
            c => value.push(c),
        }
    }
    if quoted { Err("has a quote that is not closed".to_owned()) } else { Ok((value, "")) }
}

fn decoded(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else {
            return Err("has a '%' without two digits behind it: write %25 for the sign itself".to_owned());
        };
        bytes.extend(u8::try_from(high * 16 + low));
    }
    String::from_utf8(bytes).map_err(|_| "has %-signs that make no UTF-8".to_owned())
}

fn encoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    let one = |byte: u8| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}

/// The error for an unknown option. Its name is shown only if it cannot be a piece of a password, which it may be if
/// the address was cut in the wrong place.
fn unknown(name: &str, may_be_named: bool) -> String {
    let known = TAKEN.iter().chain(&NO_MATTER).copied().chain(HARMLESS.iter().map(|(name, _)| *name));
    let word =
        name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    let what = if may_be_named && word { format!("the option {name}") } else { "an option".to_owned() };
    match nearest(name, known) {
        Some(meant) => format!("has {what}, which is not known; did you mean {meant}?"),
        None => format!("has {what}, which is not known: leave it out"),
    }
}

fn shown(name: &str) -> &str {
    let known = TAKEN.iter().chain(&NO_MATTER).find(|known| **known == name);
    known.map_or("an option", |known| known)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// The examples of libpq's documentation (34.1.1), and what people write.
    #[rstest]
    #[case("postgresql://", &[])]
    #[case("postgresql://localhost", &[("host", "localhost")])]
    #[case("postgresql://localhost:5433", &[("host", "localhost"), ("port", "5433")])]
    #[case("postgresql://localhost/mydb", &[("host", "localhost"), ("dbname", "mydb")])]
    #[case("postgresql://user@localhost", &[("user", "user"), ("host", "localhost")])]
    #[case("postgresql://user:secret@localhost", &[("user", "user"), ("password", "secret"), ("host", "localhost")])]
    #[case("postgresql://other@localhost/otherdb?connect_timeout=10&application_name=myapp",
        &[("user", "other"), ("host", "localhost"), ("dbname", "otherdb")])]
    #[case("postgresql:///mydb?host=localhost&port=5433", &[("dbname", "mydb"), ("host", "localhost"), ("port", "5433")])]
    #[case("postgresql://user@localhost:5433/mydb?options=-c%20synchronous_commit%3Doff",
        &[("user", "user"), ("host", "localhost"), ("port", "5433"), ("dbname", "mydb"), ("options", "-c synchronous_commit=off")])]
    #[case("postgresql://[2001:db8::1234]/database", &[("host", "2001:db8::1234"), ("dbname", "database")])]
    #[case("postgres://[::1]:5433/db", &[("host", "::1"), ("port", "5433"), ("dbname", "db")])]
    #[case("postgres://me@[fe80::1%25eth0]/db", &[("user", "me"), ("host", "fe80::1%eth0"), ("dbname", "db")])]
    #[case("postgresql:///dbname?host=/var/lib/postgresql", &[("dbname", "dbname"), ("host", "/var/lib/postgresql")])]
    #[case("postgresql://%2Fvar%2Flib%2Fpostgresql/dbname", &[("host", "/var/lib/postgresql"), ("dbname", "dbname")])]
    #[case("postgresql://%2Frun%2Fpostgresql:5433/x", &[("host", "/run/postgresql"), ("port", "5433"), ("dbname", "x")])]
    #[case("postgres://me:secret@/db?host=/run/x", &[("user", "me"), ("password", "secret"), ("dbname", "db"), ("host", "/run/x")])]
    #[case("postgresql://?user=me&password=a%26b&dbname=d%2Fe", &[("user", "me"), ("password", "a&b"), ("dbname", "d/e")])]
    #[case("postgres://me:p%40ss%2Fw%C3%B6rd%25@h/d", &[("user", "me"), ("password", "p@ss/wörd%"), ("host", "h"), ("dbname", "d")])]
    #[case("postgres://me:a+b#c:d@e@h/d", &[("user", "me"), ("password", "a+b#c:d@e"), ("host", "h"), ("dbname", "d")])]
    #[case("postgres://h/d?ssl=true&target_session_attrs=read-write", &[("host", "h"), ("dbname", "d"), ("sslmode", "require")])]
    #[case("postgres://h/d?sslrootcert=system", &[("host", "h"), ("dbname", "d"), ("sslmode", "verify-full")])]
    #[case("postgres://h/d?options[search_path]=a%20b", &[("host", "h"), ("dbname", "d"), ("options", r"-c search_path=a\ b")])]
    #[case("host=localhost port=5432 dbname=mydb connect_timeout=10", &[("host", "localhost"), ("port", "5432"), ("dbname", "mydb")])]
    #[case(r"host = /run/postgresql password='it\'s \\ me' dbname=x", &[("host", "/run/postgresql"), ("password", r"it's \ me"), ("dbname", "x")])]
    #[case("hostaddr=::1 host=db.example user=''", &[("hostaddr", "::1"), ("host", "db.example")])]
    fn every_form_of_libpqs_documentation_is_read(#[case] text: &str, #[case] parts: &[(&str, &str)]) {
        assert!(is_meant(text));
        let address = Address::parse(text).unwrap();
        let found: Vec<(&str, &str)> =
            address.0.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(found, parts);
        // The driver reads the same values, and so do PostgreSQL's own programs, except for those that are kept from
        // them.
        assert!(address.for_driver().parse::<sqlx::postgres::PgConnectOptions>().is_ok(), "{text}");
        let without = Address::parse(&address.without_password()).unwrap();
        for (name, value) in parts.iter().filter(|(name, _)| !["password", "options"].contains(name)) {
            assert_eq!(without.get(name), Some(*value), "{text}");
        }
        assert_eq!(without.get("password"), None);
    }

    #[rstest]
    #[case("postgresql://host1:123,host2:456/somedb?target_session_attrs=any", "several servers")]
    #[case("postgresql://host1,host2/somedb", "several servers")]
    #[case("postgresql://[::1],[::2]/somedb", "several servers")]
    #[case("host=a,b password=hunter2", "several servers")]
    #[case("postgres://me:hun:t/er2@h/x", "%2F")]
    #[case("postgres://me:123/hunter2@h/x", "%2F")]
    #[case("postgres://me:hunter2?x@h/x", "%3F")]
    #[case("postgres://h?password=hunter2@x", "%3F")]
    #[case("postgres://me:hunter2", "%2F")]
    #[case("postgres://me:hunter2%@h/x", "%25")]
    #[case("postgres://me:hunter2%ff@h/x", "UTF-8")]
    #[case("postgres://me:hunter2%00@h/x", "control character in 'password'")]
    #[case("postgres://me:hunter2@::1/x", "square brackets")]
    #[case("postgres://me:hunter2@[::1/x", "']'")]
    #[case("postgres://me:hunter2@[shop]/x", "not an IPv6 address")]
    #[case("postgres://me:hunter2@h:99999/x", "1 to 65535")]
    #[case("postgres://me:hunter2@h/x?sslmode=loud", "verify-full")]
    #[case("postgres://me:hunter2@h/x?hunter2", "'='")]
    #[case("postgres://me:hunter2@h/x?sslmod=require", "did you mean sslmode?")]
    #[case("postgres://me:hunter2@h/x?pgbouncer=true", "the option pgbouncer, which is not known")]
    #[case("postgres://me:12/hun?er2=x@h/x", "not known")]
    #[case("password=pass hunter2=x", "not known")]
    #[case("postgres://me:hunter2@h/x?service=hunter2", "pg_service.conf")]
    #[case("service=hunter2", "pg_service.conf")]
    #[case("postgres://me:hunter2@h/x?channel_binding=require", "channel_binding")]
    #[case("postgres://me:hunter2@h/x?target_session_attrs=standby", "target_session_attrs")]
    #[case("postgres://h/x?schema=hunter2", "search_path")]
    #[case("postgres://me:hunter2@%40abstract/x", "abstract socket")]
    #[case("postgres:me:hunter2@h/x", "two slashes")]
    #[case("password='hunter2", "not closed")]
    #[case("host=h hunter2 dbname=x", "single quotes")]
    fn an_address_that_is_refused_says_why_and_nothing_of_the_password(
        #[case] text: &str,
        #[case] why: &str,
    ) {
        assert!(is_meant(text));
        let told = Address::parse(text).unwrap_err();
        assert!(told.contains(why), "{told}");
        for secret in ["hun", "er2"] {
            assert!(!told.contains(secret), "{told}");
        }
    }

    #[test]
    fn an_address_is_shown_without_its_password() {
        let address =
            Address::parse("postgres://me:hunter2@[::1]:5433/shop?sslmode=require&options=-cx%3Dy").unwrap();
        assert_eq!(format!("{address:?}"), "postgresql://me@[::1]:5433/shop?sslmode=require");
        assert!(!is_meant("sqlite://afterword.db") && !is_meant("sqlite://a.db?mode=ro") && !is_meant("x=y"));
    }
}
