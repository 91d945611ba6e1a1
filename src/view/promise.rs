//! By when a customer hears from somebody, in words.

use chrono::{Datelike, Timelike};
use chrono_tz::Tz;

use crate::domain::time::Timestamp;
use crate::i18n::Catalogue;

/// Where the words stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a message that is sent now: "tomorrow" is tomorrow.
    NewMessage,
    /// In an edited one, which keeps the date on which it was sent: the date is always named.
    EditedMessage,
}

/// ` by 18:00 today`, with the blank before it. Empty if nothing is promised, so that a text reads well without it.
#[must_use]
pub fn when(
    catalogue: &Catalogue,
    locale: &str,
    promised: Option<Timestamp>,
    now: Timestamp,
    zone: Tz,
    place: Place,
) -> String {
    let Some(promised) = promised else { return String::new() };
    let at = promised.to_utc().with_timezone(&zone);
    let time = format!("{:02}:{:02}", at.hour(), at.minute());
    let days = (at.date_naive() - now.to_utc().with_timezone(&zone).date_naive()).num_days();
    let with_time = |id: &str| catalogue.with(locale, id, &[("time", time.as_str().into())]);
    match (place, days) {
        (Place::NewMessage, 0) => with_time("when-today"),
        (Place::NewMessage, 1) => with_time("when-tomorrow"),
        (Place::NewMessage, 2..=6) => {
            let weekday = at.weekday().number_from_monday();
            catalogue.with(locale, "when-weekday", &[("time", time.into()), ("weekday", weekday.into())])
        }
        _ => {
            let date = [("day", at.day().into()), ("month", at.month().into())];
            let date = catalogue.with(locale, "date-day-month", &date);
            catalogue.with(locale, "when-date", &[("time", time.into()), ("date", date.into())])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_named_as_people_say_it_and_by_its_date_in_edited_messages() {
        let catalogue = Catalogue::default();
        // Saturday, 21 November 2026, 15:04 in Moscow.
        let now = Timestamp::from_millis(1_795_262_645_000);
        let said = |locale: &str, hours: i64, place| {
            let promised = now.plus_millis(hours * 3_600_000);
            when(&catalogue, locale, Some(promised), now, Tz::Europe__Moscow, place)
        };
        for (hours, ru, en) in [
            (3, " сегодня до 18:04", " by 18:04 today"),
            (9, " завтра до 00:04", " by 00:04 tomorrow"),
            (72, " во вторник до 15:04", " by 15:04 on Tuesday"),
            (144, " в пятницу до 15:04", " by 15:04 on Friday"),
            (168, " 28 ноября до 15:04", " by 15:04 on 28 November"),
        ] {
            assert_eq!(said("ru", hours, Place::NewMessage), ru);
            assert_eq!(said("en", hours, Place::NewMessage), en);
        }
        assert_eq!(said("ru", 3, Place::EditedMessage), " 21 ноября до 18:04");
        assert_eq!(when(&catalogue, "ru", None, now, Tz::UTC, Place::NewMessage), "");
    }
}
