//! The page of Telegram has the bot's commands, and no others.

use std::collections::BTreeSet;

use afterword::bot::commands::Command;

use super::Page;

#[test]
fn every_command_is_described() {
    let page = Page::read("docs/telegram.md");
    let rows = page.prose.lines().filter_map(|line| line.strip_prefix("| `/"));
    let described: BTreeSet<&str> = rows
        .map(|row| row.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default())
        .collect();
    let there: BTreeSet<&str> = Command::ALL.iter().map(|command| command.name()).collect();
    assert_eq!(described, there, "the table of commands in docs/telegram.md, and the commands there are");
}
