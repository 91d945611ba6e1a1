//! What expressions can see of a delivery.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use minijinja::value::{Serde, Value};

use super::{Delivery, EARLIER, ITEM, Settings};
use crate::domain::hook::body::Body;
use crate::domain::hook::preset::Preset;

/// What expressions can see. Our own names hide members of the body that are called the same.
pub(super) fn scope(
    preset: &Preset,
    settings: &Settings,
    delivery: &Delivery,
    body: &Body,
) -> BTreeMap<String, Value> {
    let mut scope = BTreeMap::new();
    if let Ok(keys) = body.content.try_iter() {
        for key in keys {
            if let (Some(name), Ok(value)) = (key.as_str(), body.content.get_item(&key)) {
                scope.insert(name.to_owned(), value);
            }
        }
    }
    let pairs = |pairs: &[(String, String)]| -> Value {
        Value::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    };
    let vars = preset
        .vars
        .keys()
        .filter_map(|name| Some((name.clone(), Value::from(Serde(preset.var(name, &settings.vars)?)))));
    let zone = settings.zone.or(preset.zone).unwrap_or(Tz::UTC);
    let region = settings.region.as_deref().or(preset.region.as_deref());
    for (name, value) in [
        ("body", body.content.clone()),
        ("form", body.form.clone()),
        ("headers", pairs(&delivery.headers)),
        ("query", pairs(&delivery.query)),
        ("received_at", Value::from(delivery.received_at.to_rfc3339())),
        ("vars", Value::from_pairs(vars)),
        ("hook", Value::from(settings.name.as_str())),
        ("tz", Value::from(zone.name())),
        ("region", region.map_or_else(Value::default, Value::from)),
        (EARLIER, Value::default()),
        (ITEM, Value::default()),
    ] {
        scope.insert(name.to_owned(), value);
    }
    scope
}
