//! What `afterword hook …` prints.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::cli::Output;
use crate::config::Config;
use crate::domain::hook::{Mapped, Missing, Preset, lint, shipped};
use crate::domain::visible::revealed;
use crate::domain::write::About;
use crate::service::hooks::settings::written;
use crate::service::hooks::trying::{COMPARED, Difference, Tried, word};
use crate::service::hooks::{Made, Own, takes_secret, ways};
use crate::store::deliveries::{DeliveryPart, DeliveryRow};
use crate::store::hooks::HookRow;

type Printed = std::io::Result<()>;

/// What to do in the other system, and then here.
pub(super) fn what_to_do(made: &Made, url: &str, to: &mut Output<'_>) -> Printed {
    let help = made.preset.help.get("en").replace("{url}", url);
    if !help.is_empty() {
        writeln!(to.err, "\n{help}\n")?;
    }
    if let Some(text) = shipped::text_to_paste(&made.preset.slug) {
        writeln!(to.err, "{text}\n")?;
    }
    let name = &made.name;
    if made.preset.check.as_ref().is_some_and(crate::domain::hook::verify::Check::needs_secret) {
        writeln!(to.err, "The secret: afterword hook secret {name}")?;
    }
    if !made.preset.vars.is_empty() {
        let vars: Vec<String> =
            made.preset.vars.iter().map(|(name, value)| format!("{name}={}", written(value))).collect();
        writeln!(to.err, "Your own variables: afterword hook set {name} {}", vars.join(" "))?;
    }
    writeln!(to.err, "Send something, and see what it gives: afterword hook log {name}")?;
    writeln!(to.err, "When it is right: afterword hook go {name}")
}

pub(super) fn hook(row: &HookRow, to: &mut Output<'_>) -> Printed {
    let HookRow { name, preset, state, created_at, .. } = row;
    write!(to.out, "{}  {preset}  {state}  since {created_at}", revealed(name))?;
    let own = Own::of(row).to_string();
    if !own.is_empty() {
        write!(to.out, "  {own}")?;
    }
    if row.secrets.is_empty() && state != "revoked" && takes_secret(row) {
        write!(to.out, "  no secret")?;
    }
    if row.secrets.lines().count() > 1 {
        write!(to.out, "  two secrets are valid")?;
    }
    writeln!(to.out)
}

pub(super) fn delivery(row: &DeliveryRow, to: &mut Output<'_>) -> Printed {
    let reason = row.reason.as_ref().map(|reason| format!("({})", revealed(reason))).unwrap_or_default();
    let event = row.event_id.as_deref().map(|id| format!("  {}", revealed(id))).unwrap_or_default();
    writeln!(to.out, "{}  {}  {}{reason}{event}", row.id, row.received_at, row.state)
}

/// What was delivered.
pub(super) fn content(row: &DeliveryRow, to: &mut Output<'_>) -> Printed {
    let body = BASE64.decode(&row.body).unwrap_or_default();
    let headers: Vec<(String, String)> = serde_json::from_str(&row.headers).unwrap_or_default();
    let query: Vec<(String, String)> = serde_json::from_str(&row.query).unwrap_or_default();
    for (name, value) in headers {
        writeln!(to.out, "  {name}: {}", revealed(&value))?;
    }
    for (name, value) in query {
        writeln!(to.out, "  ?{}={}", revealed(&name), revealed(&value))?;
    }
    writeln!(to.out, "\n{}\n", revealed(&String::from_utf8_lossy(&body)))
}

/// What became of each element of a delivery that holds several.
pub(super) fn parts(parts: &[DeliveryPart], to: &mut Output<'_>) -> Printed {
    for DeliveryPart { part, state, reason, event_id, .. } in parts {
        let reason = reason.as_ref().map(|reason| format!("({})", revealed(reason))).unwrap_or_default();
        let event = event_id.as_deref().map(|id| format!("  {}", revealed(id))).unwrap_or_default();
        writeln!(to.out, "element {part}  {state}{reason}{event}")?;
    }
    Ok(())
}

/// Every field, and what would become of the event; so of each element if there are several.
pub(super) fn tried(tried: &[Tried], to: &mut Output<'_>) -> Printed {
    for (one, number) in tried.iter().zip(1..) {
        if tried.len() > 1 {
            writeln!(to.out, "\nelement {number}")?;
        }
        tried_one(one, to)?;
    }
    Ok(())
}

