//! The parameters of the figures and of each report, for the description. Requests are read by
//! [`Request::parse`](crate::service::figures::request::Request::parse) and
//! [`KpisRequest::parse`](crate::service::figures::reports::kpis::KpisRequest::parse).

use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};

/// The name of each parameter, whether it may come several times, and what it is for.
const PARAMETERS: &[(&str, bool, &str)] = &[
    (
        "script",
        true,
        "Only these scripts. As with every filter below: several values select any of them, several filters have to \
         match together, `NAME!=VALUE` leaves a value out, and `(none)` or an empty value stands for events without one.",
    ),
    ("question", true, "Only these questions, by key. Without it, every question by itself."),
    ("factor", true, "Only questions about these factors."),
    (
        "index",
        true,
        "Indices, separated by commas; `share_KEY` is the share of an option. Without it, the primary index of each \
         question with the shares of its bands, and all options of a choice.",
    ),
    ("version", true, "Only these versions of the script."),
    ("agent", true, "Only these agents, by ID."),
    ("team", true, "Only these teams."),
    ("store", true, "Only these stores."),
    ("channel", true, "Only these channels."),
    ("tag", true, "Only events with one of these tags."),
    ("segment", true, "Only events of customers in one of these segments."),
    ("automation", true, "Only events that these rules or templates answered."),
    ("kind", true, "Only these kinds of events: `purchase`, `ticket_closed`."),
    ("hook", true, "Only events that came in through these hooks."),
    ("tenure", true, "How long the agent had been in the job: `new`, `established`, `unknown`."),
    ("band", true, "Only answers in these bands. It selects answers and leaves the ledger as it is."),
    ("reason", true, "Only answers for which one of these reasons was given."),
    (
        "period",
        false,
        "`2026-11-21`, `2026-W47`, `2026-11`, `2026-Q4`, `2026`, or two of these like `2026-08..2026-10`, both \
         included. Without it, the newest settled month.",
    ),
    ("from", false, "The first day. Only with `to` and without `period`."),
    ("to", false, "The last day, included."),
    ("by", false, "A row for each value of a filter, or for each `day`, `week` or `month`."),
    ("compare", false, "`previous`, or a period to compare with."),
    (
        "first_response_target",
        false,
        "How long the first response may take, such as `15m`. The report says which share was within it.",
    ),
    ("resolution_target", false, "The same for the handling time."),
    (
        "reviewed",
        false,
        "`true` leaves out the answers that a confirmed dispute names. Scores cannot be disputed yet, so it changes \
         nothing.",
    ),
];

/// What only the KPIs take.
const TARGETS: [&str; 2] = ["first_response_target", "resolution_target"];

/// Defines the parameters of one address: all but those listed, and the targets only where it says so.
macro_rules! parameters {
    ($($name:ident: all but $left_out:expr, with targets $with_targets:literal;)+) => {$(
        #[derive(Debug)]
        pub(in crate::api) enum $name {}

        impl IntoParams for $name {
            fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
                let left_out: &[&str] = &$left_out;
                let is_taken = |name: &str| {
                    !left_out.contains(&name) && ($with_targets || !TARGETS.contains(&name))
                };
                let taken = PARAMETERS.iter().filter(|(name, ..)| is_taken(name));
                taken.map(|(name, is_list, about)| parameter(name, *is_list, about)).collect()
            }
        }
    )+};
}

parameters! {
    OfFigures: all but [], with targets false;
    OfReport: all but ["index", "by", "compare"], with targets false;
    OfDrivers: all but ["index", "by", "compare", "question", "factor"], with targets false;
    OfDecomposition: all but ["index"], with targets false;
    OfWaiting: all but ["index", "by", "compare", "band", "reason"], with targets false;
    OfKpis: all but [
        "script", "question", "factor", "index", "version", "kind", "band", "reason", "by", "compare", "reviewed"
    ], with targets true;
}

fn parameter(name: &str, is_list: bool, about: &str) -> Parameter {
    let text = || ObjectBuilder::new().schema_type(Type::String).build();
    let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query);
    let parameter = parameter.required(Required::False).description(Some(about));
    if is_list {
        parameter.schema(Some(ArrayBuilder::new().items(text()))).build()
    } else {
        parameter.schema(Some(text())).build()
    }
}
