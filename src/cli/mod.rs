//! The command line, with one file per command. The arguments are parsed into one command, and a command returns an
//! exit code.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Parser, Subcommand};

use crate::app::{Failed, Parts, StartError};
use crate::clock::Clock;
use crate::config::{Config, ConfigError, bot_id, dotenv};
use crate::entropy::Entropy;
use crate::service::Context;
use crate::store::{self, Db};
use crate::telemetry::panics;

pub mod backup;
pub mod case;
pub mod check;
pub mod dashboard;
pub mod demo;
pub mod erase;
pub mod export;
pub mod hook;
pub mod import;
pub mod key;
pub mod link;
pub mod migrate;
mod place;
pub mod report;
pub mod script;
pub mod serve;
mod signals;
pub mod staff;
pub mod test;

use case::CaseCommand;
use check::CheckArgs;
use dashboard::DashboardArgs;
use demo::DemoArgs;
use export::ExportArgs;
use hook::HookCommand;
use key::KeyCommand;
use report::ReportArgs;
use script::ScriptCommand;
use staff::StaffCommand;
use test::TestArgs;

/// Exit code: everything was done.
pub const DONE: u8 = 0;
/// Exit code: the command found problems.
pub const PROBLEMS: u8 = 1;
/// Exit code: wrong usage or configuration.
pub const USAGE: u8 = 2;

/// A survey bot for Telegram: asks customers after a purchase or a ticket how it went, and alerts the leads to bad
/// answers.
#[derive(Debug, Parser)]
#[command(name = "afterword", version)]
struct Cli {
    /// Without a command: serve
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the bot, the HTTP API and the background work
    Serve,
    /// Runs the program against a simulated Telegram, in the browser or the terminal; needs no token and no network
    Demo(DemoArgs),
    /// Sends a test survey, now
    Test(TestArgs),
    /// Tests everything that the configuration names, one line each
    Check(CheckArgs),
    /// Imports events from a file: JSON lines or a table
    Import {
        /// A .jsonl or .csv file, or - for standard input
        file: PathBuf,
    },
    /// Exports answers, surveys, events, cases or the staff log as a table
    Export(ExportArgs),
    /// Reports figures: every index with its interval, coverage first
    Report(Box<ReportArgs>),
    /// Manages the question scripts
    #[command(subcommand)]
    Script(ScriptCommand),
    /// Manages addresses for other systems, such as a help desk or a shop, and shows what they delivered
    #[command(subcommand)]
    Hook(HookCommand),
    /// Shows cases
    #[command(subcommand)]
    Case(CaseCommand),
    /// Manages keys for the HTTP API
    #[command(subcommand)]
    Key(KeyCommand),
    /// Prints a customer's personal link to the bot, and draws its QR code
    Link {
        /// The customer's ID, as in the events
        customer_id: String,
    },
    /// Manages people's roles
    #[command(subcommand)]
    Staff(StaffCommand),
    /// Prints a one-time link to the pages with scores, answers and cases
    Dashboard(DashboardArgs),
    /// Erases a customer; their scores stay, anonymous
    Erase {
        /// The customer's ID, as in the events
        customer_id: String,
    },
    /// Creates the database, or upgrades it to this version after copying the file
    Migrate,
    /// Writes a whole, checked copy of the SQLite file while the bot runs
    Backup {
        /// The file to write; an existing file is never overwritten
        file: PathBuf,
    },
}

/// The file that supplies variables.
const DOTENV: &str = ".env";

/// The streams to which a command writes.
pub struct Output<'a> {
    pub out: &'a mut dyn Write,
    pub err: &'a mut dyn Write,
}

impl std::fmt::Debug for Output<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Output")
    }
}

/// The request cannot be carried out as it was made. Ends the process with [`USAGE`].
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Misuse(pub String);

/// What every command gets.
#[derive(Debug)]
pub struct Setup {
    pub config: Arc<Config>,
    pub clock: Clock,
    pub entropy: Entropy,
}

impl Setup {
    fn read() -> anyhow::Result<Self> {
        let file: HashMap<String, String> = dotenv::read(Path::new(DOTENV))?;
        let config = Arc::new(Config::from_env(&file)?);
        let entropy = Entropy::system().context("the operating system gives no randomness")?;
        Ok(Self { config, clock: Clock::system(), entropy })
    }

    /// What the program itself is built from.
    pub fn parts(&self) -> Parts {
        Parts { config: Arc::clone(&self.config), clock: self.clock.clone(), entropy: self.entropy.clone() }
    }

    /// Opens the database without changing it. Fails if it does not exist or has another version.
    pub async fn open_db(&self) -> anyhow::Result<Db> {
        let db = Db::open(&self.config.database_url, false).await?;
        db.verify_schema().await?;
        Ok(db)
    }

    /// The context of the use cases. The bot has the name that `serve` last heard from Telegram.
    pub async fn context(&self, db: &Db) -> anyhow::Result<Context> {
        let username = match self.config.token() {
            Ok(token) => db.read().await?.find_bot_username(bot_id(token)).await?,
            Err(_) => None,
        };
        let ctx = self.parts().context(&username.unwrap_or_default());
        ctx.scripts.refresh(&mut db.read().await?).await?;
        Ok(ctx)
    }
}

/// The definition of the command line, for the tests that compare the documentation with it.
#[must_use]
pub fn command() -> clap::Command {
    <Cli as clap::CommandFactory>::command()
}

