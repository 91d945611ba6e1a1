//! An index over time: standing capsules, and a line through their dots.

use super::axis::Axis;
use super::estimate::{Certainty, Estimate};
use super::svg::{self, Anchor, Ink, Paint, Svg, X};
use super::width::width;
use crate::domain::stats::rounding::Shape;
use crate::view::numbers::Numbers;

/// Where the last dot stands, in per cent.
const LAST: f64 = 97.0;
/// Half the width of a capsule.
const HALF: f64 = 4.5;
/// The least height between two labels of the axis.
const APART: f64 = 15.0;
/// The height of the strip above the plot in which the names of versions stand, free of values.
const STRIP: f64 = 18.0;
/// The side of what one taps to follow a dot's link.
const TARGET_SIDE: f64 = 24.0;

/// A period of the trend.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// `Oct`
    pub label: String,
    /// How many answers count.
    pub n: u64,
    /// `None` with too few answers.
    pub estimate: Option<Estimate>,
    /// The value of established agents only.
    pub established: Option<f64>,
    /// Whether it may be compared with the point before. If not, the line breaks.
    pub is_comparable: bool,
    /// What stands below the label: the coverage.
    pub note: Option<String>,
    /// Where the dot leads, and what it says to those who cannot see it.
    pub link: Option<(String, String)>,
}

/// An index over time.
#[derive(Clone, Copy, Debug)]
pub struct Trend<'a> {
    /// The finding, for those who cannot see it.
    pub name: &'a str,
    pub shape: Shape,
    pub points: &'a [Point],
    pub target: Option<f64>,
    /// Versions of the script, each with the place of the first point that has it.
    pub versions: &'a [(usize, String)],
    /// What the values of established agents are called.
    pub established: Option<&'a str>,
    /// What the row of notes is called.
    pub notes: Option<&'a str>,
    /// In pixels.
    pub height: f64,
    /// `None` fills its place; a picture has a width in pixels.
    pub width: Option<f64>,
}

/// Draws a trend.
#[must_use]
pub fn trend(trend: &Trend<'_>, numbers: &Numbers<'_>) -> String {
    let plot = Plot::new(trend);
    let role = if trend.points.iter().any(|point| point.link.is_some()) { "group" } else { "img" };
    let width = trend.width.map_or_else(String::new, |width| format!(" width=\"{}\"", X::Px(width)));
    let attributes = format!("{width} role=\"{role}\" aria-label=\"{}\"", svg::escaped(trend.name));
    let mut svg = Svg::begin("chart", trend.height, &attributes);
    plot.grid(&mut svg, numbers);
    plot.versions(&mut svg);
    plot.capsules(&mut svg);
    plot.lines(&mut svg);
    plot.dots(&mut svg);
    plot.labels(&mut svg, numbers);
    svg.end()
}

/// A trend without labels, for a tile: 64 pixels high.
#[must_use]
pub fn mini(name: &str, points: &[Point], target: Option<f64>) -> String {
    let height = 64.0;
    let trend = Trend {
        name,
        shape: Shape::Share,
        points,
        target,
        versions: &[],
        established: None,
        notes: None,
        height,
        width: None,
    };
    let plot = Plot { first: 2.0, top: 4.0, bottom: height - 4.0, is_thin: true, ..Plot::new(&trend) };
    let attributes = format!(" role=\"img\" aria-label=\"{}\"", svg::escaped(name));
    let mut svg = Svg::begin("mini", height, &attributes);
    if let Some(target) = target {
        let y = plot.y(target);
        svg.group(svg::TARGET, |svg| svg.line((X::Px(0.0), y), (X::Percent(100.0), y)));
    }
    plot.capsules(&mut svg);
    plot.lines(&mut svg);
    plot.dots(&mut svg);
    svg.end()
}

struct Plot<'t> {
    trend: &'t Trend<'t>,
    axis: Axis,
    /// Where the first dot stands, in per cent.
    first: f64,
    top: f64,
    bottom: f64,
    is_thin: bool,
}

/// A dot that is drawn: the place, its point and its estimate.
type Drawn<'t> = (usize, &'t Point, Estimate);

/// Whether a version begins between two points. What holds from the first point on has no line.
const fn is_begun((place, _): &(usize, String)) -> bool {
    *place > 0
}

impl<'t> Plot<'t> {
    fn new(trend: &'t Trend<'t>) -> Self {
        let limits = trend.points.iter().filter_map(|point| point.estimate).flat_map(|of| [of.low, of.high]);
        let established = trend.points.iter().filter_map(|point| point.established);
        let axis = Axis::over(limits.chain(established).chain(trend.target));
        let below = if trend.notes.is_some() { 62.0 } else { 30.0 };
        let strip = if trend.versions.iter().any(is_begun) { STRIP } else { 0.0 };
        Self { trend, axis, first: 9.5, top: 25.0 + strip, bottom: trend.height - below, is_thin: false }
    }

    fn x(&self, place: usize) -> f64 {
        self.between(place, 0.0)
    }

