//! Rules about one Rust file at a time.

use super::Violation;
use super::checkout::Checkout;

const LONGEST: usize = 500;

/// The crate roots that deny unsafe code and do not forbid it, each with the files that may expect it there.
/// Each file needs a measurement that asked for it, and tests of its own.
const UNSAFE_HOMES: &[(&str, &[&str])] = &[(
    "runtime-deterministic/src/lib.rs",
    &[
        "runtime-deterministic/src/task/split.rs",
        "runtime-deterministic/src/task/waker.rs",
    ],
)];

pub(super) fn syntax(checkout: &Checkout) -> Vec<Violation> {
    let broken = checkout.files.iter().filter_map(|file| match file.syntax {
        Some(Err(line)) => Some(Violation::new(
            &file.path,
            line,
            "make its tokens those of Rust; no rule can read it",
        )),
        _ => None,
    });
    broken.collect()
}

pub(super) fn file_length(checkout: &Checkout) -> Vec<Violation> {
    let long = checkout.rust().filter_map(|(file, _)| {
        let lines = file.lines().count();
        let advice = format!("{lines} lines; split it by noun, {LONGEST} are the most");
        (lines > LONGEST).then(|| Violation::new(&file.path, LONGEST + 1, advice))
    });
    long.collect()
}

pub(super) fn module_docs(checkout: &Checkout) -> Vec<Violation> {
    let in_src = checkout
        .rust()
        .filter(|(file, _)| file.path.split('/').any(|folder| folder == "src"));
    let bare = in_src.filter(|(file, _)| !file.text.starts_with("//!"));
    let advice = "begin with `//!`: what the file is for and what it must not know";
    bare.map(|(file, _)| Violation::new(&file.path, 1, advice))
        .collect()
}

pub(super) fn leftovers(checkout: &Checkout) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (file, syntax) in checkout.rust() {
        for attribute in &syntax.attributes {
            if let Some(advice) = attribute_advice(attribute.what.trim_start_matches('!')) {
                violations.push(Violation::new(&file.path, attribute.line, advice));
            }
        }
        for call in &syntax.macros {
            if let Some(advice) = macro_advice(&call.what) {
                violations.push(Violation::new(&file.path, call.line, advice));
            }
        }
    }
    violations
}

fn attribute_advice(attribute: &str) -> Option<&'static str> {
    if attribute.starts_with("allow(") {
        Some("use `#[expect(lint, reason = \"…\")]`, which says when it is no longer needed")
    } else if attribute == "ignore" {
        Some("say why: `#[ignore = \"reason\"]`")
    } else {
        None
    }
}

fn macro_advice(name: &str) -> Option<&'static str> {
    match name {
        "todo" | "unimplemented" => {
            Some("write it, or return an error that says what is not supported")
        }
        "dbg" => Some("delete it"),
        _ => None,
    }
}

pub(super) fn forbid_unsafe(checkout: &Checkout) -> Vec<Violation> {
    let roots = checkout.rust().filter(|(file, _)| {
        let roots = ["src/lib.rs", "src/main.rs"];
        roots.iter().any(|root| file.path.ends_with(root)) || file.path.contains("src/bin/")
    });
    let open = roots.filter_map(|(file, syntax)| {
        let has_homes = UNSAFE_HOMES.iter().any(|(root, _)| *root == file.path);
        let level = if has_homes { "deny" } else { "forbid" };
        let stated = syntax.attributes.iter().any(|attribute| {
            attribute.what.starts_with(&format!("!{level}("))
                && attribute.what.contains("unsafe_code")
        });
        let advice = format!("add `#![{level}(unsafe_code)]`");
        (!stated).then(|| Violation::new(&file.path, 1, advice))
    });
    open.chain(homeless(checkout)).collect()
}

/// Where unsafe code is let in outside of its homes, by any attribute that names it and does not refuse it.
fn homeless(checkout: &Checkout) -> impl Iterator<Item = Violation> {
    let away = checkout.rust().filter(|(file, _)| {
        let homes = UNSAFE_HOMES.iter().flat_map(|(_, homes)| *homes);
        !homes.into_iter().any(|home| *home == file.path)
    });
    let expected = away.flat_map(|(file, syntax)| {
        let lets_in = syntax.attributes.iter().filter(|attribute| {
            let what = attribute.what.trim_start_matches('!');
            // A comment in the docs is an attribute too.
            let harmless = ["forbid(", "deny(", "doc="];
            let is_harmless = harmless.iter().any(|start| what.starts_with(start));
            what.contains("unsafe_code") && !is_harmless
        });
        lets_in.map(|attribute| (&file.path, attribute.line))
    });
    let advice = "write it without unsafe code, or make it one of `UNSAFE_HOMES` with a measurement and tests";
    expected.map(move |(path, line)| Violation::new(path, line, advice))
}
