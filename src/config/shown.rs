//! Shows values in errors: enough to find the mistake, but nothing that gives access.

/// The first characters of a secret shorter than this would give away too much of it.
const LONG: usize = 8;

/// Shows a secret's length and its first two characters, so that one can recognise it.
pub(super) fn secret(value: &str) -> String {
    let length = value.chars().count();
    let begins: String = value.chars().take(if length < LONG { 0 } else { 2 }).collect();
    format!("{begins}… ({length} characters)")
}

/// Shows only the length of a value that may begin with a secret.
fn hidden(value: &str) -> String {
    format!("… ({} characters)", value.chars().count())
}

/// Shows an address: its scheme, its server and its path, as far as they can be told apart from what may be a password,
/// a token or an option. An SQLite file has no secrets, so its path is shown.
pub(super) fn address(value: &str) -> String {
    let Some((scheme, rest)) = value.split_once("://") else {
        let is_plain =
            !value.contains(['@', ':', '=', '?', '#', '%']) && !value.contains(char::is_whitespace);
        return if is_plain || value.starts_with("sqlite:") { without_options(value) } else { hidden(value) };
    };
    if scheme == "sqlite" {
        return without_options(value);
    }
    if !scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)) {
        return hidden(value);
    }
    server_and_path(rest).map_or_else(|| format!("{scheme}://…"), |shown| format!("{scheme}://{shown}"))
}

fn without_options(value: &str) -> String {
    value.split('?').next().unwrap_or_default().to_owned()
}

/// Extracts server and path from what follows `://`. Returns `None` if the parts cannot be told apart: a password may
/// contain any of the characters that would end it.
fn server_and_path(rest: &str) -> Option<String> {
    // Such an address has no fragment, so what follows a `#` may be the rest of a password.
    let (place, options) = rest.split_once('?').unwrap_or((rest, ""));
    if rest.contains('#') || options.contains('@') {
        return None;
    }
    let place = place.split_once('@').map_or(place, |(_, place)| place);
    if place.contains('@') {
        return None;
    }
    let (server, path) = place.split_once('/').map_or((place, None), |(server, path)| (server, Some(path)));
    if !is_server(server) {
        return None;
    }
    let path = path.map(|path| if is_plain_path(path) { format!("/{path}") } else { "/…".to_owned() });
    Some(format!("{server}{}", path.unwrap_or_default()))
}

/// Whether this is a host with an optional port. If what follows the colon is not a port, it may be a password whose
/// host was forgotten.
fn is_server(server: &str) -> bool {
    let (host, port) = match server.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) => (host, port.strip_prefix(':')),
        None => server.split_once(':').map_or((server, None), |(host, port)| (host, Some(port))),
    };
    let is_host = host.chars().all(|c| c.is_alphanumeric() || ".-_:%".contains(c));
    is_host && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

/// Whether the path can be shown. The path of a web server may hold a token, as the Bot API's own addresses do.
fn is_plain_path(path: &str) -> bool {
    path.split('/')
        .all(|part| part.len() <= 32 && part.chars().all(|c| c.is_alphanumeric() || ".-_%".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_secret_of_an_address_is_never_shown() {
        for (value, shown) in [
            (
                "postgres://me:hunter2@db.example:5433/shop?password=hunter2",
                "postgres://db.example:5433/shop",
            ),
            ("postgres://me:hunter2@/shop?host=/run&password=hunter2", "postgres:///shop"),
            ("postgres://me:hunter2@[::1]:5432/shop", "postgres://[::1]:5432/shop"),
            ("postgres://me:hun:t/er2@db.example/x", "postgres://db.example/x"),
            ("postgres://me:hunter2", "postgres://…"),
            ("postgres://me:hun@ter2@db.example/x", "postgres://…"),
            ("postgres://me:hun?t@hunter2/x", "postgres://…"),
            ("postgres://me:hun#hunter2@db.example/x", "postgres://…"),
            ("postgres://me:hun@ter2/x#hunter2@db.example/x", "postgres://…"),
            ("postgres://me:hun@ter2/x?hunter2@db.example/x", "postgres://…"),
            ("postgres://me:12#hunter2@db.example/x", "postgres://…"),
            ("postgres://me:12?hunter2@db.example/x", "postgres://…"),
            ("postgres://me:12#hunter2", "postgres://…"),
            ("postgres://db.example/x?password=a@hunter2", "postgres://…"),
            ("postgres://db.example:5433/x?password=hunter2", "postgres://db.example:5433/x"),
            ("postgres:me:hunter2@db.example/x", "… (32 characters)"),
            ("me:hunter2@db.example/x", "… (23 characters)"),
            ("host=db.example password=hunter2", "… (32 characters)"),
            ("hunter2 is my password://", "… (25 characters)"),
            ("jdbc:postgresql://db.example/x?user=me&password=hunter2", "… (55 characters)"),
            ("https://host/bot123456:AAHunter2-hunter2-hunter2", "https://host/…"),
            ("https://host/123456/AAHunter2hunter2hunter2hunter2hunter2", "https://host/…"),
            ("ftp://me:hunter2@host", "ftp://host"),
            ("mysql://localhost/afterword", "mysql://localhost/afterword"),
            ("api.telegram.org", "api.telegram.org"),
            ("sqlite://a@b.db?mode=memory", "sqlite://a@b.db"),
        ] {
            assert_eq!(address(value), shown, "{value}");
        }
    }

    #[test]
    fn of_a_secret_little_is_shown_and_of_a_short_one_nothing() {
        assert_eq!(secret("hunter2"), "… (7 characters)");
        assert_eq!(secret("secret-but-wrong"), "se… (16 characters)");
        assert_eq!(secret("ы"), "… (1 characters)");
    }
}
