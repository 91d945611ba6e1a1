//! A question's key identifies its answers across all versions. So a key must keep its meaning for ever: another
//! metric, scale or factor makes it another question.

use super::problem::Said;
use super::{Problem, Script};

/// The questions of a script whose key meant something else in an earlier version. `earlier` holds the versions, newest
/// first.
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
            said: Said { id: "lint-series", values },
        });
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::domain::locale::Languages;
    fn script(question: &str) -> Script {
        let source = format!(
            "slug = \"own\"\non = \"purchase\"\ntitle = {{ ru = \"Т\", en = \"T\" }}\n[[questions]]\nkey = \"q\"\n\
             text = {{ ru = \"Как?\", en = \"How?\" }}\n{question}\n"
        );
        Script::parse("own.toml", source, &Languages::default()).unwrap().script
    }

    #[test]
    fn wording_and_bands_keep_a_series_and_metric_scale_factor_and_orientation_break_it() {
        let first = script("metric = \"ces\"\nscale = \"1-5\"");
        let what = |question: &str| {
            let problems = broken(&script(question), [(3, &first)]);
            problems.first().map(|problem| problem.said.values[1].1.clone())
        };
        assert_eq!(what("metric = \"ces\"\nscale = \"1-5\"\nbands = { low_max = 1, high_min = 5 }"), None);
        assert_eq!(what("metric = \"ces\"\nscale = \"1-5\"\nfactor = \"q\""), None, "the key stands for it");
        assert_eq!(what("metric = \"csat\"\nscale = \"1-5\"").as_deref(), Some("metric"));
        assert_eq!(what("metric = \"ces\"\nscale = \"1-7\"").as_deref(), Some("scale"));
        assert_eq!(what("metric = \"ces\"\nscale = \"1-5\"\nfactor = \"form\"").as_deref(), Some("factor"));
        assert_eq!(
            what("metric = \"ces\"\nscale = \"1-5\"\norientation = \"high_is_hard\"").as_deref(),
            Some("orientation")
        );
    }

    #[test]
    fn a_key_that_was_given_up_keeps_its_meaning() {
        let (first, second) = (script("metric = \"csi\"\nscale = \"1-5\""), {
            let mut without = script("metric = \"csi\"\nscale = \"1-5\"");
            without.questions[0].key = "other".to_owned();
            without
        });
        let again = script("metric = \"csi\"\nscale = \"0-10\"");
        let problems = broken(&again, [(2, &second), (1, &first)]);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].to_string().contains("since version 1"), "{}", problems[0]);
    }
}
