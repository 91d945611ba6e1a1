//! Describes an event to its senders: the limits of the rules as schemas, from the rules' own constants. A rule and its
//! schema have the same name; [`fields`] says what each field holds.

use std::fmt::Write as _;
use std::sync::LazyLock;

use utoipa::openapi::schema::{
    Array, ArrayBuilder, KnownFormat, Object, ObjectBuilder, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::json::MOST_VALUES;
use super::kind::Kind;
use super::read::{AHEAD, FIRST_YEAR, MAX_EXTRA_BYTES};
use super::rules::{
    MAX_COUNT, MAX_EMAIL, MAX_ID, MAX_LABELS, MAX_NAME, MAX_SLUG, MAX_TELEGRAM_ID, MAX_URL, PHONE_DIGITS,
    is_unprintable,
};
use crate::domain::nobody;
use crate::domain::visible::{is_hidden, is_hidden_in_label};

/// A value that may be left out; null counts as absent.
fn optional(what: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::from_iter([what, Type::Null]))
}

/// A text of this shape, or an empty one, which counts as absent.
fn shaped(shape: &str) -> ObjectBuilder {
    optional(Type::String).pattern(Some(format!("^(?:{shape})?$")))
}

/// A text that is not blank and contains only allowed characters.
fn required(text: &Text) -> ObjectBuilder {
    let Text { blank, no, nothing } = text;
    let pattern = format!("^(?!{blank}*$){}[^{no}]*$", not(nothing));
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern))
}

/// The same, or an empty text.
fn of(text: &Text) -> ObjectBuilder {
    let Text { blank, no, nothing } = text;
    optional(Type::String).pattern(Some(format!("^(?!{blank}+$){}[^{no}]*$", not(nothing))))
}

/// Refuses a text that has this shape as a whole.
fn not(shape: &str) -> String {
    if shape.is_empty() { String::new() } else { format!("(?!{shape}$)") }
}

/// What a text must not consist of entirely, and the characters that it must not contain, both in regular expression
/// syntax.
struct Text {
    blank: &'static str,
    no: String,
    /// What the whole text must not be; empty if it may be anything.
    nothing: String,
}

impl Text {
    fn new(blank: &'static str, no: String) -> Self {
        Self { blank, no, nothing: String::new() }
    }
}

static ID: LazyLock<Text> = LazyLock::new(|| Text::new(" ", class(is_hidden)));
static OWN_ID: LazyLock<Text> =
    LazyLock::new(|| Text { nothing: nobody::pattern(), ..Text::new(" ", class(is_hidden)) });
static LABEL: LazyLock<Text> = LazyLock::new(|| Text::new(" ", class(|c| c == '|' || is_hidden_in_label(c))));
static AUTOMATION: LazyLock<Text> = LazyLock::new(|| Text::new(" ", class(is_hidden_in_label)));
static PRINTABLE: LazyLock<Text> = LazyLock::new(|| Text::new("\\s", class(is_unprintable)));

fn of_format(schema: ObjectBuilder, format: KnownFormat) -> ObjectBuilder {
    schema.format(Some(SchemaFormat::KnownFormat(format)))
}

/// Returns the characters of the Basic Multilingual Plane that a rule refuses, written for a character class of a
/// regular expression.
fn class(refuses: impl Fn(char) -> bool) -> String {
    let mut class = String::new();
    let mut begin = None;
    for number in 0..=0x1_0000_u32 {
        // Surrogates are not characters, so they end a range, just as the end of the plane does.
        let is_in = number < 0x1_0000 && char::from_u32(number).is_some_and(&refuses);
        match begin {
            None if is_in => begin = Some(number),
            Some(first) if !is_in => {
                let last = number - 1;
                // Writing to a string cannot fail.
                let _ = write!(class, "\\u{first:04x}");
                if last > first {
                    let _ = write!(class, "-\\u{last:04x}");
                }
                begin = None;
            }
            _ => {}
        }
    }
    class
}

/// The ID of an event or a customer.
fn required_own_id(about: &str) -> Object {
    required(&OWN_ID).max_length(Some(MAX_ID)).description(Some(about)).build()
}

/// The ID of a subject or an agent.
fn own_id(about: &str) -> Object {
    of(&OWN_ID).max_length(Some(MAX_ID)).description(Some(about)).build()
}

fn id(about: &str) -> Object {
    of(&ID).max_length(Some(MAX_ID)).description(Some(about)).build()
}

/// The ID, in a URL, of a customer who is looked up. Earlier versions accepted more IDs than are accepted now. No value
/// has this type.
#[derive(Debug)]
pub enum KnownCustomerId {}

impl PartialSchema for KnownCustomerId {
    fn schema() -> RefOr<Schema> {
        required(&PRINTABLE).max_length(Some(MAX_ID)).into()
    }
}

impl ToSchema for KnownCustomerId {}

fn automation(about: &str) -> Object {
    of(&AUTOMATION).max_length(Some(MAX_NAME)).description(Some(about)).build()
}

fn labels(about: &str) -> Array {
    ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
        .items(required(&LABEL).max_length(Some(MAX_ID)))
        .max_items(Some(MAX_LABELS))
        .description(Some(about))
        .build()
}

fn name(about: &str) -> Object {
    of(&PRINTABLE).max_length(Some(MAX_NAME)).description(Some(about)).build()
}

fn slug(about: &str) -> Object {
    shaped(&format!("[a-z0-9_-]{{1,{MAX_SLUG}}}")).description(Some(about)).build()
}

/// The kinds that a sender may report.
pub(super) fn kind() -> Object {
    let words = Kind::REPORTED.map(Kind::as_str);
    let about = "What happened. It decides what follows from the event.";
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).description(Some(about)).build()
}

