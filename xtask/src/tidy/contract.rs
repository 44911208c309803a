//! The rule `contract`: clauses, mutants and rules are the same set, and no method of a trait goes
//! without a clause that calls it.

use std::collections::BTreeSet;

use super::Violation;
use super::checkout::Checkout;
use crate::contract::{self, LIST, PATH, Topic};

const MUTANTS: &str = "runtime-conformance/tests/it/mutant";
const CLAUSES: &str = "runtime-conformance/src";
const TRAITS: &str = "runtime-traits/src";

/// Traits between a backend and the contract, which no clause can call.
const INNER: &[&str] = &["Join", "JoinAt", "JoinMut"];

pub(super) fn contract(checkout: &Checkout) -> Vec<Violation> {
    let read = |path: &str| checkout.file(path).map(|file| file.text.clone());
    if read(LIST).is_none() {
        return Vec::new();
    }
    let topics = match contract::topics(read) {
        Ok(topics) => topics,
        Err(error) => return vec![Violation::new(LIST, 1, error)],
    };
    let mut violations = undocumented(&topics);
    violations.extend(unlisted(checkout, &topics));
    violations.extend(without_mutant(checkout, &topics));
    violations.extend(uncalled(checkout));
    let document = read(PATH).unwrap_or_default();
    if contract::replaced(&document, &topics).as_ref() != Some(&document) {
        let advice = "is not as its clauses say; run `cargo xtask contract --write`";
        violations.push(Violation::new(PATH, 1, advice));
    }
    violations
}

fn undocumented(topics: &[Topic]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for topic in topics {
        for clause in topic.clauses.iter().filter(|clause| clause.rule.is_empty()) {
            let path = Topic::path(&topic.name);
            let advice = format!("{} is to be a documented function here", clause.name);
            violations.push(Violation::new(&path, 1, advice));
        }
    }
    violations
}

/// The functions of a topic's file that its list lacks.
fn unlisted(checkout: &Checkout, topics: &[Topic]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for topic in topics {
        let path = Topic::path(&topic.name);
        let lines = checkout
            .file(&path)
            .into_iter()
            .flat_map(|file| file.lines());
        for (number, line) in lines {
            let name = line
                .strip_prefix("pub fn ")
                .and_then(|rest| rest.split(['<', '(']).next());
            if let Some(name) = name
                && topic.clauses.iter().all(|clause| clause.name != name)
            {
                let advice = format!("add {name} to {LIST}, or make it private");
                violations.push(Violation::new(&path, number, advice));
            }
        }
    }
    violations
}

/// The clauses that no mutant is called after. A mutant without a clause does not compile.
fn without_mutant(checkout: &Checkout, topics: &[Topic]) -> Vec<Violation> {
    let in_mutants = checkout.rust().filter(|(file, _)| file.is_in(MUTANTS));
    let named: BTreeSet<String> = in_mutants
        .flat_map(|(_, syntax)| &syntax.paths)
        .map(|path| path.what[path.what.len().saturating_sub(2)..].join("::"))
        .collect();
    let mut violations = Vec::new();
    for topic in topics {
        for clause in &topic.clauses {
            let defect = format!("{}::{}", topic.name, clause.name);
            if !named.contains(&defect) {
                let advice = format!("{defect} needs a defect in {MUTANTS} that it finds");
                violations.push(Violation::new(LIST, 1, advice));
            }
        }
    }
    violations
}

/// The methods of the traits that no clause calls.
fn uncalled(checkout: &Checkout) -> Vec<Violation> {
    let in_clauses = checkout.files.iter().filter(|file| file.is_in(CLAUSES));
    let clauses: String = in_clauses.map(|file| file.text.as_str()).collect();
    let mut violations = Vec::new();
    for file in checkout.files.iter().filter(|file| file.is_in(TRAITS)) {
        for (line, method) in methods(&file.text) {
            let calls = [format!(".{method}("), format!("::{method}(")];
            if !calls.iter().any(|call| clauses.contains(call)) {
                let advice = format!("no clause in {CLAUSES} calls `{method}`: add one");
                violations.push(Violation::new(&file.path, line, advice));
            }
        }
    }
    violations
}

/// The methods of the public traits of a file, with their lines, as rustfmt sets them.
fn methods(text: &str) -> Vec<(usize, &str)> {
    let mut methods = Vec::new();
    let mut inside = false;
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(rest) = line.strip_prefix("pub trait ") {
            let name = rest.split(|c: char| !c.is_alphanumeric()).next();
            inside = !rest.ends_with('}') && !name.is_some_and(|name| INNER.contains(&name));
        } else if line == "}" {
            inside = false;
        }
        let declared = line.strip_prefix("    fn ").filter(|_| inside);
        methods.extend(declared.and_then(|rest| Some((number, rest.split(['<', '(']).next()?))));
    }
    methods
}

#[cfg(test)]
mod tests;
