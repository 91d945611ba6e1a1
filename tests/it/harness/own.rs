//! Scripts that stories define themselves.

/// A script for purchases that takes precedence over the shipped one. `head` adds to its head, and `send` to its
/// `[send]`. It may ask at any hour, and the same person again.
pub fn script(slug: &str, head: &str, send: &str, questions: &str) -> String {
    let own = |name: &str, value: &str| {
        if send.contains(&format!("{name} =")) { String::new() } else { format!("{name} = \"{value}\"\n") }
    };
    let on = if head.contains("on =") { "" } else { "on = \"purchase\"\n" };
    format!(
        "slug = \"{slug}\"\n{on}{}title = {{ ru = \"Свой\", en = \"Own\" }}\n{head}\n\
         [send]\n{}{}{send}\n{questions}",
        if head.contains("priority =") { "" } else { "priority = 10\n" },
        own("quiet_hours", "off"),
        own("min_gap", "off"),
    )
}
