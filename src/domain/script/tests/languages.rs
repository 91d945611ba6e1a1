//! Which languages a script's texts must have, and which they may have.

use super::*;

fn languages(text: &str) -> Languages {
    text.parse().unwrap()
}

/// A script whose texts are in the languages `all`. Those in `lacking` are missing from its second text only.
fn written(all: &[&str], lacking: &[&str]) -> String {
    let text = |languages: &[&str]| {
        let texts: Vec<String> =
            languages.iter().map(|language| format!("{language} = \"{language}?\"")).collect();
        format!("{{ {} }}", texts.join(", "))
    };
    format!(
        "slug = \"own\"\non = \"purchase\"\ntitle = {}\n[[questions]]\nkey = \"q\"\nmetric = \"text\"\ntext = {}\n",
        text(&[all, lacking].concat()),
        text(all)
    )
}

fn said_in(installation: &str, source: &str) -> String {
    match Script::parse("t.toml", source, &languages(installation)) {
        Ok(parsed) => {
            let line = |p: &Problem| format!("warning {}: {}: {}", p.line, p.field, p.message);
            parsed.warnings.iter().map(line).collect::<Vec<_>>().join("\n")
        }
        Err(problems) => {
            let line = |p: &Problem| format!("{}: {}: {}", p.line, p.field, p.message);
            problems.iter().map(line).collect::<Vec<_>>().join("\n")
        }
    }
}

#[test]
fn a_script_must_have_the_languages_of_its_installation() {
    let two = written(&["ru", "en"], &[]);
    assert_eq!(said_in("ru,en", &two), "");
    assert_eq!(said_in("en", &two), "");
    assert_eq!(
        said_in("ru,en,kk", &two),
        "3: title: has no text in the language 'kk'\n7: questions[0].text: has no text in the language 'kk'"
    );
    assert_eq!(said_in("ru,en,kk", &written(&["kk", "en", "ru"], &[])), "");
    assert_eq!(said_in("en", &written(&["en"], &[])), "");
    let plain = two.replace("{ ru = \"ru?\", en = \"en?\" }\n[[", "\"Title\"\n[[");
    assert_eq!(said_in("en", &plain), "3: title: does not say its language: write { en = \"…\" }");
}

#[test]
fn a_further_language_is_kept_and_no_error_and_half_of_it_is_advised_against() {
    let further = written(&["en", "kk"], &[]);
    assert_eq!(said_in("en", &further), "");
    let script = Script::parse("t.toml", &further, &languages("en")).unwrap().script;
    assert_eq!(
        (script.speaks("kk-KZ"), script.speaks("en"), script.speaks("ru")),
        (Some("kk"), Some("en"), None)
    );
    assert_eq!(script.questions[0].text.get("kk"), "kk?");
    let half = written(&["ru", "en"], &["kk"]);
    assert_eq!(
        said_in("ru,en", &half),
        "warning 7: questions[0].text: has no text in 'kk', as others have, so that nobody is asked in it; the \
         installation's languages are ru, en"
    );
    let script = Script::parse("t.toml", &half, &languages("ru,en")).unwrap().script;
    assert_eq!((script.speaks("kk"), script.title.get("kk")), (None, "kk?"));
}

#[test]
fn a_tag_that_is_no_language_is_an_error() {
    for tag in ["xx", "tlh", "RU", "pt-br"] {
        assert_eq!(
            said_in(
                "ru,en",
                &written(&["ru", "en"], &[]).replacen("en = ", &format!("{tag} = \"?\", en = "), 1)
            ),
            format!("3: title.{tag}: '{tag}' is not a language: write its ISO 639-1 code, like kk")
        );
    }
}

#[test]
fn what_was_published_is_read_though_it_lacks_a_language_and_the_first_text_stands_in() {
    let two = written(&["ru", "en"], &[]);
    let read = |installation: &str| Script::read_published(&two, &languages(installation)).unwrap();
    let script = read("kk,en,ru");
    assert_eq!(script.lacking(&languages("kk,en,ru")).collect::<Vec<_>>(), ["kk"]);
    assert_eq!(
        (script.title.get("kk"), script.title.get("ru")),
        ("en?", "ru?"),
        "in the installation's order"
    );
    assert_eq!(read("kk,ru,en").title.get("kk"), "ru?");
    assert!(!read("kk").title.get("kk").is_empty(), "any is better than none");
    assert_eq!(read("en,ru").lacking(&languages("en,ru")).count(), 0);
}
