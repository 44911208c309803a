//! Each rule sees a violation that is planted, and this checkout has none.

mod unsafe_code;

use super::checkout::{Checkout, File};
use super::{RULES, check};
use crate::workspace::{Dependency, Kind, Package, Workspace};

#[test]
fn this_checkout_is_tidy() {
    let violations = check(&Checkout::load().unwrap());
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

/// What `rule` says about `checkout`.
fn reports(rule: &str, checkout: &Checkout) -> Vec<String> {
    assert!(
        RULES.iter().any(|(name, _)| *name == rule),
        "{rule} is a rule"
    );
    let mark = format!(": {rule}: ");
    check(checkout)
        .into_iter()
        .filter(|report| report.contains(&mark))
        .collect()
}

fn checkout(files: &[(&str, &str)]) -> Checkout {
    let files = files
        .iter()
        .map(|(path, text)| File::new(path, text.as_bytes().to_vec()))
        .collect();
    Checkout {
        workspace: workspace(&[]),
        files,
    }
}

fn workspace(packages: &[(&str, &[(&str, Kind)])]) -> Workspace {
    let package = |(name, dependencies): &(&str, &[(&str, Kind)])| Package {
        name: (*name).to_owned(),
        version: "0.1.0".to_owned(),
        rust_version: Some("1.95".to_owned()),
        published: true,
        folder: format!("/home/{name}").into(),
        dependencies: dependencies
            .iter()
            .map(|(name, kind)| Dependency {
                name: (*name).to_owned(),
                kind: *kind,
                versioned: false,
            })
            .collect(),
    };
    Workspace {
        root: "/home".into(),
        target: "/home/target".into(),
        packages: packages.iter().map(package).collect(),
    }
}

/// The lines of one file's text that `rule` reports.
fn lines(rule: &str, path: &str, text: &str) -> Vec<usize> {
    let reports = reports(rule, &checkout(&[(path, text)]));
    let line = |report: &String| {
        report
            .strip_prefix(path)?
            .strip_prefix(':')?
            .split(':')
            .next()?
            .parse()
            .ok()
    };
    reports
        .iter()
        .map(|report| line(report).expect(report))
        .collect()
}

fn arrow(from: &str, to: &str, kind: Kind) -> Vec<String> {
    let arrows: &[(&str, &[(&str, Kind)])] = &[
        (from, &[(to, kind)]),
        ("runtime-tokio", &[]),
        ("runtime-io", &[]),
        ("runtime-mocks", &[]),
        ("store", &[]),
        ("victims", &[]),
    ];
    reports(
        "arrows",
        &Checkout {
            workspace: workspace(arrows),
            files: Vec::new(),
        },
    )
}

#[test]
fn arrows_that_may_not_be_are_reported() {
    for (from, to) in [
        ("runtime-traits", "thiserror"),
        ("runtime-macros", "store"),
        ("runtime-mocks", "futures"),
        ("runtime-deterministic", "runtime-mocks"),
        ("runtime-deterministic", "runtime-tokio"),
        ("runtime-deterministic", "tokio"),
        ("runtime-tokio", "store"),
        ("runtime-io", "runtime-tokio"),
        ("runtime-io", "tokio"),
        ("store", "runtime-mocks"),
        ("victims", "runtime-macros"),
        ("victims", "futures"),
        ("store-bin", "xtask"),
        ("xtask", "store"),
    ] {
        for kind in [Kind::Normal, Kind::Build] {
            let expected = format!(
                "{from}/Cargo.toml:1: arrows: {from} may not depend on {to}; the arrows are in xtask/src/tidy/arrows.rs"
            );
            assert_eq!(arrow(from, to, kind), [expected]);
        }
    }
    assert_eq!(
        arrow("store", "xtask", Kind::Dev).len(),
        1,
        "nobody depends on xtask"
    );
    assert_eq!(
        arrow("runtime-traits", "tokio", Kind::Optional).len(),
        1,
        "a feature excuses what is listed for it alone"
    );
    assert_eq!(
        arrow("newcomer", "syn", Kind::Normal).len(),
        1,
        "a new package has its arrows stated"
    );
}

#[test]
fn arrows_that_may_be_are_not() {
    for (from, to, kind) in [
        ("runtime-traits", "store", Kind::Dev),
        ("runtime-macros", "syn", Kind::Normal),
        ("runtime-mocks", "runtime-traits", Kind::Normal),
        ("runtime-deterministic", "sha2", Kind::Normal),
        ("runtime-deterministic", "tokio", Kind::Dev),
        ("runtime-tokio", "tokio", Kind::Normal),
        ("runtime-io", "runtime-traits", Kind::Normal),
        ("runtime-io", "tokio", Kind::Optional),
        ("store", "runtime-macros", Kind::Normal),
        ("store-bin", "store", Kind::Normal),
        ("victims", "runtime-traits", Kind::Normal),
        ("victims", "runtime-deterministic", Kind::Dev),
    ] {
        assert_eq!(arrow(from, to, kind), [""; 0]);
    }
}

#[test]
fn tests_name_members_without_a_version() {
    let reported = |to, kind, published| {
        let mut workspace = workspace(&[("runtime-io", &[(to, kind)]), ("runtime-traits", &[])]);
        workspace.packages[0].published = published;
        workspace.packages[0].dependencies[0].versioned = true;
        let files = Vec::new();
        reports("arrows", &Checkout { workspace, files })
    };
    let expected = "runtime-io/Cargo.toml:1: arrows: name runtime-traits by its path alone: tests are not published";
    assert_eq!(reported("runtime-traits", Kind::Dev, true), [expected]);
    for (to, kind, published) in [
        ("runtime-traits", Kind::Dev, false),
        ("runtime-traits", Kind::Normal, true),
        ("tokio", Kind::Dev, true),
    ] {
        assert_eq!(reported(to, kind, published), [""; 0]);
    }
}

const HOST: &str = "use std::time::{Duration, Instant};
fn now() { SystemTime::now(); std::thread::sleep(d); time::Instant::now(); }
use std::{fs, net::{IpAddr, TcpListener}};
use std::collections::*;
use std::net::UdpSocket as Socket;
type Map = std::collections::HashMap<u8, HashSet<u8, RandomState>>;
fn end() { ::std::process::exit(1) }
";

#[test]
fn names_of_the_host_are_reported() {
    for path in [
        "runtime-traits/src/a.rs",
        "examples/store/src/a.rs",
        "examples/victims/src/a.rs",
        "runtime-deterministic/src/a/b.rs",
    ] {
        assert_eq!(
            lines("host-names", path, HOST),
            [1, 2, 2, 2, 3, 3, 4, 5, 6, 6, 6, 7]
        );
    }
    assert_eq!(lines("host-names", "runtime-tokio/src/a.rs", HOST), [0; 0]);
}

#[test]
fn comments_strings_and_harmless_names_are_not_the_hosts() {
    let harmless = "//! Instant::now, std::fs
/* std::thread */ use std::{net::IpAddr, time::{Duration, SystemTime}};
/// A `HashMap`.
const TEXT: &str = r#\"Instant::now() \" std::fs\"#;
use crate::{clock::Instant, thread::fs};
";
    assert_eq!(
        lines("host-names", "runtime-traits/src/a.rs", harmless),
        [0; 0]
    );
}

#[test]
fn a_marker_with_a_reason_exempts_a_line_of_the_simulator_only() {
    let marked = "use std::fs; // tidy: the recorder writes here
// tidy: the watchdog only reports
use std::thread;
use std::process;
use std::fs; // tidy:
";
    assert_eq!(
        lines("host-names", "runtime-deterministic/src/a.rs", marked),
        [4, 5]
    );
    assert_eq!(
        lines("host-names", "runtime-traits/src/a.rs", marked),
        [1, 3, 4, 5]
    );
}

#[test]
fn a_file_whose_tokens_are_not_rust_is_reported() {
    assert_eq!(lines("syntax", "a/src/b.rs", "//! B.\nfn b() {\n"), [2]);
}

#[test]
fn long_files_are_reported() {
    assert_eq!(
        lines("file-length", "a/src/b.rs", &"//! B.\n".repeat(501)),
        [501]
    );
    assert_eq!(
        lines("file-length", "a/src/b.rs", &"//! B.\n".repeat(500)),
        [0; 0]
    );
}

#[test]
fn files_without_module_docs_are_reported() {
    assert_eq!(lines("module-docs", "a/src/b.rs", "// B.\n"), [1]);
    assert_eq!(lines("module-docs", "a/src/b.rs", "//! B.\n"), [0; 0]);
    assert_eq!(
        lines("module-docs", "a/tests/ui/b.rs", "fn main() {}\n"),
        [0; 0]
    );
}

#[test]
fn leftovers_are_reported() {
    let text = "#![allow(missing_docs)]
#[allow(dead_code)]
fn a() { todo!() }
#[expect(dead_code, reason = \"why\")] // #[allow(it)]
fn b() { std::unimplemented!(\"b\"); dbg!(1); \"todo!()\"; }
#[test]
#[ignore]
fn c() { x.todo(); }
#[test]
#[ignore = \"slow\"]
fn d() { if dbg != 1 {} }
";
    assert_eq!(lines("leftovers", "a/src/b.rs", text), [1, 2, 7, 3, 5, 5]);
}

#[test]
fn strange_root_entries_are_reported() {
    assert_eq!(lines("root-entries", "NOTES.md", "notes"), [1]);
    let files = ["README.md", "store/src/lib.rs", ".ci/run", "Cargo.lock"]
        .map(|path| File::new(path, Vec::new()));
    let checkout = Checkout {
        workspace: workspace(&[("store", &[])]),
        files: files.into(),
    };
    assert_eq!(reports("root-entries", &checkout), [""; 0]);
}

#[test]
fn missing_documents_are_reported() {
    let [one, two, three, four, five, six] = [
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
    ]
    .map(|path| (path, ""));
    assert_eq!(
        reports("documents", &checkout(&[one, two, three, four, five, six])),
        [""; 0]
    );
    let reported = reports("documents", &checkout(&[one, two, three, four, six]));
    assert_eq!(
        reported,
        ["LICENSE-MIT:1: documents: write it, and add it to git"]
    );
}

#[test]
fn vague_file_names_are_reported() {
    for path in ["a/src/utils.rs", "a/tests/common/mod.rs", "helpers/run"] {
        assert_eq!(lines("file-names", path, "//! A.\n"), [1]);
    }
    assert_eq!(
        lines("file-names", "a/src/utility/commons.rs", "//! A.\n"),
        [0; 0]
    );
}

#[test]
fn large_files_are_reported() {
    let file = |bytes| Checkout {
        workspace: workspace(&[]),
        files: vec![File::new("a.bin", vec![0xff; bytes])],
    };
    assert_eq!(reports("file-size", &file(256 * 1024 + 1)).len(), 1);
    assert_eq!(reports("file-size", &file(256 * 1024)).len(), 0);
}

#[test]
fn paths_of_one_machine_are_reported() {
    let text = format!("fine\nsee ..{}/design\n/wor{}\n", "/shared", "k/main");
    assert_eq!(lines("outside-mentions", "README.md", &text), [2, 3]);
}

#[test]
fn another_rust_version_in_the_readme_is_reported() {
    let text = "Needs Rust 1.94 or newer.\nNeeds Rust 1.95.\n`rust-version = \"1.93\"`\nRust 2024, tokio 1.2\nMSRV: 1.95\n";
    let checkout = |text: &str| Checkout {
        workspace: workspace(&[("store", &[])]),
        files: vec![File::new("README.md", text.as_bytes().to_vec())],
    };
    let reported = reports("rust-version", &checkout(text));
    assert_eq!(reported.len(), 2, "{reported:?}");
    assert!(
        reported[0].starts_with("README.md:1: ") && reported[1].starts_with("README.md:3: "),
        "{reported:?}"
    );
}

#[test]
fn a_changelog_without_the_current_version_is_reported() {
    let changelog = |text: &str| {
        let files = vec![File::new("CHANGELOG.md", text.as_bytes().to_vec())];
        reports(
            "changelog",
            &Checkout {
                workspace: workspace(&[("store", &[])]),
                files,
            },
        )
        .len()
    };
    assert_eq!(changelog("# Changelog\n\n## 0.0.9\n- 0.1.0 is next\n"), 1);
    assert_eq!(changelog("# Changelog\n\n## 0.1.0\n"), 0);
    assert_eq!(changelog("# Changelog\n\n## [Unreleased]\n"), 0);
}

#[test]
fn invariants_that_nothing_checks_are_reported() {
    let text = "# Architecture

**Invariant:** checked by nothing.

- **Invariant:** no such rule (checked by tidy: arrow)
- **Invariant:** over two lines
  (checked by `tidy: arrows`).
- **Invariant:** a test (checked by test: b_holds, tidy: host-names)
- **Invariant:** no such test (checked by test: c_holds)
- **Invariant:** in clippy (checked by clippy: std::thread::spawn)
- **Invariant:** in the lints (checked by clippy: todo)
- **Invariant:** not in clippy (checked by clippy: std::thread::sleep)
- **Invariant:** says how (checked by tidy: arrows), then goes on.

Not an **Invariant:** within a sentence.
";
    let checkout = checkout(&[
        ("ARCHITECTURE.md", text),
        ("a/src/b.rs", "//! B: fn c_holds\nfn b_holds() {}\n"),
        (
            "a/clippy.toml",
            "disallowed-methods = [{ path = \"std::thread::spawn\" }]\n",
        ),
        ("Cargo.toml", "[workspace.lints.clippy]\ntodo = \"warn\"\n"),
    ]);
    let reported = reports("invariants", &checkout);
    let lines: Vec<&str> = reported
        .iter()
        .map(|report| report.split(':').nth(1).unwrap())
        .collect();
    assert_eq!(lines, ["3", "5", "9", "12", "13"], "{reported:?}");
}

#[test]
fn without_an_architecture_there_are_no_invariants() {
    assert_eq!(
        reports(
            "invariants",
            &checkout(&[("README.md", "**Invariant:** none")])
        ),
        [""; 0]
    );
}

#[test]
fn rows_without_tests_and_tests_without_rows_are_reported() {
    let tables = "# Tables

| what | test |
|---|---|
| `a` | `works::locks::a_holds` |
| `b` | `works::locks::no_test` |
| `c` | `works::orders::a_holds` |
| `d` | |
";
    let locks = "//! Locks.
#[test]
fn a_holds() {}
fn no_test() {}
#[test]
#[should_panic]
fn no_row() {}
";
    let folder = "runtime-deterministic/tests/it/ecosystem";
    let reported = reports(
        "ecosystem",
        &checkout(&[
            ("runtime-deterministic/ECOSYSTEM.md", tables),
            (&format!("{folder}/works/locks.rs"), locks),
            ("store/tests/it/locks.rs", locks),
        ]),
    );
    let begins = [
        "runtime-deterministic/ECOSYSTEM.md:6: ".to_owned(),
        "runtime-deterministic/ECOSYSTEM.md:7: ".to_owned(),
        "runtime-deterministic/ECOSYSTEM.md:8: ".to_owned(),
        format!("{folder}/works/locks.rs:7: ecosystem: write the row of `works::locks::no_row`"),
    ];
    assert_eq!(reported.len(), begins.len(), "{reported:?}");
    for (report, begin) in reported.iter().zip(&begins) {
        assert!(report.starts_with(begin), "{report}");
    }
}

#[test]
fn bans_that_nothing_breaks_are_reported() {
    let bans = "disallowed-methods = [
    { path = \"std::thread::spawn\" },
    { path = \"std::thread::slep\", reason = \"a { path\" },
]
";
    let broken = "//! std::thread::slep
fn calls() { methods! { std::thread::spawn(|| ()); std::thread::sleep(ZERO); } }
";
    let reported = reports(
        "bans",
        &checkout(&[
            ("runtime-deterministic/clippy.toml", bans),
            (
                "runtime-deterministic/tests/it/ecosystem/escapes/banned.rs",
                broken,
            ),
        ]),
    );
    assert_eq!(reported.len(), 1, "{reported:?}");
    assert!(
        reported[0].starts_with(
            "runtime-deterministic/clippy.toml:3: bans: break the ban of `std::thread::slep`"
        ),
        "{reported:?}"
    );
}