/// Runs the command that the process was started for.
pub fn main() -> ExitCode {
    panics::tell_only_where();
    // If the arguments are wrong, this ends the process with the exit code for wrong usage.
    let command = Cli::parse().command;
    let (mut out, mut err) = (io::stdout(), io::stderr());
    let mut to = Output { out: &mut out, err: &mut err };
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the program cannot start its threads")
        .and_then(|runtime| {
            let done = runtime.block_on(run(command, &mut to));
            // Does not wait, so that a hanging task cannot keep the process from ending.
            runtime.shutdown_background();
            done
        })
        .and_then(|code| {
            match to.out.flush() {
                // What was done is done, whether somebody still reads what is said of it or not.
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
                _ => Ok(code),
            }
        });
    ExitCode::from(done.unwrap_or_else(|error| report(&error, &mut to)))
}

async fn run(command: Option<Command>, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let command = command.unwrap_or(Command::Serve);
    if let Command::Demo(args) = command {
        // The demo has its own settings and ignores the environment.
        return Box::pin(demo::run(&args, to)).await;
    }
    let setup = Setup::read()?;
    let done = run_in(&setup, command, to).await;
    // Adds which database it was if the error itself does not say so.
    done.map_err(|error| {
        let is_about_database = error.chain().any(is_about_database);
        if is_about_database {
            error.context(format!("DATABASE_URL={}", setup.config.database()))
        } else {
            error
        }
    })
}

async fn run_in(setup: &Setup, command: Command, to: &mut Output<'_>) -> anyhow::Result<u8> {
    match command {
        Command::Demo(_) => unreachable!("the demo is done"),
        Command::Serve => serve::run(setup, to).await,
        Command::Test(args) => test::run(setup, &args, to).await,
        Command::Check(args) => check::run(setup, &args, to).await,
        Command::Script(command) => script::run(setup, command, to).await,
        Command::Import { file } => import::run(setup, &file, to).await,
        Command::Export(args) => export::run(setup, &args, to).await,
        Command::Report(args) => report::run(setup, &args, to).await,
        Command::Hook(command) => hook::run(setup, command, to).await,
        Command::Case(command) => case::run(setup, command, to).await,
        Command::Key(command) => key::run(setup, command, to).await,
        Command::Link { customer_id } => link::run(setup, &customer_id, to).await,
        Command::Staff(command) => staff::run(setup, command, to).await,
        Command::Dashboard(args) => dashboard::run(setup, args, to).await,
        Command::Erase { customer_id } => erase::run(setup, &customer_id, to).await,
        Command::Migrate => migrate::run(setup, to).await,
        Command::Backup { file } => backup::run(setup, &file, to).await,
    }
}

/// Prints what is wrong and returns the exit code.
fn report(error: &anyhow::Error, to: &mut Output<'_>) -> u8 {
    let broken_pipe = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    };
    // The reader of our output, such as `head`, has had enough.
    if error.chain().any(broken_pipe) {
        return DONE;
    }
    for line in format!("{error:#}").lines() {
        // If even this cannot be written, nothing can be reported.
        let _ = writeln!(to.err, "afterword: {line}");
    }
    if error.chain().any(is_misuse) { USAGE } else { PROBLEMS }
}

fn is_about_database(cause: &(dyn std::error::Error + 'static)) -> bool {
    let error = match cause.downcast_ref() {
        Some(StartError::Store(error)) => Some(error),
        _ => cause.downcast_ref(),
    };
    error.is_some_and(|error| !matches!(error, store::Error::CannotOpen(_)))
}

fn is_misuse(cause: &(dyn std::error::Error + 'static)) -> bool {
    use store::Error::{CannotOpen, Newer, NotMigrated};
    cause.is::<Misuse>()
        || cause.is::<StartError>()
        || matches!(cause.downcast_ref(), Some(Failed::TokenRefused))
        || cause.is::<ConfigError>()
        || cause.is::<dotenv::DotenvError>()
        || matches!(cause.downcast_ref(), Some(CannotOpen(_) | Newer { .. } | NotMigrated))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_and_text(error: &anyhow::Error) -> (u8, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = report(error, &mut Output { out: &mut out, err: &mut err });
        assert_eq!(out, b"");
        (code, String::from_utf8(err).unwrap())
    }

    #[test]
    fn the_arguments_are_consistent() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_and_argument_says_what_it_is_for() {
        use clap::CommandFactory as _;
        let mut commands = vec![Cli::command()];
        while let Some(command) = commands.pop() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
            }
            commands.extend(command.get_subcommands().cloned());
        }
    }

    #[test]
    fn an_error_is_a_line_and_the_code_tells_whose_it_is() {
        let wrong = Config::from_lookup(|name| (name == "MIN_GAP").then(|| "soon".to_owned())).unwrap_err();
        let (code, text) = code_and_text(&wrong.into());
        assert_eq!((code, text.lines().count()), (USAGE, 1));
        assert!(text.starts_with("afterword: MIN_GAP=soon: "), "{text}");
        let newer = store::Error::Newer { found: 9, known: 1 };
        assert_eq!(code_and_text(&anyhow::Error::from(newer).context("afterword.db")).0, USAGE);
        let (code, text) = code_and_text(&store::Error::Unavailable("the disk is full".to_owned()).into());
        assert_eq!(
            (code, text.as_str()),
            (PROBLEMS, "afterword: the database is not available: the disk is full\n")
        );
    }

    #[test]
    fn a_reader_that_goes_away_is_no_error() {
        let gone = io::Error::from(io::ErrorKind::BrokenPipe);
        assert_eq!(code_and_text(&anyhow::Error::from(gone).context("export")), (DONE, String::new()));
    }
}
