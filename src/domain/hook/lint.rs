//! What is probably a mistake in a preset, though the preset can work.

use std::collections::BTreeMap;

use super::mapping::OWN_NAMES;
use super::preset::Preset;

/// Shorter names than this are often near to another one without being a slip: `from` is not `form`.
const SHORTEST: usize = 5;
/// A name that stands once is compared with names that stand at least so often.
const OFTEN: usize = 3;

/// Names in expressions that look like slips of the pen, as sentences with their places. A preset names members of
/// bodies that nobody has seen yet, so a name is compared with those that are always there, and with the preset's other
/// names in the same object.
#[must_use]
pub fn slips(preset: &Preset) -> Vec<String> {
    // Each name with the object that it is a member of: the name `issue.client.id` has three of them.
    let mut named: BTreeMap<(String, String), (usize, String)> = BTreeMap::new();
    for (place, expression) in preset.expressions() {
        for path in expression.variables() {
            let mut parent = String::new();
            for name in path.split('.') {
                let at = named.entry((parent.clone(), name.to_owned())).or_insert((0, place.clone()));
                at.0 += 1;
                if !parent.is_empty() {
                    parent.push('.');
                }
                parent.push_str(name);
            }
        }
    }
    let often = |parent: &str, than: &str| -> Vec<&str> {
        let siblings = named.iter().filter(|((other, name), (count, _))| {
            other == parent && *count >= OFTEN && name != than && name.len() >= SHORTEST
        });
        siblings.map(|((_, name), _)| name.as_str()).collect()
    };
    let mut slips = Vec::new();
    for ((parent, name), (count, place)) in &named {
        let is_own = parent.is_empty() && OWN_NAMES.contains(&name.as_str());
        if is_own || name.len() < SHORTEST {
            continue;
        }
        let own = OWN_NAMES.into_iter().filter(|own| parent.is_empty() && own.len() >= SHORTEST);
        let others = if *count == 1 { often(parent, name) } else { Vec::new() };
        // More than one slip in a name would be a name of its own: `reacted_at` is not `created_at`.
        let meant = own.chain(others).find(|other| strsim::damerau_levenshtein(name, other) == 1);
        if let Some(meant) = meant.filter(|meant| !meant.eq_ignore_ascii_case(name)) {
            let path =
                |name: &str| if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") };
            slips.push(format!("{place}: {} may be a slip; did you mean {}?", path(name), path(meant)));
        }
    }
    slips
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hook::shipped;

    #[test]
    fn a_name_that_stands_once_beside_one_that_stands_often_is_a_slip() {
        let source = r#"
preset = "own"
[[rule]]
when = "ticket.status == 'closed' and recieved_at"
kind = "'ticket_closed'"
set = "ticket"
[set.ticket]
event_id = "cat('own-', ticket.number)"
occurred_at = "ticket.closed_at or received_at"
"customer.id" = "tikcet.client.number"
"customer.name" = "ticket.client.name"
"subject.id" = "ticket.number"
"#;
        let preset = Preset::parse(source).unwrap();
        assert_eq!(
            slips(&preset),
            [
                "rule 1, when: recieved_at may be a slip; did you mean received_at?",
                "rule 1, customer.id: tikcet may be a slip; did you mean ticket?",
            ]
        );
    }

    #[test]
    fn no_shipped_preset_has_one() {
        for (slug, _) in shipped::SHIPPED {
            let preset = shipped::find(slug).unwrap();
            assert_eq!(slips(&preset), Vec::<String>::new(), "{slug}");
        }
    }
}
