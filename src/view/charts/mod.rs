//! Charts: data become SVG. Every function here is pure.
//!
//! - x is in per cent and y in pixels, so one drawing fits any width and its text never scales; at a fixed width it is
//!   the picture in a chat.
//! - Only `line`, `rect`, `circle`, `text`, small `path`s, `pattern` and nested `svg`: what browsers and the renderer of
//!   pictures draw alike.
//! - Every shape has its light colour as an attribute, and a class by which a stylesheet paints it.
//! - One glyph for uncertainty: a capsule for the 95 % interval, with a dot for the value.

mod axis;
mod estimate;
mod matrix;
mod report;
mod rows;
mod sheet;
mod svg;
mod trend;
mod waiting;
mod width;

#[cfg(test)]
mod tests;

pub use axis::Axis;
pub use estimate::{Certainty, Estimate};
pub use matrix::{Factor, Matrix, matrix};
pub use report::{HEARD, ReportPicture, Score, WIDTH, report};
pub use rows::{Interval, Kind, Step, Tone, axis, bar, bounds, counts, coverage, interval, ledger};
pub use sheet::{Block, Sheet, sheet};
pub use trend::{Point, Trend, mini, trend};
pub use waiting::{Threshold, Waited, Waiting, waiting, whole};
