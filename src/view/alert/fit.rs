//! Keeps texts within Telegram's limits without breaking their HTML.

/// Collapses white space and cuts the text to at most `room` characters; `…` replaces what is cut off.
pub(super) fn cut(text: &str, room: usize) -> String {
    let text = text.trim();
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let kept: String = text.chars().take(room.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// The number of characters as Telegram counts them after it has parsed the entities. Where there are two ways to
/// count, takes the larger number.
#[must_use]
pub fn visible_len(html: &str) -> usize {
    let mut len = 0;
    let mut rest = html.chars();
    while let Some(c) = rest.next() {
        match c {
            '<' => {
                rest.by_ref().find(|c| *c == '>');
            }
            '&' => {
                rest.by_ref().find(|c| *c == ';');
                len += 1;
            }
            _ => len += c.len_utf16(),
        }
    }
    len
}

/// Keeps as many whole lines as there is room for. This is safe because no tag spans lines.
pub(super) fn lines(html: &str, room: usize) -> String {
    let mut kept = String::new();
    for line in html.lines() {
        if visible_len(&kept) + visible_len(line) + 2 > room {
            kept.push('…');
            break;
        }
        kept.push_str(line);
        kept.push('\n');
    }
    kept.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_ends_with_three_dots_and_a_short_one_stays() {
        assert_eq!(cut(" Ждал неделю ", 11), "Ждал неделю");
        assert_eq!(cut("Ждал неделю", 6), "Ждал…");
    }

    #[test]
    fn tags_do_not_count_entities_count_once_and_emoji_twice() {
        assert_eq!(visible_len("<a href=\"https://x.example\">a</a> &lt;&amp; 🔴"), 7);
    }

    #[test]
    fn what_does_not_fit_is_left_out_line_by_line() {
        assert_eq!(lines("<b>one</b>\n<i>two</i>\nthree", 9), "<b>one</b>\n<i>two</i>\n…");
        assert_eq!(lines("<b>one</b>\ntwo", 100), "<b>one</b>\ntwo");
    }
}
