//! What holds for every chart.

use super::*;
use crate::domain::stats::rounding::Shape;
use crate::i18n::Catalogue;
use crate::view::numbers::Numbers;

/// What browsers and the renderer of pictures draw alike.
const ELEMENTS: [&str; 10] = ["svg", "g", "line", "rect", "circle", "text", "path", "pattern", "defs", "a"];

fn estimate(value: f64, low: f64, high: f64) -> Estimate {
    Estimate { value, low, high, certainty: Certainty::Settled }
}

fn points() -> Vec<Point> {
    let certainties = [Certainty::Settled, Certainty::Wide, Certainty::Settled, Certainty::Preliminary];
    let point = |(place, certainty): (usize, Certainty)| Point {
        label: format!("M<{place}>"),
        n: 50,
        estimate: (place != 2).then(|| Estimate { certainty, ..estimate(70.0, 60.0, 80.0) }),
        established: Some(71.5),
        is_comparable: place != 1,
        note: Some("38".to_owned()),
        link: Some((format!("/answers?q=a&period={place}"), "70 \"per cent\"".to_owned())),
    };
    certainties.into_iter().enumerate().map(point).collect()
}

/// Every chart, with texts that could break it.
fn all() -> Vec<(&'static str, String)> {
    let catalogue = Catalogue::default();
    let numbers = Numbers::new(&catalogue, "ru");
    let points = points();
    let axis = Axis::over([0.0, 100.0]);
    let shown = |tone, certainty| {
        let estimate = Some(Estimate { certainty, ..estimate(70.0, -5.0, 80.0) });
        interval(&Interval { axis, estimate, tone, reference: Some(50.0), raw: Some(74.0) })
    };
    let waited = [
        Waited { from: 0.0, until: 15.0, n: 40, low: Some(estimate(10.0, 4.0, 20.0)) },
        Waited { from: 15.0, until: 7_200.0, n: 400, low: Some(estimate(30.0, 25.0, 35.0)) },
    ];
    let factor = |name, important: f64, satisfied: f64| Factor {
        name,
        importance: estimate(important, important - 0.2, important + 0.2),
        satisfaction: estimate(satisfied, satisfied - 0.3, satisfied + 0.3),
    };
    vec![
        (
            "trend",
            trend(
                &Trend {
                    name: "<script>alert(\"1\")</script> & more",
                    shape: Shape::Share,
                    points: &points,
                    target: Some(75.0),
                    versions: &[(1, "версия 2".to_owned())],
                    established: Some("без новичков"),
                    notes: Some("охват, %"),
                    height: 280.0,
                    width: None,
                },
                &numbers,
            ),
        ),
        ("mini", mini("a \"tile\"", &points, Some(75.0))),
        ("axis", super::axis(&axis, Shape::Share, false, &numbers)),
        ("usual", shown(Tone::Usual, Certainty::Settled)),
        ("bad", shown(Tone::Bad, Certainty::Settled)),
        ("grey", shown(Tone::Grey, Certainty::Settled)),
        ("wide", shown(Tone::Usual, Certainty::Wide)),
        ("preliminary", shown(Tone::Usual, Certainty::Preliminary)),
        ("bar", bar(&axis, 40.0, Some([30.0, 50.0]), Kind::Bad)),
        ("coverage", coverage(0.38, "heard")),
        ("bounds", bounds(&axis, [27.0, 91.0], Some(estimate(74.0, 70.0, 77.0)), "silent")),
        ("ledger", ledger(Step::Loss { left: 0.6, lost: 0.1 })),
        ("counts", counts(&[Some(3.0), None, Some(5.0)], Some(2))),
        (
            "matrix",
            matrix(
                &Matrix {
                    name: "what matters",
                    factors: vec![factor("Цена <b>", 8.5, 6.8), factor("Качество", 9.2, 8.8)],
                    mean_importance: 8.85,
                    mean_satisfaction: 7.8,
                },
                &numbers,
            ),
        ),
        (
            "waiting",
            waiting(
                &Waiting {
                    name: "how long",
                    waited: &waited,
                    threshold: Some(Threshold { at: 840.0, low: 540.0, high: 1_320.0 }),
                    model: &[(0.0, 11.0), (840.0, 11.0), (7_200.0, 30.0)],
                },
                &numbers,
            ),
        ),
    ]
}

/// The elements in the order in which they begin; panics if they are not nested, or a value is not quoted.
fn elements(svg: &str) -> Vec<&str> {
    let (mut open, mut all) = (Vec::new(), Vec::new());
    for part in svg.split('<').skip(1) {
        let (tag, text) = part.split_once('>').expect("every tag ends");
        assert!(!text.contains('>'), "a text has a sign that is not escaped: {text}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{svg}");
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap();
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        all.push(name);
        if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} are left open");
    all
}

