//! QR codes of links: as PNG and SVG for receipts, web pages and letters, and drawn in a terminal.

use qrcode::render::{svg, unicode};
use qrcode::{Color, EcLevel, QrCode};

/// Pixels per module: sharp on a receipt printer, and small enough for a letter.
const SCALE: usize = 8;
/// The width of the light border, in modules. Readers need it.
const QUIET: usize = 4;

/// Encodes with error correction level M: links are short, so the code can afford to lose 15 % to a crease.
fn encode(link: &str) -> Option<QrCode> {
    QrCode::with_error_correction_level(link, EcLevel::M).ok()
}

/// Returns `None` if the text is too long for a QR code.
pub fn svg(link: &str) -> Option<String> {
    let code = encode(link)?;
    let side = u32::try_from((code.width() + 2 * QUIET) * SCALE).ok()?;
    Some(code.render::<svg::Color<'_>>().min_dimensions(side, side).build())
}

/// Returns `None` if the text is too long for a QR code.
pub fn png(link: &str) -> Option<Vec<u8>> {
    let code = encode(link)?;
    let (width, modules) = (code.width(), code.to_colors());
    let side = (width + 2 * QUIET) * SCALE;
    let light = |x: usize, y: usize| {
        let (x, y) = ((x / SCALE).wrapping_sub(QUIET), (y / SCALE).wrapping_sub(QUIET));
        x >= width || y >= width || modules[y * width + x] == Color::Light
    };
    // One bit per pixel, leftmost first; every row starts at a byte boundary.
    let row_bytes = side.div_ceil(8);
    let mut bits = vec![0_u8; row_bytes * side];
    for y in 0..side {
        for x in (0..side).filter(|x| light(*x, y)) {
            bits[y * row_bytes + x / 8] |= 0x80 >> (x % 8);
        }
    }
    let pixels = u32::try_from(side).ok()?;
    let mut picture = Vec::new();
    let mut encoder = png::Encoder::new(&mut picture, pixels, pixels);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&bits).ok()?;
    writer.finish().ok()?;
    Some(picture)
}

/// Draws with half blocks, two modules per character. The light modules are the ones drawn, which suits a dark
/// terminal.
pub fn in_terminal(link: &str) -> Option<String> {
    let code = encode(link)?;
    let mut drawing = code.render::<unicode::Dense1x2>();
    drawing.dark_color(unicode::Dense1x2::Light).light_color(unicode::Dense1x2::Dark);
    Some(drawing.build())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://t.me/afterword_bot?start=AAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    /// The modules of a picture without the quiet zone; dark modules are `true`.
    fn modules(picture: &[u8]) -> Vec<bool> {
        let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().unwrap();
        let mut bits = vec![0; reader.output_buffer_size().unwrap()];
        let about = reader.next_frame(&mut bits).unwrap();
        let side = usize::try_from(about.width).unwrap();
        assert_eq!(about.width, about.height);
        let dark = |x: usize, y: usize| bits[y * about.line_size + x / 8] & (0x80 >> (x % 8)) == 0;
        let width = side / SCALE - 2 * QUIET;
        let middle = |module: usize| (module + QUIET) * SCALE + SCALE / 2;
        assert!((0..side).all(|at| !dark(at, 0) && !dark(0, at)), "the quiet zone is light");
        (0..width * width).map(|at| dark(middle(at % width), middle(at / width))).collect()
    }

    #[test]
    fn the_picture_shows_the_code_module_by_module() {
        let code = encode(LINK).unwrap();
        let expected: Vec<bool> = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
        assert_eq!(modules(&png(LINK).unwrap()), expected);
    }

    #[test]
    fn every_spelling_is_of_a_size_to_be_read() {
        let side = (encode(LINK).unwrap().width() + 2 * QUIET) * SCALE;
        assert!(svg(LINK).unwrap().contains(&format!("width=\"{side}\"")));
        let drawn = in_terminal(LINK).unwrap();
        assert_eq!(drawn.lines().next().unwrap().chars().count(), side / SCALE);
        assert_eq!(svg(&"x".repeat(5000)), None);
    }
}
