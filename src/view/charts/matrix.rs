//! Importance beside satisfaction: a cross a factor, both ways as wide as its intervals.

use super::axis::Axis;
use super::estimate::Estimate;
use super::svg::{self, Anchor, Ink, Paint, Svg, X, escaped};
use super::width::width;
use crate::view::numbers::Numbers;

const HEIGHT: f64 = 400.0;
const BOTTOM: f64 = 370.0;
const TOP: f64 = 30.0;
/// The width for which labels are placed; on others they stand as far apart in per cent.
const USUAL: f64 = 620.0;
const SIZE: f64 = 14.0;

/// A factor in the matrix.
#[derive(Clone, Debug)]
pub struct Factor<'a> {
    pub name: &'a str,
    pub importance: Estimate,
    pub satisfaction: Estimate,
}

/// The factors and the means over them, at which the quarters meet.
#[derive(Clone, Debug)]
pub struct Matrix<'a> {
    /// The finding, for those who cannot see it.
    pub name: &'a str,
    pub factors: Vec<Factor<'a>>,
    pub mean_importance: f64,
    pub mean_satisfaction: f64,
}

/// A label's box: left, top, right, bottom.
type Rect = [f64; 4];

/// Draws the matrix.
#[must_use]
pub fn matrix(matrix: &Matrix<'_>, numbers: &Numbers<'_>) -> String {
    let important = matrix.factors.iter().flat_map(|of| [of.importance.low, of.importance.high]);
    let satisfied = matrix.factors.iter().flat_map(|of| [of.satisfaction.low, of.satisfaction.high]);
    let plot = Plot {
        across: Axis::over(important.chain([matrix.mean_importance])),
        up: Axis::over(satisfied.chain([matrix.mean_satisfaction])),
    };
    let name = format!(" role=\"img\" aria-label=\"{}\"", escaped(matrix.name));
    let mut svg = Svg::begin("chart", HEIGHT, &name);
    plot.ground(&mut svg, matrix, numbers);
    plot.crosses(&mut svg, &matrix.factors);
    plot.names(&mut svg, &matrix.factors);
    svg.end()
}

struct Plot {
    across: Axis,
    up: Axis,
}

impl Plot {
    /// Room is left at both ends for names.
    fn x(&self, value: f64) -> f64 {
        8.0 + 84.0 * self.across.at(value)
    }

    fn y(&self, value: f64) -> f64 {
        BOTTOM - 30.0 - self.up.at(value) * (BOTTOM - 30.0 - TOP - 30.0)
    }

    fn ground(&self, svg: &mut Svg, matrix: &Matrix<'_>, numbers: &Numbers<'_>) {
        let (x, y) = (self.x(matrix.mean_importance), self.y(matrix.mean_satisfaction));
        svg.group(svg::QUARTER, |svg| {
            svg.rect((X::Percent(x), y), (X::Percent(100.0 - x), BOTTOM - y), 0.0);
        });
        svg.group(svg::MEANS, |svg| {
            svg.line((X::Percent(x), 0.0), (X::Percent(x), BOTTOM));
            svg.line((X::Px(0.0), y), (X::Percent(100.0), y));
        });
        svg.group(svg::AXIS, |svg| svg.line((X::Px(0.0), BOTTOM), (X::Percent(100.0), BOTTOM)));
        for tick in self.up.ticks() {
            let text = numbers.plain(tick, self.up.decimals());
            svg.text((X::Px(0.0), self.y(tick) + 4.0), Anchor::Start, Ink::Dim, &text);
        }
        for tick in self.across.ticks() {
            let text = numbers.plain(tick, self.across.decimals());
            svg.text((X::Percent(self.x(tick)), HEIGHT - 14.0), Anchor::Middle, Ink::Dim, &text);
        }
        let say = |id: &str| numbers.catalogue.text(numbers.locale, id);
        svg.text((X::Percent(100.0), HEIGHT - 1.0), Anchor::End, Ink::Dim, &say("matrix-important"));
        svg.text((X::Px(0.0), 11.0), Anchor::Start, Ink::Dim, &say("matrix-satisfied"));
        svg.text((X::Percent(100.0), 12.0), Anchor::End, Ink::Dim, &say("matrix-keep"));
        svg.text((X::Percent(100.0), BOTTOM - 8.0), Anchor::End, Ink::Bad, &say("matrix-mend"));
        svg.text((X::Percent(4.0), BOTTOM - 8.0), Anchor::Start, Ink::DimIfWide, &say("matrix-minor"));
        svg.text((X::Percent(x - 1.0), 28.0), Anchor::End, Ink::DimIfWide, &say("matrix-fine"));
    }

