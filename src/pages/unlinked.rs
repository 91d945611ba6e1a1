//! A page without ways out: every link becomes plain text in its place, and every form goes. So a shared page leads
//! nowhere, and no template has to see to it.

/// The attributes of a link that its text keeps: how it looks, and that it is the chosen one.
const KEPT: [&str; 2] = ["class", "aria-current"];

/// The page without links and forms.
pub(super) fn unlinked(html: &str) -> String {
    let mut plain = String::with_capacity(html.len());
    let mut rest = html;
    // Inside a drawing, a group takes a link's place.
    let mut drawings = 0_usize;
    while let Some((before, tag)) = rest.split_once('<') {
        plain.push_str(before);
        let (inside, after) = tag.split_once('>').unwrap_or((tag, ""));
        rest = after;
        let name = inside.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        let name = if inside.starts_with('/') { inside } else { name };
        let text = if drawings > 0 { "g" } else { "span" };
        match name {
            "a" => open(&mut plain, text, inside),
            "/a" => plain.extend(["</", text, ">"]),
            "form" => rest = rest.split_once("</form>").map_or("", |(_, after)| after),
            _ => {
                match name {
                    "svg" if !inside.ends_with('/') => drawings += 1,
                    "/svg" => drawings = drawings.saturating_sub(1),
                    _ => {}
                }
                plain.push('<');
                plain.push_str(inside);
                plain.push('>');
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// Begins what stands in a link's place.
fn open(plain: &mut String, name: &str, link: &str) {
    plain.push('<');
    plain.push_str(name);
    // Templates put every value in double quotes.
    let mut parts = link.split('"');
    while let (Some(before), Some(value)) = (parts.next(), parts.next()) {
        let attribute = before.trim_end_matches('=').split_whitespace().next_back().unwrap_or_default();
        if KEPT.contains(&attribute) {
            plain.extend([" ", attribute, "=\"", value, "\""]);
        }
    }
    plain.push('>');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_link_is_its_text_and_its_look() {
        let html = "<p>a &lt; b</p><a class=\"btn\" href=\"/x?a=1&#38;b=2\" aria-current=\"page\">Weeks</a>\
                    <svg class=\"i\" viewBox=\"0 0 1 1\"><a href=\"/y\" aria-label=\"Oct\"><circle r=\"5\"/></a></svg>\
                    <form method=\"post\" action=\"/logout\"><button>x</button></form><a href=\"/z\">end</a>";
        assert_eq!(
            unlinked(html),
            "<p>a &lt; b</p><span class=\"btn\" aria-current=\"page\">Weeks</span>\
             <svg class=\"i\" viewBox=\"0 0 1 1\"><g><circle r=\"5\"/></g></svg><span>end</span>"
        );
    }

    #[test]
    fn a_value_looks_the_same_without_its_link() {
        let css = include_str!("assets/afterword.css");
        for of in [".big", ".big.xl"] {
            let (link, text) = (format!("{of} > a:first-child"), format!("{of} > span:first-child"));
            let rules = css.split('}').filter_map(|rule| rule.split_once('{'));
            let sized: Vec<&str> =
                rules.filter(|(_, rule)| rule.contains("font-size")).map(|(of, _)| of).collect();
            let of_link = sized.iter().find(|rule| rule.split(',').any(|one| one.trim() == link));
            assert!(of_link.is_some_and(|rule| rule.contains(&text)), "{text} has no size of its own");
        }
    }

    #[test]
    fn a_page_that_breaks_off_leads_nowhere_either() {
        for html in ["<a href=\"/x", "<form action=\"/x\"><input", "<svg><a href=\"/x\">", "text <"] {
            let plain = unlinked(html);
            assert!(!plain.contains("href") && !plain.contains("action"), "{plain}");
        }
    }
}
