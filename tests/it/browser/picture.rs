//! The pictures in the documents: made by the stories themselves, and held against what these show now.
//!
//! `AFTERWORD_PICTURE=1 cargo test --test it browser::story` makes README's anew, and with `browser::case_pictures` those of
//! the life of a case.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use fantoccini::Locator;
use sha2::{Digest as _, Sha256};

use super::{Page, is_set};

/// The name of what the picture says of itself.
const KEYWORD: &str = "Afterword";

fn path(from_the_top: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(from_the_top)
}

/// Makes the picture of what is shown, or says that it no longer shows it.
pub async fn keep(page: &Page) {
    let digest = digest(page).await;
    let name = "examples/demo.png";
    if is_set("AFTERWORD_PICTURE") {
        calm(page).await;
        page.client.set_window_size(1440, 1120).await.unwrap();
        write(name, &page.client.screenshot().await.unwrap(), &digest);
        return;
    }
    hold(name, &digest, "browser::story");
}

/// Does the same with one of the chats, in the page's language.
pub async fn keep_chat(page: &Page, chat: &str, name: &str) {
    let name = format!("docs/pictures/{name}-{}.png", page.lang);
    let digest = hash(&words(page, chat).await.iter().map(|line| without_times(line)).collect::<Vec<_>>());
    if is_set("AFTERWORD_PICTURE") {
        calm(page).await;
        page.client.set_window_size(1440, 1640).await.unwrap();
        let column = page.client.find(Locator::Css(&format!("#{chat}"))).await.unwrap();
        write(&name, &column.screenshot().await.unwrap(), &digest);
        return;
    }
    hold(&name, &digest, "browser::case_pictures");
}

/// Nothing is half drawn, and no button is about to be pressed.
async fn calm(page: &Page) {
    // A wall of one colour makes the file a quarter as large.
    page.script(
        "for (const name of ['--wall2', '--wall3']) document.documentElement.style.setProperty(name, '#9fc3a6');
        document.activeElement.blur();
        for (const moving of document.getAnimations()) moving.finish();",
    )
    .await;
}

/// The picture still shows these words.
fn hold(name: &str, digest: &str, test: &str) {
    let decoder = png::Decoder::new(BufReader::new(File::open(path(name)).unwrap()));
    let reader = decoder.read_info().unwrap();
    let said = reader.info().uncompressed_latin1_text.iter().find(|chunk| chunk.keyword == KEYWORD);
    assert_eq!(
        said.map(|chunk| chunk.text.as_str()),
        Some(digest),
        "{name} shows other words than the page does now; make it anew with AFTERWORD_PICTURE=1 cargo test --test it \
         {test}, and look at it"
    );
}

/// What can be read in the chats, but for times and links, which differ from run to run. Pixels are not compared:
/// another machine has other fonts.
async fn digest(page: &Page) -> String {
    let mut shown = Vec::new();
    for chat in ["customer", "group", "admin"] {
        shown.extend(words(page, chat).await);
    }
    hash(&shown)
}

/// What can be read in a chat.
async fn words(page: &Page, chat: &str) -> Vec<String> {
    let is_time = |line: &str| line.len() == 5 && line.as_bytes()[2] == b':';
    let mut is_token = false;
    let mut words = page.words(&format!("#{chat} .messages")).await;
    words.retain(|line| {
        // The command is a link of its own; what stands behind it begins with the second in which it was made.
        let differs = std::mem::replace(&mut is_token, line == "/start") || line.starts_with("/start");
        !differs && !is_time(line)
    });
    words
}

/// A line without the times of day in it: how long a step takes differs from run to run.
fn without_times(line: &str) -> String {
    let is_time =
        |word: &&str| word.contains(':') && word.chars().all(|c| c.is_ascii_digit() || ":,.".contains(c));
    line.split(' ').filter(|word| !is_time(word)).collect::<Vec<_>>().join(" ")
}

fn hash(words: &[String]) -> String {
    let hash = Sha256::digest(words.join("\n"));
    hash.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// Writes the picture with the words' digest in it, in 256 colours: a screen of text has not many more.
fn write(name: &str, picture: &[u8], digest: &str) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(info.bit_depth, png::BitDepth::Eight);
    let colours = pixels[..info.buffer_size()].chunks_exact(info.color_type.samples());
    let colours: Vec<Colour> = colours.map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let palette = palette(&colours);
    let mut nearest: HashMap<Colour, u8> = HashMap::new();
    let indexes: Vec<u8> = colours
        .iter()
        .map(|colour| *nearest.entry(*colour).or_insert_with(|| find(&palette, *colour)))
        .collect();
    let mut encoder = png::Encoder::new(File::create(path(name)).unwrap(), info.width, info.height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette(palette.concat());
    encoder.set_filter(png::Filter::NoFilter);
    encoder.set_compression(png::Compression::High);
    encoder.add_text_chunk(KEYWORD.to_owned(), digest.to_owned()).unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&indexes).unwrap();
}

type Colour = [u8; 3];

/// The most frequent colours as they are, and one of each shade that is then left, the most frequent shades first.
fn palette(colours: &[Colour]) -> Vec<Colour> {
    const EXACT: usize = 128;
    let mut counts: HashMap<Colour, usize> = HashMap::new();
    for colour in colours {
        *counts.entry(*colour).or_default() += 1;
    }
    let mut by_count: Vec<_> = counts.into_iter().collect();
    by_count.sort_by_key(|(colour, count)| (Reverse(*count), *colour));
    let shade = |colour: Colour| colour.map(|part| part >> 4);
    let mut palette: Vec<Colour> = by_count.iter().take(EXACT).map(|(colour, _)| *colour).collect();
    let mut shades: HashSet<Colour> = palette.iter().map(|colour| shade(*colour)).collect();
    let rest = by_count.iter().skip(EXACT).map(|(colour, _)| *colour);
    let (new, known): (Vec<Colour>, Vec<Colour>) = rest.partition(|colour| shades.insert(shade(*colour)));
    palette.extend(new.into_iter().chain(known).take(256 - palette.len()));
    palette
}

fn find(palette: &[Colour], colour: Colour) -> u8 {
    let far = |other: &Colour| {
        other.iter().zip(colour).map(|(a, b)| (i32::from(*a) - i32::from(b)).pow(2)).sum::<i32>()
    };
    let places = 0..=u8::MAX;
    places.zip(palette).min_by_key(|(_, other)| far(other)).map_or(0, |(place, _)| place)
}