fn phone(about: &str) -> Object {
    let (least, most) = (PHONE_DIGITS.start() - 1, PHONE_DIGITS.end() - 1);
    shaped(&format!("\\+[1-9][0-9]{{{least},{most}}}")).description(Some(about)).build()
}

fn email(about: &str) -> Object {
    let user = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
    let label = "[^\\s!-,./:-@\\[-`{-~-](?:[^\\s!-,./:-@\\[-`{-~]*[^\\s!-,./:-@\\[-`{-~-])?";
    shaped(&format!("{user}(?:\\.{user})*@{label}(?:\\.{label})+"))
        .max_length(Some(MAX_EMAIL))
        .description(Some(about))
        .build()
}

fn language(about: &str) -> Object {
    let variant = "[0-9][A-Za-z0-9]{3}|[A-Za-z0-9]{5,8}";
    let tag = format!(
        "(?![Uu][Nn][Dd](?:[-_]|$))(?:[A-Za-z]{{2,3}}|[A-Za-z]{{5,8}})(?:[-_][A-Za-z]{{4}})?\
         (?:[-_](?:[A-Za-z]{{2}}|[0-9]{{3}}))?(?:[-_](?:{variant}))*"
    );
    shaped(&tag).description(Some(about)).build()
}

fn url(about: &str) -> Object {
    let no = format!("\\s{}", PRINTABLE.no);
    let address =
        format!("[Hh][Tt][Tt][Pp][Ss]?://(?:[^/?#{no}]*@)?[^/?#@:{no}][^/?#@{no}]*(?:[/?#][^{no}]*)?");
    shaped(&address).max_length(Some(MAX_URL)).description(Some(about)).build()
}

fn day(about: &str) -> Object {
    of_format(optional(Type::String), KnownFormat::Date).description(Some(about)).build()
}

fn instant(about: &str) -> Object {
    let text = optional(Type::String).pattern(Some(LATE_ENOUGH));
    of_format(text, KnownFormat::DateTime).description(Some(about)).build()
}

/// No time is before the year 2000, as it is written.
const LATE_ENOUGH: &str = "^(?:[2-9][0-9]{3}-|$)";

#[must_use]
pub fn occurred_at() -> Object {
    let about = format!(
        "When it happened: RFC 3339 with an offset from UTC, not before {FIRST_YEAR}, at most {} minutes in the future.",
        AHEAD.as_secs() / 60
    );
    let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some(LATE_ENOUGH));
    of_format(text, KnownFormat::DateTime).description(Some(about)).build()
}

fn telegram_id(about: &str) -> Object {
    whole(1, MAX_TELEGRAM_ID, about)
}

fn count(about: &str) -> Object {
    whole(0, MAX_COUNT, about)
}

fn whole(least: i64, most: i64, about: &str) -> Object {
    let number = of_format(optional(Type::Integer), KnownFormat::Int64);
    number.minimum(Some(least)).maximum(Some(most)).description(Some(about)).build()
}

#[must_use]
pub fn extra() -> Object {
    let about = format!(
        "Any data of your own, at most {MAX_EXTRA_BYTES} bytes as JSON without spaces. The whole event may have at \
         most {MOST_VALUES} values."
    );
    optional(Type::Object).description(Some(about)).build()
}

/// Defines the schema of each field: its rule, and what the field holds.
macro_rules! described {
    ($($field:ident: $schema:ident = $rule:ident, $about:literal;)+) => {
        /// The schemas of an event's fields.
        pub mod fields {
            use utoipa::openapi::schema::{Array, Object};

            $(
                #[must_use]
                pub fn $field() -> $schema {
                    super::$rule($about)
                }
            )+
        }
    };
}

described! {
    event_id: Object = required_own_id,
        "Identifies the event, not the ticket. The same ID with the same content is accepted again and changes \
         nothing.";
    customer_id: Object = required_own_id, "The customer's ID in your system.";
    telegram_id: Object = telegram_id,
        "The customer's Telegram user ID. If that person already uses the bot, they can be asked without a link. It \
         never replaces a link that was tapped.";
    phone: Object = phone,
        "The customer's phone number: `+` and digits. It links the customer to the person who shares this number in \
         the chat.";
    email: Object = email,
        "The customer's e-mail address. With `SMTP_URL`, a customer who has no chat gets the personal link there.";
    customer_name: Object = name, "The customer's name, used in greetings.";
    language: Object = language, "The customer's language, a language tag like `ru`, `en` or `pt-BR`.";
    segments: Array = labels, "The customer's segments. They are kept with every answer.";
    subject_id: Object = own_id, "The ID of the order or ticket. Required for the kinds that cancel.";
    title: Object = name, "The title of the order or ticket, used in texts.";
    url: Object = url, "The web address of the order or ticket, shown in alerts.";
    agent_id: Object = own_id, "The agent's ID.";
    agent_name: Object = name, "The agent's name, used in texts.";
    team: Object = id, "The agent's team.";
    since: Object = day, "The day the agent began.";
    automation: Object = automation, "The rule or template that sent the answer.";
    store: Object = id, "The store where the customer was served.";
    channel: Object = id, "The channel through which the customer was served.";
    tags: Array = labels, "Your labels for the event. They are kept with every answer.";
    opened_at: Object = instant, "When the ticket was opened: RFC 3339 with an offset from UTC.";
    first_response: Object = count, "How long the customer waited for the first response, in seconds.";
    resolution: Object = count, "How long it took to resolve the ticket, in seconds.";
    messages: Object = count, "How many messages the ticket has.";
    reopened: Object = count, "How many times the ticket was reopened.";
    script: Object = slug, "The slug of the script to ask with. The scripts' own conditions do not count then.";
}
