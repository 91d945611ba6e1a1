//! Command lines parse as the program reads them, and the page of operations has every command with its options.

use super::{Page, pages};

/// What stands for something of the reader's own.
const PLACEHOLDERS: [(&str, &str); 15] = [
    ("ADDRESS", "127.0.0.1:8080"),
    ("CUSTOMER_ID", "C-42"),
    ("DAY", "2026-11-21"),
    ("DELIVERY", "12"),
    ("DIR", "kept"),
    ("FILE", "mine.toml"),
    ("ID", "a-17"),
    ("N", "30"),
    ("NAME", "shop"),
    ("PRESET", "okdesk"),
    ("SETTING", "tz=Europe/Moscow"),
    ("SLUG", "support"),
    ("TELEGRAM_ID", "700000001"),
    ("VERSION", "2"),
    ("YOUR_TELEGRAM_ID", "700000001"),
];

/// A part of a line that says how a command is used.
enum Part {
    /// One of these words.
    Word(Vec<String>),
    /// One of these, or nothing.
    Optional(Vec<Vec<Part>>),
}

/// Reads `staff add TELEGRAM_ID --role admin|lead [--agent-id ID]`.
fn usage(line: &str) -> Vec<Part> {
    let spaced = line.replace('[', " [ ").replace(']', " ] ");
    let mut alternatives = read(&mut spaced.split_whitespace());
    assert_eq!(alternatives.len(), 1, "a bar of its own outside of brackets: {line}");
    alternatives.remove(0)
}

/// Up to the closing bracket, or the end.
fn read<'w>(words: &mut impl Iterator<Item = &'w str>) -> Vec<Vec<Part>> {
    let mut alternatives = vec![Vec::new()];
    while let Some(word) = words.next() {
        let part = match word {
            "]" => break,
            "|" => {
                alternatives.push(Vec::new());
                continue;
            }
            "[" => Part::Optional(read(&mut *words)),
            word => Part::Word(word.split('|').map(filled).collect()),
        };
        alternatives.last_mut().unwrap().push(part);
    }
    alternatives
}

fn filled(word: &str) -> String {
    let word = word.trim_end_matches('…');
    let known = PLACEHOLDERS.iter().find(|(name, _)| *name == word);
    known.map_or(word, |(_, value)| value).to_owned()
}

/// The shortest line, and for each choice and each optional part one that has it.
fn lines(parts: &[Part]) -> Vec<Vec<String>> {
    let shortest: Vec<Vec<String>> = parts
        .iter()
        .map(|part| match part {
            Part::Word(choices) => vec![choices[0].clone()],
            Part::Optional(_) => Vec::new(),
        })
        .collect();
    let mut found = vec![shortest.concat()];
    for (at, part) in parts.iter().enumerate() {
        let instead: Vec<Vec<String>> = match part {
            Part::Word(choices) => choices[1..].iter().map(|choice| vec![choice.clone()]).collect(),
            Part::Optional(alternatives) => alternatives.iter().flat_map(|parts| lines(parts)).collect(),
        };
        for words in instead {
            let mut line = shortest.clone();
            line[at] = words;
            found.push(line.concat());
        }
    }
    found
}

/// The arguments of our program, if it is what is called.
fn called(command: &str) -> Option<&str> {
    let mut rest = command.trim();
    if let Some(as_somebody) = rest.strip_prefix("sudo -u ") {
        rest = as_somebody.split_once(' ')?.1;
    }
    if rest.starts_with("docker ") {
        rest = rest.split_once(" exec afterword ")?.1;
    }
    let arguments =
        rest.strip_prefix("afterword ").or_else(|| rest.strip_prefix("cargo run --release -- "))?;
    let arguments = arguments.split(" > ").next().unwrap_or_default().trim();
    (!arguments.is_empty()).then_some(arguments)
}

