//! A suite of one clause, whole and with a violation of each kind.

use super::contract;
use crate::tidy::checkout::{Checkout, File};

const CLAUSE: &str = "//! Time.\n\n/// It is.\npub fn a_clause() { clock.current() }\n";
const MUTANTS: &str = "fn f() { time::a_clause; }";
const RULES: &str = "\n## time\n\nTime.\n\n- It is. — `a_clause`\n\nThese are 1 rules.\n\n";

fn advice(clause: &str, mutants: &str, rules: &str) -> Vec<String> {
    let list = "(time [$($then:tt)+] $args:tt) => {\n $($then)+! { $args time\n a_clause\n } };";
    let document = format!(
        "<!-- written by: cargo xtask contract --write -->\n{rules}<!-- end of what is written -->\n"
    );
    let traits = "pub trait Clock {\n    fn current(&self);\n}\n";
    let files = [
        ("runtime-conformance/src/list.rs", list),
        ("runtime-conformance/src/time.rs", clause),
        ("runtime-conformance/tests/it/mutant/clock.rs", mutants),
        ("runtime-conformance/CONTRACT.md", &document),
        ("runtime-traits/src/clock.rs", traits),
    ];
    let files = files
        .iter()
        .map(|(path, text)| File::new(path, text.as_bytes().to_vec()));
    let checkout = Checkout {
        files: files.collect(),
        ..Checkout::default()
    };
    let violations = contract(&checkout).into_iter();
    violations.map(|violation| violation.advice).collect()
}

#[test]
fn a_clause_with_its_rule_and_its_mutant_is_whole() {
    assert_eq!(advice(CLAUSE, MUTANTS, RULES), [""; 0]);
}

#[test]
fn what_is_missing_is_named() {
    let undocumented = CLAUSE.replace("/// It is.\n", "");
    let unlisted = CLAUSE.to_owned() + "pub fn other() {}\n";
    let uncalled = CLAUSE.replace(".current", ".other");
    let cases = [
        (advice(&undocumented, MUTANTS, RULES), "documented function"),
        (advice(&unlisted, MUTANTS, RULES), "add other to"),
        (advice(&uncalled, MUTANTS, RULES), "calls `current`"),
        (
            advice(CLAUSE, "time::other;", RULES),
            "time::a_clause needs a defect",
        ),
        (advice(CLAUSE, MUTANTS, ""), "contract --write"),
    ];
    for (advice, expected) in cases {
        assert!(
            advice.iter().any(|advice| advice.contains(expected)),
            "{expected}: {advice:?}"
        );
    }
}
