//! The descriptions of rows and columns in the API's description.

// Columns shared by answers and surveys.
pub const EVENT_ID: &str =
    "The ID of the event that led to the survey. Once the customer is erased, a keyed hash of it.";
pub const EVENT_KIND: &str = "The kind of that event.";
pub const OCCURRED_AT: &str = "When that event happened, as its sender reported.";
pub const SURVEY_ID: &str = "The survey's ID.";
pub const SCRIPT: &str = "The slug of the survey's script. null if no script was chosen.";
pub const SCRIPT_VERSION: &str = "The version of the script. null until the survey is sent.";
pub const CUSTOMER_ID: &str = "The customer's ID. Empty once the customer is erased.";
pub const SEGMENTS: &str = "The customer's segments in the event. Empty once the customer is erased.";
pub const AGENT_ID: &str = "The ID of the event's agent. null if the event has none.";
pub const AGENT_SINCE: &str = "The day that agent began, like 2026-09-01. null if the event does not say.";
pub const AUTOMATION: &str = "The rule or template that answered the customer. null if the event has none.";
pub const TEAM: &str = "The agent's team. null if the event has none.";
pub const STORE: &str = "The store where the customer was served. null if the event has none.";
pub const CHANNEL: &str = "The channel through which the customer was served. null if the event has none or the \
    customer is erased.";
pub const TAGS: &str = "The event's tags.";
pub const SENT_AT: &str = "When the survey was sent. null if it was not.";
pub const TEST: &str =
    "Whether this is a test. Tests count in no figure, and lists leave them out unless they are asked for.";

// Answers.
pub const ANSWER: &str =
    "An answer, reasons or a comment. Once the customer is erased, times are cut to the day.";
pub const ANSWER_ID: &str = "The answer's ID. It stays the same through every change of the answer.";
pub const STORED_AT: &str = "When this revision was stored.";
pub const ANSWERED_AT: &str = "When the customer gave the answer.";
pub const QUESTION: &str = "The question's key in the script.";
pub const METRIC: &str =
    "What the question measures. `reason` and `comment` mark a row of reasons or of words.";
pub const FACTOR: &str =
    "The side of the service that the question is about. Without one in the script, the question's key.";
pub const SCALE: &str = "The question's scale. null for a row without a score.";
pub const VALUE: &str = "The number that was chosen. null if the answer has none.";
pub const OPTIONS: &str = "The keys of the chosen options or reasons. Empty if there are none.";
pub const TEXT: &str = "The customer's words, one message per line. null for an answer without words.";
pub const ATTACHMENTS: &str = "The files that came with the words.";
pub const BAND: &str = "The band of the score. null if there is none.";
pub const REVISION: &str = "Starts at 1 and grows with every change of the answer.";
pub const WITHDRAWN: &str = "Whether the answer no longer counts.";
pub const AGENT_NAME: &str = "The agent's name. null if the event has none.";
pub const SUBJECT_ID: &str =
    "The ID of the order or ticket. null if the event has none or the customer is erased.";
pub const CASE_NUMBER: &str = "Always null.";
pub const DISPUTED: &str =
    "How far a dispute of the score has come. null if there is none, which is always so.";

// Surveys.
pub const SURVEY: &str = "A survey with its answers. Once the customer is erased, times are cut to the day.";
pub const ANSWERS: &str = "The survey's answers, reasons and comments.";
pub const STATE: &str = "The survey's state.";
pub const REASON: &str = "The reason for the state. null for states without reasons.";
pub const DUE_AT: &str = "When the survey is or was due to be sent. null if it has not been scheduled.";
pub const STARTED_AT: &str = "When the first answer was given. null if there is none.";
pub const COMPLETED_AT: &str = "When every question that applies was answered. null if some are not.";
pub const REMINDED_AT: &str = "When the reminder was sent. null if none was.";
pub const ENDED_AT: &str = "When the survey ended. null if it has not ended.";
