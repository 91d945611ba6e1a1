//! A page's charts on one sheet: a picture that stands by itself, with its title, what it is about and its own ground.

use std::borrow::Cow;

use super::svg::{Anchor, Ink, Paint, Svg, X, escaped};
use super::width::{cut, lines};

/// The width of a sheet, in pixels.
const WIDTH: f64 = 800.0;
/// What begins below this height is left out, so that a picture can always be made of a sheet: with the highest chart and
/// the last line it stays below the longest side of a picture.
const MOST: f64 = 7_400.0;
const MARGIN: f64 = 24.0;
const ROOM: f64 = WIDTH - 2.0 * MARGIN;
/// The columns of a row: its name, its plot, its value.
const NAME: f64 = 260.0;
const VALUE: f64 = 180.0;
const PLOT: f64 = ROOM - NAME - VALUE - 2.0 * GAP;
const GAP: f64 = 14.0;
/// The distance of two rows, and of two lines of one.
const ROW: f64 = 28.0;
const LINE: f64 = 16.0;

/// What stands on a sheet, from top to bottom.
#[derive(Clone, Debug, Default)]
pub struct Sheet<'a> {
    pub title: &'a str,
    /// The lines below the title.
    pub about: Vec<String>,
    pub blocks: Vec<Block<'a>>,
    /// The last line.
    pub footer: &'a str,
}

