//! The lenient door: takes a value as templates write it and makes it what an event's field holds, or nothing. Whether
//! the result is right is still judged by the event's own rules.

use chrono_tz::Tz;
use minijinja::value::{Value, ValueKind};

use super::engine::{is_absent, text_of};
use super::repair::What;
use super::{entities, moment, phone};
use crate::domain::event::columns::Form;
use crate::domain::event::{Json, MAX_LABELS, MAX_NAME, is_email, is_unprintable};
use crate::domain::locale;
use crate::domain::nobody;

/// What decides how a value is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Customs<'a> {
    pub zone: Tz,
    /// The country of national phone numbers.
    pub region: Option<&'a str>,
}

/// What a value became: `None` if it is absent or cannot be used.
pub(super) struct Passed {
    pub json: Option<Json<'static>>,
    pub repairs: Vec<What>,
}

impl Passed {
    /// A value that does not fit.
    pub fn dropped() -> Self {
        Self { json: None, repairs: vec![What::Dropped] }
    }
}

/// Reads a value for one field.
pub(super) fn pass(name: &str, form: Form, value: &Value, customs: Customs<'_>) -> Passed {
    let mut repairs = Vec::new();
    if is_absent(value) {
        return Passed { json: None, repairs };
    }
    let json = match (name, form) {
        ("occurred_at" | "metrics.opened_at", _) => time(value, customs.zone, &mut repairs),
        ("customer.phone", _) => phone_number(value, customs.region, &mut repairs),
        ("customer.email", _) => text_of(value).filter(|text| is_email(text)).map(Json::text),
        ("customer.language", _) => language_tag(value, &mut repairs),
        ("customer.name" | "subject.title" | "agent.name", _) => label(value, &mut repairs),
        (_, Form::Id) if is_nobodys(name, value) => {
            return Passed { json: None, repairs: vec![What::NoValue] };
        }
        (_, Form::Id | Form::Text) => text(value, &mut repairs),
        (_, Form::Number) => whole_number(value, &mut repairs),
        (_, Form::Flag) => flag(value, &mut repairs),
        (_, Form::Labels) => listed(value, &mut repairs),
        (_, Form::Json) => body_of(value),
    };
    match json {
        Some(json) => Passed { json: Some(json), repairs },
        // An empty list is nothing.
        None if value.len() == Some(0) => Passed { json: None, repairs: Vec::new() },
        None => Passed::dropped(),
    }
}

fn is_nobodys(name: &str, value: &Value) -> bool {
    let is_person = name.starts_with("customer.") || name.starts_with("agent.");
    text_of(value).is_some_and(|id| nobody::is_nobodys(&id, is_person))
}

fn text(value: &Value, repairs: &mut Vec<What>) -> Option<Json<'static>> {
    if value.kind() == ValueKind::Number {
        repairs.push(What::NumberAsText);
    }
    text_of(value).map(Json::text)
}

/// A text for people: without entities and line breaks, and no longer than its field.
fn label(value: &Value, repairs: &mut Vec<What>) -> Option<Json<'static>> {
    let Json::Text(text) = text(value, repairs)? else { return None };
    let decoded = entities::decoded(&text);
    if *decoded != *text {
        repairs.push(What::Entities);
    }
    let mut kept: String = decoded.chars().map(|c| if is_unprintable(c) { ' ' } else { c }).collect();
    if kept != *decoded {
        repairs.push(What::Controls);
    }
    if let Some((end, _)) = kept.char_indices().nth(MAX_NAME - 1)
        && kept[end..].chars().nth(1).is_some()
    {
        kept.truncate(end);
        kept.push('…');
        repairs.push(What::Cut);
    }
    Some(kept.trim()).filter(|kept| !kept.is_empty()).map(Json::text)
}

/// A time that cannot be read stays as it is, so that the event's rules say how it has to be written.
fn time(value: &Value, zone: Tz, repairs: &mut Vec<What>) -> Option<Json<'static>> {
    let text = text_of(value)?;
    let Some((at, what)) = moment::read(&text, zone) else { return Some(Json::text(text)) };
    repairs.extend(what);
    Some(Json::text(at.to_rfc3339()))
}

fn phone_number(value: &Value, region: Option<&str>, repairs: &mut Vec<What>) -> Option<Json<'static>> {
    let text = text_of(value)?;
    let number = phone::international(&text, region)?;
    if number != text {
        repairs.push(What::Phone);
    }
    Some(Json::text(number))
}

fn language_tag(value: &Value, repairs: &mut Vec<What>) -> Option<Json<'static>> {
    let text = text_of(value)?;
    let tag = language(&text)?;
    if tag != text {
        repairs.push(What::Language);
    }
    Some(Json::text(tag))
}

/// The tag of a language that is named by a tag, or by its own or its English name; what tells its countries apart is
/// left out, as in `Português do Brasil` and `English (UK)`.
pub(super) fn language(text: &str) -> Option<String> {
    let is_tag = locale::code(&locale::base(text).to_lowercase()).is_some();
    if is_tag {
        return Some(text.replace('_', "-"));
    }
    let first = text.split([' ', '(', ',']).next().unwrap_or_default();
    locale::named(text).or_else(|| locale::named(first)).map(ToOwned::to_owned)
}

fn whole_number(value: &Value, repairs: &mut Vec<What>) -> Option<Json<'static>> {
    if value.kind() != ValueKind::Number {
        repairs.push(What::TextAsNumber);
    }
    number(&text_of(value)?).map(|number| Json::Number(number.into()))
}

/// The whole number that a text writes.
pub(super) fn number(text: &str) -> Option<i64> {
    let text = text.trim();
    let whole = text.split_once('.').filter(|(_, fraction)| fraction.bytes().all(|digit| digit == b'0'));
    whole.map_or(text, |(whole, _)| whole).parse().ok()
}

