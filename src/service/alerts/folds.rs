//! Above a certain rate, the alerts of a chat share one message (a "fold"), because a group accepts only a few messages
//! a minute.

use std::collections::BTreeMap;
use std::time::Duration;

use super::chats::Chats;
use super::load::Loaded;
use super::text;
use super::who::Who;
use crate::domain::ids::{CaseNumber, ChatId, PersonId, TopicId};
use crate::service::{Context, Unit, cases};
use crate::store::cases::CaseRow;
use crate::store::folds::{FoldCount, FoldRow, Lists};
use crate::store::{self, Lane, Outgoing, Tx};
use crate::view::View;
use crate::view::alert::{Folded, Line, Standing, fold};
use crate::view::chats::NoChat;

/// The most alerts within `BURST_TIME` that get a message of their own. The limit leaves room in a group's message
/// budget for a new bad score, and for the fold that takes the next one.
const BURST: i64 = 5;
const BURST_TIME: Duration = Duration::from_mins(1);
/// The most alerts within `WINDOW` that get a message of their own. Folded alerts count too; otherwise separate
/// messages would start again with every window.
const MOST: i64 = 10;
/// How long a fold takes alerts. After that the next fold begins, with a notification sound.
const WINDOW: Duration = Duration::from_mins(5);
/// How many unknown people within `STRANGERS_TIME` get a message of their own. Further ones are listed together.
const STRANGERS: i64 = 5;
const STRANGERS_TIME: Duration = Duration::from_mins(10);
/// How many alerts one message lists, each in a line of its own. The next ones get another message.
const LISTED: i64 = 40;

/// What changed in a fold. A later variant is more important.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// Something already listed changed: reasons, words, or a score.
    Said,
    /// A line was added.
    Line,
    /// The fold is new.
    Begun,
}

/// The folds in which something changed. Each is shown once, however many changes there were.
pub(super) type Touched = BTreeMap<i64, Change>;

pub(super) fn touch(touched: &mut Touched, fold: i64, change: Change) {
    let known = touched.entry(fold).or_insert(change);
    *known = change.max(*known);
}

/// The fold that a new alert in this chat or topic belongs to. `None` if the alert gets a message of its own.
pub(super) async fn find_place(
    unit: &mut Unit<'_>,
    place: (ChatId, TopicId),
    strangers: bool,
    touched: &mut Touched,
) -> store::Result<Option<FoldRow>> {
    let now = unit.now;
    if !is_crowded(unit, place.0, strangers).await? {
        return Ok(None);
    }
    let window = if strangers { STRANGERS_TIME } else { WINDOW };
    if let Some(fold) = unit.tx.find_open_fold(place, strangers, now.minus(window), now).await? {
        let FoldCount { scores, others, .. } = unit.tx.count_folded(fold.id).await?;
        if scores + others < LISTED {
            touch(touched, fold.id, Change::Line);
            return Ok(Some(fold));
        }
    }
    let message = unit.tx.insert_message(place.0, place.1).await?;
    let lists = if strangers { Lists::Strangers } else { Lists::Cases };
    let fold = unit.tx.insert_fold(place, lists, message, now).await?;
    touch(touched, fold.id, Change::Begun);
    Ok(Some(fold))
}

async fn is_crowded(unit: &mut Unit<'_>, chat: ChatId, strangers: bool) -> store::Result<bool> {
    let now = unit.now;
    if strangers {
        return Ok(unit.tx.count_strangers_since(chat, now.minus(STRANGERS_TIME), now).await? >= STRANGERS);
    }
    let since = (now.minus(WINDOW), now.minus(BURST_TIME));
    let (in_window, in_burst) = unit.tx.count_alerts_since(chat, since, now).await?;
    Ok(in_burst >= BURST || in_window >= MOST)
}

/// Sends or edits the messages of these folds. A new line is the first sign of a bad score for somebody; all other
/// changes can wait longer.
pub(super) async fn show(unit: &mut Unit<'_>, touched: &Touched) -> store::Result<()> {
    show_in(unit, touched, Lane::Edits).await
}

