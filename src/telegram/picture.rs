//! Drawings as pictures, for Telegram and for the pages.

use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};
use tokio::sync::Semaphore;

/// The only font: pictures must look the same on every machine. Roboto Regular 2.138, cut by `pyftsubset` without features and
/// hints to Latin with its extensions, Cyrillic, and the signs that texts have.
const FONT: &[u8] = include_bytes!("font/Roboto-Regular.ttf");
/// Pixels of the picture for each pixel of the drawing, so that it is sharp on a phone.
const SCALE: f32 = 3.0;
/// The longest side of a picture, in pixels of the picture.
const LONGEST: f32 = 8000.0;

/// Draws pictures, one at a time: a picture takes a core for some hundredths of a second and, if it is long, up to
/// eighty megabytes.
#[derive(Clone, Debug)]
pub struct Pictures {
    turn: Arc<Semaphore>,
    fonts: Arc<OnceLock<Arc<Database>>>,
}

impl Default for Pictures {
    fn default() -> Self {
        Self { turn: Arc::new(Semaphore::new(1)), fonts: Arc::default() }
    }
}

impl Pictures {
    /// Draws an SVG as a PNG. The error says what is wrong with the drawing.
    pub async fn png(&self, svg: String) -> Result<Vec<u8>, String> {
        // The semaphore is never closed.
        let _turn = self.turn.acquire().await;
        let fonts = self.fonts.clone();
        let drawn = tokio::task::spawn_blocking(move || {
            let fonts = fonts.get_or_init(|| {
                let mut fonts = Database::new();
                fonts.load_font_data(FONT.to_vec());
                Arc::new(fonts)
            });
            png(&svg, fonts.clone())
        });
        drawn.await.unwrap_or_else(|_| Err("drawing it panicked".to_owned()))
    }
}

fn png(svg: &str, fontdb: Arc<Database>) -> Result<Vec<u8>, String> {
    let options = Options { fontdb, font_family: "Roboto".to_owned(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|error| error.to_string())?;
    let longest = tree.size().width().max(tree.size().height());
    // A long drawing is drawn with fewer pixels, but with at least one for each of its own.
    let scale = SCALE.min(LONGEST / longest);
    if scale < 1.0 {
        return Err("it is too large".to_owned());
    }
    let size = tree.size().to_int_size().scale_by(scale).ok_or("it has no size")?;
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or("it has no size")?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fmt::Write as _;

    use super::*;

    /// A picture of some text, and how many of its pixels are not white.
    async fn inked(text: &str) -> usize {
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"400\" height=\"40\" font-family=\"Roboto\">\
             <rect width=\"400\" height=\"40\" fill=\"#ffffff\"/><text x=\"9\" y=\"30\" font-size=\"20\">{text}</text></svg>"
        );
        let png = Pictures::default().png(svg).await.unwrap();
        let pixels = Pixmap::decode_png(&png).unwrap();
        assert_eq!((pixels.width(), pixels.height()), (1200, 120));
        pixels.pixels().iter().filter(|pixel| pixel.red() < 128).count()
    }

    #[tokio::test]
    async fn every_sign_of_a_picture_is_in_the_font() {
        for sign in "AzЯёҐ09−–—«»“”„’·…№≈≤≥×₽%+°".chars() {
            assert!(inked(&sign.to_string()).await > 20, "{sign} leaves no trace");
        }
        assert_eq!(inked("\u{202f}").await, 0);
        assert_eq!(inked("\u{4e2d}").await, 0, "a sign that the font lacks leaves its place empty");
    }

    /// The texts of which pictures are made, beside what companies write in their languages.
    const TEXTS: [&str; 6] = [
        include_str!("../../locales/en/figures.ftl"),
        include_str!("../../locales/en/pages.ftl"),
        include_str!("../../locales/en/report.ftl"),
        include_str!("../../locales/ru/figures.ftl"),
        include_str!("../../locales/ru/pages.ftl"),
        include_str!("../../locales/ru/report.ftl"),
    ];
    /// The place of a sign in a picture of many, and how many are in a row.
    const CELL: (usize, usize) = (30, 40);
    const IN_A_ROW: usize = 80;

    #[tokio::test]
    async fn the_font_has_every_letter_of_its_languages_and_every_sign_of_the_texts() {
        let blocks = ('!'..='~').chain('¡'..='ſ').chain('Ѐ'..='ӿ').chain("€₴₸₺₽№²³⁴™∞≠≈≤≥−".chars());
        let texts = TEXTS.iter().flat_map(|text| text.chars());
        let signs: BTreeSet<char> = blocks.chain(texts).collect();
        // A soft hyphen and spaces are not seen; marks stand on the letter before.
        let is_seen = |sign: &char| {
            !sign.is_whitespace()
                && !sign.is_control()
                && *sign != '\u{ad}'
                && !('\u{483}'..='\u{489}').contains(sign)
        };
        let signs: Vec<char> = signs.into_iter().filter(is_seen).collect();
        let (width, height) = (CELL.0 * IN_A_ROW, CELL.1 * signs.len().div_ceil(IN_A_ROW));
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" font-family=\"Roboto\" \
             font-size=\"18\"><rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>"
        );
        for (place, sign) in signs.iter().enumerate() {
            let (x, y) = (CELL.0 * (place % IN_A_ROW) + 5, CELL.1 * (place / IN_A_ROW) + 28);
            write!(svg, "<text x=\"{x}\" y=\"{y}\">&#{};</text>", u32::from(*sign)).unwrap();
        }
        let pixels = Pixmap::decode_png(&Pictures::default().png(svg + "</svg>").await.unwrap()).unwrap();
        let is_dark = |x: usize, y: usize| {
            let at = [x, y].map(|at| u32::try_from(at).unwrap());
            pixels.pixel(at[0], at[1]).is_some_and(|pixel| pixel.red() < 128)
        };
        for (place, sign) in signs.iter().enumerate() {
            let (left, top) = (3 * CELL.0 * (place % IN_A_ROW), 3 * CELL.1 * (place / IN_A_ROW));
            let cell = (left..left + 3 * CELL.0).flat_map(|x| (top..top + 3 * CELL.1).map(move |y| (x, y)));
            let ink = cell.filter(|(x, y)| is_dark(*x, *y)).count();
            assert!(ink > 10, "{sign} (U+{:04X}) leaves no trace", u32::from(*sign));
        }
    }

    #[tokio::test]
    async fn what_is_no_drawing_says_so() {
        assert!(Pictures::default().png("<p>".to_owned()).await.is_err());
        let huge = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"90000\" height=\"9\"/>";
        assert_eq!(Pictures::default().png(huge.to_owned()).await, Err("it is too large".to_owned()));
    }
}
