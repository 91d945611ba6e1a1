//! What was put right in a delivery's value so that it fits an event. Every repair is shown with the delivery.

use crate::domain::scale::written;

written! {
    /// What was put right.
    What {
        NumberAsText = "number_as_text",
        TextAsNumber = "text_as_number",
        TextAsFlag = "text_as_flag",
        Split = "split",
        Phone = "phone",
        Language = "language",
        TimeInZone = "time_in_zone",
        OtherTime = "other_time",
        UnixTime = "unix_time",
        Entities = "entities",
        Controls = "controls",
        Cut = "cut",
        /// The text stands for nothing: `null`, `0`, a placeholder that was not filled in.
        NoValue = "no_value",
        /// The value does not fit, and the event goes without it.
        Dropped = "dropped",
    }
}

/// One repair, and the field of the event in which it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    pub field: String,
    pub what: What,
}
