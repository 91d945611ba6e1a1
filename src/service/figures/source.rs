//! Where counts come from. Nothing else in the figures reads the database for them.

use crate::domain::counting::{Counting, Counts, Days, Selection, Series};
use crate::domain::stats::clusters::{Clusters, Rho};
use crate::store::{self, Tx};

pub async fn count(tx: &mut Tx, counting: &Counting) -> store::Result<Counts> {
    tx.count_surveys(counting).await
}

/// ρ of some questions, from all their answers of these days, without any cut.
pub async fn rhos(tx: &mut Tx, series: &[Series], days: Days, like: &Selection) -> store::Result<Vec<Rho>> {
    let selection = Selection::of(days, like.zone, like.new_agent_days);
    let clusters = tx.count_clusters(series, &selection).await?;
    Ok(clusters.iter().map(Clusters::rho).collect())
}
