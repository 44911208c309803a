//! What is read off the sources, and what is written.

use super::{count, replaced, topics};

const LIST: &str = "\
macro_rules! clauses {
    (each $then:tt $args:tt) => { $crate::clauses!(time $then $args); };
    (time [$($then:tt)+] $args:tt) => {
        $($then)+! { $args time
            a_sleep_ends
            a_stop_is_told
        }
    };
}
";

const TIME: &str = "\
//! Time: how long it is.
//! See [`tasks`](crate::tasks).
//!
//! More.

/// Not this one.
pub fn a_sleep_ends_early() {}

/// A sleep ends, with
/// [`Error::Timeout`], by [`stop`](Spawner::stop).
pub fn a_sleep_ends<R>() {}

fn a_stop_is_told() {}
";

fn read(path: &str) -> Option<String> {
    match path {
        super::LIST => Some(LIST.to_owned()),
        "runtime-conformance/src/time.rs" => Some(TIME.to_owned()),
        _ => None,
    }
}

#[test]
fn a_clause_has_the_documentation_of_its_function_without_links() {
    let topics = topics(read).unwrap();
    assert_eq!(topics.len(), 1);
    assert_eq!(topics[0].about, "Time: how long it is. See `tasks`.");
    let rules: Vec<_> = topics[0]
        .clauses
        .iter()
        .map(|clause| (clause.name.as_str(), clause.rule.as_str()))
        .collect();
    let ends = "A sleep ends, with `Error::Timeout`, by `stop`.";
    assert_eq!(rules, [("a_sleep_ends", ends), ("a_stop_is_told", "")]);
    assert_eq!(count(&topics), 2);
}

#[test]
fn what_stands_around_the_marks_stays() {
    let topics = topics(read).unwrap();
    let document = format!("before\n{}OUTDATED\n{}after\n", super::BEGIN, super::END);
    let written = replaced(&document, &topics).unwrap();
    assert!(written.starts_with("before\n") && written.ends_with("after\n"));
    assert!(
        written.contains("\n- A sleep ends, with `Error::Timeout`, by `stop`. — `a_sleep_ends`\n")
    );
    assert!(!written.contains("OUTDATED"));
    assert_eq!(
        replaced(&written, &topics),
        Some(written.clone()),
        "once and for all"
    );
    assert_eq!(replaced("no marks\n", &topics), None);
}

#[test]
fn a_topic_without_a_file_is_an_error() {
    let alone = |path: &str| (path == super::LIST).then(|| LIST.to_owned());
    let error = topics(alone).err().unwrap().to_string();
    assert!(error.contains("runtime-conformance/src/time.rs"), "{error}");
}
