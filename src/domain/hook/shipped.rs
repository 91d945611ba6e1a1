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

/// A shipped preset.
#[must_use]
pub fn find(slug: &str) -> Option<Preset> {
    Preset::parse(source(slug)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