#[test]
fn every_chart_is_sound_and_has_only_shapes_that_every_renderer_draws() {
    for (name, svg) in all() {
        for element in elements(&svg) {
            assert!(ELEMENTS.contains(&element), "{name} has {element}");
        }
        for forbidden in
            ["style", "var(", "currentColor", "NaN", "inf", "foreignObject", "vector-effect", "<script"]
        {
            assert!(!svg.contains(forbidden), "{name} has {forbidden}: {svg}");
        }
    }
}

#[test]
fn a_chart_has_a_name_or_stands_in_a_table() {
    for (name, svg) in all() {
        let head = svg.split_once('>').unwrap().0;
        let is_told = head.contains("role=\"") && head.contains("aria-label=\"");
        assert!(is_told || head.contains("aria-hidden=\"true\""), "{name}: {head}");
    }
}

#[test]
fn an_interval_outside_the_axis_is_cut_square_at_its_end() {
    let axis = Axis::over([50.0, 100.0]);
    let draw = |low: f64| {
        let estimate = Some(estimate(70.0, low, 80.0));
        interval(&Interval { axis, estimate, tone: Tone::Usual, reference: None, raw: None })
    };
    assert!(
        draw(60.0).contains("<rect x=\"20%\" y=\"7.5\" width=\"40%\" height=\"9\" rx=\"4.5\"/>"),
        "{}",
        draw(60.0)
    );
    assert!(draw(30.0).contains("<rect y=\"7.5\" width=\"60%\" height=\"9\"/>"), "{}", draw(30.0));
}

#[test]
fn the_line_of_a_trend_breaks_where_points_may_not_be_compared() {
    let catalogue = Catalogue::default();
    let numbers = Numbers::new(&catalogue, "en");
    let mut points: Vec<Point> = points();
    for point in &mut points {
        point.established = None;
        point.estimate = Some(estimate(70.0, 60.0, 80.0));
        point.is_comparable = true;
    }
    let lines = |points: &[Point]| {
        let drawn = trend(
            &Trend {
                name: "",
                shape: Shape::Share,
                points,
                target: None,
                versions: &[],
                established: None,
                notes: None,
                height: 152.0,
                width: Some(376.0),
            },
            &numbers,
        );
        let group =
            drawn.split("class=\"cl\"").nth(1).map(|rest| rest.split("</g>").next().unwrap().to_owned());
        group.map_or(0, |group| group.matches("<line").count())
    };
    assert_eq!(lines(&points), 3);
    points[2].is_comparable = false;
    assert_eq!(lines(&points), 2);
    points[2].estimate = None;
    assert_eq!(lines(&points), 1);
}

#[test]
fn the_name_of_a_version_and_the_last_value_stand_apart() {
    let catalogue = Catalogue::default();
    let numbers = Numbers::new(&catalogue, "en");
    // The interval reaches the top of the plot, and the value is written above it.
    let mut points = points();
    for point in &mut points {
        point.estimate = Some(estimate(70.0, 0.0, 100.0));
    }
    let drawn = trend(
        &Trend {
            name: "",
            shape: Shape::Share,
            points: &points,
            target: None,
            versions: &[(3, "version 2".to_owned())],
            established: None,
            notes: None,
            height: 280.0,
            width: None,
        },
        &numbers,
    );
    let y = |text: &str| -> f64 {
        let (before, _) = drawn.split_once(&format!(">{text}<")).unwrap_or_else(|| panic!("{text}: {drawn}"));
        before.rsplit(" y=\"").next().unwrap().split('"').next().unwrap().parse().unwrap()
    };
    assert!(y("70%") - y("version 2") >= 14.0, "{drawn}");
}

#[test]
fn names_in_the_matrix_stand_where_they_cover_nothing() {
    let catalogue = Catalogue::default();
    let numbers = Numbers::new(&catalogue, "en");
    let factor =
        |name| Factor { name, importance: estimate(8.0, 7.8, 8.2), satisfaction: estimate(7.0, 6.8, 7.2) };
    let drawn = matrix(
        &Matrix {
            name: "",
            factors: vec![factor("First"), factor("Second")],
            mean_importance: 8.0,
            mean_satisfaction: 7.0,
        },
        &numbers,
    );
    let place = |name: &str| {
        let before = drawn.split(&format!(">{name}<")).next().unwrap();
        before.rsplit("y=\"").next().unwrap().split('"').next().unwrap().to_owned()
    };
    assert_ne!(place("First"), place("Second"));
}