/// A part of a sheet.
#[derive(Clone, Debug)]
pub enum Block<'a> {
    Heading(Cow<'a, str>),
    Text(Cow<'a, str>),
    /// A chart over the whole width.
    Chart(&'a str),
    /// The axis of the rows below.
    Axis(&'a str),
    /// A row of a table, with its plot.
    Row {
        name: &'a str,
        plot: &'a str,
        value: &'a str,
        /// What stands below the value: its interval, and of how many it is.
        note: Cow<'a, str>,
    },
}

impl<'a> Sheet<'a> {
    /// Whether there is any chart.
    #[must_use]
    pub fn has_chart(&self) -> bool {
        self.blocks.iter().any(|block| match block {
            Block::Chart(svg) | Block::Row { plot: svg, .. } => !svg.is_empty(),
            Block::Heading(_) | Block::Text(_) | Block::Axis(_) => false,
        })
    }

    /// Adds a text, unless it is empty.
    pub fn text(&mut self, text: impl Into<Cow<'a, str>>) {
        let text = text.into();
        if !text.is_empty() {
            self.blocks.push(Block::Text(text));
        }
    }

    /// Adds a heading and its rows: names, plots, values, and what stands below these.
    pub fn rows(
        &mut self,
        heading: impl Into<Cow<'a, str>>,
        axis: &'a str,
        rows: impl IntoIterator<Item = (&'a str, &'a str, &'a str, Cow<'a, str>)>,
    ) {
        let mut rows = rows.into_iter().peekable();
        if rows.peek().is_none() {
            return;
        }
        self.blocks.push(Block::Heading(heading.into()));
        if !axis.is_empty() {
            self.blocks.push(Block::Axis(axis));
        }
        self.blocks.extend(rows.map(|(name, plot, value, note)| Block::Row { name, plot, value, note }));
    }
}

/// Draws the sheet: SVG with a fixed size in pixels, for the font Roboto. `more` says how many rows are left out.
#[must_use]
pub fn sheet(sheet: &Sheet<'_>, more: impl FnOnce(usize) -> String) -> String {
    let mut drawing = Drawing { svg: Svg::default(), y: MARGIN };
    for line in lines(sheet.title, 20.0, ROOM, 4) {
        drawing.line(20.0, 26.0, Ink::Text, &line);
    }
    for about in &sheet.about {
        for line in lines(about, 13.0, ROOM, 6) {
            drawing.line(13.0, 19.0, Ink::Dim, &line);
        }
    }
    let mut blocks = sheet.blocks.iter();
    while drawing.y <= MOST
        && let Some(block) = blocks.next()
    {
        drawing.block(block);
    }
    let left_out = blocks.filter(|block| matches!(block, Block::Row { .. })).count();
    if left_out > 0 {
        drawing.line(13.0, 24.0, Ink::Dim, &cut(&more(left_out), 13.0, ROOM));
    }
    drawing.y += 10.0;
    drawing.line(12.0, 18.0, Ink::Dim, &cut(sheet.footer, 12.0, ROOM));
    let height = drawing.y + MARGIN;
    let attributes = format!(
        " font-family=\"Roboto, Arial, sans-serif\" role=\"img\" aria-label=\"{}\"",
        escaped(sheet.title)
    );
    let mut svg = Svg::picture(WIDTH, height, &attributes);
    let ground = Paint { class: "ground", attributes: "fill=\"#ffffff\"" };
    svg.group(ground, |svg| svg.rect((X::Px(0.0), 0.0), (X::Px(WIDTH), height), 0.0));
    svg.raw(&drawing.svg.into_shapes());
    svg.end()
}

struct Drawing {
    svg: Svg,
    /// Where the next part begins.
    y: f64,
}

impl Drawing {
    fn block(&mut self, block: &Block<'_>) {
        match block {
            Block::Heading(text) => {
                self.y += 12.0;
                for line in lines(text, 15.0, ROOM, 4) {
                    self.line(15.0, 22.0, Ink::Text, &line);
                }
                self.y += 2.0;
            }
            Block::Text(text) => {
                for line in lines(text, 13.0, ROOM, 6) {
                    self.line(13.0, 19.0, Ink::Dim, &line);
                }
            }
            Block::Chart(chart) => {
                let height = height(chart);
                self.nested(chart, MARGIN, self.y + 6.0, ROOM, height);
                self.y += height + 12.0;
            }
            Block::Axis(axis) => {
                self.nested(axis, MARGIN + NAME + GAP, self.y, PLOT, 16.0);
                self.y += 18.0;
            }
            Block::Row { name, plot, value, note } => self.row(name, plot, value, note),
        }
    }

    fn row(&mut self, name: &str, plot: &str, value: &str, note: &str) {
        let (names, notes) = (lines(name, 13.0, NAME, 4), lines(note, 11.5, VALUE, 5));
        let [of_name, of_value] = [names.len(), notes.len() + 1]
            .map(|count| LINE * f64::from(u32::try_from(count).unwrap_or(1)) + ROW - LINE);
        let (row, end) = (of_name.max(of_value), WIDTH - MARGIN);
        let mut base = self.y + (row - of_name) / 2.0 + ROW / 2.0 + 4.5;
        for line in names {
            self.svg.text_sized((X::Px(MARGIN), base), 13.0, Anchor::Start, Ink::Text, &line);
            base += LINE;
        }
        if !plot.is_empty() {
            let height = height(plot);
            self.nested(plot, MARGIN + NAME + GAP, self.y + (row - height) / 2.0, PLOT, height);
        }
        base = self.y + (row - of_value) / 2.0 + ROW / 2.0 + 4.5;
        self.svg.text_sized((X::Px(end), base), 13.0, Anchor::End, Ink::Text, &cut(value, 13.0, VALUE));
        for line in notes {
            base += LINE;
            self.svg.text_sized((X::Px(end), base), 11.5, Anchor::End, Ink::Dim, &line);
        }
        self.y += row;
    }

    fn line(&mut self, size: f64, height: f64, ink: Ink, text: &str) {
        self.y += height;
        self.svg.text_sized((X::Px(MARGIN), self.y - 6.0), size, Anchor::Start, ink, text);
    }

    /// A drawing whose width is in per cent, at its place and without its links.
    fn nested(&mut self, drawing: &str, x: f64, y: f64, width: f64, height: f64) {
        self.svg.raw(&format!(
            "<svg x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" overflow=\"visible\">"
        ));
        self.svg.raw(&without_links(drawing));
        self.svg.raw("</svg>");
    }
}

/// The height of a drawing of ours.
fn height(svg: &str) -> f64 {
    let head = svg.split('>').next().unwrap_or_default();
    let height = head.split(" height=\"").nth(1).and_then(|rest| rest.split('"').next());
    height.and_then(|height| height.parse().ok()).unwrap_or(24.0)
}

/// The drawing with its links as plain groups: a picture leads nowhere.
fn without_links(svg: &str) -> String {
    let mut plain = String::with_capacity(svg.len());
    let mut rest = svg;
    while let Some((before, link)) = rest.split_once("<a ") {
        plain.push_str(before);
        plain.push_str("<g>");
        rest = link.split_once('>').map_or("", |(_, inside)| inside);
    }
    plain.push_str(rest);
    plain.replace("</a>", "</g>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_stands_alone_and_leads_nowhere() {
        let chart = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" width=\"100%\" height=\"280\">\
                     <a href=\"/answers?q=help\" aria-label=\"Oct\"><circle r=\"5\"/></a></svg>";
        let mut drawn = Sheet { title: "Help <b>", footer: "Tea shop", ..Sheet::default() };
        assert!(!drawn.has_chart());
        drawn.blocks.push(Block::Chart(chart));
        let long = "a name that is so long that it does not fit on one line of its column";
        drawn.rows("Parts", "", [("first", "", "74%", "70 to 77, n 12".into()), (long, "", "—", "".into())]);
        drawn.rows("Nothing", "", []);
        assert!(drawn.has_chart());
        let svg = sheet(&drawn, |_| "never said".to_owned());
        for told in [
            "<g><circle r=\"5\"/></g>",
            "Help &lt;b&gt;",
            "font-family=\"Roboto",
            ">74%<",
            ">70 to 77, n 12<",
            "column",
            "Tea shop",
        ] {
            assert!(svg.contains(told), "{told} is not in {svg}");
        }
        for absent in ["<a ", "href", "Nothing", "never said", "…"] {
            assert!(!svg.contains(absent), "{absent} is in {svg}");
        }
    }

    #[test]
    fn a_sheet_never_grows_beyond_what_can_be_drawn() {
        let row = ("name", "", "1", Cow::Borrowed(""));
        let mut drawn = Sheet { title: "Agents", ..Sheet::default() };
        drawn.rows("All", "", std::iter::repeat_n(row, 5000));
        let svg = sheet(&drawn, |rows| format!("{rows} more rows"));
        assert!(height(&svg) < 8000.0, "{}", height(&svg));
        let drawn = svg.matches(">name<").count();
        assert!(drawn > 200, "{drawn}");
        assert!(svg.contains(&format!(">{} more rows<", 5000 - drawn)), "{drawn}");
    }
}
