//! KPIs of support and cases: complete counts of events, with an interval where a share is shown.

mod cases;
mod reply;
mod request;
mod tickets;

use std::collections::BTreeSet;

pub use cases::{CaseKpis, CauseRow};
pub use reply::{ContactRate, DurationFigures, KpisReport, OpenFigures, RateFigure, SaidFigures, TicketKpis};
pub use request::{KpisRequest, Targets};

use super::{Head, ShareFigure};
use crate::domain::counting::{Dimension, EventFacts, Grouping};
use crate::service::Context;
use crate::service::figures::{Asked, Counted, FiguresError};
use crate::store::Tx;
use crate::store::kpis::CutRow;

pub const PATH: &str = "/v1/figures/kpis";

/// Counts the KPIs of a period.
pub async fn kpis(tx: &mut Tx, ctx: &Context, wanted: &KpisRequest) -> Result<KpisReport, FiguresError> {
    let asked = Asked::about(tx, ctx, &wanted.request).await?;
    let all = Counted::count(tx, &asked, asked.period, Grouping::None).await?;
    let mut head = Head::of(&asked, &asked.coverage(&all), PATH);
    head.url.push_str(&wanted.targets.in_url());
    let now = ctx.clock.now();
    let (tickets, contact_rate) = tickets::tickets(tx, &asked, wanted.targets, now).await?;
    let cases = cases::cases(tx, &asked, now).await?;
    Ok(KpisReport { head, tickets, contact_rate, cases })
}

impl Asked {
    /// What the filters look at.
    fn dimensions(&self) -> BTreeSet<Dimension> {
        self.request.filters.iter().map(|filter| filter.dimension).collect()
    }

    /// Whether an event is in the cut.
    fn takes(&self, cut: &CutRow, kind: &str) -> bool {
        let filters = &self.request.filters;
        filters.is_empty() || {
            let event: EventFacts = cut.facts(kind, self.zone, self.new_agent_days);
            filters.iter().all(|filter| filter.takes_event(&event))
        }
    }
}
