//! Writes SVG: x in per cent or pixels, y in pixels, and only shapes that browsers and the renderer of pictures draw alike.

use std::fmt::{self, Write as _};

use crate::domain::direction::contained;

/// A horizontal place or width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum X {
    Percent(f64),
    Px(f64),
}

impl fmt::Display for X {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percent(value) => write!(f, "{}%", Short(*value)),
            Self::Px(value) => Short(*value).fmt(f),
        }
    }
}

/// A number with at most one decimal, which moves nothing by a pixel on any page. What is not finite becomes 0, so that no
/// drawing breaks.
struct Short(f64);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if self.0.is_finite() { (self.0 * 10.0).round() / 10.0 + 0.0 } else { 0.0 };
        write!(f, "{value}")
    }
}

/// A colour: the class by which a page's theme paints it, and the attributes for pictures without a stylesheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Paint {
    pub class: &'static str,
    pub attributes: &'static str,
}

macro_rules! paints {
    ($($(#[$doc:meta])* $name:ident = $class:literal $attributes:literal;)+) => {
        $($(#[$doc])* pub(super) const $name: Paint = Paint { class: $class, attributes: $attributes };)+
    };
}

paints! {
    GRID = "cg" "stroke=\"#e3e7eb\"";
    AXIS = "ca" "stroke=\"#aab2b9\" stroke-width=\"1.5\"";
    UPRIGHT = "ca" "stroke=\"#aab2b9\" stroke-dasharray=\"1 3\"";
    TARGET = "cT" "stroke=\"#805100\" stroke-dasharray=\"2 3\"";
    /// An interval.
    CAPSULE = "cb" "fill=\"#cfe1f6\" stroke=\"#6595d2\"";
    CAPSULE_PRELIMINARY = "cbp" "fill=\"#ffffff\" stroke=\"#6595d2\" stroke-dasharray=\"3 2\"";
    CAPSULE_WIDE = "cbw" "fill=\"#d5dade\" stroke=\"#8a939b\"";
    CAPSULE_BAD = "cbl" "fill=\"#f6d3d5\" stroke=\"#d9777d\"";
    /// A value.
    DOT = "cd" "fill=\"#176cc5\" stroke=\"#ffffff\" stroke-width=\"2\"";
    DOT_PRELIMINARY = "ch" "fill=\"#ffffff\" stroke=\"#176cc5\" stroke-width=\"2\"";
    DOT_WIDE = "cr" "fill=\"#ffffff\" stroke=\"#59616a\" stroke-width=\"1.5\"";
    DOT_BAD = "cdl" "fill=\"#c7232c\" stroke=\"#ffffff\" stroke-width=\"2\"";
    DOT_MIDDLE = "cdm" "fill=\"#7d8790\" stroke=\"#ffffff\" stroke-width=\"2\"";
    LINE = "cl" "stroke=\"#176cc5\" stroke-width=\"2\"";
    LINE_PRELIMINARY = "cl" "stroke=\"#176cc5\" stroke-width=\"2\" stroke-dasharray=\"4 3\"";
    LINE_BAD = "cll" "stroke=\"#c7232c\" stroke-width=\"2\"";
    LINE_MIDDLE = "clm" "stroke=\"#7d8790\" stroke-width=\"2\"";
    LINE_ESTABLISHED = "c2" "stroke=\"#59616a\" stroke-width=\"1.5\" stroke-dasharray=\"5 3\"";
    LINE_MODEL = "c2" "stroke=\"#59616a\" stroke-width=\"1.5\"";
    LINE_THRESHOLD = "cT" "stroke=\"#805100\" stroke-width=\"2\"";
    /// A bar, in the light tint of its kind.
    BAR = "kb" "fill=\"#cfe1f6\"";
    BAR_BAD = "kbl" "fill=\"#f6d3d5\"";
    BAR_MIDDLE = "k4" "fill=\"#d5dade\"";
    BAR_FULL = "k1" "fill=\"#176cc5\"";
    BAND_THRESHOLD = "cB" "fill=\"#fbf1dd\"";
    QUARTER = "cq" "fill=\"#fcebec\"";
    /// What was lost on the way.
    BAR_LOST = "ck" "fill=\"#8a939b\"";
    MEANS = "ca" "stroke=\"#aab2b9\" stroke-dasharray=\"3 3\"";
    CROSS = "c4" "stroke=\"#6595d2\" stroke-width=\"2.5\"";
    RAW = "cr" "fill=\"#ffffff\" stroke=\"#59616a\" stroke-width=\"1.5\"";
    CAPSULE_THIN = "cb" "fill=\"#cfe1f6\" stroke=\"#6595d2\" stroke-width=\".75\"";
    LINE_THIN = "cl" "stroke=\"#176cc5\" stroke-width=\"1.5\"";
    LINE_PRELIMINARY_THIN = "cl" "stroke=\"#176cc5\" stroke-width=\"1.5\" stroke-dasharray=\"3 2\"";
    DOT_THIN = "cd" "fill=\"#176cc5\" stroke=\"#ffffff\" stroke-width=\"1.5\"";
    GROUND = "cs" "fill=\"#e3e7eb\"";
    HATCH = "cz" "fill=\"#b4bcc3\"";
}

/// Where a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    const fn attribute(self) -> &'static str {
        match self {
            Self::Start => "",
            Self::Middle => " text-anchor=\"middle\"",
            Self::End => " text-anchor=\"end\"",
        }
    }
}

/// What a text is drawn in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// As the chart's own: axes and labels.
    Dim,
    /// Left out where there is little room.
    DimIfWide,
    Text,
    Target,
    Bad,
}

impl Ink {
    const fn attributes(self) -> &'static str {
        match self {
            Self::Dim => "",
            Self::DimIfWide => " class=\"nw\"",
            Self::Text => " class=\"ci\" fill=\"#0f1419\"",
            Self::Target => " class=\"cw\" fill=\"#805100\"",
            Self::Bad => " class=\"cbad\" fill=\"#bb1f28\"",
        }
    }
}

