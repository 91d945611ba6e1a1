//! `afterword script …`: manages the admins' scripts from a shell.

mod backtest;

use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::{DONE, Output, PROBLEMS, Setup, USAGE};
use crate::domain::counted::counted;
use crate::domain::locale::Languages;
use crate::domain::script::{MAX_FILE_BYTES, Parsed, Problem, Script, decode};
use crate::domain::staff::Deed;
use crate::service::Unit;
use crate::service::script_set::ScriptSet;
use crate::service::scripts::{self, RollbackError, RolledBack, Switched};
use crate::service::staff_log;
use crate::store::{Db, Tx};
use backtest::BacktestArgs;

#[derive(Clone, Debug, Subcommand)]
pub enum ScriptCommand {
    /// Lists live and paused scripts, and drafts
    List,
    /// Prints the source of a script's live version, or of a draft
    Show {
        /// Which script
        slug: String,
    },
    /// Checks script files; changes nothing
    Check {
        /// Scripts as TOML
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Publishes a file or a draft as the new live version of its script
    Publish {
        /// A script as TOML, or the slug of a draft
        #[arg(value_name = "FILE|DRAFT")]
        named: PathBuf,
    },
    /// Pauses a script
    Pause {
        /// Which script
        slug: String,
    },
    /// Resumes a paused script
    Resume {
        /// Which script
        slug: String,
    },
    /// Publishes an earlier version again; surveys already sent keep theirs
    Rollback {
        /// Which script
        slug: String,
        /// Which version; without it the one before the live one
        #[arg(value_parser = clap::value_parser!(i64).range(1..))]
        version: Option<i64>,
    },
    /// Shows whom a script would have asked and when, next to the live scripts; changes nothing
    Backtest(BacktestArgs),
}

/// Runs the command and returns its exit code. The database is opened only by the commands that need it.
pub async fn run(setup: &Setup, command: ScriptCommand, to: &mut Output<'_>) -> anyhow::Result<u8> {
    match command {
        ScriptCommand::Check { files } => check(&setup.config.languages, &files, to),
        ScriptCommand::List => list(setup, to).await,
        ScriptCommand::Show { slug } => show(&setup.open_db().await?, &slug, to).await,
        ScriptCommand::Publish { named } => publish(setup, &named, to).await,
        ScriptCommand::Pause { slug } => switch(setup, &slug, true, to).await,
        ScriptCommand::Resume { slug } => switch(setup, &slug, false, to).await,
        ScriptCommand::Rollback { slug, version } => roll_back(setup, &slug, version, to).await,
        ScriptCommand::Backtest(args) => backtest::run(setup, &args, to).await,
    }
}

/// Why a file is not a script.
enum Refused {
    Unreadable(String),
    Wrong(Vec<Problem>),
}

impl Refused {
    fn report(&self, to: &mut Output<'_>) -> std::io::Result<u8> {
        match self {
            Self::Unreadable(message) => {
                writeln!(to.err, "{message}")?;
                Ok(USAGE)
            }
            Self::Wrong(problems) => {
                for problem in problems {
                    writeln!(to.err, "{problem}")?;
                }
                Ok(PROBLEMS)
            }
        }
    }
}

/// Reads a file. Returns its text as it would be stored, and the script in it.
fn read(path: &Path, languages: &Languages) -> Result<(String, Parsed), Refused> {
    let name = path.display().to_string();
    let bytes =
        read_start(path).map_err(|error| Refused::Unreadable(format!("{name}: cannot be read: {error}")))?;
    let source = decode(&name, &bytes).map_err(|problem| Refused::Wrong(vec![problem]))?;
    let parsed = Script::parse(&name, &source, languages).map_err(Refused::Wrong)?;
    Ok((source, parsed))
}

/// Reads no more of a file than is needed to see that it is too large.
fn read_start(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Returns the argument as a slug, if it can be one and no file of that name exists.
fn as_slug(named: &Path) -> Option<&str> {
    let slug = named.to_str()?;
    let is_slug = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (!slug.is_empty() && slug.chars().all(is_slug) && !named.exists()).then_some(slug)
}

fn warn(parsed: &Parsed, to: &mut Output<'_>) -> std::io::Result<()> {
    for Problem { file, line, field, message, .. } in &parsed.warnings {
        writeln!(to.err, "{file}:{line}: warning: {field}: {message}")?;
    }
    Ok(())
}

fn check(languages: &Languages, files: &[PathBuf], to: &mut Output<'_>) -> anyhow::Result<u8> {
    let mut code = DONE;
    let mut slugs: HashMap<String, &Path> = HashMap::new();
    for file in files {
        match read(file, languages) {
            Err(refused) => code = code.max(refused.report(to)?),
            Ok((_, parsed)) => {
                warn(&parsed, to)?;
                let slug = parsed.script.slug;
                if let Some(other) = slugs.insert(slug.clone(), file) {
                    let (file, other) = (file.display(), other.display());
                    writeln!(
                        to.err,
                        "{file}:1: slug: '{slug}' is the slug of {other} too: one would replace the other"
                    )?;
                    code = code.max(PROBLEMS);
                    continue;
                }
                let warnings = match parsed.warnings.len() {
                    0 => String::new(),
                    some => format!(", {}", counted(some, "warning", "warnings")),
                };
                writeln!(to.out, "{}: ok{warnings}", file.display())?;
            }
        }
    }
    Ok(code)
}

async fn publish(setup: &Setup, named: &Path, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let languages = &setup.config.languages;
    let (db, source, parsed) = if let Some(slug) = as_slug(named) {
        let db = setup.open_db().await?;
        let mut tx = db.read().await?;
        let Some(draft) = tx.find_script_draft(slug).await? else {
            let drafts = tx.list_script_drafts().await?;
            let drafts: Vec<_> = drafts.iter().map(|draft| draft.slug.as_str()).collect();
            let drafts = if drafts.is_empty() {
                "there are no drafts".to_owned()
            } else {
                format!("there are the drafts {}", drafts.join(", "))
            };
            writeln!(to.err, "'{slug}' is neither a file nor a draft; {drafts}")?;
            return Ok(USAGE);
        };
        drop(tx);
        match Script::parse(slug, &draft.source, languages) {
            Ok(parsed) => (db, draft.source, parsed),
            Err(problems) => return Ok(Refused::Wrong(problems).report(to)?),
        }
    } else {
        match read(named, languages) {
            Ok((source, parsed)) => (setup.open_db().await?, source, parsed),
            Err(refused) => return Ok(refused.report(to)?),
        }
    };
    warn(&parsed, to)?;
    let slug = &parsed.script.slug;
    let ctx = setup.parts().context("");
    let mut unit = Unit::begin(&db, &ctx).await?;
    let broken = scripts::broken_series(&mut unit.tx, &ScriptSet::new(languages), &parsed.script).await?;
    if !broken.is_empty() {
        return Ok(Refused::Wrong(broken).report(to)?);
    }
    let done = scripts::publish(&mut unit, &parsed.script, &source).await?;
    note(&mut unit, Deed::ScriptPublished, slug, done.new.then_some(done.version)).await?;
    unit.commit().await?;
    let version = done.version;
    if done.new {
        writeln!(to.out, "{slug}: version {version} is published")?;
    } else {
        writeln!(to.out, "{slug}: version {version} is live with the same content, nothing to publish")?;
    }
    say_if_paused(slug, done.paused, to)?;
    Ok(DONE)
}

fn say_if_paused(slug: &str, paused: bool, to: &mut Output<'_>) -> std::io::Result<()> {
    if paused {
        writeln!(to.out, "{slug}: it is paused; 'afterword script resume {slug}' lets it ask")?;
    }
    Ok(())
}

async fn roll_back(
    setup: &Setup,
    slug: &str,
    version: Option<i64>,
    to: &mut Output<'_>,
) -> anyhow::Result<u8> {
    let ctx = setup.parts().context("");
    let db = setup.open_db().await?;
    let mut unit = Unit::begin(&db, &ctx).await?;
    let done = match scripts::rollback(&mut unit, slug, version).await {
        Ok(done) => done,
        Err(RollbackError::Unknown(slug)) => return unknown(&mut unit.tx, &slug, to).await,
        Err(RollbackError::Store(error)) => return Err(error.into()),
        Err(refused) => {
            writeln!(to.err, "{refused}")?;
            return Ok(USAGE);
        }
    };
    note(&mut unit, Deed::ScriptRolledBack, slug, Some(done.version)).await?;
    unit.commit().await?;
    let RolledBack { version, content_of, published_at, instead_of, open_surveys, paused } = done;
    writeln!(
        to.out,
        "{slug}: version {version} is published with the content of version {content_of} of {published_at}, \
         in the place of version {instead_of}"
    )?;
    if open_surveys > 0 {
        let (one, many) = (
            "open survey goes on with the version it was sent with",
            "open surveys go on with the version they were sent with",
        );
        writeln!(to.out, "{slug}: {}", counted(open_surveys, one, many))?;
    }
    say_if_paused(slug, paused, to)?;
    Ok(DONE)
}

/// Records a publication with its version in the staff log. Does nothing if nothing new was published.
async fn note(unit: &mut Unit<'_>, deed: Deed, slug: &str, version: Option<i64>) -> crate::store::Result<()> {
    if version.is_none() {
        return Ok(());
    }
    staff_log::script(unit, None, deed, slug, version).await
}

async fn switch(setup: &Setup, slug: &str, paused: bool, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let ctx = setup.parts().context("");
    let db = setup.open_db().await?;
    let mut unit = Unit::begin(&db, &ctx).await?;
    let switched = scripts::set_paused(&mut unit, slug, paused).await?;
    let message = match switched {
        Switched::Unknown => return unknown(&mut unit.tx, slug, to).await,
        Switched::Already if paused => "is paused already",
        Switched::Already => "is live already",
        Switched::Done if paused => "is paused; it asks nobody until it is resumed",
        Switched::Done => "is live again",
    };
    if switched == Switched::Done {
        let deed = if paused { Deed::ScriptPaused } else { Deed::ScriptResumed };
        staff_log::script(&mut unit, None, deed, slug, None).await?;
    }
    unit.commit().await?;
    writeln!(to.out, "{slug}: {message}")?;
    Ok(DONE)
}

async fn show(db: &Db, slug: &str, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let mut tx = db.read().await?;
    let source = match tx.find_live_script(slug).await? {
        Some(live) => live.source,
        None => match tx.find_script_draft(slug).await? {
            Some(draft) => draft.source,
            None => return unknown(&mut tx, slug, to).await,
        },
    };
    to.out.write_all(source.as_bytes())?;
    if !source.ends_with('\n') {
        writeln!(to.out)?;
    }
    Ok(DONE)
}

/// Reports that no script with this slug is live: there may be a draft of that name, or other scripts.
async fn unknown(tx: &mut Tx, slug: &str, to: &mut Output<'_>) -> anyhow::Result<u8> {
    if tx.find_script_draft(slug).await?.is_some() {
        writeln!(
            to.err,
            "{slug} is a draft and asks nobody; 'afterword script publish {slug}' makes it live"
        )?;
        return Ok(USAGE);
    }
    let live = tx.list_live_scripts().await?;
    let known: Vec<_> = live.iter().map(|live| live.slug.as_str()).collect();
    let known = if known.is_empty() {
        "there are none".to_owned()
    } else {
        format!("there are {}", known.join(", "))
    };
    writeln!(to.err, "there is no script '{slug}'; {known}")?;
    Ok(USAGE)
}

async fn list(setup: &Setup, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let languages = &setup.config.languages;
    let db = setup.open_db().await?;
    let mut tx = db.read().await?;
    let (live, drafts) = (tx.list_live_scripts().await?, tx.list_script_drafts().await?);
    if live.is_empty() && drafts.is_empty() {
        writeln!(to.err, "there are no scripts yet: publish one with 'afterword script publish FILE'")?;
        return Ok(DONE);
    }
    let mut rows = Vec::with_capacity(live.len() + drafts.len());
    for script in live {
        let state = if script.paused_at.is_some() { "paused" } else { "live" };
        let published_at = script.published_at.to_rfc3339();
        let (on, priority) = rules(&script.slug, &script.source, languages, to)?;
        let version = script.version.to_string();
        rows.push([script.slug, version, state.to_owned(), on, priority, published_at]);
    }
    for draft in drafts {
        let (on, priority) = rules(&draft.slug, &draft.source, languages, to)?;
        let none = || "-".to_owned();
        rows.push([draft.slug, none(), "draft".to_owned(), on, priority, none()]);
    }
    rows.sort();
    rows.insert(0, ["SLUG", "VERSION", "STATE", "ON", "PRIORITY", "PUBLISHED"].map(str::to_owned));
    for line in aligned(&rows) {
        writeln!(to.out, "{line}")?;
    }
    Ok(DONE)
}

/// Returns what a script asks about, and its priority.
fn rules(
    slug: &str,
    source: &str,
    languages: &Languages,
    to: &mut Output<'_>,
) -> std::io::Result<(String, String)> {
    match Script::read_published(source, languages) {
        Ok(script) => Ok((script.on.to_string(), script.priority.to_string())),
        // A script like this cannot be published, so somebody has edited the database. The others are listed anyway.
        Err(problems) => {
            let why = problems.first().map(ToString::to_string).unwrap_or_default();
            writeln!(to.err, "the script {slug} in the database cannot be read: {why}")?;
            Ok(("?".to_owned(), "?".to_owned()))
        }
    }
}

/// Pads each column to its widest cell. Every cell must be ASCII.
fn aligned(table: &[impl AsRef<[String]>]) -> Vec<String> {
    let mut widths: Vec<usize> = Vec::new();
    for row in table {
        let row = row.as_ref();
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.len().max(*width);
        }
    }
    let line = |row: &[String]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    table.iter().map(|row| line(row.as_ref())).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::Clock;
    use crate::config::Config;
    use crate::domain::time::Timestamp;
    use crate::entropy::Entropy;

    struct Shell {
        dir: tempfile::TempDir,
        setup: Setup,
    }

    impl Shell {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let url = format!("sqlite://{}", dir.path().join("t.db").display());
            let config = Config::from_lookup(|name| (name == "DATABASE_URL").then(|| url.clone())).unwrap();
            let clock = Clock::frozen(Timestamp::from_millis(1_790_000_000_000));
            Self { dir, setup: Setup { config: Arc::new(config), clock, entropy: Entropy::seeded(1) } }
        }

        async fn db(&self) -> Db {
            let db = Db::open(&self.setup.config.database_url, true).await.unwrap();
            db.migrate().await.unwrap();
            db
        }

        fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
            let path = self.dir.path().join(name);
            std::fs::write(&path, content).unwrap();
            path
        }

