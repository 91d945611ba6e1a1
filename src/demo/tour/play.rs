//! Plays the tour: performs a step by the page's own means and waits for its effects.

use std::sync::Arc;
use std::time::Duration;

use chrono::Timelike as _;
use serde_json::{Map, Value, json};
use tokio::sync::OwnedMutexGuard;

use crate::demo::cast::{Player, PlayerRole};
use crate::demo::page::Page;
use crate::demo::page_state::PageState;
use crate::demo::plot::{Hero, Plot, PlotError, due_at, moscow};
use crate::demo::program::Program;
use crate::demo::refusal::Refusal;
use crate::demo::steps::{Deed, Played, STEPS, Step, Tour};
use crate::demo::time::next_morning;
use crate::demo::view;
use crate::domain::time::Timestamp;

/// How long a step may take; one that takes longer is waiting for something that will not come.
const PATIENCE: Duration = Duration::from_secs(30);
/// Purchases made in these hours, Moscow time, are asked about on the same day.
const SAME_DAY: std::ops::Range<u32> = 9..17;
/// The first order made on the page gets the number after this one.
const ORDERS: u32 = 1000;

/// Why a step was not played.
enum Stuck {
    Plot(PlotError),
    /// The story is no longer in the state that the last step left it in.
    Elsewhere,
}

impl From<PlotError> for Stuck {
    fn from(error: PlotError) -> Self {
        Self::Plot(error)
    }
}

impl Page {
    /// Makes sure that nobody else moves the clock and that no fault is on.
    fn ready(&self) -> Result<(OwnedMutexGuard<()>, Program), Refusal> {
        let time = Arc::clone(&self.0.time).try_lock_owned().map_err(|_| Refusal::stale("error.moving"))?;
        if self.shown().faults.any() {
            return Err(Refusal::stale("error.faults"));
        }
        Ok((time, self.program().ok_or_else(Refusal::down)?))
    }

    /// Plays the first step.
    pub(super) async fn begin_tour(&self, locale: &'static str) -> Result<(), Refusal> {
        let (time, program) = self.ready()?;
        self.change(|shown| {
            let hero = self.hero(shown, locale);
            let revision = self.revision(&hero);
            let (link, played) = (String::new(), Vec::new());
            shown.tour = Some(Tour { hero, locale, link, played, revision, busy: true, lost: false });
        });
        let now = self.0.clock.now();
        let morning = (!SAME_DAY.contains(&moscow(now).hour()))
            .then(|| next_morning(now, chrono_tz::Europe::Moscow))
            .flatten();
        self.go_on(time, program, 1, morning).await
    }

    /// Plays the missing steps up to this one.
    pub(super) async fn play_tour(&self, to: usize) -> Result<(), Refusal> {
        let (time, program) = self.ready()?;
        self.change(|shown| {
            let tour =
                shown.tour.as_mut().filter(|tour| !tour.lost).ok_or_else(|| Refusal::stale("error.tour"))?;
            tour.busy = true;
            Ok::<_, Refusal>(())
        })?;
        self.go_on(time, program, to.min(STEPS.len()), None).await
    }

    /// A window that is closed meanwhile must not stop a step halfway.
    async fn go_on(
        &self,
        time: OwnedMutexGuard<()>,
        program: Program,
        to: usize,
        begins_at: Option<Timestamp>,
    ) -> Result<(), Refusal> {
        let page = self.clone();
        let played = self.0.tasks.spawn(async move {
            let stopped = page.stop_the_clock();
            if let Some(at) = begins_at {
                page.jump(at).await;
            }
            let went_well = page.play_steps(&program, to).await;
            page.change(|shown| {
                if let Some(tour) = &mut shown.tour {
                    tour.busy = false;
                    tour.lost |= !went_well;
                }
            });
            drop((stopped, time));
            went_well
        });
        let went_well = played.await.unwrap_or(false);
        if went_well { Ok(()) } else { Err(Refusal::stale("error.tour")) }
    }

    async fn play_steps(&self, program: &Program, to: usize) -> bool {
        loop {
            let Some(index) = self.shown().tour.as_ref().map(|tour| tour.played.len()) else { return true };
            let Some(step) = STEPS.get(index).filter(|_| index < to) else { return true };
            match tokio::time::timeout(PATIENCE, self.play_step(program, step)).await {
                Ok(Ok(())) => {}
                Ok(Err(Stuck::Plot(error))) => {
                    tracing::error!(error = %error, step = step.name, "the tour cannot go on");
                    return false;
                }
                Ok(Err(Stuck::Elsewhere)) | Err(_) => return false,
            }
        }
    }

