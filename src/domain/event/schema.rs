//! Describes an event to its senders: the limits of the rules as schemas, from the rules' own constants. A rule and its
//! schema have the same name.

use std::fmt::Write as _;
use std::sync::LazyLock;

use utoipa::openapi::schema::{
    Array, ArrayBuilder, KnownFormat, Object, ObjectBuilder, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::json::MOST_VALUES;
use super::read::{AHEAD, MAX_EXTRA_BYTES};
use super::rules::{
    MAX_COUNT, MAX_ID, MAX_LABELS, MAX_NAME, MAX_SLUG, MAX_TELEGRAM_ID, MAX_URL, PHONE_DIGITS, is_unprintable,
};
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
    let Text { blank, no } = text;
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(format!("^(?!{blank}*$)[^{no}]*$")))
}

/// The same, or an empty text.
fn of(text: &Text) -> ObjectBuilder {
    let Text { blank, no } = text;
    optional(Type::String).pattern(Some(format!("^(?!{blank}+$)[^{no}]*$")))
}

/// What a text must not consist of entirely, and the characters that it must not contain, both in regular expression
/// syntax.
struct Text {
    blank: &'static str,
    no: String,
}

static ID: LazyLock<Text> = LazyLock::new(|| Text { blank: " ", no: class(is_hidden) });
static LABEL: LazyLock<Text> =
    LazyLock::new(|| Text { blank: " ", no: class(|c| c == '|' || is_hidden_in_label(c)) });
static AUTOMATION: LazyLock<Text> = LazyLock::new(|| Text { blank: " ", no: class(is_hidden_in_label) });
static PRINTABLE: LazyLock<Text> = LazyLock::new(|| Text { blank: "\\s", no: class(is_unprintable) });

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

#[must_use]
pub fn required_id() -> Object {
    required(&ID).max_length(Some(MAX_ID)).build()
}

#[must_use]
pub fn event_id() -> Object {
    let about = "Names the event, not the ticket. The same ID with the same content is accepted again and changes \
                 nothing.";
    ObjectBuilder::from(required_id()).description(Some(about)).build()
}

#[must_use]
pub fn id() -> Object {
    of(&ID).max_length(Some(MAX_ID)).build()
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

#[must_use]
pub fn automation() -> Object {
    let about = "The rule or template that answered.";
    of(&AUTOMATION).max_length(Some(MAX_NAME)).description(Some(about)).build()
}

#[must_use]
pub fn labels() -> Array {
    ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
        .items(required(&LABEL).max_length(Some(MAX_ID)))
        .max_items(Some(MAX_LABELS))
        .build()
}

#[must_use]
pub fn name() -> Object {
    of(&PRINTABLE).max_length(Some(MAX_NAME)).build()
}

#[must_use]
pub fn script() -> Object {
    let about = "The slug of the script to ask with, against the scripts' own conditions.";
    shaped(&format!("[a-z0-9_-]{{1,{MAX_SLUG}}}")).description(Some(about)).build()
}

#[must_use]
pub fn phone() -> Object {
    let (least, most) = (PHONE_DIGITS.start() - 1, PHONE_DIGITS.end() - 1);
    shaped(&format!("\\+[1-9][0-9]{{{least},{most}}}")).build()
}

#[must_use]
pub fn language() -> Object {
    let variant = "[0-9][A-Za-z0-9]{3}|[A-Za-z0-9]{5,8}";
    let tag = format!(
        "(?![Uu][Nn][Dd](?:[-_]|$))(?:[A-Za-z]{{2,3}}|[A-Za-z]{{5,8}})(?:[-_][A-Za-z]{{4}})?\
         (?:[-_](?:[A-Za-z]{{2}}|[0-9]{{3}}))?(?:[-_](?:{variant}))*"
    );
    shaped(&tag).description(Some("A language tag like ru, en or pt-BR.")).build()
}

#[must_use]
pub fn url() -> Object {
    let no = format!("\\s{}", PRINTABLE.no);
    let address =
        format!("[Hh][Tt][Tt][Pp][Ss]?://(?:[^/?#{no}]*@)?[^/?#@:{no}][^/?#@{no}]*(?:[/?#][^{no}]*)?");
    shaped(&address).max_length(Some(MAX_URL)).build()
}

#[must_use]
pub fn day() -> Object {
    of_format(optional(Type::String), KnownFormat::Date).description(Some("The day the agent began.")).build()
}

#[must_use]
pub fn instant() -> Object {
    of_format(optional(Type::String), KnownFormat::DateTime).build()
}

#[must_use]
pub fn occurred_at() -> Object {
    let about =
        format!("With an offset from UTC; not more than {} minutes in the future.", AHEAD.as_secs() / 60);
    let text = ObjectBuilder::new().schema_type(Type::String);
    of_format(text, KnownFormat::DateTime).description(Some(about)).build()
}

#[must_use]
pub fn telegram_id() -> Object {
    whole(1, MAX_TELEGRAM_ID)
}

#[must_use]
pub fn count() -> Object {
    whole(0, MAX_COUNT)
}

fn whole(least: i64, most: i64) -> Object {
    let number = of_format(optional(Type::Integer), KnownFormat::Int64);
    number.minimum(Some(least)).maximum(Some(most)).build()
}

#[must_use]
pub fn extra() -> Object {
    let about = format!(
        "Anything, up to {MAX_EXTRA_BYTES} bytes as JSON without spaces; the whole event may have {MOST_VALUES} values."
    );
    optional(Type::Object).description(Some(about)).build()
}
