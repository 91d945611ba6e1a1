//! The embedded files. To add a catalogue, add a folder under `locales/` and a line below.

/// A language and its files, each with its name.
pub(super) type Source = (&'static str, &'static [(&'static str, &'static str)]);

macro_rules! catalogue {
    ($language:literal) => {
        catalogue!(
            $language: "survey.ftl", "customer.ftl", "forget.ftl", "staff.ftl", "team.ftl", "editor.ftl", "setup.ftl",
            "alert.ftl", "case.ftl", "talk.ftl", "deadlines.ftl", "cases.ftl", "demo.ftl", "hooks.ftl", "reach.ftl",
            "report.ftl", "figures.ftl", "pages.ftl"
        )
    };
    ($language:literal: $($name:literal),+) => {
        ($language, &[$(($name, include_str!(concat!("../../locales/", $language, "/", $name)))),+])
    };
}

pub(super) static CATALOGUES: &[Source] = &[catalogue!("ru"), catalogue!("en")];
