//! The word that was probably meant.

/// The known word nearest to `wrong`, if it is near enough to be a slip of the pen.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (wrong.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(&wrong.to_lowercase(), word), word))
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
    }
}
