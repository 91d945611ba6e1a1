//! What a browser calls itself, in a few words, so that people recognise their sessions.

/// Words of a `User-Agent` and what they stand for; the first one that is in it counts.
const BROWSERS: &[(&str, &str)] = &[
    ("YaBrowser/", "Yandex Browser"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];
const SYSTEMS: &[(&str, &str)] = &[
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// `Chrome, Windows`; `?` for a browser that says nothing known.
pub(super) fn named(user_agent: &str) -> String {
    let first = |known: &[(&str, &'static str)]| {
        known.iter().find(|(word, _)| user_agent.contains(word)).map(|(_, name)| *name)
    };
    let parts: Vec<&str> = [first(BROWSERS), first(SYSTEMS)].into_iter().flatten().collect();
    if parts.is_empty() { "?".to_owned() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_browser_is_recognised_and_nothing_it_says_is_repeated() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 \
                      Safari/537.36";
        assert_eq!(named(chrome), "Chrome, Windows");
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1";
        assert_eq!(named(safari), "Safari, iPhone");
        assert_eq!(named("<script>"), "?");
    }
}
