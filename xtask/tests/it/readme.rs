//! `cargo xtask readme` over a README that is right, wrong, broken or absent.

use crate::scratch::{Scratch, stdout};

/// A README that shows `block` for a command that prints on both streams.
fn readme(block: &str) -> String {
    format!(
        "# A shop\n\n<!-- printed by: basename \"$(ls Cargo.toml)\"; sleep 0; echo 3 in 0.2 s >&2 -->\n```text\n{block}\n```\n"
    )
}

#[test]
fn a_block_that_is_printed_passes() {
    let scratch = Scratch::new();
    scratch.write("README.md", &readme("Cargo.toml\n3 in … s"));
    let output = scratch.paste("cargo xtask readme");
    assert_eq!(output.status.code(), Some(0));
    assert!(
        stdout(&output).ends_with("readme: 1 of 1 blocks are as printed\n"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn a_block_that_is_not_printed_fails_and_both_are_shown() {
    let scratch = Scratch::new();
    scratch.write("README.md", &readme("Cargo.toml\n4 in … s"));
    let output = scratch.paste("cargo xtask readme");
    assert_eq!(output.status.code(), Some(1));
    let shown = stdout(&output);
    let both = "---- README.md:3 says ----\nCargo.toml\n4 in … s\n---- printed ----\nCargo.toml\n3 in 0.2 s\n---- end ----\n";
    assert!(shown.contains(both), "{shown}");
    assert!(
        shown.ends_with("readme: 0 of 1 blocks are as printed\n"),
        "{shown}"
    );
}

#[test]
fn a_readme_that_cannot_be_checked_is_an_error() {
    let scratch = Scratch::new();
    scratch.refuses("cargo xtask readme", "cannot read README.md");
    scratch.write("README.md", "<!-- printed by: true -->\n");
    scratch.refuses(
        "cargo xtask readme",
        "line 1: a block with its language, as ```text, is to follow the comment",
    );
}
