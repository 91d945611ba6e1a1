//! The scripts shipped with the program, for a database that has none.

/// The question after a resolved case.
pub const RECOVERY: (&str, &str) = ("recovery.toml", include_str!("shipped/recovery.toml"));

/// The file name and source of each, in installation order; these are live from the start.
pub const SHIPPED: [(&str, &str); 3] = [
    ("purchase.toml", include_str!("shipped/purchase.toml")),
    ("support.toml", include_str!("shipped/support.toml")),
    RECOVERY,
];

/// The file name and source of the scripts that are installed as drafts.
pub const DRAFTS: [(&str, &str); 2] = [
    ("nps.toml", include_str!("shipped/nps.toml")),
    ("importance.toml", include_str!("shipped/importance.toml")),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::locale::Languages;
    use crate::domain::script::Script;
    use crate::domain::script::whole::Whole;

    #[test]
    fn the_shipped_scripts_pass_the_lint_without_a_warning() {
        for (file, source) in SHIPPED.into_iter().chain(DRAFTS) {
            let parsed = Script::parse(file, source, &Languages::default()).unwrap();
            assert_eq!(parsed.warnings, []);
            assert_eq!(format!("{}.toml", parsed.script.slug), file);
        }
    }

    /// What asks about the whole and about what in it; the figures tell how much of the one the others explain.
    #[test]
    fn after_a_purchase_and_after_a_ticket_the_whole_is_asked_about_first() {
        let whole = |of: (&str, &str)| {
            let script = Script::parse(of.0, of.1, &Languages::default()).unwrap().script;
            let first = script.questions[0].key.clone();
            let asked =
                script.questions.iter().map(|asked| (asked.key.clone(), asked.metric, asked.factor()));
            (first, Whole::of(asked))
        };
        let asked = |factors: &[&str]| {
            let factors = factors.iter().map(|&factor| factor.to_owned()).collect();
            ("overall".to_owned(), Whole { outcome: Some("overall".to_owned()), factors })
        };
        assert_eq!(whole(SHIPPED[0]), asked(&["quality", "service"]));
        assert_eq!(whole(SHIPPED[1]), asked(&["agent"]));
    }

    #[test]
    fn every_satisfaction_has_its_importance() {
        let (file, source) = DRAFTS[1];
        let script = Script::parse(file, source, &Languages::default()).unwrap().script;
        let factors = |metric: &str| {
            let asked = script.questions.iter().filter(|question| question.metric.to_string() == metric);
            asked.map(|question| question.factor().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(factors("importance"), ["quality", "service", "price"]);
        assert_eq!(factors("csi"), factors("importance"));
    }
}
