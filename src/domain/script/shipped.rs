//! The scripts that come with the program, for a database that has none.

/// File name and source, in the order in which they are installed.
pub const SHIPPED: [(&str, &str); 2] = [
    ("purchase.toml", include_str!("shipped/purchase.toml")),
    ("support.toml", include_str!("shipped/support.toml")),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::script::Script;

    #[test]
    fn the_shipped_scripts_pass_the_lint_without_a_warning() {
        for (file, source) in SHIPPED {
            let parsed = Script::parse(file, source).unwrap();
            assert_eq!(parsed.warnings, []);
            assert_eq!(format!("{}.toml", parsed.script.slug), file);
        }
    }
}
