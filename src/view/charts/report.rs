//! The picture of a report: one index of one period, readable on a phone without anything beside it.

use super::estimate::{Certainty, Estimate};
use super::svg::{Anchor, Ink, Paint, Svg, X, escaped};
use super::trend::{Point, Trend, trend};
use super::width::{cut, lines, width};
use crate::domain::stats::measure::MinN;
use crate::domain::stats::rounding::Shape;
use crate::view::numbers::Numbers;
use crate::view::verdicts::{self, Glyph, Said, Tone};

/// The size of the picture; it grows with its texts.
pub const WIDTH: f64 = 400.0;
/// From this coverage on, the score is the headline; below, the bounds over those who did not answer take its place.
pub const HEARD: f64 = 0.2;

const MARGIN: f64 = 12.0;
const ROOM: f64 = WIDTH - 2.0 * MARGIN;
const TREND: f64 = 152.0;
const SMALL: f64 = 13.0;

/// What the picture shows.
#[derive(Clone, Debug)]
pub struct ReportPicture<'a> {
    /// The question and its index: `Help from support: share of “excellent”`.
    pub title: &'a str,
    pub shape: Shape,
    pub score: Score,
    /// How many surveys were answered, and how many events were meant to ask. `None` where coverage means nothing.
    pub heard: Option<(u64, u64)>,
    /// The value if everybody who did not answer had given the worst answer, and the best.
    pub bounds: Option<[f64; 2]>,
    /// The verdict on the comparison with the period before, if there is one.
    pub verdict: Option<Said>,
    /// How many surveys can still get an answer; `None` once the period is settled.
    pub open: Option<u64>,
    /// The periods up to this one and further, oldest first. Fewer than two are not drawn.
    pub points: Vec<Point>,
    /// Versions of the script, each with the place of the first point that has it.
    pub versions: Vec<(usize, String)>,
    pub target: Option<f64>,
    /// Whose figures of which period: `Tea shop · October 2026 to September`.
    pub footer: &'a str,
}

/// The value of the period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// How many answers count, and how many are needed.
    pub n: u64,
    pub min_n: MinN,
    /// `None` with too few answers.
    pub estimate: Option<Estimate>,
}

/// Draws the picture: SVG with a fixed size in pixels, for the font Roboto.
#[must_use]
pub fn report(picture: &ReportPicture<'_>, numbers: &Numbers<'_>) -> String {
    let mut drawing = Drawing { picture, numbers, svg: Svg::default(), y: 5.0 };
    for line in lines(picture.title, 15.0, ROOM, 2) {
        drawing.y += 19.0;
        drawing.text(15.0, Ink::Text, &line);
    }
    drawing.headline();
    drawing.coverage();
    if picture.points.iter().filter(|point| point.estimate.is_some()).count() > 1 {
        drawing.trend();
    }
    drawing.footer();
    let height = drawing.y + 9.0;
    let size = format!(" font-family=\"Roboto\" role=\"img\" aria-label=\"{}\"", escaped(picture.title));
    let mut svg = Svg::picture(WIDTH, height, &size);
    let ground = Paint { class: "ground", attributes: "fill=\"#ffffff\"" };
    svg.group(ground, |svg| svg.rect((X::Px(0.0), 0.0), (X::Px(WIDTH), height), 0.0));
    svg.raw(&drawing.svg.into_shapes());
    svg.end()
}

struct Drawing<'p> {
    picture: &'p ReportPicture<'p>,
    numbers: &'p Numbers<'p>,
    svg: Svg,
    /// The baseline of what was drawn last.
    y: f64,
}