    /// The place of a point, moved by a share of the way to the next.
    fn between(&self, place: usize, moved: f64) -> f64 {
        let steps = self.trend.points.len().saturating_sub(1);
        if steps == 0 {
            return f64::midpoint(self.first, LAST);
        }
        let [place, steps] = [place, steps].map(|count| f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
        self.first + (LAST - self.first) * (place + moved) / steps
    }

    fn y(&self, value: f64) -> f64 {
        self.bottom - self.axis.at(value) * (self.bottom - self.top)
    }

    fn drawn(&self) -> impl Iterator<Item = Drawn<'t>> {
        let points = self.trend.points.iter().enumerate();
        points.filter_map(|(place, point)| Some((place, point, point.estimate?)))
    }

    fn of(&self, certainty: Certainty) -> impl Iterator<Item = (f64, Estimate)> {
        let of = self.drawn().filter(move |(_, _, estimate)| estimate.certainty == certainty);
        of.map(|(place, _, estimate)| (self.x(place), estimate))
    }

    fn grid(&self, svg: &mut Svg, numbers: &Numbers<'_>) {
        let ends = (X::Px(0.0), X::Percent(100.0));
        let ticks = self.axis.ticks();
        svg.group(svg::GRID, |svg| {
            for tick in &ticks {
                svg.line((ends.0, self.y(*tick)), (ends.1, self.y(*tick)));
            }
        });
        let target = self.trend.target.map(|target| (target, self.y(target)));
        let is_free = |tick: &f64| target.is_none_or(|(_, y)| (self.y(*tick) - y).abs() >= APART);
        let labelled: Vec<f64> = ticks.iter().copied().filter(is_free).collect();
        let decimals = self.axis.decimals();
        for (place, tick) in labelled.iter().enumerate() {
            let number = match self.trend.shape {
                Shape::Points => numbers.signed(*tick, decimals),
                Shape::Mean | Shape::Share => numbers.plain(*tick, decimals),
            };
            let is_highest = place + 1 == labelled.len();
            let text = if is_highest { numbers.with_unit(self.trend.shape, number) } else { number };
            svg.text((X::Px(0.0), self.y(*tick) - 4.0), Anchor::Start, Ink::Dim, &text);
        }
        let Some((target, y)) = target else { return };
        svg.group(svg::TARGET, |svg| svg.line((ends.0, y), (ends.1, y)));
        let number = numbers.exact(target);
        let text = numbers.catalogue.with(numbers.locale, "chart-target", &[("target", number.into())]);
        svg.text((X::Px(0.0), y - 4.0), Anchor::Start, Ink::Target, &text);
    }

    fn versions(&self, svg: &mut Svg) {
        for (place, name) in self.trend.versions.iter().filter(|version| is_begun(version)) {
            let x = X::Percent(self.between(place - 1, 0.5));
            svg.group(svg::UPRIGHT, |svg| svg.line((x, 16.0), (x, self.bottom + 6.0)));
            svg.text((x, 11.0), Anchor::Middle, Ink::Dim, name);
        }
    }

    fn capsules(&self, svg: &mut Svg) {
        let half = if self.is_thin { 3.0 } else { HALF };
        let looks = [
            (Certainty::Settled, if self.is_thin { svg::CAPSULE_THIN } else { svg::CAPSULE }),
            (Certainty::Wide, svg::CAPSULE_WIDE),
            (Certainty::Preliminary, svg::CAPSULE_PRELIMINARY),
        ];
        for (certainty, paint) in looks {
            svg.group_moved(paint, (-half, 0.0), |svg| {
                for (x, of) in self.of(certainty) {
                    let (top, bottom) = (self.y(of.high), self.y(of.low));
                    svg.rect((X::Percent(x), top), (X::Px(2.0 * half), bottom - top), half);
                }
            });
        }
    }

