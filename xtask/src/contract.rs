//! `cargo xtask contract`: the contract's rules in words, one for each clause of the conformance suite.
//!
//! `runtime-conformance/CONTRACT.md` lists them between two marks; this writes what stands there from
//! the clauses' documentation, and what stands around it is written by hand. Whether the file is as it
//! would be written is a rule of tidy.

use std::fmt::Write;
use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

pub(crate) const PATH: &str = "runtime-conformance/CONTRACT.md";
pub(crate) const LIST: &str = "runtime-conformance/src/list.rs";
const BEGIN: &str = "<!-- written by: cargo xtask contract --write -->\n";
const END: &str = "<!-- end of what is written -->\n";

pub(crate) fn run(write: bool) -> Result<ExitCode> {
    let root = Workspace::load()?.root;
    let topics = topics(|path| fs::read_to_string(root.join(path)).ok())?;
    if !write {
        print!("{}", rules(&topics));
        return Ok(ExitCode::SUCCESS);
    }
    let before = fs::read_to_string(root.join(PATH)).with_context(|| format!("no {PATH}"))?;
    let after = replaced(&before, &topics)
        .with_context(|| format!("{PATH} lacks a line: it needs {BEGIN}and behind it {END}"))?;
    fs::write(root.join(PATH), after).with_context(|| format!("cannot write {PATH}"))?;
    println!("contract: {} rules in {PATH}", count(&topics));
    Ok(ExitCode::SUCCESS)
}

/// Clauses about one thing, in a file of its name.
pub(crate) struct Topic {
    pub(crate) name: String,
    /// The first paragraph of its file's documentation.
    pub(crate) about: String,
    pub(crate) clauses: Vec<Clause>,
}

pub(crate) struct Clause {
    pub(crate) name: String,
    /// Its documentation on one line; empty when it has none, or is no function of its topic's file.
    pub(crate) rule: String,
}

impl Topic {
    pub(crate) fn path(name: &str) -> String {
        format!("runtime-conformance/src/{name}.rs")
    }
}

/// The topics in the order of the list, from the sources that `read` gives.
///
/// # Errors
/// When the list, or the file of a topic, cannot be read.
pub(crate) fn topics(read: impl Fn(&str) -> Option<String>) -> Result<Vec<Topic>> {
    let Some(list) = read(LIST) else {
        bail!("cannot read {LIST}");
    };
    let mut topics = Vec::new();
    for (name, clauses) in listed(&list) {
        let path = Topic::path(&name);
        let source = read(&path).with_context(|| format!("{LIST} names a topic without {path}"))?;
        let clause = |name: String| Clause {
            rule: documentation(&source, &name),
            name,
        };
        topics.push(Topic {
            about: about(&source),
            clauses: clauses.into_iter().map(clause).collect(),
            name,
        });
    }
    Ok(topics)
}

/// The topics of the list with the names of their clauses: an arm `(topic [$($then:tt)+] …` names a
/// topic, a line of one name a clause.
fn listed(list: &str) -> Vec<(String, Vec<String>)> {
    let mut topics: Vec<(String, Vec<String>)> = Vec::new();
    for line in list.lines().map(str::trim) {
        let arm = line
            .strip_prefix('(')
            .and_then(|arm| arm.split_once(" [$("));
        let is_name = |name: &str| !name.is_empty() && name.chars().all(is_name_character);
        match (arm, topics.last_mut()) {
            (Some((topic, _)), _) => topics.push((topic.to_owned(), Vec::new())),
            (None, Some((_, clauses))) if is_name(line) => clauses.push(line.to_owned()),
            _ => {}
        }
    }
    topics
}

fn is_name_character(character: char) -> bool {
    character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
}

fn about(source: &str) -> String {
    let lines = source
        .lines()
        .map_while(|line| line.strip_prefix("//! "))
        .collect::<Vec<_>>();
    plain(&lines.join(" "))
}

/// What stands in `///` above the function.
fn documentation(source: &str, function: &str) -> String {
    let lines: Vec<&str> = source.lines().collect();
    let begins = |line: &&str| {
        let rest = line
            .strip_prefix("pub fn ")
            .and_then(|rest| rest.strip_prefix(function));
        rest.is_some_and(|rest| rest.starts_with(['<', '(']))
    };
    let Some(place) = lines.iter().position(begins) else {
        return String::new();
    };
    let above = lines[..place].iter().rev();
    let mut text: Vec<&str> = above.map_while(|line| line.strip_prefix("/// ")).collect();
    text.reverse();
    plain(&text.join(" "))
}

/// Links of rustdoc as what they show: `[NAME](PATH)` as `NAME`.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once("[`") {
        let Some((shown, after)) = link.split_once("`]") else {
            break;
        };
        let _ = write!(plain, "{before}`{shown}`");
        let target = after
            .strip_prefix('(')
            .and_then(|target| target.split_once(')'));
        rest = target.map_or(after, |(_, after)| after);
    }
    plain + rest
}

pub(crate) fn count(topics: &[Topic]) -> usize {
    topics.iter().map(|topic| topic.clauses.len()).sum()
}

fn rules(topics: &[Topic]) -> String {
    let mut text = String::new();
    for Topic {
        name,
        about,
        clauses,
    } in topics
    {
        let _ = write!(text, "\n## {name}\n\n{about}\n\n");
        for Clause { name, rule } in clauses {
            let _ = writeln!(text, "- {rule} — `{name}`");
        }
    }
    let _ = write!(text, "\nThese are {} rules.\n\n", count(topics));
    text
}

/// The document with the rules of `topics` between its marks, if it has them.
pub(crate) fn replaced(document: &str, topics: &[Topic]) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{}{END}{after}", rules(topics)))
}

#[cfg(test)]
mod tests;