impl Drawing<'_> {
    fn text(&mut self, size: f64, ink: Ink, text: &str) {
        self.svg.text_sized((X::Px(MARGIN), self.y), size, Anchor::Start, ink, text);
    }

    fn say(&self, id: &str, values: &[(&str, String)]) -> String {
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.clone().into())).collect();
        self.numbers.catalogue.with(self.numbers.locale, id, &values)
    }

    /// The value, its interval and the verdict; or why there is no value.
    fn headline(&mut self) {
        let Score { n, min_n, estimate } = self.picture.score;
        let shape = self.picture.shape;
        let Some(estimate) = estimate else {
            let few = verdicts::too_few(n, min_n, self.numbers);
            self.y += 32.0;
            return self.text(20.0, Ink::Text, &few);
        };
        let range = self.numbers.range(shape, estimate.low, estimate.high, n);
        let bounds = self.picture.bounds.filter(|_| !self.is_heard());
        let (large, beside) = match (bounds, estimate.certainty) {
            (Some([low, high]), _) => {
                let range = self.numbers.range_with_unit(shape, low, high, n);
                let value = self.numbers.value(shape, estimate.value, n);
                (range, self.say("picture-among", &[("value", value)]))
            }
            (None, Certainty::Wide) => (
                self.numbers.range_with_unit(shape, estimate.low, estimate.high, n),
                self.say("picture-wide", &[]),
            ),
            (None, _) => (self.numbers.value(shape, estimate.value, n), range),
        };
        let size = if bounds.is_some() || estimate.certainty == Certainty::Wide { 24.0 } else { 36.0 };
        self.y += 42.0;
        self.text(size, Ink::Text, &large);
        let x = MARGIN + width(&large, size) + 10.0;
        let verdict = self.picture.verdict.clone().filter(|_| bounds.is_none());
        let fits = |text: &str, indent: f64| x + indent + width(text, SMALL) <= WIDTH - MARGIN;
        let is_beside = verdict.as_ref().is_none_or(|said| fits(&said.line(), 13.0)) && fits(&beside, 0.0);
        if is_beside {
            let y = if verdict.is_some() { self.y - 18.0 } else { self.y };
            self.svg.text_sized((X::Px(x), y), SMALL, Anchor::Start, Ink::Dim, &beside);
            if let Some(said) = verdict {
                self.verdict(&said, x, self.y - 0.5);
            }
            return;
        }
        self.y += 18.0;
        self.text(SMALL, Ink::Dim, &beside);
        if let Some(said) = verdict {
            self.y += 18.0;
            self.verdict(&said, MARGIN, self.y);
        }
    }

    /// Draws a verdict, over two lines if it needs them.
    fn verdict(&mut self, said: &Said, x: f64, y: f64) {
        let colour = match said.tone {
            Tone::Good => "#17702f",
            Tone::Bad => "#bb1f28",
            Tone::Neutral => "#59616a",
        };
        self.svg.raw(&format!(
            "<path transform=\"translate({x:.1},{:.1})\" {}/>",
            y - 9.5,
            glyph(said.glyph, colour)
        ));
        let indent = x + 13.0;
        for (place, line) in lines(&said.line(), SMALL, WIDTH - MARGIN - indent, 2).iter().enumerate() {
            if place > 0 {
                self.y += 16.0;
            }
            let y = if place == 0 { y } else { self.y };
            self.svg.raw(&format!(
                "<text x=\"{indent:.1}\" y=\"{y:.1}\" font-size=\"{SMALL}\" fill=\"{colour}\">{}</text>",
                escaped(line)
            ));
        }
    }

    fn is_heard(&self) -> bool {
        coverage(self.picture).is_none_or(|coverage| coverage >= HEARD)
    }

    /// The coverage, how many scores there are if that is another number, and how many surveys are open.
    fn coverage(&mut self) {
        let picture = self.picture;
        let mut facts: Vec<String> = picture.heard.map(|heard| self.heard(heard)).into_iter().collect();
        let n = picture.score.n;
        let is_said = picture.heard.is_some_and(|(answered, _)| answered == n);
        if !is_said && picture.score.estimate.is_some() {
            let values = [("count", n.into()), ("n", self.numbers.count(n).into())];
            facts.push(self.numbers.catalogue.with(self.numbers.locale, "picture-scores", &values));
        }
        facts
            .extend(picture.open.map(|open| self.say("picture-open", &[("open", self.numbers.count(open))])));
        for (place, fact) in facts.iter().enumerate() {
            self.y += if place == 0 { 20.0 } else { 17.0 };
            self.text(12.5, Ink::Dim, fact);
        }
    }

    fn heard(&self, (answered, eligible): (u64, u64)) -> String {
        let Some(share) = coverage(self.picture) else { return self.say("picture-nobody", &[]) };
        let values = [
            ("coverage", self.numbers.share(share)),
            ("answered", self.numbers.count(answered)),
            ("eligible", self.numbers.count(eligible)),
        ];
        self.say("picture-coverage", &values)
    }

    fn trend(&mut self) {
        let drawn = trend(
            &Trend {
                name: "",
                shape: self.picture.shape,
                points: &self.picture.points,
                target: self.picture.target,
                versions: &self.picture.versions,
                established: None,
                notes: None,
                height: TREND,
                width: Some(ROOM),
            },
            self.numbers,
        );
        self.svg.raw(&format!("<g transform=\"translate({MARGIN},{:.1})\">{drawn}</g>", self.y + 6.0));
        self.y += TREND;
    }

    fn footer(&mut self) {
        self.y += 21.0;
        let drawn = self.picture.points.iter().filter_map(|point| point.estimate);
        let is_preliminary = drawn.filter(|of| of.certainty == Certainty::Preliminary).count() > 0;
        let mut room = ROOM;
        if is_preliminary {
            let word = self.say("picture-preliminary", &[]);
            let left = WIDTH - MARGIN - width(&word, 12.0);
            room = left - 24.0 - MARGIN;
            self.svg.text((X::Px(WIDTH - MARGIN), self.y), Anchor::End, Ink::Dim, &word);
            let dot = super::svg::DOT_PRELIMINARY;
            let y = self.y - 4.0;
            self.svg.group(dot, |svg| svg.circle((X::Px(left - 8.0), y), 4.0));
        }
        let footer = cut(self.picture.footer, 12.0, room);
        self.text(12.0, Ink::Dim, &footer);
    }
}

