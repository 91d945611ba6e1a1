//! Counts with their nouns, in English: what an operator reads is in no catalogue.

use std::fmt::Display;

/// `1 alert waits`, `2 alerts wait`.
#[must_use]
pub fn counted(count: impl Display, one: &str, many: &str) -> String {
    let count = count.to_string();
    let noun = if count == "1" { one } else { many };
    format!("{count} {noun}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_told_from_none_and_many() {
        let alerts = |count: i64| counted(count, "alert waits", "alerts wait");
        assert_eq!(
            [0, 1, 2, 21].map(alerts),
            ["0 alerts wait", "1 alert waits", "2 alerts wait", "21 alerts wait"]
        );
        assert_eq!(counted(1_usize, "lead", "leads"), "1 lead");
    }
}
