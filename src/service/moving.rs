//! A customer has another chat now: a newer link was tapped elsewhere, or the phone number belongs to another account.
//!
//! What is still to be sent goes to the new chat by itself. A survey that nobody has touched follows, if there is no
//! other in the new chat and its person is one to be asked; one that was begun stays with whoever began it, for nobody shall read another's answers.

use crate::domain::ledger::State;
use crate::domain::survey::Dialogue;
use crate::domain::time::Timestamp;
use crate::service::answers::{self, Loaded};
use crate::service::{Context, people, staff};
use crate::store::{self, Tx};

/// A customer who has got a person, and whoever it was before.
#[derive(Clone, Copy, Debug)]
pub struct Moved {
    pub customer: i64,
    pub from: Option<i64>,
}

/// Lets a customer's surveys follow to the new person.
pub async fn follow(tx: &mut Tx, ctx: &Context, moved: Moved, to: i64, now: Timestamp) -> store::Result<()> {
    let Some(from) = moved.from.filter(|from| *from != to) else { return Ok(()) };
    for survey in tx.list_open_surveys_of_customer(moved.customer, from).await? {
        if let Some(loaded) = Loaded::find(tx, ctx, survey).await? {
            move_survey(tx, ctx, loaded, to, now).await?;
        }
    }
    Ok(())
}

async fn move_survey(
    tx: &mut Tx,
    ctx: &Context,
    loaded: Loaded,
    to: i64,
    now: Timestamp,
) -> store::Result<()> {
    let row = &loaded.row;
    match row.state()? {
        State::Sending if tx.take_back_invitation(row.id).await? => {
            tx.move_survey(row.id, State::Sending, State::Scheduled, now)?;
            tx.release_survey(row.id, row.due_at.unwrap_or(now)).await
        }
        State::Sent if loaded.dialogue == Dialogue::begin() && loaded.takes_answers(now)? => {
            let Some(person) = tx.find_person(to).await? else { return Ok(()) };
            let may_be_asked = row.test
                || person.opted_out_at.is_none()
                    && staff::role(tx, ctx, to).await?.is_none()
                    && !tx.has_open_survey(to).await?;
            if !may_be_asked || person.unreachable.is_some() {
                return Ok(());
            }
            answers::show_elsewhere(tx, ctx, loaded, to, people::locale(ctx, &person), now).await
        }
        _ => Ok(()),
    }
}
