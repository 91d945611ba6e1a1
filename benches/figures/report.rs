//! The table that is printed at the end.

/// One line: what was measured, the result, and the least or the most that it should be.
struct Line {
    figure: String,
    measured: String,
    target: String,
    met: Option<bool>,
}

#[derive(Default)]
pub struct Report {
    lines: Vec<Line>,
}

impl Report {
    pub fn at_least(&mut self, figure: &str, measured: f64, target: f64, unit: &str) {
        let met = Some(measured >= target);
        self.add(figure, number(measured, unit), format!("≥ {}", number(target, unit)), met);
    }

    pub fn at_most(&mut self, figure: &str, measured: f64, target: f64, unit: &str) {
        let met = Some(measured <= target);
        self.add(figure, number(measured, unit), format!("≤ {}", number(target, unit)), met);
    }

    /// Adds a figure without a target.
    pub fn fact(&mut self, figure: &str, measured: f64, unit: &str) {
        self.add(figure, number(measured, unit), String::new(), None);
    }

    fn add(&mut self, figure: &str, measured: String, target: String, met: Option<bool>) {
        println!("  {figure}: {measured}");
        self.lines.push(Line { figure: figure.to_owned(), measured, target, met });
    }

    pub fn print(&self) {
        let width =
            |of: fn(&Line) -> &str| self.lines.iter().map(|line| of(line).chars().count()).max().unwrap_or(0);
        let (figures, measured) = (width(|line| &line.figure), width(|line| &line.measured));
        let targets = width(|line| &line.target);
        println!("\n{:figures$}  {:>measured$}  {:>targets$}", "figure", "measured", "target");
        println!("{}", "-".repeat(figures + measured + targets + 10));
        for line in &self.lines {
            let met = match line.met {
                Some(true) => "ok",
                Some(false) => "missed",
                None => "",
            };
            let Line { figure, measured: value, target, .. } = line;
            println!("{figure:figures$}  {value:>measured$}  {target:>targets$}  {met}");
        }
    }
}

fn number(value: f64, unit: &str) -> String {
    let digits = if value >= 100.0 || value.fract() == 0.0 {
        0
    } else if value >= 10.0 {
        1
    } else {
        2
    };
    let digits = if unit == "ms CPU" { 3 } else { digits };
    if unit.is_empty() { format!("{value:.digits$}") } else { format!("{value:.digits$} {unit}") }
}
