//! Charts that stand in the rows of a table: one shared axis in the head, one glyph a row.

use super::axis::Axis;
use super::estimate::{Certainty, Estimate};
use super::svg::{self, Anchor, Ink, Paint, Svg, X};
use crate::domain::stats::rounding::Shape;
use crate::view::numbers::Numbers;

/// The height of a row, in pixels.
const HEIGHT: f64 = 24.0;
const MIDDLE: f64 = HEIGHT / 2.0;
/// The thickness of a capsule.
const CAPSULE: f64 = 9.0;
const DOT: f64 = 5.0;
/// The thickness of a bar.
const BAR: f64 = 14.0;
const HIDDEN: &str = " aria-hidden=\"true\"";

/// What an estimate is drawn in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Usual,
    /// More bad scores than elsewhere, or a worse value.
    Bad,
    /// Nothing certain can be said of it.
    Grey,
}

/// An estimate on the axis of its table.
#[derive(Clone, Copy, Debug)]
pub struct Interval {
    pub axis: Axis,
    /// Without it, the row is empty.
    pub estimate: Option<Estimate>,
    pub tone: Tone,
    /// Where an upright line stands: the mean of all, or 0.
    pub reference: Option<f64>,
    /// A second value, hollow behind the dot: the raw mean.
    pub raw: Option<f64>,
}

fn row(height: f64) -> Svg {
    Svg::begin("row", height, HIDDEN)
}

/// The marks of a shared axis, for the table's head. Where there is little room, every second one is left out.
#[must_use]
pub fn axis(axis: &Axis, shape: Shape, is_signed: bool, numbers: &Numbers<'_>) -> String {
    let mut svg = row(16.0);
    let ticks = axis.ticks();
    let decimals = axis.decimals();
    for (place, tick) in ticks.iter().enumerate() {
        let is_last = place + 1 == ticks.len();
        let number = if is_signed || shape == Shape::Points {
            numbers.signed(*tick, decimals)
        } else {
            numbers.plain(*tick, decimals)
        };
        let text = if is_last && !is_signed { numbers.with_unit(shape, number) } else { number };
        let at = axis.percent(*tick);
        let anchor = match at {
            ..3.0 => Anchor::Start,
            97.0.. => Anchor::End,
            _ => Anchor::Middle,
        };
        let ink =
            if (ticks.len() - 1 - place) % 2 == 1 && ticks.len() > 3 { Ink::DimIfWide } else { Ink::Dim };
        svg.text((X::Percent(at), 12.0), anchor, ink, &text);
    }
    svg.end()
}

/// A lying capsule with its dot.
#[must_use]
pub fn interval(of: &Interval) -> String {
    let mut svg = row(HEIGHT);
    svg.group(svg::GRID, |svg| {
        for tick in of.axis.ticks() {
            upright(svg, of.axis.percent(tick));
        }
    });
    if let Some(reference) = of.reference {
        svg.group(svg::AXIS, |svg| upright(svg, of.axis.percent(reference)));
    }
    if let Some(estimate) = of.estimate {
        let (capsule, dot) = paints(of.tone, estimate.certainty);
        svg.group(capsule, |svg| lying(svg, &of.axis, estimate, MIDDLE));
        if let Some(raw) = of.raw {
            svg.diamond((X::Percent(of.axis.percent(raw)), MIDDLE));
        }
        svg.group(dot, |svg| svg.circle((X::Percent(of.axis.percent(estimate.value)), MIDDLE), DOT));
    }
    svg.end()
}

fn upright(svg: &mut Svg, x: f64) {
    svg.line((X::Percent(x), 0.0), (X::Percent(x), HEIGHT));
}

/// A capsule whose limits outside the axis are cut square at its end.
fn lying(svg: &mut Svg, axis: &Axis, of: Estimate, middle: f64) {
    let (low, high) = (axis.percent(of.low), axis.percent(of.high));
    let is_cut = of.low < axis.low() || of.high > axis.high();
    let radius = if is_cut { 0.0 } else { CAPSULE / 2.0 };
    svg.rect((X::Percent(low), middle - CAPSULE / 2.0), (X::Percent(high - low), CAPSULE), radius);
}

const fn paints(tone: Tone, certainty: Certainty) -> (Paint, Paint) {
    match (certainty, tone) {
        (Certainty::Wide, _) => (svg::CAPSULE_WIDE, svg::DOT_WIDE),
        (_, Tone::Grey) => (svg::CAPSULE_WIDE, svg::DOT_PRELIMINARY),
        (Certainty::Preliminary, _) => (svg::CAPSULE_PRELIMINARY, svg::DOT_PRELIMINARY),
        (Certainty::Settled, Tone::Bad) => (svg::CAPSULE_BAD, svg::DOT_BAD),
        (Certainty::Settled, Tone::Usual) => (svg::CAPSULE, svg::DOT),
    }
}

/// What a bar counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Good,
    Middle,
    Bad,
}

