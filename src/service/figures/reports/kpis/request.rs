//! What may be asked of the KPIs: the filters of events, a period and two targets.

use std::time::Duration;

use crate::domain::counting::{Dimension, Grouping};
use crate::domain::event::FieldError;
use crate::domain::time::{format_duration, parse_duration};
use crate::service::figures::request::Request;

/// A request for KPIs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KpisRequest {
    pub request: Request,
    pub targets: Targets,
}

/// How long a wait may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    pub first_response: Option<Duration>,
    pub resolution: Option<Duration>,
}

const FIRST_RESPONSE: &str = "first_response_target";
const RESOLUTION: &str = "resolution_target";

impl KpisRequest {
    /// Reads names and values like [`Request::parse`]. The error names every mistake.
    pub fn parse<'p>(pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut targets = Targets::default();
        let mut others = Vec::new();
        for (name, value) in pairs {
            let place = match name {
                FIRST_RESPONSE => &mut targets.first_response,
                RESOLUTION => &mut targets.resolution,
                _ => {
                    others.push((name, value));
                    continue;
                }
            };
            match parse_duration(value) {
                Ok(_) if place.is_some() => errors.push(FieldError::new(name, "is given twice")),
                Ok(target) => *place = Some(target),
                Err(error) => errors.push(FieldError::new(name, error)),
            }
        }
        match Request::parse(others) {
            Ok(request) => {
                errors.extend(unfit(&request));
                if errors.is_empty() { Ok(Self { request, targets }) } else { Err(errors) }
            }
            Err(more) => Err(errors.into_iter().chain(more).collect()),
        }
    }
}

impl KpisRequest {
    /// The KPIs of the same cut. `None` if it is a cut of surveys or answers.
    #[must_use]
    pub fn of_cut(request: &Request) -> Option<Self> {
        unfit(request).is_empty().then(|| Self { request: request.clone(), targets: Targets::default() })
    }
}

/// What asks about surveys and answers. The KPIs count events.
fn unfit(request: &Request) -> Vec<FieldError> {
    let has = |dimension: Dimension| request.filters.iter().any(|filter| filter.dimension == dimension);
    let given = [
        ("script", has(Dimension::Script)),
        ("version", has(Dimension::Version)),
        ("kind", has(Dimension::Kind)),
        ("question", !request.questions.is_empty()),
        ("factor", !request.factors.is_empty()),
        ("index", !request.indices.is_empty()),
        ("band", !request.bands.is_empty()),
        ("reason", !request.reasons.is_empty()),
        ("by", request.grouping != Grouping::None),
        ("compare", request.compare.is_some()),
        ("reviewed", request.is_reviewed),
    ];
    let unfit = given.into_iter().filter(|(_, is_given)| *is_given);
    unfit
        .map(|(name, _)| FieldError::new(name, "does not go with this report: it counts events, not answers"))
        .collect()
}

impl Targets {
    /// The targets as they stand at the end of an address.
    pub(super) fn in_url(self) -> String {
        let given = [(FIRST_RESPONSE, self.first_response), (RESOLUTION, self.resolution)];
        let given = given.into_iter().filter_map(|(name, target)| Some((name, target?)));
        let pairs = given.map(|(name, target)| ["&", name, "=", &format_duration(target)].concat());
        pairs.collect()
    }
}