    /// Neighbours are joined if they may be compared; a line to what is not settled is dashed.
    fn lines(&self, svg: &mut Svg) {
        let drawn: Vec<Drawn<'_>> = self.drawn().collect();
        let joined = |pair: &&[Drawn<'_>]| pair[0].0 + 1 == pair[1].0 && pair[1].1.is_comparable;
        let is_dashed = |pair: &&[Drawn<'_>]| {
            pair.iter().any(|(_, _, estimate)| estimate.certainty == Certainty::Preliminary)
        };
        let paints = if self.is_thin {
            [(svg::LINE_THIN, false), (svg::LINE_PRELIMINARY_THIN, true)]
        } else {
            [(svg::LINE, false), (svg::LINE_PRELIMINARY, true)]
        };
        for (paint, dashed) in paints {
            svg.group(paint, |svg| {
                for pair in drawn.windows(2).filter(joined).filter(|pair| is_dashed(pair) == dashed) {
                    let [from, to] =
                        [0, 1].map(|at: usize| (X::Percent(self.x(pair[at].0)), self.y(pair[at].2.value)));
                    svg.line(from, to);
                }
            });
        }
        let established: Vec<(usize, f64)> = self
            .trend
            .points
            .iter()
            .enumerate()
            .filter_map(|(place, point)| Some((place, point.established?)))
            .collect();
        svg.group(svg::LINE_ESTABLISHED, |svg| {
            for pair in established.windows(2).filter(|pair| pair[0].0 + 1 == pair[1].0) {
                let [from, to] = [0, 1].map(|at: usize| (X::Percent(self.x(pair[at].0)), self.y(pair[at].1)));
                svg.line(from, to);
            }
        });
    }

    fn dots(&self, svg: &mut Svg) {
        let looks: [(Certainty, Paint); 3] = [
            (Certainty::Settled, if self.is_thin { svg::DOT_THIN } else { svg::DOT }),
            (Certainty::Wide, svg::DOT_WIDE),
            (Certainty::Preliminary, svg::DOT_PRELIMINARY),
        ];
        let radius = if self.is_thin { 3.0 } else { HALF };
        for (certainty, paint) in looks {
            svg.group(paint, |svg| {
                for (x, of) in self.of(certainty) {
                    svg.circle((X::Percent(x), self.y(of.value)), radius);
                }
            });
        }
        let half = TARGET_SIDE / 2.0;
        if self.is_thin {
            return;
        }
        let linked = self.drawn().filter_map(|(place, point, of)| Some((place, of, point.link.as_ref()?)));
        for (place, of, (href, name)) in linked {
            svg.link(href, name, |svg| {
                let unseen = Paint { class: "hit", attributes: "fill-opacity=\"0\"" };
                svg.group_moved(unseen, (-half, -half), |svg| {
                    let corner = (X::Percent(self.x(place)), self.y(of.value));
                    svg.rect(corner, (X::Px(TARGET_SIDE), TARGET_SIDE), 0.0);
                });
            });
        }
    }

    fn labels(&self, svg: &mut Svg, numbers: &Numbers<'_>) {
        let settled = self.drawn().filter(|(_, _, of)| of.certainty == Certainty::Settled).last();
        // A picture says the value beside the chart.
        if let Some((place, point, of)) = settled.filter(|_| self.trend.width.is_none()) {
            let text = numbers.value(self.trend.shape, of.value, point.n);
            let above = self.y(of.high.max(point.established.unwrap_or(of.high))) - 6.0;
            svg.text((X::Percent(self.x(place)), above), Anchor::Middle, Ink::Text, &text);
        }
        if let Some(name) = self.trend.established {
            self.name_established(svg, name);
        }
        let (y, notes_y) = match self.trend.notes {
            Some(_) => (self.trend.height - 42.0, self.trend.height - 4.0),
            None => (self.trend.height - 6.0, 0.0),
        };
        if let Some(notes) = self.trend.notes {
            svg.text((X::Px(0.0), notes_y - 16.0), Anchor::Start, Ink::Dim, notes);
        }
        for (place, point) in self.trend.points.iter().enumerate() {
            let Some(ink) = self.ink_of_label(place) else { continue };
            svg.text((X::Percent(self.x(place)), y), Anchor::Middle, ink, &point.label);
            if let Some(note) = self.trend.notes.and(point.note.as_ref()) {
                svg.text((X::Percent(self.x(place)), notes_y), Anchor::Middle, ink, note);
            }
        }
    }

    /// The name of the line of established agents stands where it is furthest from the other.
    fn name_established(&self, svg: &mut Svg, name: &str) {
        let apart = |(_, point, of): &Drawn<'_>| point.established.map(|of_all| (of_all - of.value).abs());
        let furthest = self
            .drawn()
            .filter(|drawn| apart(drawn).is_some())
            .max_by(|a, b| apart(a).partial_cmp(&apart(b)).unwrap_or(std::cmp::Ordering::Equal));
        let Some((place, point, of)) = furthest else { return };
        let Some(value) = point.established.filter(|value| (self.y(*value) - self.y(of.value)).abs() > 8.0)
        else {
            return;
        };
        let x = X::Percent(self.between(place, -0.2));
        svg.text((x, self.y(value) - 6.0), Anchor::End, Ink::Dim, name);
    }

    /// How a label is drawn, counted from the last. A picture leaves out every second one if they would touch; a page
    /// does so where it is narrow.
    fn ink_of_label(&self, place: usize) -> Option<Ink> {
        let is_second = (self.trend.points.len() - 1 - place) % 2 == 1;
        let Some(room) = self.trend.width else {
            let is_many = self.trend.points.len() > 6;
            return Some(if is_second && is_many { Ink::DimIfWide } else { Ink::Dim });
        };
        let step = (self.between(1, 0.0) - self.between(0, 0.0)) / 100.0 * room;
        let widest = self.trend.points.iter().map(|point| width(&point.label, 12.0)).fold(0.0, f64::max);
        (!is_second || widest + 4.0 <= step).then_some(Ink::Dim)
    }
}
