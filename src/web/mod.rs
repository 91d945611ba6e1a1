//! What every page needs: its files, the headers that protect them, the check of who may request them, and the stream
//! that keeps an open window up to date.

mod assets;
mod attached;
mod headers;
mod live;
mod origin;
pub mod unsubscribe;

pub use assets::{Asset, Kind, routes};
pub use attached::{Attached, attached, of_file};
pub use headers::{compressed, hardened};
pub use live::{View, stream};
pub use origin::{Host, is_own};
