//! `cargo xtask ci` where a step fails.

use crate::scratch::{Scratch, stdout};

#[test]
fn the_first_step_that_fails_is_the_last_and_says_what_to_run() {
    let scratch = Scratch::new();
    scratch.write("shop/src/lib.rs", "//! A shop.\nfn  badly ( ) { }\n");
    let output = scratch.paste("cargo xtask ci");
    let shown = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[0], "==> format: cargo fmt --all --check");
    let [.., end, "", failed, counts] = lines[..] else {
        panic!("{shown}")
    };
    assert!(
        end.starts_with("<== format: ") && end.ends_with(" s"),
        "{shown}"
    );
    assert_eq!(
        failed,
        "format failed; to see it alone: cargo fmt --all --check"
    );
    assert_eq!(counts, "0 passed, 0 failed, 0 skipped");
}
