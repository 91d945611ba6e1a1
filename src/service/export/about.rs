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
pub const SEGMENTS: &str = "The customer's segments in the event. Once the customer is erased, those that at least \
    20 customers have.";
pub const AGENT_ID: &str = "The ID of the event's agent. null if the event has none.";
pub const AGENT_SINCE: &str = "The day that agent began, like 2026-09-01. null if the event does not say.";
pub const AUTOMATION: &str = "The rule or template that answered the customer. null if the event has none.";
pub const TEAM: &str = "The agent's team. null if the event has none.";
pub const STORE: &str = "The store where the customer was served. null if the event has none.";
pub const CHANNEL: &str = "The channel through which the customer was served. null if the event has none.";
pub const HOOK: &str = "The hook through which the event came. null if it came another way.";
pub const TAGS: &str =
    "The event's tags. Once the customer is erased, those that at least 20 customers have.";
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
pub const CASE_NUMBER: &str =
    "The number of the case that the survey belongs to. null if it belongs to none.";
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

// Cases.
pub const CASE: &str = "A trouble of one person about one subject, which somebody has to deal with. Once the customer \
    is erased, times are cut to the day.";
pub const NUMBER: &str = "The case's number, as leads and the customer know it.";
pub const CASE_REVISION: &str = "The revision of the case. It starts at 1 and grows with every change.";
pub const OPENED_AT: &str = "When the case was opened.";
pub const CASE_CUSTOMER_ID: &str =
    "The customer's ID. null if the person is no known customer, empty once the customer is erased.";
pub const CASE_SURVEY_ID: &str = "The ID of the survey that opened the case. null if none did.";
pub const CASE_EVENT_ID: &str = "The ID of the first event that the case is about. null if it is about none. Once the customer is erased, a keyed \
     hash of it.";
pub const SEVERITY: &str = "How much the case matters.";
pub const CATEGORY: &str = "What the case is about: the first reason that the customer chose, else the question's factor, else `human` or \
     `message`.";
pub const STATUS: &str = "The status of the case.";
pub const OWNER: &str = "The Telegram user ID of the lead who has the case. null if nobody has it.";
pub const FIRST_CONTACT_DUE_AT: &str =
    "By when somebody should have contacted the customer after the case was opened.";
pub const FIRST_CONTACT_AT: &str =
    "When somebody first contacted the customer after the case was opened. null if nobody has.";
pub const RESOLUTION_DUE_AT: &str = "By when the case should be resolved.";
pub const RESOLVED_AT: &str = "When the case was resolved. null while it is not.";
pub const CAUSE: &str = "The cause that was found. null while the case is not resolved.";
pub const NOTE: &str =
    "What was done for the customer. null if nobody wrote it down, or once the customer is erased.";
pub const RECOVERY_VALUE: &str =
    "The customer's answer to the question whether the solution helped. null if there is none.";
pub const RECOVERY_BAND: &str = "The band of that answer. null if there is none.";
pub const REOPENED: &str = "How many times the case was reopened.";
pub const SOURCE: &str = "What opened the case.";
pub const CASE_SUBJECT_ID: &str =
    "The ID of the order or ticket. null if the case is about none, or once the customer is erased.";
pub const CASE_SCRIPT: &str = "The slug of the script of the survey that opened the case. null if none did.";
pub const FIRST_CONTACT_HOW: &str =
    "How the customer was first contacted: `reply` through the bot, or `otherwise`. null if nobody has.";
pub const RESOLUTION_FIRST_DUE_AT: &str = "By when the case should have been resolved before anybody put it off. Whether it was in time is judged by this.";
pub const RESOLVED_BY: &str = "The Telegram user ID of the lead who resolved the case. null if the program did, or while it is not resolved.";
pub const JOINED_SURVEYS: &str = "How many further surveys belong to the case.";
pub const STEPS: &str = "What was done with the case, oldest first.";
pub const CASE_MESSAGES: &str = "What the customer and the leads wrote to each other, oldest first.";
