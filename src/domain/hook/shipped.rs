//! The presets shipped with the program.

use super::preset::Preset;

/// The name and source of each, in the order in which they are offered.
pub const SHIPPED: [(&str, &str); 14] = [
    ("paste", include_str!("shipped/paste.toml")),
    ("okdesk", include_str!("shipped/okdesk.toml")),
    ("omnidesk", include_str!("shipped/omnidesk.toml")),
    ("helpdeskeddy", include_str!("shipped/helpdeskeddy.toml")),
    ("retailcrm", include_str!("shipped/retailcrm.toml")),
    ("yookassa", include_str!("shipped/yookassa.toml")),
    ("tilda", include_str!("shipped/tilda.toml")),
    ("zendesk", include_str!("shipped/zendesk.toml")),
    ("freshdesk", include_str!("shipped/freshdesk.toml")),
    ("chatwoot", include_str!("shipped/chatwoot.toml")),
    ("zammad", include_str!("shipped/zammad.toml")),
    ("glpi", include_str!("shipped/glpi.toml")),
    ("woocommerce", include_str!("shipped/woocommerce.toml")),
    ("standard", include_str!("shipped/standard.toml")),
];

/// The source of a shipped preset.
#[must_use]
pub fn source(slug: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(known, _)| *known == slug).map(|(_, source)| *source)
}

/// What is pasted into the other system: of each system that needs a text. The documents have the same.
const TEXTS: [(&str, &str); 6] = [
    ("omnidesk", include_str!("shipped/omnidesk.txt")),
    ("helpdeskeddy", include_str!("shipped/helpdeskeddy.txt")),
    ("retailcrm", include_str!("shipped/retailcrm.txt")),
    ("zendesk", include_str!("shipped/zendesk.txt")),
    ("freshdesk", include_str!("shipped/freshdesk.txt")),
    ("glpi", include_str!("shipped/glpi.txt")),
];

/// The text that is pasted into the other system; `None` if it needs none.
#[must_use]
pub fn text_to_paste(slug: &str) -> Option<&'static str> {
    TEXTS.iter().find(|(known, _)| *known == slug).map(|(_, text)| text.trim_end())
}

/// A shipped preset.
#[must_use]
pub fn find(slug: &str) -> Option<Preset> {
    Preset::parse(source(slug)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::write::{On, Write};

    #[test]
    fn every_shipped_preset_can_work_and_says_what_to_do_and_where_its_facts_are_from() {
        for (slug, source) in SHIPPED {
            let preset = Preset::parse(source).unwrap_or_else(|error| panic!("{slug}: {error}"));
            assert_eq!(preset.slug, slug);
            assert!(preset.source.is_some(), "{slug}: a preset without a source is not shipped");
            for language in ["ru", "en"] {
                assert!(preset.title.exact(language).is_some(), "{slug}: title in {language}");
                let help = preset.help.exact(language).unwrap_or_default();
                assert!(help.contains("{url}"), "{slug}: help in {language}");
            }
        }
    }

    #[test]
    fn what_is_to_be_pasted_is_the_same_in_the_documents_and_named_where_it_follows() {
        for (slug, source) in SHIPPED {
            let page = format!("{}/docs/hooks/{slug}.md", env!("CARGO_MANIFEST_DIR"));
            let page = std::fs::read_to_string(page).unwrap_or_default();
            let unindented = |text: &str| {
                let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
                lines.join("\n")
            };
            match text_to_paste(slug) {
                None => assert!(!source.contains("ниже") && !source.contains("below"), "{slug}"),
                Some(text) => {
                    let block = format!("\n{}\n```", unindented(text));
                    assert!(unindented(&page).contains(&block), "{slug}");
                    assert!(source.contains("ниже") && source.contains("below"), "{slug}");
                }
            }
            assert!(!source.contains("docs/hooks/"), "{slug}: who has only the program has no documents");
        }
    }

    #[test]
    fn a_helpdesk_gets_a_public_reply_and_a_private_note() {
        let scope = minijinja::context! {
            base => "https://desk.example", user => "1", password => "key", ticket => "42", text => "Hello",
            email => "anna@example.com",
        };
        let filled = |write: Option<&Write>| {
            let filled = write.unwrap().fill(&scope).unwrap();
            let body: serde_json::Value = serde_json::from_slice(&filled.body).unwrap();
            (format!("{} {}", filled.method, filled.url), filled.headers, body)
        };
        let [zendesk, chatwoot, zammad] = ["zendesk", "chatwoot", "zammad"].map(|slug| find(slug).unwrap());
        let (call, headers, body) = filled(zendesk.write(On::WaitingForLink));
        assert_eq!(call, "PUT https://desk.example/api/v2/tickets/42.json");
        assert_eq!(headers, [("authorization".to_owned(), "Basic MS90b2tlbjprZXk=".to_owned())]);
        assert_eq!(body["ticket"]["comment"]["public"], true);
        assert_eq!(filled(zendesk.write(On::Ended)).2["ticket"]["comment"]["public"], false);
        let (call, headers, body) = filled(chatwoot.write(On::WaitingForLink));
        assert_eq!(call, "POST https://desk.example/api/v1/accounts/1/conversations/42/messages");
        assert_eq!(headers, [("api_access_token".to_owned(), "key".to_owned())]);
        assert_eq!((&body["content"], &body["private"]), (&"Hello".into(), &false.into()));
        assert_eq!(filled(chatwoot.write(On::Ended)).2["private"], true);
        let (call, headers, body) = filled(zammad.write(On::WaitingForLink));
        assert_eq!(call, "POST https://desk.example/api/v1/ticket_articles");
        assert_eq!(headers, [("Authorization".to_owned(), "Token token=key".to_owned())]);
        assert_eq!((&body["to"], &body["internal"]), (&"anna@example.com".into(), &false.into()));
        assert_eq!(filled(zammad.write(On::Ended)).2["internal"], true);
        assert!(!zammad.write(On::WaitingForLink).unwrap().is_possible(&minijinja::context! { email => () }));
        assert!(chatwoot.write(On::WaitingForLink).unwrap().is_possible(&minijinja::context! {}));
    }
}