    fn crosses(&self, svg: &mut Svg, factors: &[Factor<'_>]) {
        svg.group(svg::CROSS, |svg| {
            for of in factors {
                let (x, y) = (self.x(of.importance.value), self.y(of.satisfaction.value));
                let [from, to] = [of.importance.low, of.importance.high].map(|at| X::Percent(self.x(at)));
                svg.line((from, y), (to, y));
                let [bottom, top] = [of.satisfaction.low, of.satisfaction.high].map(|at| self.y(at));
                svg.line((X::Percent(x), bottom), (X::Percent(x), top));
            }
        });
        svg.group(svg::DOT, |svg| {
            for of in factors {
                svg.circle((X::Percent(self.x(of.importance.value)), self.y(of.satisfaction.value)), 5.0);
            }
        });
    }

    /// Each name stands at the first side of its cross where it covers nothing.
    fn names(&self, svg: &mut Svg, factors: &[Factor<'_>]) {
        let pixels = |percent: f64| percent / 100.0 * USUAL;
        let mut taken: Vec<Rect> = factors
            .iter()
            .flat_map(|of| {
                let (x, y) = (pixels(self.x(of.importance.value)), self.y(of.satisfaction.value));
                let [left, right] = [of.importance.low, of.importance.high].map(|at| pixels(self.x(at)));
                let [bottom, top] = [of.satisfaction.low, of.satisfaction.high].map(|at| self.y(at));
                [[left, y - 6.0, right, y + 6.0], [x - 6.0, top, x + 6.0, bottom]]
            })
            .collect();
        let outline = Paint {
            class: "ci h",
            attributes: "font-size=\"14\" fill=\"#0f1419\" stroke=\"#ffffff\" stroke-width=\"4\" \
                         stroke-linejoin=\"round\" paint-order=\"stroke\"",
        };
        for of in factors {
            let (x, y) = (pixels(self.x(of.importance.value)), self.y(of.satisfaction.value));
            let [bottom, top] = [of.satisfaction.low, of.satisfaction.high].map(|at| self.y(at));
            let long = width(of.name, SIZE);
            let sides = [
                (Anchor::Middle, 0.0, top - 7.0),
                (Anchor::Middle, 0.0, bottom + 16.0),
                (Anchor::Start, 10.0, y + 18.0),
                (Anchor::End, -10.0, y + 18.0),
                (Anchor::Start, 10.0, y - 10.0),
                (Anchor::End, -10.0, y - 10.0),
            ];
            let of_side = |(anchor, moved, base): (Anchor, f64, f64)| -> Rect {
                let left = match anchor {
                    Anchor::Start => x + moved,
                    Anchor::Middle => x - long / 2.0,
                    Anchor::End => x + moved - long,
                };
                [left, base - 12.0, left + long, base + 3.0]
            };
            let is_free = |side: &(Anchor, f64, f64)| {
                let own = of_side(*side);
                let is_inside = own[0] >= 0.0 && own[2] <= USUAL && own[1] >= 0.0 && own[3] <= BOTTOM;
                is_inside && taken.iter().all(|other| !overlap(own, *other))
            };
            let side = sides.into_iter().find(is_free).unwrap_or(sides[0]);
            taken.push(of_side(side));
            let (anchor, moved, base) = side;
            svg.group_moved(outline, (moved, 0.0), |svg| {
                svg.text((X::Percent(self.x(of.importance.value)), base), anchor, Ink::Dim, of.name);
            });
        }
    }
}

fn overlap(a: Rect, b: Rect) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}
