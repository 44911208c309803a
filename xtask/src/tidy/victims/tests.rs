//! A table and victims with a violation of each kind.

use super::victims;
use crate::tidy::checkout::{Checkout, File};

#[test]
fn victims_without_a_row_and_long_corrections_are_reported() {
    let victim = "//! fixed
fn serve(limit: u64, fixed: bool) { // fixed
    if fixed {
        one();

        // What the other is for.
        two();
    } else {
        three();
    }
    let is_fixed = unfixed;
    let x = 1;
    give(fixed);
}
";
    let shorter = victim.replace("        two();\n", "");
    let shorter = shorter.replace("    give(fixed);\n", "");
    let files = [
        ("runtime-deterministic/FAULTS.md", "| a | `hosts::b` |\n"),
        (
            "examples/victims/tests/it/hosts.rs",
            "//! A.\n#[test]\nfn a() {}\n",
        ),
        ("examples/victims/src/long.rs", victim),
        (
            "examples/victims/src/short.rs",
            &shorter.replace("    give(fixed);\n", ""),
        ),
        ("examples/store/src/long.rs", victim),
    ];
    let files = files.map(|(path, text)| File::new(path, text.as_bytes().to_vec()));
    let reported = victims(&Checkout {
        files: files.into(),
        ..Checkout::default()
    });
    let begins = [
        ("runtime-deterministic/FAULTS.md", 1, "`hosts::b`"),
        (
            "examples/victims/tests/it/hosts.rs",
            3,
            "write the row of `hosts::a`",
        ),
        ("examples/victims/src/long.rs", 10, "7 lines"),
    ];
    assert_eq!(reported.len(), begins.len(), "{reported:?}");
    for (report, (path, line, advice)) in reported.iter().zip(begins) {
        assert_eq!((report.path.as_str(), report.line), (path, line));
        assert!(report.advice.starts_with(advice), "{report:?}");
    }
}
