//! `afterword script …`: the admins' scripts from a shell.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::{DONE, Output, PROBLEMS, USAGE};
use crate::clock::Clock;
use crate::domain::script::{MAX_FILE_BYTES, Parsed, Problem, Script, decode};
use crate::service::scripts::{self, Switched};
use crate::store::{Db, LiveScript};

#[derive(Clone, Debug, Subcommand)]
pub enum ScriptCommand {
    /// Lists the scripts that are live or paused
    List,
    /// Prints the source of a script's live version
    Show { slug: String },
    /// Says what is wrong with script files; changes nothing
    Check {
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Makes a file the new live version of its script
    Publish { file: PathBuf },
    /// Stops a script from asking
    Pause { slug: String },
    /// Lets a paused script ask again
    Resume { slug: String },
}

/// Does the command and returns its exit code. Only what needs the database opens it.
pub async fn run(
    command: ScriptCommand,
    open: impl AsyncFnOnce() -> anyhow::Result<Db>,
    clock: &Clock,
    to: &mut Output<'_>,
) -> anyhow::Result<u8> {
    match command {
        ScriptCommand::Check { files } => check(&files, to),
        ScriptCommand::List => list(&open().await?, to).await,
        ScriptCommand::Show { slug } => show(&open().await?, &slug, to).await,
        ScriptCommand::Publish { file } => match read(&file) {
            Ok((source, parsed)) => publish(&open().await?, &source, &parsed, clock, to).await,
            Err(refused) => Ok(refused.report(to)?),
        },
        ScriptCommand::Pause { slug } => switch(&open().await?, &slug, true, clock, to).await,
        ScriptCommand::Resume { slug } => switch(&open().await?, &slug, false, clock, to).await,
    }
}

/// Why a file cannot be a script.
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

/// A file's text, as it is stored, and the script in it.
fn read(path: &Path) -> Result<(String, Parsed), Refused> {
    let name = path.display().to_string();
    let bytes =
        read_start(path).map_err(|error| Refused::Unreadable(format!("{name}: cannot be read: {error}")))?;
    let source = decode(&name, &bytes).map_err(|problem| Refused::Wrong(vec![problem]))?;
    let parsed = Script::parse(&name, &source).map_err(Refused::Wrong)?;
    Ok((source, parsed))
}

/// No more of a file than is needed to see that it is too large.
fn read_start(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn warn(parsed: &Parsed, to: &mut Output<'_>) -> std::io::Result<()> {
    for Problem { file, line, field, message } in &parsed.warnings {
        writeln!(to.err, "{file}:{line}: warning: {field}: {message}")?;
    }
    Ok(())
}

fn check(files: &[PathBuf], to: &mut Output<'_>) -> anyhow::Result<u8> {
    let mut code = DONE;
    let mut slugs: HashMap<String, &Path> = HashMap::new();
    for file in files {
        match read(file) {
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
                    1 => ", 1 warning".to_owned(),
                    more => format!(", {more} warnings"),
                };
                writeln!(to.out, "{}: ok{warnings}", file.display())?;
            }
        }
    }
    Ok(code)
}

async fn publish(
    db: &Db,
    source: &str,
    parsed: &Parsed,
    clock: &Clock,
    to: &mut Output<'_>,
) -> anyhow::Result<u8> {
    warn(parsed, to)?;
    let slug = &parsed.script.slug;
    let mut tx = db.write().await?;
    let done = scripts::publish(&mut tx, &parsed.script, source, clock.now()).await?;
    tx.commit().await?;
    let version = done.version;
    if done.new {
        writeln!(to.out, "{slug}: version {version} is published")?;
    } else {
        writeln!(to.out, "{slug}: version {version} is live with the same content, nothing to publish")?;
    }
    if done.paused {
        writeln!(to.out, "{slug}: it is paused; 'afterword script resume {slug}' lets it ask")?;
    }
    Ok(DONE)
}

async fn switch(db: &Db, slug: &str, paused: bool, clock: &Clock, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let mut tx = db.write().await?;
    let switched = scripts::set_paused(&mut tx, slug, paused, clock.now()).await?;
    let message = match switched {
        Switched::Unknown => return unknown(&tx.list_live_scripts().await?, slug, to),
        Switched::Already if paused => "is paused already",
        Switched::Already => "is live already",
        Switched::Done if paused => "is paused; it asks nobody until it is resumed",
        Switched::Done => "is live again",
    };
    tx.commit().await?;
    writeln!(to.out, "{slug}: {message}")?;
    Ok(DONE)
}

