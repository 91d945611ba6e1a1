//! What a hook has of its own: variables, time zone, region. It is stored as a TOML text.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use toml::Value;

use super::{Refused, preset};
use crate::domain::hook::phone::known_region;
use crate::domain::hook::{Preset, Settings};
use crate::service::Unit;
use crate::store;
use crate::store::hooks::HookRow;

/// A hook's own settings.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Own {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tz: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub vars: BTreeMap<String, Value>,
}

impl Own {
    /// Reads what a row has stored. What cannot be read is as if it had never been set.
    #[must_use]
    pub fn of(row: &HookRow) -> Self {
        toml::from_str(&row.settings).unwrap_or_default()
    }

    /// The settings for the mapping.
    #[must_use]
    pub fn settings(self, name: &str) -> Settings {
        Settings {
            name: name.to_owned(),
            vars: self.vars,
            zone: self.tz.and_then(|tz| tz.parse().ok()),
            region: self.region,
        }
    }

    /// Sets one of them, as `name=value` is written. An empty value takes the preset's.
    ///
    /// # Errors
    /// Returns a sentence: there is no such setting, or the value does not fit.
    pub fn set(&mut self, preset: &Preset, name: &str, value: &str) -> Result<(), String> {
        let value = value.trim();
        match name {
            "tz" => {
                if !value.is_empty() && value.parse::<chrono_tz::Tz>().is_err() {
                    return Err(format!("'{value}' is no time zone: write an IANA name, like Europe/Moscow"));
                }
                self.tz = Some(value.to_owned()).filter(|tz| !tz.is_empty());
            }
            "region" => {
                if !value.is_empty() {
                    known_region(value)?;
                }
                self.region = Some(value.to_uppercase()).filter(|region| !region.is_empty());
            }
            name => {
                let read = preset.read_var(name, value)?;
                if value.is_empty() {
                    self.vars.remove(name);
                } else {
                    self.vars.insert(name.to_owned(), read);
                }
            }
        }
        Ok(())
    }
}

/// As an admin would write them.
impl fmt::Display for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = [("tz", &self.tz), ("region", &self.region)];
        let named = named.into_iter().filter_map(|(name, value)| Some((name, value.clone()?)));
        let vars = self.vars.iter().map(|(name, value)| (name.as_str(), written(value)));
        let all: Vec<String> = named.chain(vars).map(|(name, value)| format!("{name}={value}")).collect();
        f.write_str(&all.join(" "))
    }
}

/// A variable's value as an admin writes it.
#[must_use]
pub fn written(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(written).collect::<Vec<_>>().join(","),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Changes a hook's settings: all of them, or none if one is wrong.
pub async fn change(
    unit: &mut Unit<'_>,
    row: &HookRow,
    changes: &[(String, String)],
) -> store::Result<Result<(), Refused>> {
    let preset = match preset(&row.preset, row.source.as_deref()) {
        Ok(preset) => preset,
        Err(refused) => return Ok(Err(refused)),
    };
    let mut own = Own::of(row);
    // Another preset has other variables.
    own.vars.retain(|name, _| preset.vars.contains_key(name));
    for (name, value) in changes {
        if let Err(why) = own.set(&preset, name, value) {
            return Ok(Err(Refused(why)));
        }
    }
    let text = toml::to_string(&own).unwrap_or_default();
    unit.tx.set_hook_settings(row.id, &text).await?;
    Ok(Ok(()))
}
