//! As what a page is asked for: to be read, or as a file.

/// The word that asks for a file. It is none of the filters: the file has what the page shows.
pub const AS: &str = "as";

/// A file that a page can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileForm {
    /// A table; of a page with several ones, the one with this name, or the first.
    Csv(Option<String>),
    /// All tables.
    Xlsx,
    /// The charts.
    Svg,
    Png,
}

impl FileForm {
    pub(super) fn read(text: &str) -> Option<Self> {
        Some(match text {
            "csv" => Self::Csv(None),
            "xlsx" => Self::Xlsx,
            "svg" => Self::Svg,
            "png" => Self::Png,
            _ => Self::Csv(Some(text.strip_prefix("csv:")?.to_owned())),
        })
    }

    /// As an address has it.
    #[must_use]
    pub fn value(&self) -> String {
        match self {
            Self::Csv(None) => "csv".to_owned(),
            Self::Csv(Some(table)) => format!("csv:{table}"),
            Self::Xlsx => "xlsx".to_owned(),
            Self::Svg => "svg".to_owned(),
            Self::Png => "png".to_owned(),
        }
    }

    /// The address at which a page is this file.
    #[must_use]
    pub fn of(&self, address: &str) -> String {
        let mark = if address.contains('?') { '&' } else { '?' };
        format!("{address}{mark}{AS}={}", super::escaped(&self.value()))
    }
}