/// An SVG that is being written.
#[derive(Debug, Default)]
pub(super) struct Svg {
    text: String,
}

impl Svg {
    /// Begins a picture that stands by itself.
    pub fn picture(width: f64, height: f64, attributes: &str) -> Self {
        let [width, height] = [width, height].map(Short);
        let text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"picture\" width=\"{width}\" height=\"{height}\" \
             font-size=\"12\" fill=\"#59616a\"{attributes}>"
        );
        Self { text }
    }

    /// Begins a drawing as wide as its place, with its height in pixels. A page's stylesheet gives it width, size of letters
    /// and ink; in a picture they are the picture's.
    pub fn begin(class: &str, height: f64, attributes: &str) -> Self {
        Self { text: format!("<svg class=\"{class}\" height=\"{}\"{attributes}>", Short(height)) }
    }

    pub fn end(mut self) -> String {
        self.text.push_str("</svg>");
        self.text
    }

    /// What was written into an SVG that was not begun.
    pub fn into_shapes(self) -> String {
        self.text
    }

    /// Adds what is written already.
    pub fn raw(&mut self, svg: &str) {
        self.text.push_str(svg);
    }

    /// Shapes of one colour.
    pub fn group(&mut self, paint: Paint, draw: impl FnOnce(&mut Self)) {
        self.group_moved(paint, (0.0, 0.0), draw);
    }

    /// Shapes of one colour, moved by pixels.
    pub fn group_moved(&mut self, paint: Paint, (x, y): (f64, f64), draw: impl FnOnce(&mut Self)) {
        let begin = self.text.len();
        self.write(format_args!("<g class=\"{}\" {}", paint.class, paint.attributes));
        if x != 0.0 || y != 0.0 {
            self.write(format_args!(" transform=\"translate({},{})\"", Short(x), Short(y)));
        }
        self.text.push('>');
        let inside = self.text.len();
        draw(self);
        if self.text.len() == inside {
            self.text.truncate(begin);
        } else {
            self.text.push_str("</g>");
        }
    }

    pub fn line(&mut self, (x1, y1): (X, f64), (x2, y2): (X, f64)) {
        self.text.push_str("<line");
        for (name, at) in [("x1", x1), ("y1", X::Px(y1)), ("x2", x2), ("y2", X::Px(y2))] {
            self.place(name, at);
        }
        self.text.push_str("/>");
    }

    /// A rectangle with corners of the radius `r`.
    pub fn rect(&mut self, (x, y): (X, f64), (width, height): (X, f64), r: f64) {
        self.text.push_str("<rect");
        self.place("x", x);
        self.place("y", X::Px(y));
        self.write(format_args!(" width=\"{width}\" height=\"{}\"", Short(height)));
        self.place("rx", X::Px(r));
        self.text.push_str("/>");
    }

    /// A place as an attribute. Without it, it is 0.
    fn place(&mut self, name: &str, at: X) {
        let at = at.to_string();
        if at.trim_end_matches('%') != "0" {
            self.write(format_args!(" {name}=\"{at}\""));
        }
    }

    pub fn circle(&mut self, (x, y): (X, f64), r: f64) {
        self.write(format_args!("<circle cx=\"{x}\" cy=\"{}\" r=\"{}\"/>", Short(y), Short(r)));
    }

    pub fn text(&mut self, (x, y): (X, f64), anchor: Anchor, ink: Ink, text: &str) {
        let (anchor, ink) = (anchor.attribute(), ink.attributes());
        self.write(format_args!("<text x=\"{x}\" y=\"{}\"{anchor}{ink}>", Short(y)));
        self.text.push_str(&escaped(text));
        self.text.push_str("</text>");
    }

    /// A text of its own size.
    pub fn text_sized(&mut self, (x, y): (X, f64), size: f64, anchor: Anchor, ink: Ink, text: &str) {
        self.write(format_args!("<g font-size=\"{}\">", Short(size)));
        self.text((x, y), anchor, ink, text);
        self.text.push_str("</g>");
    }

    /// A hollow diamond. A nested element lets a path stand at a place in per cent.
    pub fn diamond(&mut self, (x, y): (X, f64)) {
        self.write(format_args!(
            "<svg x=\"{x}\" y=\"{}\" overflow=\"visible\"><path class=\"{}\" {} d=\"M0-5.5L5.5 0 0 5.5-5.5 0z\"/></svg>",
            Short(y),
            RAW.class,
            RAW.attributes
        ));
    }

    /// A link around what is drawn, with a name for those who cannot see it.
    pub fn link(&mut self, href: &str, name: &str, draw: impl FnOnce(&mut Self)) {
        self.write(format_args!("<a href=\"{}\" aria-label=\"{}\">", escaped(href), escaped(name)));
        draw(self);
        self.text.push_str("</a>");
    }

    /// The pattern for what is not known. Its ID must be unique on a page.
    pub fn hatch(&mut self, id: &str) {
        self.write(format_args!(
            "<defs><pattern id=\"{id}\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate(45)\"><rect class=\"{}\" width=\"6\" height=\"6\" {}/><rect class=\"{}\" \
             width=\"2\" height=\"6\" {}/></pattern></defs>",
            GROUND.class, GROUND.attributes, HATCH.class, HATCH.attributes
        ));
    }

    /// A rectangle filled with the pattern, with an outline or without.
    pub fn hatched(
        &mut self,
        id: &str,
        (x, y): (X, f64),
        (width, height): (X, f64),
        r: f64,
        is_outlined: bool,
    ) {
        let edge = if is_outlined { " class=\"cE\" stroke=\"#8a939b\"" } else { "" };
        self.write(format_args!("<g fill=\"url(#{id})\"{edge}>"));
        self.rect((x, y), (width, height), r);
        self.text.push_str("</g>");
    }

    fn write(&mut self, text: fmt::Arguments<'_>) {
        // Writing into a string does not fail.
        let _ = self.text.write_fmt(text);
    }
}