fn flag(value: &Value, repairs: &mut Vec<What>) -> Option<Json<'static>> {
    if value.kind() == ValueKind::Bool {
        return Some(Json::Bool(value.is_true()));
    }
    repairs.push(What::TextAsFlag);
    match text_of(value)?.to_lowercase().as_str() {
        "true" | "yes" | "1" | "on" | "да" => Some(Json::Bool(true)),
        "false" | "no" | "0" | "off" | "нет" => Some(Json::Bool(false)),
        _ => None,
    }
}

fn listed(value: &Value, repairs: &mut Vec<What>) -> Option<Json<'static>> {
    if value.kind() != ValueKind::Seq {
        repairs.push(What::Split);
    }
    let mut labels = labels(value);
    if labels.len() > MAX_LABELS {
        labels.truncate(MAX_LABELS);
        repairs.push(What::Cut);
    }
    (!labels.is_empty()).then(|| Json::Array(labels.into_iter().map(Json::text).collect()))
}

/// The labels of a list of texts or of objects, or of one text: `a,b`, `a b`, `[{"tag": "a"}]`.
pub(super) fn labels(value: &Value) -> Vec<String> {
    let parts: Vec<String> = match value.as_str() {
        Some(text) => {
            let separators: &[char] = if text.contains([',', ';', '|']) { &[',', ';', '|'] } else { &[' '] };
            text.split(separators).map(str::to_owned).collect()
        }
        None => value
            .try_iter()
            .map(|items| items.filter_map(|item| name_of(&item)).collect())
            .unwrap_or_default(),
    };
    let mut labels: Vec<String> = parts.iter().map(|part| part.trim().to_owned()).collect();
    labels.retain(|label| !label.is_empty());
    labels
}

/// The name of an entry: itself, or that of its members which is called like a name.
fn name_of(item: &Value) -> Option<String> {
    let names = ["name", "tag", "title"];
    text_of(item).or_else(|| names.iter().find_map(|name| text_of(&item.get_attr(name).ok()?)))
}

fn body_of(value: &Value) -> Option<Json<'static>> {
    let text = serde_json::to_string(value).ok()?;
    Json::parse(text.as_bytes()).ok().filter(|json| matches!(json, Json::Object(_))).map(Json::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(name: &str, form: Form, value: impl Into<Value>) -> (Option<Json<'static>>, Vec<&'static str>) {
        let customs = Customs { zone: Tz::Europe__Moscow, region: Some("RU") };
        let passed = pass(name, form, &value.into(), customs);
        (passed.json, passed.repairs.into_iter().map(What::as_str).collect())
    }

    #[expect(clippy::unnecessary_wraps, reason = "what a field holds may be absent")]
    fn text(text: &str) -> Option<Json<'static>> {
        Some(Json::text(text))
    }

    #[test]
    fn what_templates_write_becomes_what_a_field_holds() {
        assert_eq!(passed("subject.id", Form::Id, 7), (text("7"), vec!["number_as_text"]));
        assert_eq!(passed("subject.id", Form::Id, ""), (None, vec![]));
        assert_eq!(
            passed("customer.telegram_id", Form::Number, "700000001"),
            (Some(Json::Number(700_000_001.into())), vec!["text_as_number"])
        );
        assert_eq!(passed("customer.telegram_id", Form::Number, "@anna"), (None, vec!["dropped"]));
        assert_eq!(
            passed("customer.phone", Form::Text, "8 (999) 000-00-00"),
            (text("+79990000000"), vec!["phone"])
        );
        assert_eq!(passed("customer.phone", Form::Text, "call me"), (None, vec!["dropped"]));
        assert_eq!(passed("customer.language", Form::Text, "German"), (text("de"), vec!["language"]));
        assert_eq!(passed("customer.language", Form::Text, "ru-RU"), (text("ru-RU"), vec![]));
        assert_eq!(passed("customer.language", Form::Text, "Klingon"), (None, vec!["dropped"]));
        assert_eq!(passed("test", Form::Flag, "Да"), (Some(Json::Bool(true)), vec!["text_as_flag"]));
        assert_eq!(
            passed("subject.title", Form::Text, "Чек &amp;\r\nзаказ"),
            (text("Чек &  заказ"), vec!["entities", "controls"])
        );
    }

    #[test]
    fn tags_come_as_lists_of_texts_or_objects_and_as_one_text() {
        let labels = |names: &[&str]| Some(Json::Array(names.iter().map(|name| Json::text(*name)).collect()));
        assert_eq!(passed("tags", Form::Labels, "refund vip"), (labels(&["refund", "vip"]), vec!["split"]));
        assert_eq!(
            passed("tags", Form::Labels, "late refund, vip"),
            (labels(&["late refund", "vip"]), vec!["split"])
        );
        assert_eq!(passed("tags", Form::Labels, vec!["a", "b"]), (labels(&["a", "b"]), vec![]));
        let objects: Vec<Value> = ["a", "b"].map(|tag| minijinja::context! { tag => tag }).into();
        assert_eq!(passed("tags", Form::Labels, objects), (labels(&["a", "b"]), vec![]));
    }

    #[test]
    fn a_long_title_is_cut_to_the_length_of_its_field() {
        let (json, repairs) = passed("subject.title", Form::Text, "ж".repeat(300));
        assert_eq!(repairs, ["cut"]);
        assert_eq!(json, text(&format!("{}…", "ж".repeat(MAX_NAME - 1))));
        assert_eq!(passed("subject.title", Form::Text, "ж".repeat(MAX_NAME)).1, Vec::<&str>::new());
    }
}