/// A bar from 0 with the whiskers of its interval, on an axis that begins at 0: distributions and reasons. Without an
/// interval, the bar alone.
#[must_use]
pub fn bar(axis: &Axis, value: f64, limits: Option<[f64; 2]>, kind: Kind) -> String {
    let (bar, line, dot) = match kind {
        Kind::Good => (svg::BAR, svg::LINE, svg::DOT),
        Kind::Middle => (svg::BAR_MIDDLE, svg::LINE_MIDDLE, svg::DOT_MIDDLE),
        Kind::Bad => (svg::BAR_BAD, svg::LINE_BAD, svg::DOT_BAD),
    };
    let mut svg = row(HEIGHT);
    let at = axis.percent(value);
    svg.group(bar, |svg| svg.rect((X::Px(0.0), 5.0), (X::Percent(at), BAR), 3.0));
    if let Some([low, high]) = limits {
        svg.group(line, |svg| {
            svg.line((X::Percent(axis.percent(low)), MIDDLE), (X::Percent(axis.percent(high)), MIDDLE));
        });
        svg.group(dot, |svg| svg.circle((X::Percent(at), MIDDLE), 4.5));
    }
    svg.end()
}

/// How much of the whole was heard; the rest is hatched. `id` is that of the pattern, unique on the page.
#[must_use]
pub fn coverage(share: f64, id: &str) -> String {
    let mut svg = row(12.0);
    svg.hatch(id);
    svg.hatched(id, (X::Px(0.0), 0.0), (X::Percent(100.0), 12.0), 6.0, false);
    let heard = (100.0 * share).clamp(0.0, 100.0);
    svg.group(svg::BAR_FULL, |svg| svg.rect((X::Px(0.0), 0.0), (X::Percent(heard), 12.0), 6.0));
    svg.end()
}

/// Where the value would be if everybody had answered, hatched, around what is likely.
#[must_use]
pub fn bounds(axis: &Axis, [low, high]: [f64; 2], estimate: Option<Estimate>, id: &str) -> String {
    let mut svg = row(26.0);
    let middle = 13.0;
    svg.hatch(id);
    svg.group(svg::AXIS, |svg| svg.line((X::Px(0.0), middle), (X::Percent(100.0), middle)));
    let (from, to) = (axis.percent(low), axis.percent(high));
    svg.hatched(id, (X::Percent(from), 6.0), (X::Percent(to - from), 14.0), 3.0, true);
    if let Some(estimate) = estimate {
        let (capsule, dot) = paints(Tone::Usual, estimate.certainty);
        svg.group(capsule, |svg| lying(svg, axis, estimate, middle));
        svg.group(dot, |svg| svg.circle((X::Percent(axis.percent(estimate.value)), middle), DOT));
    }
    svg.end()
}

/// A row of the ledger. All shares are of the events, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// What is left: a full bar.
    Total(f64),
    /// What is lost here, after `left` is what remains.
    Loss { left: f64, lost: f64 },
    /// A part of the last total, from `from` on.
    Part { from: f64, share: f64 },
}

/// A row of the ledger: totals in full blue, a loss as a grey piece at its place.
#[must_use]
pub fn ledger(step: Step) -> String {
    let mut svg = row(20.0);
    let x = |share: f64| X::Percent(100.0 * share.clamp(0.0, 1.0));
    let (top, thickness) = (4.0, 12.0);
    let mut piece = |paint: Paint, from: f64, share: f64| {
        if share > 0.0 {
            svg.group(paint, |svg| svg.rect((x(from), top), (x(share), thickness), 2.0));
        }
    };
    match step {
        Step::Total(share) => piece(svg::BAR_FULL, 0.0, share),
        Step::Loss { left, lost } => {
            piece(svg::BAR, 0.0, left);
            piece(svg::BAR_LOST, left, lost);
        }
        Step::Part { from, share } => {
            piece(svg::BAR, 0.0, from);
            piece(svg::CAPSULE, from, share);
        }
    }
    svg.end()
}

/// Counts over time: bars from 0, the one at `chosen` in blue.
#[must_use]
pub fn counts(values: &[Option<f64>], chosen: Option<usize>) -> String {
    let height = 30.0;
    let mut svg = row(height);
    let most = values.iter().flatten().copied().fold(0.0, f64::max);
    let places = f64::from(u32::try_from(values.len().max(1)).unwrap_or(u32::MAX));
    let mut from = 0.0;
    for (place, value) in values.iter().enumerate() {
        if let Some(value) = value.filter(|_| most > 0.0) {
            let paint = if chosen == Some(place) { svg::BAR_FULL } else { svg::BAR_MIDDLE };
            let tall = height * (value / most).clamp(0.0, 1.0);
            svg.group(paint, |svg| {
                let x = X::Percent(from + 8.0 / places);
                svg.rect((x, height - tall), (X::Percent(84.0 / places), tall), 2.0);
            });
        }
        from += 100.0 / places;
    }
    svg.end()
}
