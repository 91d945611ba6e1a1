//! Tidies the description: objects allow only the members they name, and a schema composed of several objects becomes a
//! single object.

use serde_json::{Map, Value};

pub(super) fn tidy(document: &mut Value) {
    let schemas = document["components"]["schemas"].clone();
    walk(document, &schemas);
    drop_unused(document);
}

fn walk(value: &mut Value, schemas: &Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, schemas)),
        Value::Object(members) => {
            if let Some(Value::Array(parts)) = members.remove("allOf") {
                join(members, &parts, schemas);
            }
            let is_closed =
                members.contains_key("properties") && !members.contains_key("additionalProperties");
            if is_closed && members.get("type").is_some_and(|kind| kind == "object") {
                members.insert("additionalProperties".to_owned(), false.into());
            }
            members
                .iter_mut()
                .filter(|(name, _)| !name.starts_with("example"))
                .for_each(|(_, member)| walk(member, schemas));
        }
        _ => {}
    }
}

/// Merges the parts into one object. If several parts describe the same member, the last one wins.
fn join(whole: &mut Map<String, Value>, parts: &[Value], schemas: &Value) {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for part in parts {
        let mut part = resolved(part, schemas).clone();
        if let Some(Value::Array(inner)) = part.get("allOf") {
            let mut joined = Map::new();
            join(&mut joined, inner, schemas);
            part = Value::Object(joined);
        }
        properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
        required.extend(part["required"].as_array().cloned().unwrap_or_default());
    }
    whole.insert("type".to_owned(), "object".into());
    whole.insert("properties".to_owned(), properties.into());
    whole.insert("required".to_owned(), required.into());
}

fn resolved<'s>(schema: &'s Value, schemas: &'s Value) -> &'s Value {
    let name = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
    name.map_or(schema, |name| &schemas[name])
}

/// Removes the schemas that were only parts of others.
fn drop_unused(document: &mut Value) {
    let mut used = Vec::new();
    note(&document["paths"], document, &mut used);
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.retain(|name, _| used.contains(name));
    }
}

fn note(value: &Value, document: &Value, used: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| note(item, document, used)),
        Value::Object(members) => {
            for (name, member) in members {
                let target = member.as_str().and_then(|text| text.rsplit('/').next());
                match target.filter(|_| name == "$ref") {
                    Some(target) if !used.iter().any(|known| known == target) => {
                        used.push(target.to_owned());
                        note(&document["components"]["schemas"][target], document, used);
                    }
                    _ => note(member, document, used),
                }
            }
        }
        _ => {}
    }
}
