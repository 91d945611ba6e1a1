//! Parses Telegram's HTML as its server does: a small set of tags, strict nesting, offsets in UTF-16 units.

use super::model::{Entity, Text};

/// Telegram drops all entities after the hundredth.
const MAX_ENTITIES: usize = 100;

struct Open {
    tag: String,
    argument: Option<String>,
    offset: usize,
    start: usize,
}

struct Parser<'a> {
    source: &'a str,
    at: usize,
    plain: String,
    /// The length of `plain` in UTF-16 units.
    length: usize,
    open: Vec<Open>,
    entities: Vec<Entity>,
}

/// Parses HTML into plain text and entities.
///
/// # Errors
/// The text that Telegram puts after `can't parse entities: `.
pub(super) fn parse(source: &str) -> Result<Text, String> {
    let mut parser =
        Parser { source, at: 0, plain: String::new(), length: 0, open: Vec::new(), entities: Vec::new() };
    while parser.at < source.len() {
        parser.step()?;
    }
    if let Some(open) = parser.open.last() {
        return Err(format!("Can't find end tag corresponding to start tag \"{}\"", open.tag));
    }
    parser.entities.sort_by_key(|entity| (entity.offset, usize::MAX - entity.length));
    parser.entities.truncate(MAX_ENTITIES);
    Ok(trimmed(Text { plain: parser.plain, entities: parser.entities, html: Some(source.to_owned()) }))
}

/// A text without markup, trimmed as Telegram does it.
pub(super) fn plain(text: &str) -> Text {
    trimmed(Text { plain: text.replace('\r', ""), entities: Vec::new(), html: None })
}

