//! Whether a survey, an event or an answer is selected.

use super::{AnswerFacts, Dimension, EventFacts, Filter, Selection, SurveyFacts};

impl SurveyFacts {
    /// The survey's values in one dimension: its own script and version, all else as the event has it.
    pub fn values(&self, dimension: Dimension) -> Vec<Option<String>> {
        match dimension {
            Dimension::Script => vec![self.script.clone()],
            Dimension::Version => vec![self.version.map(|version| version.to_string())],
            of_event => self.event.values(of_event),
        }
    }
}

impl EventFacts {
    /// The event's values in one dimension: one, or one for each of its tags or segments. An event without any has the
    /// single value `None`. Script and version belong to surveys.
    fn values(&self, dimension: Dimension) -> Vec<Option<String>> {
        match dimension {
            Dimension::Script | Dimension::Version => vec![None],
            Dimension::Agent => vec![self.agent.clone()],
            Dimension::Team => vec![self.team.clone()],
            Dimension::Store => vec![self.store.clone()],
            Dimension::Channel => vec![self.channel.clone()],
            Dimension::Tag => each(&self.tags),
            Dimension::Segment => each(&self.segments),
            Dimension::Automation => vec![self.automation.clone()],
            Dimension::Kind => vec![Some(self.kind.clone())],
            Dimension::Hook => vec![self.hook.clone()],
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
        self.takes_any(&survey.values(self.dimension))
    }

    #[must_use]
    pub fn takes_event(&self, event: &EventFacts) -> bool {
        self.takes_any(&event.values(self.dimension))
    }

    fn takes_any(&self, values: &[Option<String>]) -> bool {
        values.iter().any(|value| self.values.contains(value)) != self.is_left_out
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
