//! `afterword erase`: erases a customer. Their choices stay, anonymous.

use super::{DONE, Misuse, Output, PROBLEMS, Setup};
use crate::domain::counted::counted;
use crate::domain::event::known_customer_id;
use crate::jobs::erasing;
use crate::store;

pub async fn run(setup: &Setup, customer: &str, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let customer = known_customer_id(customer).map_err(|problem| Misuse(format!("CUSTOMER_ID {problem}")))?;
    let db = setup.open_db().await?;
    let ctx = setup.context(&db).await?;
    let Some(erased) = erasing::customer(&db, &ctx, &customer).await? else {
        writeln!(
            to.err,
            "afterword: nothing is stored about a customer '{customer}'; IDs are compared to the letter"
        )?;
        return Ok(PROBLEMS);
    };
    writeln!(
        to.out,
        "erased: {}, {}; what was chosen stays, anonymous",
        counted(erased.events, "event", "events"),
        counted(erased.surveys, "survey", "surveys")
    )?;
    let posted = erased.alerts + erased.copies;
    if posted > 0 {
        writeln!(
            to.out,
            "{} and {} in chats by a running 'afterword serve'",
            counted(erased.alerts, "alert is edited", "alerts are edited"),
            counted(erased.copies, "copied message deleted", "copied messages deleted")
        )?;
    }
    if !db.scrub().await? {
        writeln!(
            to.err,
            "the database is being read: a running 'afterword serve' cleans its log in a moment"
        )?;
    }
    for copy in db.file().map(store::copies_beside).unwrap_or_default() {
        writeln!(
            to.err,
            "a copy made before a migration still holds the customer, delete it: {}",
            copy.display()
        )?;
    }
    db.close().await;
    Ok(DONE)
}
