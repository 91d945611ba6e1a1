//! A report for a terminal: at most 80 columns, coverage first.

use std::fmt::Write as _;

use crate::domain::stats::difference::Verdict;
use crate::domain::stats::measure::{MinN, State};
use crate::domain::stats::rounding::{Rounded, Shape, difference};
use crate::service::figures::drawn::shape;
use crate::service::figures::reply::{CompareFigure, Figures, IndexFigure, Ledger, QuestionFigures, Row};

/// The widths of the columns, with a space between them: 80 together.
const NAME: usize = 17;
const COVERAGE: usize = 5;
const N: usize = 6;
const VALUE: usize = 7;
const INTERVAL: usize = 15;

const WIDTH: usize = 80;

/// The whole report.
#[must_use]
pub fn report(figures: &Figures, min_n: MinN) -> String {
    let mut text = head(figures);
    text.push_str(&coverage(&figures.ledger));
    for question in &figures.questions {
        text.push_str(&of_question(figures, question, min_n));
    }
    if figures.questions.is_empty() {
        text.push_str("\nNo script asks a question with figures.\n");
    }
    text.push_str(&legend(figures));
    text
}

fn head(figures: &Figures) -> String {
    let period = &figures.period;
    let mut text = wrapped(
        &format!("Figures for {}, {} to {} ({})", period.name, period.from, period.to, period.zone),
        2,
    );
    if period.settled {
        text.push_str("Settled: every survey is over\n");
    } else {
        let _ =
            writeln!(text, "Preliminary: {} open, late answers can change the figures", surveys(period.open));
    }
    for (name, values) in &figures.filter {
        let (name, is) = name.strip_suffix('!').map_or((name.as_str(), "is"), |name| (name, "is not"));
        text.push_str(&wrapped(&format!("Only where {name} {is} {}", values.join(" or ")), 2));
    }
    if let Some(compare) = &figures.compare {
        let state = if compare.settled { "settled" } else { "preliminary" };
        let _ = writeln!(text, "Compared with {}, {state}", compare.name);
    }
    text
}

fn surveys(count: u64) -> String {
    if count == 1 { "1 survey".to_owned() } else { format!("{count} surveys") }
}

fn coverage(ledger: &Ledger) -> String {
    let share = |of: Option<f64>, n: u64| {
        of.map_or("–".to_owned(), |of| percent(Shape::Share.value(100.0 * of, n)))
    };
    let mut text = format!(
        "\nCoverage {}: {} of {} eligible events were answered\n",
        share(ledger.coverage, ledger.eligible),
        ledger.answered,
        ledger.eligible
    );
    let states: Vec<String> = ledger.states.iter().map(|(state, count)| format!("{state} {count}")).collect();
    text.push_str(&wrapped(
        &format!(
            "{} events, {} delivered, response rate {}: {}",
            ledger.events,
            ledger.delivered,
            share(ledger.response_rate, ledger.delivered),
            if states.is_empty() { "none".to_owned() } else { states.join(", ") }
        ),
        2,
    ));
    text
}

fn of_question(figures: &Figures, question: &QuestionFigures, min_n: MinN) -> String {
    let scale = question.scale.map(|scale| format!(" on {scale}")).unwrap_or_default();
    let turned = question.about.on.filter(|on| on.is_turned());
    let turned = turned.map(|_| ", scale turned: higher is easier").unwrap_or_default();
    let title = format!("{}: {} ({}{scale}{turned})", question.script, question.question, question.metric);
    let mut text = format!("\n{}", wrapped(&title, 2));
    let is_grouped = question.rows.iter().any(|row| row.key.is_some());
    let names: Vec<&str> = question
        .rows
        .iter()
        .flat_map(|row| row.indices.iter().map(|(name, _)| name))
        .fold(Vec::new(), |mut names, name| {
            if !names.contains(&name) {
                names.push(name);
            }
            names
        });
    if !is_grouped {
        for row in question.rows.iter().filter(|_| question.about.has_coverage()) {
            let share = row.ledger.coverage.map_or_else(
                || "–".to_owned(),
                |of| percent(Shape::Share.value(100.0 * of, row.ledger.eligible)),
            );
            let _ = writeln!(text, "  coverage {share}: {} of {}", row.ledger.answered, row.ledger.eligible);
        }
        text.push_str(&heading("", figures));
        for row in &question.rows {
            for (name, figure) in row.indices.iter() {
                text.push_str(&line(name, None, row, name, figure, min_n));
            }
            if let Some(bounds) = bounds(row) {
                let _ = writeln!(text, "  if the others had all answered: {bounds}");
            }
        }
        return text;
    }
    for name in names {
        text.push_str(&heading(name, figures));
        for row in &question.rows {
            let Some(figure) = row.indices.get(name) else { continue };
            let covered = row.ledger.coverage.map(|coverage| (coverage, row.ledger.eligible));
            let key = row.key.as_deref().unwrap_or_default();
            let shown = row.name.as_ref().map_or_else(|| key.to_owned(), |name| format!("{name} ({key})"));
            text.push_str(&line(&shown, covered, row, name, figure, min_n));
        }
    }
    text
}

fn heading(name: &str, figures: &Figures) -> String {
    let text = format!(
        "  {} {:>COVERAGE$} {:>N$} {:>VALUE$}  {:<INTERVAL$} {}",
        padded(name, NAME),
        if name.is_empty() { "" } else { "cover" },
        "n",
        "value",
        "95 % interval",
        if figures.compare.is_some() { "change" } else { "" }
    );
    format!("{}\n", text.trim_end())
}

