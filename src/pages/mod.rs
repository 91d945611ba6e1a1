//! The pages of the dashboard: what staff read in a browser. Everything works without JavaScript; htmx, the only script,
//! makes it smoother.
//!
//! Where a page has its parts:
//!
//! - its **route** in [`routes`] below, its **handler** and the struct that its template shows in a file of its own,
//!   `src/pages/NAME.rs`, its **template** in `src/pages/templates/NAME.html`, which extends `layout.html`;
//! - its **texts** in `locales/*/pages.ftl`, or a file of its own beside it; templates ask for them with
//!   `{{ shell.t("id") }}`, and what needs variables is made in the handler with [`Words`];
//! - its **place in the navigation** in [`shell::Section`].
//!
//! How a handler gets what it needs:
//!
//! - *who asks*: the argument [`Viewer`]; [`Viewer::must_see_all`] refuses agents with a 403. Without a session nobody
//!   comes this far;
//! - *language and numbers*: `viewer.words`, a [`Words`]: texts, dates, numbers as the language writes them;
//! - *filters*: the argument [`Asked`]; [`Asked::filters`] reads the words that the page knows, and leads to the one
//!   address that the view has. [`Filters::request`] is what [`crate::service::figures`] takes, [`Filters::href`] makes
//!   links, [`bar::Bar`] is the row above the page and the chips below it;
//! - *figures*: `service::figures` with a transaction of `pages.db.read_at_length()`, like the API;
//! - *the frame*: [`Pages::shell`], and [`reply::shown`] for the reply. `?` on a [`reply::Trouble`] shows the page for it.

mod answers;
pub mod bar;
pub mod card;
mod case;
mod cases;
mod customer;
mod device;
mod download;
mod errors;
mod fields;
mod figures;
pub mod filters;
mod guard;
pub mod icons;
mod login;
mod me;
mod mine;
pub mod reply;
mod session;
mod sharing;
pub mod shell;
mod survey;
mod surveys;
pub mod titles;
mod unlinked;
mod words;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};

use crate::service::Context;
use crate::service::guesses::Guesses;
use crate::store::Db;
use crate::telegram::picture::Pictures;
use crate::web::{self, Asset, Kind};

pub use filters::{Asked, Filters, Word};
pub use session::Viewer;
pub use words::Words;

/// What the pages are built from. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pages {
    pub db: Db,
    pub ctx: Context,
    pub guesses: Guesses,
    pictures: Pictures,
    turns: download::Turns,
    openings: sharing::Openings,
}

impl Pages {
    #[must_use]
    pub fn new(db: &Db, ctx: Context, guesses: Guesses, pictures: Pictures) -> Self {
        Self {
            db: db.giving_way(),
            ctx,
            guesses,
            pictures,
            turns: download::Turns::default(),
            openings: sharing::Openings::default(),
        }
    }
}

/// All pages with their files.
pub fn routes<S: Clone + Send + Sync + 'static>(pages: Pages) -> Router<S> {
    let signed_in = figure_pages()
        .route("/answers", get(answers::get))
        .route("/export", get(answers::download))
        .route("/surveys", get(surveys::get))
        .route("/surveys/{survey_id}", get(survey::get))
        .route("/cases", get(cases::get))
        .route("/cases/{number}", get(case::get))
        .route("/customers/{id}", get(customer::get))
        .route("/customers/{id}/record", get(customer::record::download))
        .route("/filters", get(fields::get))
        .route("/links", get(sharing::list).post(sharing::make))
        .route("/links/{id}/end", post(sharing::revoke))
        .route("/me", get(mine::get))
        .route("/me/theme", post(me::theme))
        .route("/me/language", post(me::language))
        .route("/logout", post(me::sign_out))
        .route_layer(from_fn_with_state(pages.clone(), session::require));
    let way_in = Router::new()
        .route("/login", get(login::how))
        .route("/login/{token}", get(login::ask).post(login::enter))
        .route("/shared/{token}", get(sharing::open::open));
    signed_in
        .merge(way_in)
        .route_layer(from_fn_with_state(pages.clone(), guard::guarded))
        .layer(web::compressed())
        .layer(from_fn(guard::giving_way))
        .merge(web::routes(assets()).layer(web::compressed()))
        .with_state(pages)
}

/// The pages with figures. Each can be shared: what not everybody may read, words and names, has a tick of its own.
fn figure_pages() -> Router<Pages> {
    Router::new()
        .route("/", get(figures::overview::get))
        .route("/questions", get(figures::questions::get))
        .route("/questions/{script}/{key}", get(figures::question::get))
        .route("/agents", get(figures::agents::get))
        .route("/agents/{id}", get(figures::agent::get))
        .route("/topics", get(figures::topics::get))
        .route("/importance", get(figures::importance::first))
        .route("/importance/{script}", get(figures::importance::get))
        .route("/waiting", get(figures::waiting::first))
        .route("/waiting/{script}/{key}", get(figures::waiting::get))
        .route("/support", get(figures::support::get))
        .route("/coverage", get(figures::coverage::get))
}

/// Shows people a page at addresses where there is nothing.
pub fn with_page_where_nothing_is(router: Router, pages: Pages) -> Router {
    router.layer(from_fn_with_state(pages, guard::page_where_nothing_is))
}

fn assets() -> [Asset; 3] {
    [
        Asset::new("/assets/afterword.css", Kind::Style, include_str!("assets/afterword.css")),
        Asset::new("/assets/htmx.js", Kind::Script, include_str!("assets/htmx.min.js")),
        Asset::new("/assets/icon.svg", Kind::Svg, include_str!("assets/icon.svg")),
    ]
}
