//! Finds the word that somebody probably meant to write.

/// The most edits between a typo and the word that was meant.
const MOST_SLIPS: usize = 3;

/// Returns the known word nearest to `wrong`, if it is near enough to be a typo.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let known: Vec<&str> = known.into_iter().collect();
    let longest = known.iter().map(|word| word.len()).max().unwrap_or(0) + MOST_SLIPS;
    // Text from outside may be a megabyte long, and a comparison costs the product of the two lengths.
    if wrong.chars().nth(longest).is_some() {
        return None;
    }
    let wrong = wrong.to_lowercase();
    let length = wrong.chars().count();
    let allowed = (length / 3).clamp(1, MOST_SLIPS);
    known
        .into_iter()
        .filter(|word| word.chars().count().abs_diff(length) <= allowed)
        .map(|word| (strsim::damerau_levenshtein(&wrong, word), word))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let known = ["delay", "delay_min", "quiet_hours"];
        assert_eq!(nearest("dealy", known), Some("delay"));
        assert_eq!(nearest("Quiet-Hours", known), Some("quiet_hours"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("delay", []), None);
        // At a cost of the product of the lengths, this would take minutes.
        assert_eq!(nearest(&"delay".repeat(10_000_000), known), None);
    }
}
