//! What every page needs: its files, the headers that guard them, who may ask for them, and the stream
//! that tells an open window what is new.

mod assets;
mod headers;
mod live;
mod origin;

pub use assets::{Asset, Kind, routes};
pub use headers::{compressed, hardened};
pub use live::{View, stream};
pub use origin::{Host, is_own};
