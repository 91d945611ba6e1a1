//! Scripts that stories write themselves.

/// A script after a purchase that comes before the shipped one; `head` may say more of it, `send` goes into its
/// `[send]`. Nothing keeps it from asking at any hour and again.
pub fn script(slug: &str, head: &str, send: &str, questions: &str) -> String {
    let own = |name: &str, value: &str| {
        if send.contains(&format!("{name} =")) { String::new() } else { format!("{name} = \"{value}\"\n") }
    };
    format!(
        "slug = \"{slug}\"\non = \"purchase\"\n{}title = {{ ru = \"Свой\", en = \"Own\" }}\n{head}\n\
         [send]\n{}{}{send}\n{questions}",
        if head.contains("priority =") { "" } else { "priority = 10\n" },
        own("quiet_hours", "off"),
        own("min_gap", "off"),
    )
}
