//! HTML entities, which some systems leave in the titles that they send.

use std::borrow::Cow;

/// The longest entity that is looked for, with its `&` and `;`.
const LONGEST: usize = 10;

/// Replaces the entities that stand for one character.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(LONGEST).position(|byte| byte == b';');
        if let Some((c, end)) = end.and_then(|end| character(&rest[1..end]).map(|c| (c, end))) {
            out.push(c);
            rest = &rest[end + 1..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        "laquo" => Some('«'),
        "raquo" => Some('»'),
        "mdash" => Some('—'),
        "ndash" => Some('–'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_decoded_once_and_nothing_else_changes() {
        for (text, expected) in [
            ("Чек &amp; заказ &quot;1&quot;", "Чек & заказ \"1\""),
            ("&#39;&#x41;&#1071;", "'AЯ"),
            ("&amp;lt;", "&lt;"),
            ("a & b; &unknown; &#0x; &", "a & b; &unknown; &#0x; &"),
            ("&ж;", "&ж;"),
        ] {
            assert_eq!(decoded(text), expected);
        }
    }
}