/// A text inside an element or a quoted attribute. What XML cannot hold is dropped.
pub(super) fn escaped(text: &str) -> String {
    let is_held = |c: &char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    let mut out = String::with_capacity(text.len());
    for c in contained(text).chars().filter(is_held) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_always_finite() {
        let short = |value: f64| X::Percent(value).to_string();
        assert_eq!(short(100.0 / 3.0), "33.3%");
        assert_eq!(short(-0.001), "0%");
        assert_eq!(short(f64::NAN), "0%");
        assert_eq!(short(f64::INFINITY), "0%");
        assert_eq!(X::Px(12.5).to_string(), "12.5");
    }

    #[test]
    fn what_is_zero_is_left_out() {
        let mut svg = Svg::default();
        svg.line((X::Px(0.0), 12.0), (X::Percent(100.0), 12.0));
        svg.rect((X::Percent(0.02), 0.0), (X::Px(6.0), 9.0), 0.0);
        assert_eq!(
            svg.into_shapes(),
            "<line y1=\"12\" x2=\"100%\" y2=\"12\"/><rect width=\"6\" height=\"9\"/>"
        );
    }

    #[test]
    fn texts_cannot_leave_their_element_or_attribute() {
        assert_eq!(escaped("<b a=\"1\">&\u{0}\n"), "&lt;b a=&quot;1&quot;&gt;&amp;");
    }

    #[test]
    fn an_empty_group_is_left_out() {
        let mut svg = Svg::default();
        svg.group(GRID, |_| {});
        assert_eq!(svg.text, "");
    }
}
