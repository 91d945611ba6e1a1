//! Whether a survey or an answer is selected.

use super::{AnswerFacts, Dimension, Filter, Selection, SurveyFacts};

impl SurveyFacts {
    /// The event's values in one dimension: one, or one for each of its tags or segments. An event without any has the
    /// single value `None`.
    pub fn values(&self, dimension: Dimension) -> Vec<Option<String>> {
        let one = |value: &Option<String>| vec![value.clone()];
        match dimension {
            Dimension::Script => one(&self.script),
            Dimension::Version => vec![self.version.map(|version| version.to_string())],
            Dimension::Agent => one(&self.agent),
            Dimension::Team => one(&self.team),
            Dimension::Store => one(&self.store),
            Dimension::Channel => one(&self.channel),
            Dimension::Tag => each(&self.tags),
            Dimension::Segment => each(&self.segments),
            Dimension::Automation => one(&self.automation),
            Dimension::Kind => vec![Some(self.kind.clone())],
            Dimension::Hook => one(&self.hook),
            Dimension::Tenure => vec![Some(self.tenure.to_string())],
        }
    }
}

fn each(values: &[String]) -> Vec<Option<String>> {
    if values.is_empty() { vec![None] } else { values.iter().cloned().map(Some).collect() }
}

impl Filter {
    #[must_use]
    pub fn takes(&self, survey: &SurveyFacts) -> bool {
        let is_one = survey.values(self.dimension).iter().any(|value| self.values.contains(value));
        is_one != self.is_left_out
    }
}

impl Selection {
    #[must_use]
    pub fn takes(&self, survey: &SurveyFacts) -> bool {
        let is_wanted = self.is_late.is_none_or(|late| survey.customer.is_some() && survey.is_late == late);
        is_wanted && self.days.contains(survey.day) && self.filters.iter().all(|filter| filter.takes(survey))
    }

    /// Whether an answer of a selected survey counts.
    #[must_use]
    pub fn counts(&self, answer: &AnswerFacts) -> bool {
        let has_reason = || answer.reasons.iter().flatten().any(|reason| self.reasons.contains(reason));
        !(self.is_reviewed && answer.is_disputed)
            && (self.bands.is_empty() || answer.band.is_some_and(|band| self.bands.contains(&band)))
            && (self.reasons.is_empty() || has_reason())
    }
}