        /// Returns exit code, stdout and stderr, without the directory's name.
        async fn run(&self, command: ScriptCommand) -> (u8, String, String) {
            let (mut out, mut err) = (Vec::new(), Vec::new());
            if !matches!(command, ScriptCommand::Check { .. }) {
                self.db().await.close().await;
            }
            let mut to = Output { out: &mut out, err: &mut err };
            let code = run(&self.setup, command, &mut to).await.unwrap();
            let dir = format!("{}/", self.dir.path().display());
            let text = |bytes| String::from_utf8(bytes).unwrap().replace(&dir, "");
            (code, text(out), text(err))
        }
    }

    fn script(slug: &str) -> String {
        format!(
            "slug = \"{slug}\"\non = \"purchase\"\ntitle = {{ ru = \"Т\", en = \"T\" }}\n[[questions]]\nkey = \"q\"\n\
             metric = \"csat\"\nscale = \"1-5\"\ntext = {{ ru = \"Как?\", en = \"How?\" }}\n"
        )
    }

    #[tokio::test]
    async fn check_names_file_line_and_field_and_goes_on_with_the_next_file() {
        let shell = Shell::new();
        let bad = shell.file("bad.toml", script("bad").replace("csat", "nps"));
        let good = shell.file("good.toml", script("good"));
        let (code, out, err) = shell.run(ScriptCommand::Check { files: vec![bad, good.clone()] }).await;
        assert_eq!(code, PROBLEMS);
        assert_eq!(out, "good.toml: ok, 1 warning\n");
        insta::assert_snapshot!(err, @r#"
        bad.toml:7: questions[0].scale: NPS is always asked from 0 to 10; remove the scale or write "0-10"
        good.toml:4: warning: questions[0].low: after a low score there is no way to say why: add a comment
        "#);
        assert!(!shell.dir.path().join("t.db").exists(), "no database is needed");

        let twin = shell.file("twin.toml", script("good"));
        let (code, _, err) = shell.run(ScriptCommand::Check { files: vec![good, twin] }).await;
        assert_eq!(code, PROBLEMS);
        assert!(err.contains("twin.toml:1: slug: 'good' is the slug of good.toml too"), "{err}");
    }

    #[tokio::test]
    async fn files_that_are_no_scripts_are_refused_in_a_line() {
        let shell = Shell::new();
        for (name, content, code, said) in [
            ("big.toml", vec![b'#'; 5_000_000], PROBLEMS, "big.toml:1: the file is larger than 256 KiB"),
            ("raw.toml", b"slug = \"a\"\n\xff".to_vec(), PROBLEMS, "raw.toml:2: the file is not UTF-8"),
            ("text.toml", b"Dear all,\n".to_vec(), PROBLEMS, "text.toml:1: not TOML: "),
        ] {
            let file = shell.file(name, content);
            for command in
                [ScriptCommand::Check { files: vec![file.clone()] }, ScriptCommand::Publish { named: file }]
            {
                let (found, out, err) = shell.run(command).await;
                assert_eq!((found, out.as_str()), (code, ""), "{name}");
                assert!(err.starts_with(said), "{err}");
            }
        }
        let file = shell.dir.path().join("gone.toml");
        let (code, _, err) = shell.run(ScriptCommand::Publish { named: file }).await;
        assert_eq!(code, USAGE);
        assert!(err.starts_with("gone.toml: cannot be read: "), "{err}");
    }

    #[tokio::test]
    async fn a_script_is_published_listed_shown_paused_and_resumed() {
        let shell = Shell::new();
        let slug = || "own".to_owned();
        assert!(shell.run(ScriptCommand::List).await.2.starts_with("there are no scripts yet"));
        let source = format!("\u{feff}{}", script("own").replace('\n', "\r\n"));
        let file = shell.file("own.toml", source);
        let (_, out, _) = shell.run(ScriptCommand::Publish { named: file.clone() }).await;
        assert_eq!(out, "own: version 1 is published\n");
        shell.file("own.toml", script("own"));
        let (code, out, _) = shell.run(ScriptCommand::Publish { named: file.clone() }).await;
        assert_eq!(
            (code, out.as_str()),
            (DONE, "own: version 1 is live with the same content, nothing to publish\n")
        );
        assert_eq!(
            shell.run(ScriptCommand::Show { slug: slug() }).await,
            (DONE, script("own"), String::new())
        );

        let (_, out, _) = shell.run(ScriptCommand::Pause { slug: slug() }).await;
        assert_eq!(out, "own: is paused; it asks nobody until it is resumed\n");
        assert_eq!(shell.run(ScriptCommand::Pause { slug: slug() }).await.1, "own: is paused already\n");
        shell.file("own.toml", script("own").replace("Как?", "Как оно?"));
        let (_, out, _) = shell.run(ScriptCommand::Publish { named: file }).await;
        assert_eq!(
            out,
            "own: version 2 is published\nown: it is paused; 'afterword script resume own' lets it ask\n"
        );
        insta::assert_snapshot!(shell.run(ScriptCommand::List).await.1, @r"
        SLUG  VERSION  STATE   ON        PRIORITY  PUBLISHED
        own   2        paused  purchase  0         2026-09-21T14:13:20Z
        ");
        assert_eq!(shell.run(ScriptCommand::Resume { slug: slug() }).await.1, "own: is live again\n");
    }

    #[tokio::test]
    async fn a_slug_that_does_not_exist_is_wrong_usage_and_the_known_ones_are_named() {
        let shell = Shell::new();
        let file = shell.file("own.toml", script("own"));
        shell.run(ScriptCommand::Publish { named: file }).await;
        let slug = || "other".to_owned();
        for command in [
            ScriptCommand::Show { slug: slug() },
            ScriptCommand::Pause { slug: slug() },
            ScriptCommand::Resume { slug: slug() },
        ] {
            let (code, out, err) = shell.run(command).await;
            assert_eq!((code, out.as_str()), (USAGE, ""));
            assert_eq!(err, "there is no script 'other'; there are own\n");
        }
    }

    async fn publish(shell: &Shell, source: String) {
        let named = shell.file("own.toml", source);
        assert_eq!(shell.run(ScriptCommand::Publish { named }).await.0, DONE);
    }

    fn back(slug: &str, version: Option<i64>) -> ScriptCommand {
        ScriptCommand::Rollback { slug: slug.to_owned(), version }
    }

    #[tokio::test]
    async fn a_draft_is_listed_shown_and_published_by_its_slug_and_then_is_none() {
        let shell = Shell::new();
        let ctx = shell.setup.parts().context("");
        let mut unit = Unit::begin(&shell.db().await, &ctx).await.unwrap();
        scripts::install_shipped(&mut unit).await.unwrap();
        unit.commit().await.unwrap();
        insta::assert_snapshot!(shell.run(ScriptCommand::List).await.1, @r"
        SLUG        VERSION  STATE  ON             PRIORITY  PUBLISHED
        importance  -        draft  purchase       5         -
        nps         -        draft  purchase       10        -
        purchase    1        live   purchase       0         2026-09-21T14:13:20Z
        recovery    1        live   case_resolved  0         2026-09-21T14:13:20Z
        support     1        live   ticket_closed  0         2026-09-21T14:13:20Z
        ");
        let (code, shown, _) = shell.run(ScriptCommand::Show { slug: "nps".to_owned() }).await;
        assert_eq!(code, DONE);
        assert!(shown.contains("metric = \"nps\""), "{shown}");
        for command in [
            ScriptCommand::Pause { slug: "nps".to_owned() },
            ScriptCommand::Resume { slug: "nps".to_owned() },
            back("nps", None),
        ] {
            let (code, out, err) = shell.run(command).await;
            assert_eq!((code, out.as_str()), (USAGE, ""));
            assert_eq!(err, "nps is a draft and asks nobody; 'afterword script publish nps' makes it live\n");
        }
        let publish = |slug: &str| ScriptCommand::Publish { named: PathBuf::from(slug) };
        assert_eq!(shell.run(publish("nps")).await.1, "nps: version 1 is published\n");
        let (code, _, err) = shell.run(publish("nps")).await;
        assert_eq!(
            (code, err.as_str()),
            (USAGE, "'nps' is neither a file nor a draft; there are the drafts importance\n")
        );
        insta::assert_snapshot!(shell.run(ScriptCommand::List).await.1, @r"
        SLUG        VERSION  STATE  ON             PRIORITY  PUBLISHED
        importance  -        draft  purchase       5         -
        nps         1        live   purchase       10        2026-09-21T14:13:20Z
        purchase    1        live   purchase       0         2026-09-21T14:13:20Z
        recovery    1        live   case_resolved  0         2026-09-21T14:13:20Z
        support     1        live   ticket_closed  0         2026-09-21T14:13:20Z
        ");
        // Publishing a file with the same slug also ends the draft.
        let named = shell.file("importance.toml", script("importance"));
        shell.run(ScriptCommand::Publish { named }).await;
        let (_, _, err) = shell.run(publish("importance")).await;
        assert_eq!(err, "'importance' is neither a file nor a draft; there are no drafts\n");
    }

    #[tokio::test]
    async fn a_rollback_is_a_new_version_with_the_content_of_an_earlier_one() {
        let shell = Shell::new();
        let source = |text: &str| script("own").replace("Как?", text);
        for text in ["Первый?", "Второй?", "Третий?"] {
            publish(&shell, source(text)).await;
        }
        insta::assert_snapshot!(shell.run(back("own", Some(1))).await.1, @"own: version 4 is published with the content of version 1 of 2026-09-21T14:13:20Z, in the place of version 3");
        assert_eq!(shell.run(ScriptCommand::Show { slug: "own".to_owned() }).await.1, source("Первый?"));
        shell.run(ScriptCommand::Pause { slug: "own".to_owned() }).await;
        insta::assert_snapshot!(shell.run(back("own", None)).await.1, @r"
        own: version 5 is published with the content of version 3 of 2026-09-21T14:13:20Z, in the place of version 4
        own: it is paused; 'afterword script resume own' lets it ask
        ");
        assert_eq!(shell.run(ScriptCommand::Show { slug: "own".to_owned() }).await.1, source("Третий?"));
    }

    #[tokio::test]
    async fn where_there_is_no_way_back_the_reason_is_said_and_nothing_published() {
        let shell = Shell::new();
        publish(&shell, script("own")).await;
        let only = "own: version 1 is the only one: there is nothing to go back to\n";
        assert_eq!(shell.run(back("own", None)).await, (USAGE, String::new(), only.to_owned()));
        let none = "own has no version 7; there is version 1\n";
        assert_eq!(shell.run(back("own", Some(7))).await, (USAGE, String::new(), none.to_owned()));
        publish(&shell, script("own").replace("Как?", "Второй?")).await;
        shell.run(back("own", Some(1))).await;
        for (slug, version, said) in [
            ("other", Some(1), "there is no script 'other'; there are own\n"),
            ("own", Some(4), "own has no version 4; there are versions 1 to 3\n"),
            ("own", Some(3), "own: version 3 is the live one already\n"),
            ("own", Some(1), "own: version 1 says the same as version 3, which is live\n"),
        ] {
            let (code, out, err) = shell.run(back(slug, version)).await;
            assert_eq!((code, out.as_str(), err.as_str()), (USAGE, "", said));
        }
        assert!(shell.run(ScriptCommand::List).await.1.contains("own   3"));
    }
}