fn tried_one(tried: &Tried, to: &mut Output<'_>) -> Printed {
    let trial = &tried.trial;
    if let Some(rule) = trial.rule {
        writeln!(to.out, "rule {rule}")?;
    }
    for field in &trial.fields {
        let value = field.value.as_deref().unwrap_or("absent");
        writeln!(to.out, "  {:<25} {value}    = {}", field.field, field.expression.replace('\n', " "))?;
        for repair in trial.repairs.iter().filter(|repair| repair.field == field.field) {
            let now = field.got.as_ref().map(|got| format!(", now {}", revealed(got))).unwrap_or_default();
            writeln!(to.out, "  {:<26}  repaired: {}{now}", "", repair.what)?;
        }
    }
    match (&trial.mapped, &tried.foreseen) {
        (Mapped::Event(event), Some(foreseen)) => {
            let due = foreseen.due_at.map(|at| format!(", due {at}")).unwrap_or_default();
            let known = if foreseen.known { "; it is known already" } else { "" };
            writeln!(to.out, "event {}: {}{due}{known}", revealed(&event.event_id), foreseen.state)
        }
        (Mapped::Event(event), None) => {
            let id = revealed(&event.event_id);
            writeln!(to.out, "event {id}: an event with this ID and other content is known, and stays")
        }
        (other, _) => writeln!(to.out, "{}", revealed(&word(other))),
    }
}

/// The calls that the preset would make about the events, with words in place of what only a real one has.
pub(super) fn calls(preset: &Preset, tried: &[Tried], to: &mut Output<'_>) -> Printed {
    for tried in tried {
        let Mapped::Event(event) = &tried.trial.mapped else { continue };
        for write in &preset.writes {
            let is_asked_about = event.kind.asks() && About::of(event.kind) == Some(write.about);
            let filled = is_asked_about.then(|| {
                write.fill(&minijinja::context! {
                    base => "https://HELPDESK",
                    user => "LOGIN",
                    password => "PASSWORD",
                    ticket => event.subject.id.as_deref(),
                    email => event.customer.email.as_deref(),
                    text => "TEXT",
                    link => "LINK",
                })
            });
            match filled {
                None => {}
                Some(Err(why)) => writeln!(to.out, "no call: {why}")?,
                Some(Ok(call)) => {
                    let body = String::from_utf8_lossy(&call.body).into_owned();
                    writeln!(to.out, "call {} {}  {}", call.method, revealed(&call.url), revealed(&body))?;
                }
            }
        }
    }
    Ok(())
}

/// Names for which the delivery has nothing: slips of the pen first, then what the system may have left out.
pub(super) fn missing(missing: &[Missing], to: &mut Output<'_>) -> Printed {
    for Missing { place, path, meant } in missing {
        if let Some(meant) = meant {
            let (path, meant) = (revealed(path), revealed(meant));
            writeln!(to.err, "{place}: the delivery has no {path}; did you mean {meant} in its place?")?;
        }
    }
    let absent = missing.iter().filter(|missing| missing.meant.is_none());
    let absent: Vec<String> = absent.map(|missing| revealed(&missing.path).to_string()).collect();
    if !absent.is_empty() {
        writeln!(to.err, "the delivery has no {}", absent.join(", "))?;
    }
    Ok(())
}

/// What is probably wrong with a preset.
pub(super) fn notes(preset: &Preset, config: &Config, to: &mut Output<'_>) -> Printed {
    for slip in lint::slips(preset) {
        writeln!(to.err, "note: {slip}")?;
    }
    if let Some(why) = ways::unreachable(preset, config) {
        writeln!(to.err, "note: {why}")?;
    }
    Ok(())
}

pub(super) fn differences(differences: &[Difference], to: &mut Output<'_>) -> Printed {
    if differences.is_empty() {
        return writeln!(to.err, "changed; the newest {COMPARED} deliveries give the same");
    }
    for Difference { delivery, before, after } in differences {
        writeln!(to.out, "{delivery}  {}  ->  {}", revealed(before), revealed(after))?;
    }
    writeln!(to.err, "changed; these of the newest {COMPARED} deliveries give something else")
}
