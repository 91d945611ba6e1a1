//! The page of question scripts shows one that can be published, and has every metric and scale.

use afterword::domain::locale::Languages;
use afterword::domain::metric::Metric;
use afterword::domain::scale::Scale;
use afterword::domain::script::{Script, Trigger};

use super::Page;

fn page() -> Page {
    Page::read("docs/scripts.md")
}

#[test]
fn the_script_that_is_shown_passes_the_linter_without_a_warning() {
    let page = page();
    let scripts: Vec<&str> = page.blocks_in("toml").collect();
    assert_eq!(scripts.len(), 1, "docs/scripts.md shows one script");
    for source in scripts {
        let parsed = Script::parse(&page.path, source, &Languages::default())
            .unwrap_or_else(|problems| panic!("{problems:#?}"));
        assert!(parsed.warnings.is_empty(), "{:#?}", parsed.warnings);
    }
}

#[test]
fn every_metric_and_scale_is_described() {
    let spans = page().spans();
    let words = Metric::ALL.iter().map(|metric| metric.as_str());
    let words = words.chain(Scale::ALL.iter().map(|scale| scale.as_str()));
    let words = words.chain(Trigger::ALL.iter().map(|trigger| trigger.as_str()));
    let missing: Vec<&str> = words.filter(|word| !spans.iter().any(|span| span == word)).collect();
    assert!(missing.is_empty(), "docs/scripts.md does not have {missing:?}");
}

#[test]
fn every_shipped_script_is_described() {
    let folder = super::root().join("src/domain/script/shipped");
    let spans = page().spans();
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let slug = name.trim_end_matches(".toml").to_owned();
        assert!(spans.contains(&slug), "docs/scripts.md does not have {slug}");
    }
}
