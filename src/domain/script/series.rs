//! Answers of all versions are read together by the question's key. So a key keeps its meaning for ever: another
//! metric, scale or factor is another question.

use super::problem::Said;
use super::{Problem, Script};

/// The questions of a script whose key meant something else in an earlier version; the newest version comes first.
#[must_use]
pub fn broken<'s>(script: &Script, earlier: impl IntoIterator<Item = (i64, &'s Script)>) -> Vec<Problem> {
    let earlier: Vec<(i64, &Script)> = earlier.into_iter().collect();
    let mut problems = Vec::new();
    for (place, question) in script.questions.iter().enumerate() {
        let former =
            earlier.iter().find_map(|(version, script)| Some((version, script.question(&question.key)?)));
        let Some((version, former)) = former else { continue };
        let scale = |of: &super::Question| of.scale.map(|scale| scale.to_string()).unwrap_or_default();
        let parts = [
            ("metric", former.metric.to_string(), question.metric.to_string()),
            ("scale", scale(former), scale(question)),
            ("factor", former.factor().to_owned(), question.factor().to_owned()),
            ("orientation", former.orientation.to_string(), question.orientation.to_string()),
        ];
        let Some((what, before, after)) = parts.into_iter().find(|(_, before, after)| before != after) else {
            continue;
        };
        let key = &question.key;
        let message = format!(
            "'{key}' is {what} {before} since version {version} and would be {after}: answers of one key are read \
             together, so give the question another key, or leave the {what} as it was"
        );
        let values =
            vec![("key", key.clone()), ("what", what.to_owned()), ("before", before), ("after", after)];
        problems.push(Problem {
            file: script.slug.clone(),
            line: 1,
            field: format!("questions[{place}].key"),
            message,
            said: Some(Said { id: "lint-series", values }),
        });
    }
    problems
}
