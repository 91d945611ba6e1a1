//! Recognises secrets that are not secret: the examples that documentation prints, this project's or others', and
//! placeholders for a secret that nobody has chosen yet. Attackers try these first.

use std::collections::BTreeSet;

use super::postgres::Address;

/// Words that placeholders are made of.
const WORDS: [&str; 71] = [
    "a",
    "an",
    "and",
    "another",
    "api",
    "apikey",
    "at",
    "auth",
    "bearer",
    "better",
    "bot",
    "bytes",
    "change",
    "char",
    "character",
    "characters",
    "chars",
    "demo",
    "default",
    "digits",
    "enter",
    "enough",
    "example",
    "for",
    "good",
    "here",
    "hex",
    "in",
    "insert",
    "into",
    "it",
    "key",
    "least",
    "letmein",
    "letters",
    "long",
    "longer",
    "me",
    "must",
    "my",
    "new",
    "of",
    "only",
    "other",
    "own",
    "pass",
    "passwd",
    "password",
    "please",
    "put",
    "qwerty",
    "random",
    "replace",
    "sample",
    "secret",
    "secrets",
    "secure",
    "set",
    "some",
    "something",
    "strong",
    "super",
    "text",
    "the",
    "this",
    "to",
    "token",
    "very",
    "webhook",
    "with",
    "your",
];
/// A text made of such words is a placeholder only if it contains one of these.
const TELLING: [&str; 18] = [
    "change",
    "character",
    "characters",
    "default",
    "demo",
    "enter",
    "example",
    "insert",
    "letmein",
    "passwd",
    "password",
    "put",
    "qwerty",
    "replace",
    "sample",
    "secret",
    "something",
    "your",
];
/// No randomly drawn secret contains one of these, so a text with one is a placeholder whatever surrounds it.
const UNMISTAKABLE: [&str; 10] = [
    "changeme",
    "changethis",
    "replaceme",
    "replacethis",
    "placeholder",
    "letmein",
    "yourapikey",
    "yourkeyhere",
    "yoursecret",
    "yourpassword",
];
/// What people append to a word that is too short.
const DIGITS: &str = "01234567890123456789";
const FEW_DIGITS: usize = 4;
/// A secret with fewer different characters was typed by holding a key down.
const FEWEST_CHARACTERS: usize = 4;

pub(super) const PROBLEM: &str = "is a published example or a placeholder, which anybody can know; make one of your own: \
                                  openssl rand -hex 24";

/// Refuses a placeholder.
pub(super) fn refuse(secret: &str) -> Result<(), String> {
    let letters: String =
        secret.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let different = secret.chars().collect::<BTreeSet<_>>().len();
    let is_unmistakable = UNMISTAKABLE.iter().any(|word| letters.contains(word));
    if different < FEWEST_CHARACTERS || is_unmistakable || is_made_of_words(&letters) {
        Err(PROBLEM.to_owned())
    } else {
        Ok(())
    }
}

/// Whether a text without gaps splits into placeholder words, at least one of them telling.
fn is_made_of_words(text: &str) -> bool {
    // For each prefix of the text: whether it splits into words, and whether one of them is telling.
    let mut cut = vec![(false, false); text.len() + 1];
    cut[0] = (true, false);
    for at in 0..text.len() {
        let (is_made, is_told) = cut[at];
        if !is_made {
            continue;
        }
        let rest = &text[at..];
        let mut reach = |length: usize, tells: bool| {
            let (is_made, was_told) = &mut cut[at + length];
            *is_made = true;
            *was_told |= is_told || tells;
        };
        for word in WORDS.iter().filter(|word| rest.starts_with(**word)) {
            reach(word.len(), TELLING.contains(word));
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 && (digits <= FEW_DIGITS || DIGITS.contains(&rest[..digits])) {
            reach(digits, false);
        }
    }
    cut[text.len()] == (true, true)
}

/// The tokens on Telegram's own pages about bots, and the one in this project's former `.env.example`.
const TOKENS: [&str; 5] = [
    "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11",
    "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    "4839574812:AAFD39kkdpWt3ywyRZergyOLMaJhac60qc",
    "1234567890:ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghi",
    "123456789:AAHexample-token-of-a-bot_0123456789",
];

/// Whether this bot token was published as an example. Telegram would refuse it, too, but only once it is asked.
pub(super) fn is_published_token(token: &str) -> bool {
    let secret = token.split_once(':').map_or(token, |(_, secret)| secret).to_ascii_lowercase();
    TOKENS.contains(&token)
        || ["example", "placeholder", "change-me", "your-token"].iter().any(|word| secret.contains(word))
}

/// Refuses a database address with the password of the examples. The server itself judges how good any other password
/// is.
pub(super) fn refuse_in_address(address: &Address) -> Result<(), String> {
    match address.password() {
        Some(password) if is_example_password(password) => Err(PROBLEM.to_owned()),
        _ => Ok(()),
    }
}

fn is_example_password(password: &str) -> bool {
    let letters: String =
        password.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    letters == "password" || letters.starts_with("changeme")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_refused_however_they_are_spelt() {
        for placeholder in [
            "change-me-to-something-long",
            "change-me-to-another-long-secret",
            "CHANGE_ME_CHANGE_ME",
            "changeme12345678",
            "change-me-to-what-our-shop-likes",
            "Shop-ChangeMe-2026",
            "at-least-16-characters",
            "key-of-the-demo-only",
            "your-api-key-here",
            "my-super-secret-key",
            "password-password",
            "P.a.s.s.w.o.r.d-1234",
            "secret1234567890",
            "put-your-secret-here",
            "replace-with-a-random-token",
            "xxxxxxxxxxxxxxxxxxxx",
            "0000000000000000",
        ] {
            assert!(refuse(placeholder).is_err(), "{placeholder}");
        }
    }

    #[test]
    fn secrets_of_ones_own_are_taken_also_if_they_have_words_in_them() {
        for secret in [
            "5f1c0b7e2a9d4468b3c7",
            "correct-horse-battery-staple",
            "a-key-for-the-tests",
            "shop-secret-Vu7k",
            "secret-9482736450182736",
            "9482736450182736",
            "0123456789abcdef",
            "passwordless-shop-key",
        ] {
            assert_eq!(refuse(secret), Ok(()), "{secret}");
        }
    }

    #[test]
    fn the_password_of_the_examples_is_no_password_of_a_database() {
        for address in
            ["postgres://afterword:password@localhost/x", "postgresql://a:change-me-now@/x?host=/run"]
        {
            assert!(refuse_in_address(&Address::parse(address).unwrap()).is_err(), "{address}");
        }
        for address in ["postgres://afterword:secret@localhost/x", "postgres://afterword@password:5432/x"] {
            assert_eq!(refuse_in_address(&Address::parse(address).unwrap()), Ok(()), "{address}");
        }
    }
}