/// The share of the events that were answered; `None` if there were none, or it means nothing.
fn coverage(picture: &ReportPicture<'_>) -> Option<f64> {
    let (answered, eligible) = picture.heard.filter(|(_, eligible)| *eligible > 0)?;
    let [answered, eligible] =
        [answered, eligible].map(|count| f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
    Some(answered / eligible)
}

/// The path of a glyph in a square of ten, and how it is painted. The font has no such signs.
fn glyph(glyph: Glyph, colour: &str) -> String {
    let (path, is_filled) = match glyph {
        Glyph::Up => ("M5 1l4.7 8.2H.3z", true),
        Glyph::Down => ("M5 9.2L.3 1h9.4z", true),
        Glyph::Chance => ("M.5 3.6q2.3-2.3 4.5 0t4.5 0M.5 7.2q2.3-2.3 4.5 0t4.5 0", false),
        Glyph::Unknown => ("M5 1.2a3.8 3.8 0 1 0 .01 0", false),
    };
    let paint = if is_filled {
        format!("fill=\"{colour}\"")
    } else {
        format!("fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"")
    };
    let dashes = if glyph == Glyph::Unknown { " stroke-dasharray=\"2 2\"" } else { "" };
    format!("d=\"{path}\" {paint}{dashes}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::stats::difference::Verdict;
    use crate::domain::stats::index::Index;
    use crate::i18n::Catalogue;
    use crate::view::verdicts::{Compared, compared};

    /// Twelve months of a question; the last one is preliminary.
    pub(super) fn points(numbers: &Numbers<'_>) -> Vec<Point> {
        let values = [67.0, 70.8, 69.7, 70.4, 69.3, 71.8, 72.5, 72.5, 69.2, 68.1, 73.9, 70.6];
        let point = |(place, value): (usize, &f64)| {
            let place = u32::try_from(place).unwrap();
            let month = chrono::NaiveDate::from_ymd_opt(2026, (place + 11) % 12 + 1, 1).unwrap();
            let certainty = if place == 11 { Certainty::Preliminary } else { Certainty::Settled };
            Point {
                label: numbers.short_month(month),
                n: 700,
                estimate: Estimate::of(Some(*value), Some(value - 3.2), Some(value + 3.1), certainty),
                established: None,
                is_comparable: true,
                note: None,
                link: None,
            }
        };
        values.iter().enumerate().map(point).collect()
    }

    fn picture<'a>(numbers: &Numbers<'_>, title: &'a str) -> ReportPicture<'a> {
        let change = Compared {
            index: Some(Index::Csat),
            verdict: Verdict::Up,
            difference: Some([5.8, 1.2, 10.9]),
            n: 761,
            n_before: 708,
            is_change: true,
        };
        ReportPicture {
            title,
            shape: Shape::Share,
            score: Score {
                n: 761,
                min_n: MinN(10),
                estimate: Estimate::of(Some(73.98), Some(70.75), Some(76.97), Certainty::Settled),
            },
            heard: Some((761, 2_024)),
            bounds: Some([27.8, 90.2]),
            verdict: Some(compared(&change, MinN(10), numbers)),
            open: None,
            points: points(numbers),
            versions: Vec::new(),
            target: Some(75.0),
            footer: "Лавка чая · октябрь 2026",
        }
    }

    /// The texts of a drawing, one a line.
    fn texts(svg: &str) -> String {
        let parts = svg.split("<text ").skip(1).filter_map(|part| {
            let (_, rest) = part.split_once('>')?;
            rest.split_once("</text>").map(|(text, _)| text)
        });
        parts.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_picture_says_everything_by_itself() {
        let catalogue = Catalogue::default();
        let numbers = Numbers::new(&catalogue, "ru");
        insta::assert_snapshot!(
            texts(&report(&picture(&numbers, "Помощь поддержки: доля «отлично»"), &numbers)),
            @r"
        Помощь поддержки: доля «отлично»
        74 %
        от 70 до 77
        стало лучше: +6 (от +1 до +11)
        охват 38 %: ответили 761 из 2 024
        65
        70 %
        цель 75
        дек
        янв
        фев
        мар
        апр
        май
        июн
        июл
        авг
        сен
        окт
        ноя
        предварительно
        Лавка чая · октябрь 2026
        "
        );
        let numbers = Numbers::new(&catalogue, "en");
        insta::assert_snapshot!(
            texts(&report(&picture(&numbers, "Help from support: share of “excellent”"), &numbers)),
            @r"
        Help from support: share of “excellent”
        74%
        70 to 77
        better: +6 (+1 to +11)
        coverage 38%: 761 of 2,024 answered
        65
        70%
        target 75
        Dec
        Jan
        Feb
        Mar
        Apr
        May
        Jun
        Jul
        Aug
        Sep
        Oct
        Nov
        preliminary
        Лавка чая · октябрь 2026
        "
        );
    }

    #[test]
    fn with_little_coverage_the_bounds_are_the_headline() {
        let catalogue = Catalogue::default();
        let numbers = Numbers::new(&catalogue, "ru");
        let mut picture = picture(&numbers, "Помощь поддержки");
        picture.heard = Some((761, 10_000));
        let texts = texts(&report(&picture, &numbers));
        assert!(
            texts.starts_with("Помощь поддержки\nот 27 до 91\u{202f}%\nсреди ответивших 74\u{202f}%"),
            "{texts}"
        );
        assert!(!texts.contains("стало"), "{texts}");
    }

    #[test]
    fn with_too_few_answers_there_are_only_counts() {
        let catalogue = Catalogue::default();
        let numbers = Numbers::new(&catalogue, "en");
        let mut picture = picture(&numbers, "Help");
        picture.score = Score { n: 7, min_n: MinN(10), estimate: None };
        picture.verdict = None;
        picture.points.truncate(1);
        let texts = texts(&report(&picture, &numbers));
        assert!(texts.starts_with("Help\ntoo few to tell: 7 of the 10 needed\ncoverage"), "{texts}");
        assert!(!texts.contains("74"), "{texts}");
    }

    #[test]
    fn no_text_leaves_the_picture() {
        let catalogue = Catalogue::default();
        let numbers = Numbers::new(&catalogue, "ru");
        let title = "<script>&\"Обращением\" занимался специалист поддержки? ".repeat(9);
        let mut picture = picture(&numbers, &title);
        picture.footer =
            "Магазин с очень длинным названием, которое не помещается · октябрь 2026 к сентябрю 2026";
        let svg = report(&picture, &numbers);
        assert!(!svg.contains("<script"), "{svg}");
        assert!(svg.contains("&lt;script&gt;&amp;&quot;"), "{svg}");
    }
}