pub(super) fn utf16_len(text: &str) -> usize {
    text.encode_utf16().count()
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        &self.source[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    fn push(&mut self, c: char) {
        if c == '\r' {
            return;
        }
        self.plain.push(c);
        self.length += c.len_utf16();
    }

    fn step(&mut self) -> Result<(), String> {
        if self.rest().starts_with("</") {
            return self.end_tag();
        }
        if self.peek() == Some(b'<') {
            return self.start_tag();
        }
        let c = self.character();
        self.push(c);
        Ok(())
    }

    /// Reads the next character and resolves a character reference.
    fn character(&mut self) -> char {
        if let Some((c, width)) = reference(self.rest()) {
            self.at += width;
            return c;
        }
        let c = self.rest().chars().next().unwrap_or_default();
        self.at += c.len_utf8();
        c
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&wanted) {
            self.at += 1;
        }
    }

    fn start_tag(&mut self) -> Result<(), String> {
        let begin = self.at;
        self.at += 1;
        self.skip_while(|b| !b.is_ascii_whitespace() && b != b'>');
        if self.peek().is_none() {
            return Err(format!("Unclosed start tag at byte offset {begin}"));
        }
        let tag = self.source[begin + 1..self.at].to_ascii_lowercase();
        if !TAGS.contains(&tag.as_str()) {
            return Err(format!("Unsupported start tag \"{tag}\" at byte offset {begin}"));
        }
        let mut argument = None;
        loop {
            self.skip_while(|b| b.is_ascii_whitespace());
            match self.peek() {
                None => return Err(format!("Unclosed start tag \"{tag}\" at byte offset {begin}")),
                Some(b'>') => break,
                Some(_) => self.attribute(&tag, begin, &mut argument)?,
            }
        }
        self.at += 1;
        if tag == "span" && argument.as_deref() != Some("tg-spoiler") {
            return Err(format!("Tag \"span\" must have class \"tg-spoiler\" at byte offset {begin}"));
        }
        self.open.push(Open { tag, argument, offset: self.length, start: self.plain.len() });
        Ok(())
    }

    fn attribute(&mut self, tag: &str, begin: usize, argument: &mut Option<String>) -> Result<(), String> {
        let from = self.at;
        self.skip_while(|b| !b.is_ascii_whitespace() && b != b'=' && b != b'>');
        let name = self.source[from..self.at].to_ascii_lowercase();
        if name.is_empty() {
            return Err(format!("Empty attribute name in the tag \"{tag}\" at byte offset {begin}"));
        }
        self.skip_while(|b| b.is_ascii_whitespace());
        if self.peek() != Some(b'=') {
            if tag == "blockquote" && name == "expandable" {
                *argument = Some(name);
                return Ok(());
            }
            return Err(format!(
                "Expected equal sign in declaration of an attribute of the tag \"{tag}\" at byte offset {begin}"
            ));
        }
        self.at += 1;
        self.skip_while(|b| b.is_ascii_whitespace());
        let value = self.value(tag, begin)?;
        match (tag, name.as_str()) {
            ("a", "href") | ("span" | "code", "class") => *argument = Some(value),
            ("blockquote", "expandable") => *argument = Some(name),
            _ => {}
        }
        Ok(())
    }

    fn value(&mut self, tag: &str, begin: usize) -> Result<String, String> {
        let Some(quote @ (b'"' | b'\'')) = self.peek() else {
            let from = self.at;
            self.skip_while(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-');
            if !self.peek().is_some_and(|b| b.is_ascii_whitespace() || b == b'>') {
                return Err(format!("Unexpected end of name token at byte offset {from}"));
            }
            return Ok(self.source[from..self.at].to_ascii_lowercase());
        };
        let quote = char::from(quote);
        self.at += 1;
        let mut value = String::new();
        while self.at < self.source.len() {
            if self.rest().starts_with(quote) {
                self.at += 1;
                return Ok(value);
            }
            let c = self.character();
            value.push(c);
        }
        Err(format!("Unclosed start tag \"{tag}\" at byte offset {begin}"))
    }

    fn end_tag(&mut self) -> Result<(), String> {
        let begin = self.at;
        let Some(open) = self.open.pop() else {
            return Err(format!("Unexpected end tag at byte offset {begin}"));
        };
        self.at += 2;
        self.skip_while(|b| !b.is_ascii_whitespace() && b != b'>');
        let name = self.source[begin + 2..self.at].to_ascii_lowercase();
        self.skip_while(|b| b.is_ascii_whitespace());
        if self.peek() != Some(b'>') {
            return Err(format!("Unclosed end tag at byte offset {begin}"));
        }
        if !name.is_empty() && name != open.tag {
            return Err(format!(
                "Unmatched end tag at byte offset {begin}, expected \"</{}>\", found \"</{name}>\"",
                open.tag
            ));
        }
        self.at += 1;
        let length = self.length - open.offset;
        if length > 0
            && let Some(entity) = entity(&open, length, &self.plain[open.start..])
        {
            self.entities.push(entity);
        }
        Ok(())
    }
}

const TAGS: [&str; 16] = [
    "a",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "code",
    "pre",
    "span",
    "tg-spoiler",
    "blockquote",
    "tg-emoji",
];

fn entity(open: &Open, length: usize, inner: &str) -> Option<Entity> {
    let kind = match open.tag.as_str() {
        "b" | "strong" => "bold",
        "i" | "em" => "italic",
        "u" | "ins" => "underline",
        "s" | "strike" | "del" => "strikethrough",
        "span" | "tg-spoiler" => "spoiler",
        "code" => "code",
        "pre" => "pre",
        "blockquote" if open.argument.is_some() => "expandable_blockquote",
        "blockquote" => "blockquote",
        "a" => "text_link",
        _ => return None,
    };
    let mut entity = Entity { kind: kind.to_owned(), offset: open.offset, length, url: None, language: None };
    if kind == "text_link" {
        // Without `href`, the text itself is the address. If that is not an address, there is no entity.
        let url = open.argument.clone().unwrap_or_else(|| inner.to_owned());
        if !is_url(&url) {
            return None;
        }
        entity.url = Some(url);
    }
    if kind == "code" {
        entity.language =
            open.argument.as_deref().and_then(|class| class.strip_prefix("language-")).map(str::to_owned);
    }
    Some(entity)
}

/// Whether Telegram accepts this as the address of a link or a button.
pub(super) fn is_url(url: &str) -> bool {
    if url.chars().any(char::is_whitespace) {
        return false;
    }
    if let Some(rest) = url.strip_prefix("tg://") {
        return !rest.is_empty();
    }
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or(url);
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    host.split('.').count() > 1 && host.split('.').all(|label| !label.is_empty())
}

/// Reads a character reference at the start of `text`. Returns the character and the reference's width in bytes, or
/// `None` for an unknown name, which is left as it is.
fn reference(text: &str) -> Option<(char, usize)> {
    let body = text.strip_prefix('&')?;
    for (name, c) in [("lt", '<'), ("gt", '>'), ("amp", '&'), ("quot", '"')] {
        if let Some(rest) = body.strip_prefix(name) {
            return Some((c, 1 + name.len() + usize::from(rest.starts_with(';'))));
        }
    }
    let number = body.strip_prefix('#')?;
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |hex| (hex, 16));
    let width = digits.bytes().take_while(|b| char::from(*b).is_digit(radix)).count();
    let c = char::from_u32(u32::from_str_radix(&digits[..width], radix).ok()?).filter(|c| *c != '\0')?;
    let used = text.len() - digits.len() + width;
    Some((c, used + usize::from(digits[width..].starts_with(';'))))
}