fn line(
    shown: &str,
    covered: Option<(f64, u64)>,
    row: &Row,
    name: &str,
    figure: &IndexFigure,
    min_n: MinN,
) -> String {
    let shape = shape(name);
    let (value, interval) = match (figure.value, figure.lo, figure.hi) {
        (Some(value), Some(low), Some(high)) => {
            let mark = if figure.state.0 == State::Wide { "*" } else { "" };
            let unit = if shape == Shape::Share { "%" } else { "" };
            let value = format!("{}{unit}{mark}", number(shape.value(value, row.n), shape));
            let limits = [shape.low(low, row.n), shape.high(high, row.n)].map(|limit| number(limit, shape));
            (value, format!("{} to {}{unit}", limits[0], limits[1]))
        }
        _ => ("too few".to_owned(), format!("{} of {} needed", row.n, min_n.0)),
    };
    let covered = covered.map_or_else(String::new, |(of, n)| percent(Shape::Share.value(100.0 * of, n)));
    let text = format!(
        "  {} {covered:>COVERAGE$} {:>N$} {value:>VALUE$}  {interval:<INTERVAL$} {}",
        padded(shown, NAME),
        row.n,
        figure.compare.as_ref().map(|compare| verdict(compare, shape, row.n, min_n)).unwrap_or_default()
    );
    format!("{}\n", text.trim_end())
}

fn verdict(compare: &CompareFigure, shape: Shape, n: u64, min_n: MinN) -> String {
    let mark = match compare.verdict.0 {
        Verdict::Up => "▲",
        Verdict::Down => "▼",
        Verdict::NoChange => "≈",
        Verdict::TooFew if compare.n >= min_n.0 => return "too few now".to_owned(),
        Verdict::TooFew => return format!("too few: {} before", compare.n),
        Verdict::NotComparable => return "other bands".to_owned(),
    };
    let (Some(diff), Some(low), Some(high)) = (compare.diff, compare.lo, compare.hi) else {
        return String::new();
    };
    let fewest = n.min(compare.n);
    let [diff, mut low, mut high] = difference(shape, diff, low, high, fewest).map(signed);
    // A limit that only rounding makes 0 does not look like one.
    match compare.verdict.0 {
        Verdict::Up if is_zero(&low) => ">0".clone_into(&mut low),
        Verdict::Down if is_zero(&high) => "<0".clone_into(&mut high),
        _ => {}
    }
    format!("{mark} {diff} ({low}…{high})")
}

fn is_zero(number: &str) -> bool {
    number.chars().all(|c| matches!(c, '0' | '.'))
}

/// The bounds of the primary index.
fn bounds(row: &Row) -> Option<String> {
    let (name, figure) = row.indices.iter().find(|(_, figure)| figure.bounds.is_some())?;
    let [low, high] = figure.bounds?;
    let shape = shape(name);
    let unit = if shape == Shape::Share { "%" } else { "" };
    let limits = [shape.low(low, row.n), shape.high(high, row.n)].map(|limit| number(limit, shape));
    Some(format!("{name} {} to {}{unit}", limits[0], limits[1]))
}

fn percent(rounded: Rounded) -> String {
    format!("{}%", number(rounded, Shape::Share))
}

fn number(rounded: Rounded, shape: Shape) -> String {
    if shape == Shape::Points {
        return signed(rounded);
    }
    match rounded {
        Rounded::At { value, decimals } => plain(value, decimals),
        Rounded::Below { value, decimals } => format!("<{}", plain(value, decimals)),
        Rounded::Above { value, decimals } => format!(">{}", plain(value, decimals)),
    }
}

fn signed(rounded: Rounded) -> String {
    let (Rounded::At { value, decimals }
    | Rounded::Below { value, decimals }
    | Rounded::Above { value, decimals }) = rounded;
    let sign = if value > 0.0 { "+" } else { "" };
    format!("{sign}{}", plain(value, decimals))
}

fn plain(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}").replace('-', "−")
}

fn legend(figures: &Figures) -> String {
    let all =
        || figures.questions.iter().flat_map(|question| &question.rows).flat_map(|row| row.indices.iter());
    let mut text = String::new();
    if all().any(|(_, figure)| figure.state.0 == State::Wide) {
        text.push_str("* not precise: the interval is wider than 30 % of the range\n");
    }
    if all().any(|(_, figure)| figure.compare.is_some()) {
        text.push_str("▲ ▼ the number is higher or lower   ≈ the difference may be chance\n");
    }
    if text.is_empty() { text } else { format!("\n{text}") }
}

/// A text cut or filled to a width.
fn padded(text: &str, width: usize) -> String {
    let length = text.chars().count();
    if length <= width {
        return format!("{text}{}", " ".repeat(width - length));
    }
    let cut: String = text.chars().take(width - 1).collect();
    format!("{cut}…")
}

/// Breaks a text into lines, the further ones indented.
fn wrapped(text: &str, indent: usize) -> String {
    let (mut lines, mut line) = (String::new(), String::new());
    for word in text.split(' ') {
        let is_full = !line.trim().is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH;
        if is_full {
            let _ = writeln!(lines, "{line}");
            line = " ".repeat(indent);
            line.push_str(word);
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    let _ = writeln!(lines, "{line}");
    lines
}
