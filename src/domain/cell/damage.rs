//! Detects cells whose original value a spreadsheet has destroyed beyond recovery.

use std::fmt;

use chrono::NaiveDate;

/// What happened to a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// A long number was rounded and written with an exponent.
    Rounded,
    /// A formula failed and left its error code.
    Error,
    /// The column was too narrow when the table was saved, so only `#` characters were written.
    Narrow,
    /// A number with a dash or a dot was turned into a date.
    Day,
    /// A formula that stands for a text, as in `="007"`.
    Formula,
}

impl fmt::Display for Damage {
    /// Writes a sentence that completes "the column …".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rounded => {
                "is a number that a spreadsheet has rounded (like 1,23E+11), so its digits are lost: make the column text \
                 before the values are put in, and export it again"
            }
            Self::Error => {
                "is a spreadsheet's error (like #N/A) in place of a value: mend the formula, or empty the cell"
            }
            Self::Narrow => {
                "holds only #: the spreadsheet's column was too narrow when it was saved; widen it and save again"
            }
            Self::Day => {
                "is a day that a spreadsheet has made of another value (like 1-2): make the column text before the values \
                 are put in, and export it again"
            }
            Self::Formula => {
                "is a formula (like =\"007\"), as some systems write it to keep zeros: have the value itself exported"
            }
        })?;
        f.write_str("; if it is meant so, put an apostrophe before it")
    }
}

/// Returns what happened to a cell with this text, as far as that can be detected.
#[must_use]
pub fn of(text: &str) -> Option<Damage> {
    // For almost every cell, the first character is enough to rule out damage.
    match *text.as_bytes().first()? {
        b'#' if text.bytes().all(|byte| byte == b'#') => (text.len() > 1).then_some(Damage::Narrow),
        b'#' => ERRORS.contains(&text).then_some(Damage::Error),
        b'0'..=b'9' | b'+' | b'-' if is_rounded(text) => Some(Damage::Rounded),
        b'0'..=b'9' => is_day(text).then_some(Damage::Day),
        b'=' => (text.starts_with("=\"") && text.ends_with('"')).then_some(Damage::Formula),
        b'E' | 0xd0 if is_numbered_error(text) => Some(Damage::Error),
        b'A' | b'D' | b'F' | b'J' | b'M' | b'N' | b'O' | b'S' | 0xd0 | 0xd1 => {
            is_month(text).then_some(Damage::Day)
        }
        _ => None,
    }
}

/// Whether this is a rounded number such as `1,23E+11`. A spreadsheet writes the exponent's sign, which hardly any ID
/// contains; others leave it out, but not the fraction.
fn is_rounded(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some((number, exponent)) = text.split_once(['E', 'e']) else { return false };
    let number = number.strip_prefix(['+', '-']).unwrap_or(number);
    let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, "0"));
    let has_fraction = number.contains(['.', ',']);
    let signless = Some(exponent).filter(|exponent| has_fraction && exponent.len() > 1);
    let exponent = exponent.strip_prefix(['+', '-']).or(signless);
    digits(whole)
        && digits(fraction)
        && exponent.is_some_and(|exponent| exponent.len() < 4 && digits(exponent))
}

/// The error values of Excel, `LibreOffice` and Google Sheets, by their English, Russian, German, French and Spanish names.
const ERRORS: &[&str] = &[
    "#N/A",
    "#VALUE!",
    "#REF!",
    "#DIV/0!",
    "#NAME?",
    "#NUM!",
    "#NULL!",
    "#ERROR!",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#BLOCKED!",
    "#BUSY!",
    "#CONNECT!",
    "#EXTERNAL!",
    "#PYTHON!",
    "#TIMEOUT!",
    "#UNKNOWN!",
    "#GETTING_DATA",
    "#Н/Д",
    "#ЗНАЧ!",
    "#ССЫЛКА!",
    "#ССЫЛ!",
    "#ДЕЛ/0!",
    "#ИМЯ?",
    "#ЧИСЛО!",
    "#ПУСТО!",
    "#ОШИБКА!",
    "#ПЕРЕНОС!",
    "#ВЫЧИСЛ!",
    "#ВЫЧИС!",
    "#ПОЛЕ!",
    "#БЛОКИРОВАНО!",
    "#ЗАБЛОКИРОВАНО!",
    "#ЗАНЯТО!",
    "#ПОДКЛЮЧИТЬ!",
    "#НЕИЗВЕСТНО!",
    "#ОЖИДАНИЕ_ДАННЫХ",
    "#NV",
    "#WERT!",
    "#BEZUG!",
    "#ZAHL!",
    "#KALK!",
    "#ÜBERLAUF!",
    "#VALEUR!",
    "#NOMBRE!",
    "#NOM?",
    "#¡VALOR!",
    "#¡REF!",
    "#¡NUM!",
    "#¿NOMBRE?",
];

