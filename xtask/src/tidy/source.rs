//! Rules about one Rust file at a time.

use super::Violation;
use super::checkout::Checkout;

const LONGEST: usize = 500;

/// The crate roots that may go without `#![forbid(unsafe_code)]`; each needs a measurement that asked for it.
const UNSAFE_ALLOWED: &[&str] = &[];

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
    let open = roots.filter(|(file, syntax)| {
        let forbids = syntax.attributes.iter().any(|attribute| {
            attribute.what.starts_with("!forbid(") && attribute.what.contains("unsafe_code")
        });
        !forbids && !UNSAFE_ALLOWED.contains(&file.path.as_str())
    });
    open.map(|(file, _)| Violation::new(&file.path, 1, "add `#![forbid(unsafe_code)]`"))
        .collect()
}
