//! Which questions have a tile. A page has room for some; of more questions those come first that have changed for certain,
//! the worse ones before the better, the next have a row each, and the rest is on the page of all questions.

use super::Tile;
use crate::pages::figures::Opened;

/// So many questions all have a tile.
const ALL: usize = 12;
/// Of more, so many have one: two rows of a wide window.
const FIRST: usize = 8;
/// The most rows of the others.
const ROWS: usize = 20;

/// The questions without a tile.
pub(in crate::pages::figures) struct Others {
    pub rows: Vec<Tile>,
    /// Why the tiles are those.
    pub about: String,
    /// All questions, one by one.
    pub href: String,
}

/// Parts the questions into those with a tile and the others. A file has a tile of each.
pub(in crate::pages::figures) fn first(opened: &Opened, mut tiles: Vec<Tile>) -> (Vec<Tile>, Option<Others>) {
    if tiles.len() <= ALL || opened.file.is_some() {
        return (tiles, None);
    }
    tiles.sort_by_key(urgency);
    let mut rows = tiles.split_off(FIRST);
    let values = [("shown", (FIRST + rows.len().min(ROWS)).into()), ("all", (FIRST + rows.len()).into())];
    let about = opened.words.with("overview-others-about", &values);
    rows.truncate(ROWS);
    (tiles, Some(Others { rows, about, href: opened.figures("/questions", &[]) }))
}

/// The lowest comes first.
fn urgency(tile: &Tile) -> u8 {
    let is = |class: &str| tile.headline.verdicts.iter().any(|verdict| verdict.class == class);
    match (is("worse"), is("better"), is("few")) {
        (true, ..) => 0,
        (_, true, _) => 1,
        (_, _, false) => 2,
        (_, _, true) => 3,
    }
}