/// Does what [`show`] does, but puts changes to existing lines into the lane `changes`.
pub(super) async fn show_in(unit: &mut Unit<'_>, touched: &Touched, changes: Lane) -> store::Result<()> {
    let ctx = unit.ctx;
    if touched.is_empty() {
        return Ok(());
    }
    let chats = Chats::load(unit, &[]).await?;
    for (id, change) in touched {
        let Some(row) = unit.tx.find_fold(*id).await? else { continue };
        let locale = chats.locale_of(ctx, row.chat_id, row.thread_id);
        let listed = Listed::load(&mut unit.tx, ctx, &row).await?;
        if *change == Change::Begun && listed.is_empty() {
            // Everything in it was erased before anybody was told.
            continue;
        }
        let why = chats.no_chat(ctx, (row.chat_id, row.thread_id), None);
        let payload = text(&listed.view(ctx, locale, &row, why));
        let edit = |lane, payload| Outgoing::edit(lane, row.chat_id, row.message, None, payload);
        let outgoing = match (*change, row.strangers) {
            (Change::Begun, false) => Outgoing::send(Lane::Alerts, row.chat_id, payload).message(row.message),
            (Change::Begun, true) => {
                Outgoing::send(Lane::Words, row.chat_id, payload.silent()).message(row.message)
            }
            (Change::Line, false) => edit(Lane::Folds, payload),
            (Change::Line, true) => edit(Lane::Edits, payload),
            (Change::Said, _) => edit(changes, payload),
        };
        unit.tx.enqueue(&outgoing.thread(row.thread_id), unit.now).await?;
    }
    Ok(())
}

/// What a fold lists.
struct Listed {
    count: FoldCount,
    newest: Vec<Entry>,
}

enum Entry {
    Score(Box<Loaded>, Option<State>),
    Other(Box<Who>, State),
}

/// How a case stands, with the name of its owner.
struct State {
    number: CaseNumber,
    owner: Option<String>,
    is_resolved: bool,
}

impl State {
    /// `names` holds the names that are known already.
    async fn load(tx: &mut Tx, names: &mut Names, row: &CaseRow) -> store::Result<Self> {
        let owner = match row.case.status.owner() {
            Some(owner) => match names.get(&owner) {
                Some(name) => Some(name.clone()),
                None => Some(names.entry(owner).or_insert(cases::lead_name(tx, owner).await?).clone()),
            },
            None => None,
        };
        Ok(Self { number: row.number, owner, is_resolved: row.case.status.is_resolved() })
    }

    fn standing(&self) -> Standing<'_> {
        let Self { number, owner, is_resolved } = self;
        Standing { number: *number, owner: owner.as_deref(), is_resolved: *is_resolved }
    }
}

type Names = BTreeMap<PersonId, String>;

impl Listed {
    async fn load(tx: &mut Tx, ctx: &Context, row: &FoldRow) -> store::Result<Self> {
        let count = tx.count_folded(row.id).await?;
        let (mut newest, mut names) = (Vec::new(), Names::new());
        for folded in tx.list_folded(row.id, LISTED).await? {
            if let Some(survey) = folded.survey {
                let state = match tx.find_case_of_survey(survey).await? {
                    Some(case) => Some(State::load(tx, &mut names, &case).await?),
                    None => None,
                };
                let loaded = Loaded::find_brief(tx, ctx, survey).await?;
                newest.extend(loaded.map(|loaded| Entry::Score(Box::new(loaded), state)));
            } else if let Some(number) = folded.case_number
                && let Some(row) = tx.find_case(number).await?.filter(|row| row.person.is_some())
            {
                let state = State::load(tx, &mut names, &row).await?;
                newest.push(Entry::Other(Box::new(Who::load(tx, &row).await?), state));
            }
        }
        Ok(Self { count, newest })
    }

    fn is_empty(&self) -> bool {
        self.newest.is_empty()
    }

    fn view(&self, ctx: &Context, locale: &str, row: &FoldRow, no_chat: Option<NoChat<'_>>) -> View {
        let lines = self.newest.iter().map(|entry| match entry {
            Entry::Score(loaded, state) => Line::Score(loaded.view(ctx), state.as_ref().map(State::standing)),
            Entry::Other(who, state) => Line::Other(who.request(), state.standing()),
        });
        let count = |count: i64| usize::try_from(count).unwrap_or_default();
        let folded = Folded {
            scores: count(self.count.scores),
            bad: count(self.count.bad),
            others: count(self.count.others),
            strangers: row.strangers,
            missed: row.missed,
            newest: lines.collect(),
            no_chat,
        };
        fold(&ctx.catalogue, locale, &folded)
    }
}