/// Whether this is a numbered error such as `Err:502`, as `LibreOffice` writes it.
fn is_numbered_error(text: &str) -> bool {
    let number = text.strip_prefix("Err:").or_else(|| text.strip_prefix("Ошибка:"));
    number.is_some_and(|number| number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit()))
}

const ENGLISH: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const RUSSIAN: [&str; 12] =
    ["янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"];

/// Whether this is a date such as `1-Feb` or `01.фев`, made from `1-2` or `1.2`, or the midnight that such a date is when a
/// program reads the cell.
fn is_day(text: &str) -> bool {
    let date = text.strip_suffix(" 00:00:00");
    if date.is_some_and(|date| NaiveDate::parse_from_str(date, "%Y-%m-%d").is_ok()) {
        return true;
    }
    text.split_once(['-', '.']).is_some_and(|(day, month)| {
        matches!(day.len(), 1 | 2)
            && day.bytes().all(|byte| byte.is_ascii_digit())
            && (ENGLISH.contains(&month) || RUSSIAN.contains(&month))
    })
}

/// Whether this is a date such as `Jan-24` or `янв.24`, made from `1-24`.
fn is_month(text: &str) -> bool {
    let is_year = |year: &str| year.len() == 2 && year.bytes().all(|byte| byte.is_ascii_digit());
    let english = text.split_once('-').is_some_and(|(month, year)| ENGLISH.contains(&month) && is_year(year));
    let russian = text.split_once('.').is_some_and(|(month, year)| RUSSIAN.contains(&month) && is_year(year));
    english || russian
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destroyed_cells_are_told_from_whole_ones() {
        for (damage, texts) in [
            (
                Some(Damage::Rounded),
                &[
                    "1,23E+11",
                    "1.23E+11",
                    "1E+05",
                    "1,00E+05",
                    "7.1e+08",
                    "-1,5E-7",
                    "123.4E+9",
                    "4,60701E+12",
                    "1,23457e17",
                    "1.23457E17",
                ][..],
            ),
            (
                Some(Damage::Error),
                &[
                    "#N/A",
                    "#Н/Д",
                    "#VALUE!",
                    "#ЗНАЧ!",
                    "#REF!",
                    "#ССЫЛКА!",
                    "#DIV/0!",
                    "#ДЕЛ/0!",
                    "#NUM!",
                    "#ЧИСЛО!",
                    "#NAME?",
                    "#ИМЯ?",
                    "#NULL!",
                    "#ПУСТО!",
                    "#SPILL!",
                    "#ПЕРЕНОС!",
                    "#CALC!",
                    "#ВЫЧИСЛ!",
                    "#ERROR!",
                    "#GETTING_DATA",
                    "Err:502",
                    "Ошибка:508",
                    "#FIELD!",
                    "#ПОЛЕ!",
                ],
            ),
            (Some(Damage::Narrow), &["##", "####", "########"]),
            (
                Some(Damage::Day),
                &["01.фев", "1-Feb", "12-Dec", "Jan-24", "янв.24", "май.01", "2026-01-02 00:00:00"],
            ),
            (Some(Damage::Formula), &["=\"007\"", "=\"\""]),
            (
                None,
                &[
                    "",
                    "#",
                    "#1",
                    "#A!",
                    "#WOW",
                    "#СКИДКА!",
                    "#n/a",
                    "1E5",
                    "12e34",
                    "E+05",
                    "1E+",
                    "1E+0005",
                    "C-1E+05",
                    "1,2,3E+05",
                    "a",
                    "-",
                    "+",
                    "Anna",
                    "Jan",
                    "Jan-2024",
                    "1-2",
                    "01.02",
                    "Май",
                    "June-24",
                    "123-Feb",
                    "Err:",
                    "Ошибка",
                    "Ж",
                    "№5",
                    "5e+",
                    "1.5e3",
                    "2026-01-02",
                    "2026-01-02 10:00:00",
                    "=1",
                ],
            ),
        ] {
            for text in texts {
                assert_eq!(of(text), damage, "{text}");
            }
        }
    }
}