/// Trims white space at both ends and adjusts the entities.
fn trimmed(mut text: Text) -> Text {
    let end = text.plain.trim_end().len();
    text.plain.truncate(end);
    let cut = text.plain.len() - text.plain.trim_start().len();
    let shift = utf16_len(&text.plain[..cut]);
    text.plain.drain(..cut);
    let total = utf16_len(&text.plain);
    for entity in &mut text.entities {
        let end = (entity.offset + entity.length).saturating_sub(shift).min(total);
        entity.offset = entity.offset.saturating_sub(shift);
        entity.length = end.saturating_sub(entity.offset);
    }
    text.entities.retain(|entity| entity.length > 0);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(source: &str) -> Vec<(String, usize, usize)> {
        parse(source).unwrap().entities.into_iter().map(|e| (e.kind, e.offset, e.length)).collect()
    }

    #[test]
    fn entities_are_counted_in_utf_16_units() {
        assert_eq!(kinds("😀 <b>да <i>и</i></b>"), [("bold".into(), 3, 4), ("italic".into(), 6, 1)]);
    }

    #[test]
    fn white_space_at_the_ends_goes_and_the_entities_move_along() {
        let text = parse("\n <b>hi </b>\n").unwrap();
        assert_eq!((text.plain.as_str(), text.entities[0].offset, text.entities[0].length), ("hi", 0, 2));
    }

    #[test]
    fn references_are_resolved_and_unknown_ones_stay() {
        assert_eq!(
            parse("&lt;&gt;&amp;&quot;&#65;&#x42; &nbsp; & &copy").unwrap().plain,
            "<>&\"AB &nbsp; & &copy"
        );
    }

    #[test]
    fn every_tag_telegram_knows_becomes_its_entity() {
        for (source, kind) in [
            ("<strong>x</strong>", "bold"),
            ("<em>x</em>", "italic"),
            ("<ins>x</ins>", "underline"),
            ("<del>x</del>", "strikethrough"),
            ("<strike>x</strike>", "strikethrough"),
            ("<span class=\"tg-spoiler\">x</span>", "spoiler"),
            ("<tg-spoiler>x</tg-spoiler>", "spoiler"),
            ("<a href='https://example.com/?a=1&amp;b=2'>x</a>", "text_link"),
            ("<pre>x</pre>", "pre"),
            ("<code>x</code>", "code"),
            ("<blockquote>x</blockquote>", "blockquote"),
            ("<blockquote expandable>x</blockquote>", "expandable_blockquote"),
        ] {
            assert_eq!(kinds(source), [(kind.to_owned(), 0, 1)], "{source}");
        }
    }

    #[test]
    fn broken_markup_is_refused_in_telegrams_words() {
        for (source, error) in [
            ("a < b", "Unsupported start tag \"\" at byte offset 2"),
            ("<b>x", "Can't find end tag corresponding to start tag \"b\""),
            ("<b>x</i>", "Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\""),
            ("x</b>", "Unexpected end tag at byte offset 1"),
            ("<p>x</p>", "Unsupported start tag \"p\" at byte offset 0"),
            ("x <b", "Unclosed start tag at byte offset 2"),
            (
                "<a href>x</a>",
                "Expected equal sign in declaration of an attribute of the tag \"a\" at byte offset 0",
            ),
            ("<span>x</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"),
            ("<a href=\"x", "Unclosed start tag \"a\" at byte offset 0"),
        ] {
            assert_eq!(parse(source).unwrap_err(), error, "{source}");
        }
    }
}
