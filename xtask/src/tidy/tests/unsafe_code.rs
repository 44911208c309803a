//! Where unsafe code may be.

use super::lines;

#[test]
fn crate_roots_without_forbid_are_reported() {
    assert_eq!(
        lines(
            "forbid-unsafe",
            "a/src/lib.rs",
            "//! #![forbid(unsafe_code)]\n"
        ),
        [1]
    );
    assert_eq!(
        lines(
            "forbid-unsafe",
            "a/src/main.rs",
            "//! A.\n#![deny(unsafe_code)]\n"
        ),
        [1]
    );
    assert_eq!(
        lines(
            "forbid-unsafe",
            "a/src/lib.rs",
            "//! A.\n#![forbid(unsafe_code)]\n"
        ),
        [0; 0]
    );
    let home = "runtime-deterministic/src/lib.rs";
    let denies = "//! A.\n#![deny(unsafe_code)]\n";
    assert_eq!(lines("forbid-unsafe", home, denies), [0; 0]);
    assert_eq!(lines("forbid-unsafe", home, "//! A.\n"), [1]);
    let both = "//! A.\n#![forbid(missing_docs, unsafe_code)]\n";
    assert_eq!(lines("forbid-unsafe", "a/src/lib.rs", both), [0; 0]);
    assert_eq!(lines("forbid-unsafe", "a/src/bin/c.rs", "//! C.\n"), [1]);
    assert_eq!(lines("forbid-unsafe", "a/src/b.rs", "//! B.\n"), [0; 0]);
}

#[test]
fn unsafe_code_outside_of_its_homes_is_reported() {
    let expects = "//! A.\n#![expect(unsafe_code, reason = \"it is fast\")]\n";
    let home = "runtime-deterministic/src/task/split.rs";
    assert_eq!(lines("forbid-unsafe", home, expects), [0; 0]);
    let away = "runtime-deterministic/src/task/joint.rs";
    assert_eq!(lines("forbid-unsafe", away, expects), [2]);
    let item = "//! A.\nfn a() {}\n#[expect(unsafe_code, reason = \"b\")]\nfn b() {}\n";
    assert_eq!(lines("forbid-unsafe", away, item), [3]);
    let warns = "//! A.\n#![cfg_attr(test, warn(unsafe_code))]\n";
    assert_eq!(lines("forbid-unsafe", away, warns), [2]);
}
