//! Script files with mistakes: every mistake is named with file, line and field, and nothing that is partly wrong is
//! published.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};

use super::Place;

const BAD: &str = r#"slug = "Bad Slug"
on = "sale"
title = { ru = "Т" }
[send]
delay = "9h"
delya = "3h"
[[questions]]
key = "q"
metric = "nps"
scale = "1-5"
text = { ru = "Как?", en = "How, {nobody}?" }
"#;

#[tokio::test]
async fn every_mistake_is_named_with_its_place_and_nothing_is_published() {
    let place = Place::new().await;
    assert_eq!(place.run(&["migrate"]).await.code, 0);
    let before = place.run(&["script", "list"]).await.out;
    place.write("bad.toml", BAD);
    for command in ["check", "publish"] {
        let ran = place.run(&["script", command, "bad.toml"]).await;
        assert_eq!(ran.code, 1, "{ran:?}");
        let said = format!("{}{}", ran.out, ran.err);
        for (line, field) in [
            (1, "slug"),
            (2, "on"),
            (3, "title: has no text in the language 'en'"),
            (5, "send.delay"),
            (6, "send.delya"),
            (10, "questions[0].scale"),
            (11, "questions[0].text.en"),
        ] {
            let named = |text: &str| text.contains(&format!("bad.toml:{line}")) && text.contains(field);
            assert!(said.lines().any(named), "line {line}, {field}: {said}");
        }
    }
    assert_eq!(place.run(&["script", "list"]).await.out, before);
}

#[tokio::test]
async fn files_that_are_no_scripts_are_named() {
    let place = Place::new().await;
    assert_eq!(place.run(&["migrate"]).await.code, 0);
    place.write("broken.toml", "slug = \n");
    place.write("letters.toml", b"slug = \"\xcf\xf0\"\n");
    place.write("empty.toml", "");
    place.write("large.toml", "# ".to_owned() + &"x".repeat(20 << 20));
    place.write("deep.toml", "a = ".to_owned() + &"[".repeat(100_000));
    std::fs::create_dir(place.path("folder.toml")).unwrap();
    let files = [
        "nothing.toml",
        "folder.toml",
        "broken.toml",
        "letters.toml",
        "empty.toml",
        "large.toml",
        "deep.toml",
    ];
    for file in files {
        for command in ["check", "publish"] {
            let ran = place.run(&["script", command, file]).await;
            assert!(matches!(ran.code, 1 | 2), "{command} {file}: {}", ran.code);
            let said = format!("{}{}", ran.out, ran.err);
            assert!(said.contains(file) && said.len() < 5000, "{command} {file}: {said:.500}");
        }
    }
    // A good file between bad ones is still checked.
    let good = place.run(&["script", "show", "support"]).await;
    let good = if good.code == 0 { good.out } else { std::fs::read_to_string(SHIPPED).unwrap() };
    place.write("good.toml", good);
    let ran = place.run(&["script", "check", "broken.toml", "good.toml", "nothing.toml"]).await;
    let said = format!("{}{}", ran.out, ran.err);
    assert!(
        ran.code > 0 && ["broken.toml", "good.toml", "nothing.toml"].iter().all(|f| said.contains(f)),
        "{said}"
    );
    assert_eq!(place.run(&["script", "check", "good.toml"]).await.code, 0);
}

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/domain/script/shipped/support.toml");

#[tokio::test]
async fn a_script_that_nobody_knows_is_named_with_those_that_there_are() {
    let place = Place::new().await;
    let serve = place.serve().await;
    for command in ["show", "pause", "resume", "rollback"] {
        let ran = place.run(&["script", command, "ces"]).await;
        assert_eq!(
            (ran.code, ran.err.as_str()),
            (2, "there is no script 'ces'; there are purchase, recovery, support\n")
        );
    }
    let ran = place.run(&["test", "700000001", "ces"]).await;
    assert!(ran.code == 2 && ran.err.contains("purchase"), "{ran:?}");
    serve.stop().await;
}

#[tokio::test]
async fn a_script_that_the_database_has_broken_is_listed_with_the_reason() {
    let place = Place::new().await;
    assert_eq!(place.run(&["migrate"]).await.code, 0);
    let file = SqliteConnectOptions::new().filename(place.path("afterword.db"));
    let mut database = SqliteConnection::connect_with(&file).await.unwrap();
    sqlx::query("UPDATE scripts SET source = 'slug = ' WHERE slug = 'support'")
        .execute(&mut database)
        .await
        .unwrap();
    let ran = place.run(&["script", "list"]).await;
    assert_eq!(ran.code, 0);
    assert!(ran.err.starts_with("the script support in the database cannot be read: published:1"), "{ran:?}");
    assert!(ran.out.lines().any(|line| line.starts_with("purchase") && !line.contains('?')), "{ran:?}");
    assert!(ran.out.lines().any(|line| line.starts_with("support") && line.contains('?')), "{ran:?}");
}