/// What is typed in a block of the shell, without prompts, comments and what the shell puts in.
fn typed(block: &str) -> Vec<String> {
    let joined = block.replace("\\\n", " ");
    let mut commands = Vec::new();
    for line in joined.lines() {
        let Some(line) = line.trim().strip_prefix("$ ").or_else(|| line.trim().strip_prefix("# ")) else {
            continue;
        };
        let mut line = line.split(" #").next().unwrap_or_default().to_owned();
        while let Some((before, (_, after))) =
            line.split_once("$(").and_then(|(before, rest)| Some((before, rest.split_once(')')?)))
        {
            line = format!("{before}X{after}");
        }
        commands.extend(line.split("&&").map(|command| command.trim().to_owned()));
    }
    commands
}

/// Every call of our program that a page prints, without the program's name.
fn calls(page: &Page) -> Vec<String> {
    let shell = page.blocks_in("console").flat_map(typed);
    let all: Vec<String> = page.spans().into_iter().chain(shell).collect();
    all.iter().filter_map(|command| called(command)).map(str::to_owned).collect()
}

#[test]
fn every_command_line_in_the_documents_parses() {
    let (mut count, mut wrong) = (0, Vec::new());
    for page in pages() {
        for call in calls(&page) {
            for line in lines(&usage(&call)) {
                count += 1;
                let words = ["afterword"].into_iter().chain(line.iter().map(String::as_str));
                match afterword::cli::command().try_get_matches_from(words) {
                    Err(error) if error.use_stderr() => {
                        wrong.push(format!("{}: afterword {}\n{error}", page.path, line.join(" ")));
                    }
                    _ => {}
                }
            }
        }
    }
    assert!(count > 60, "only {count} lines were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Commands that do something, by their words.
fn leaves(command: &clap::Command, path: &[String], found: &mut Vec<(Vec<String>, clap::Command)>) {
    if !command.has_subcommands() {
        found.push((path.to_vec(), command.clone()));
    }
    for inner in command.get_subcommands() {
        let path: Vec<String> = path.iter().cloned().chain([inner.get_name().to_owned()]).collect();
        leaves(inner, &path, found);
    }
}

#[test]
fn every_subcommand_and_option_is_in_operations() {
    let calls = calls(&Page::read("docs/operations.md"));
    let mut commands = Vec::new();
    leaves(&afterword::cli::command(), &[], &mut commands);
    assert!(commands.len() > 20, "{}", commands.len());
    let mut missing = Vec::new();
    for (path, command) in commands {
        let path = path.join(" ");
        let lines: Vec<&String> =
            calls.iter().filter(|call| format!("{call} ").starts_with(&format!("{path} "))).collect();
        if lines.is_empty() {
            missing.push(path);
            continue;
        }
        for option in command.get_arguments().filter(|option| !option.is_positional()) {
            let written = option.get_long().map_or_else(
                || option.get_short().map(|short| format!("-{short}")).unwrap_or_default(),
                |long| format!("--{long}"),
            );
            if !lines.iter().any(|line| line.contains(&written)) {
                missing.push(format!("{path} {written}"));
            }
        }
    }
    assert!(missing.is_empty(), "docs/operations.md does not have: {}", missing.join(", "));
}

#[test]
fn a_usage_is_tried_with_each_of_its_parts() {
    let tried = |line: &str| lines(&usage(line)).into_iter().map(|words| words.join(" ")).collect::<Vec<_>>();
    assert_eq!(tried("export a|b [--from DAY]"), ["export a", "export b", "export a --from 2026-11-21"]);
    assert_eq!(
        tried("demo [--port N | --addr ADDRESS]"),
        ["demo", "demo --port 30", "demo --addr 127.0.0.1:8080"]
    );
    assert_eq!(
        typed(
            "# cd /etc && sudo -u afterword afterword check\n$ afterword backup $(date +%F).db  # a copy\nok\n"
        ),
        ["cd /etc", "sudo -u afterword afterword check", "afterword backup X.db"]
    );
    assert_eq!(called("docker compose exec afterword afterword check"), Some("check"));
    assert_eq!(called("install -o afterword -g afterword x"), None);
}