    async fn play_step(&self, program: &Program, step: &Step) -> Result<(), Stuck> {
        let (hero, locale, link, revision) = {
            let shown = self.shown();
            let tour = shown.tour.as_ref().ok_or(Stuck::Elsewhere)?;
            (tour.hero.clone(), tour.locale, tour.link.clone(), tour.revision)
        };
        let (lead, leads) = {
            let shown = self.shown();
            (shown.players.with_role(PlayerRole::Lead).map_or(0, |lead| lead.id), shown.players.group)
        };
        program.stage.settle().await;
        if step.deed != Deed::Look && self.revision(&hero) != revision {
            return Err(Stuck::Elsewhere);
        }
        let plot = Plot {
            stage: &program.stage,
            catalogue: &program.ctx.catalogue,
            locale,
            api: format!("http://{}", program.addr),
            api_key: &self.0.api_key,
            hero: &hero,
            lead,
            leads,
        };
        let (link, call) = if step.deed == Deed::Buy {
            self.buy(&plot).await?
        } else {
            self.perform(&plot, step.deed, &link).await?;
            (link, Value::Null)
        };
        let left = json!({ "chats": self.chats(&hero), "ledger": plot.ledger().await?, "call": call });
        let played = Played { at: self.0.clock.now(), left };
        let revision = self.revision(&hero);
        self.change(|shown| {
            if let Some(tour) = &mut shown.tour {
                tour.link = link;
                tour.revision = revision;
                tour.played.push(played);
            }
        });
        Ok(())
    }

    /// The shop's call to the API. Returns the personal link, and the call with its response.
    async fn buy(&self, plot: &Plot<'_>) -> Result<(String, Value), Stuck> {
        let event = plot.event();
        let reply = plot.buy(&event).await?;
        let event: Map<String, Value> =
            event.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        self.note_event(&event);
        let link = reply["link"].as_str().unwrap_or_default().to_owned();
        Ok((link, json!({ "event": event, "reply": reply })))
    }

    /// Performs the step's deed.
    async fn perform(&self, plot: &Plot<'_>, deed: Deed, link: &str) -> Result<(), Stuck> {
        match deed {
            Deed::Follow => plot.follow(link).await,
            Deed::Wait => {
                let due = due_at(&plot.ledger().await?);
                self.jump(due.ok_or(Stuck::Elsewhere)?).await;
            }
            Deed::Tap(score) => plot.tap(score).await?,
            Deed::Explain => {
                plot.tap(&plot.reason()).await?;
                plot.say().await;
            }
            Deed::Take => plot.take().await?,
            Deed::Talk => {
                plot.reply().await?;
                plot.answer().await;
            }
            Deed::Resolve => plot.resolve().await?,
            Deed::WaitForRecovery => {
                let due = plot.recovery_due().await?;
                self.jump(due.ok_or(Stuck::Elsewhere)?).await;
            }
            Deed::Buy | Deed::Look => {}
        }
        Ok(())
    }

    /// A customer who speaks the language and to whom nothing has happened yet, or else a new person of the same name.
    fn hero(&self, shown: &mut PageState, locale: &str) -> Hero {
        let world = &self.0.world;
        let order = next_order(shown);
        let speaks = |player: &Player| {
            let user = world.user(player.id).filter(|user| user.language_code.as_deref() == Some(locale));
            user.filter(|_| player.role == PlayerRole::Customer && !player.crowd)
        };
        let events = &shown.events;
        let is_new = |customer: &str| events.iter().all(|event| event.customer != customer);
        let mut fresh = shown.players.people.iter().filter_map(|player| {
            let user = speaks(player).filter(|user| !user.started && !user.blocked)?;
            let customer = player.customer.clone().filter(|customer| is_new(customer))?;
            Some(Hero { user: user.id, customer, order })
        });
        if let Some(hero) = fresh.next() {
            return hero;
        }
        drop(fresh);
        let named = shown.players.people.iter().find_map(speaks);
        let name = named.map(|user| user.first_name).unwrap_or_default();
        let user = world.add_user(&name, Some(locale));
        let customer = format!("C-{order}");
        shown.players.people.push(Player::new(user, PlayerRole::Customer, Some(&customer), "Europe/Moscow"));
        Hero { user, customer, order }
    }

    /// Grows with every change in the hero's chat.
    fn revision(&self, hero: &Hero) -> u64 {
        self.0.world.read(|state| state.find_chat(hero.user).map_or(0, |chat| chat.revision))
    }

    fn chats(&self, hero: &Hero) -> Value {
        let group = self.shown().players.group;
        self.0.world.read(|state| {
            let chats = [hero.user, group].into_iter().filter_map(|id| state.find_chat(id));
            chats.map(|chat| (chat.id.to_string(), view::whole(state, chat))).collect()
        })
    }
}

/// The number after those of the orders made on the page.
fn next_order(shown: &PageState) -> u32 {
    let numbers = shown.events.iter().filter_map(|event| {
        let number = event.id.strip_prefix("order-")?;
        number.split('-').next()?.parse().ok()
    });
    numbers.fold(ORDERS, u32::max) + 1
}
