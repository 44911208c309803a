//! `cargo xtask release` over a workspace that can be published, and over ones that cannot.

use crate::scratch::{Scratch, stdout};

/// A shop, and a till that is not published and could not be: its dependency has no version.
fn shop(changelog: &str) -> Scratch {
    let scratch = Scratch::new();
    let root = "[workspace]\nresolver = \"3\"\nmembers = [\"shop\", \"till\"]\n";
    scratch.write("Cargo.toml", root);
    let till = "[package]\nname = \"till\"\nversion = \"0.3.0\"\nedition = \"2024\"\npublish = false\n\n\
                [dependencies]\nshop = { path = \"../shop\" }\n";
    scratch.write("till/Cargo.toml", till);
    scratch.write("till/src/lib.rs", "//! A till.\n");
    let lock = "version = 4\n\n[[package]]\nname = \"shop\"\nversion = \"0.1.0\"\n\n\
                [[package]]\nname = \"till\"\nversion = \"0.3.0\"\ndependencies = [\n \"shop\",\n]\n";
    scratch.write("Cargo.lock", lock);
    scratch.write("CHANGELOG.md", changelog);
    scratch
}

const CHANGES: &str = "# Change log\n\n## 0.1.0, 1 May\n\n### `shop`\n\n- It sells.\n\n## 0.0.1\n";

fn refused(scratch: &Scratch, line: &str, says: &[&str]) {
    let output = scratch.paste(line);
    let shown = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    assert_eq!(shown.lines().collect::<Vec<_>>(), says);
}

#[test]
fn what_can_be_published_is_packed_and_said() {
    let scratch = shop(CHANGES);
    let output = scratch.paste("cargo xtask release v0.1.0");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert_eq!(
        stdout(&output),
        "release: v0.1.0 can be published, 1 packages\n"
    );
    let packed = scratch.folder().join("target/package/shop-0.1.0.crate");
    assert!(packed.is_file(), "{stderr}");
}

#[test]
fn a_tag_of_another_version_is_refused() {
    let says = [
        "shop is of version 0.1.0: set the version in Cargo.toml, or tag v0.1.0",
        "CHANGELOG.md: write what is new under a heading `## 0.1`",
        "release: v0.1 cannot be published",
    ];
    refused(&shop(CHANGES), "cargo xtask release v0.1", &says);
    shop(CHANGES).refuses("cargo xtask release 0.1.0", "v and a version is, as v1.2.3");
}

#[test]
fn a_version_that_the_change_log_says_nothing_of_is_refused() {
    let says = [
        "CHANGELOG.md: write what is new under a heading `## 0.1.0`",
        "release: v0.1.0 cannot be published",
    ];
    for changelog in [
        "## Unreleased\n\n- It sells.\n",
        "## 0.1.0\n\n## 0.0.1\n\n- It is there.\n",
        "### 0.1.0\n\n- It sells.\n",
    ] {
        refused(&shop(changelog), "cargo xtask release v0.1.0", &says);
    }
}

#[test]
fn what_cannot_be_packed_or_built_is_refused() {
    let scratch = shop(CHANGES);
    scratch.write("shop/src/lib.rs", "fn sell() { bargain() }\n");
    let says = ["release: v0.1.0 cannot be published"];
    refused(&scratch, "cargo xtask release v0.1.0", &says);
}