async fn show(db: &Db, slug: &str, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let mut tx = db.read().await?;
    let Some(live) = tx.find_live_script(slug).await? else {
        return unknown(&tx.list_live_scripts().await?, slug, to);
    };
    to.out.write_all(live.source.as_bytes())?;
    if !live.source.ends_with('\n') {
        writeln!(to.out)?;
    }
    Ok(DONE)
}

fn unknown(live: &[LiveScript], slug: &str, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let known: Vec<_> = live.iter().map(|live| live.slug.as_str()).collect();
    let known = if known.is_empty() {
        "there are none".to_owned()
    } else {
        format!("there are {}", known.join(", "))
    };
    writeln!(to.err, "there is no script '{slug}'; {known}")?;
    Ok(USAGE)
}

async fn list(db: &Db, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let rows = db.read().await?.list_live_scripts().await?;
    if rows.is_empty() {
        writeln!(to.err, "there are no scripts yet: publish one with 'afterword script publish FILE'")?;
        return Ok(DONE);
    }
    let mut table = vec![["SLUG", "VERSION", "STATE", "ON", "PRIORITY", "PUBLISHED"].map(str::to_owned)];
    for row in &rows {
        let script = Script::read_published(&row.source).ok();
        let said = |value: Option<String>| value.unwrap_or_else(|| "?".to_owned());
        table.push([
            row.slug.clone(),
            row.version.to_string(),
            if row.paused_at.is_some() { "paused" } else { "live" }.to_owned(),
            said(script.as_ref().map(|script| script.on.to_string())),
            said(script.as_ref().map(|script| script.priority.to_string())),
            row.published_at.to_rfc3339(),
        ]);
    }
    for line in aligned(&table) {
        writeln!(to.out, "{line}")?;
    }
    Ok(DONE)
}

/// Columns as wide as their widest cell; every cell is ASCII.
fn aligned<const N: usize>(table: &[[String; N]]) -> impl Iterator<Item = String> {
    let widths: [usize; N] =
        std::array::from_fn(|column| table.iter().map(|row| row[column].len()).max().unwrap_or(0));
    table.iter().map(move |row| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    struct Shell {
        dir: tempfile::TempDir,
        clock: Clock,
    }

    impl Shell {
        fn new() -> Self {
            Self {
                dir: tempfile::tempdir().unwrap(),
                clock: Clock::frozen(Timestamp::from_millis(1_790_000_000_000)),
            }
        }

        fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
            let path = self.dir.path().join(name);
            std::fs::write(&path, content).unwrap();
            path
        }

        /// Exit code, stdout and stderr, without the directory's name.
        async fn run(&self, command: ScriptCommand) -> (u8, String, String) {
            let (mut out, mut err) = (Vec::new(), Vec::new());
            let url = format!("sqlite://{}", self.dir.path().join("t.db").display());
            let open = async || {
                let db = Db::open(&url, true).await?;
                db.migrate().await?;
                Ok(db)
            };
            let mut to = Output { out: &mut out, err: &mut err };
            let code = run(command, open, &self.clock, &mut to).await.unwrap();
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
                [ScriptCommand::Check { files: vec![file.clone()] }, ScriptCommand::Publish { file }]
            {
                let (found, out, err) = shell.run(command).await;
                assert_eq!((found, out.as_str()), (code, ""), "{name}");
                assert!(err.starts_with(said), "{err}");
            }
        }
        let file = shell.dir.path().join("gone.toml");
        let (code, _, err) = shell.run(ScriptCommand::Publish { file }).await;
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
        let (_, out, _) = shell.run(ScriptCommand::Publish { file: file.clone() }).await;
        assert_eq!(out, "own: version 1 is published\n");
        shell.file("own.toml", script("own"));
        let (code, out, _) = shell.run(ScriptCommand::Publish { file: file.clone() }).await;
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
        let (_, out, _) = shell.run(ScriptCommand::Publish { file }).await;
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
        shell.run(ScriptCommand::Publish { file }).await;
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
}
