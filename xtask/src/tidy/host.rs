//! The rule `host-names`: code that must be the same run for the same seed names nothing of the host.

use super::Violation;
use super::checkout::{Checkout, File};

/// What may not be named, and what to use instead. A `*` at an end stands for any ending.
const BANNED: &[(&str, &str)] = &[
    ("SystemTime::now", "ask the context: `Clock::current`"),
    ("std::time::Instant", "ask the context: `Clock::monotonic`"),
    ("Instant::now", "ask the context: `Clock::monotonic`"),
    ("std::thread", "spawn on the context: `Spawner`"),
    ("std::fs", "use the context: `Storage`"),
    ("std::net::Tcp*", "use the context: `Network`"),
    ("std::net::UdpSocket", "use the context: `Datagrams`"),
    ("std::process", "end through the context: `Spawner::stop`"),
    ("HashMap", "use `BTreeMap`, whose order is no accident"),
    ("HashSet", "use `BTreeSet`, whose order is no accident"),
    ("RandomState", "use `BTreeMap`, whose order is no accident"),
];

/// Where nothing may be exempt.
const STRICT: &[&str] = &[
    "runtime-traits/src",
    "examples/store/src",
    "examples/victims/src",
];

/// Where a line may carry the marker and its reason.
const MARKED: &[&str] = &["runtime-deterministic/src"];

const MARKER: &str = "// tidy: ";

pub(super) fn host_names(checkout: &Checkout) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (file, syntax) in checkout.rust() {
        let strict = STRICT.iter().any(|folder| file.is_in(folder));
        if !strict && !MARKED.iter().any(|folder| file.is_in(folder)) {
            continue;
        }
        for path in syntax
            .paths
            .iter()
            .filter(|path| strict || !is_marked(file, path.line))
        {
            violations.extend(
                advice(&path.what).map(|advice| Violation::new(&file.path, path.line, advice)),
            );
        }
    }
    violations
}

/// What to do instead of naming `path`, when it is the host's.
fn advice(path: &[String]) -> Option<String> {
    if let [root, .., star] = path
        && root == "std"
        && star == "*"
    {
        return Some("a glob of std may hide a name of the host; name what is used".to_owned());
    }
    let (name, instead) = BANNED.iter().find(|(name, _)| names(path, name))?;
    Some(format!("`{name}` belongs to the host; {instead}"))
}

/// Whether `path` is `banned` or holds it.
fn names(path: &[String], banned: &str) -> bool {
    let banned: Vec<&str> = banned.split("::").collect();
    let is_banned = |window: &[String]| {
        window
            .iter()
            .zip(&banned)
            .all(|(segment, banned)| is_named(segment, banned))
    };
    path.windows(banned.len()).any(is_banned)
}

fn is_named(segment: &str, banned: &str) -> bool {
    banned
        .strip_suffix('*')
        .map_or(segment == banned, |start| segment.starts_with(start))
}

/// Whether the line, or the one before it, carries the marker with a reason.
fn is_marked(file: &File, line: usize) -> bool {
    let marked = |text: &str| {
        text.split_once(MARKER)
            .is_some_and(|(_, reason)| !reason.trim().is_empty())
    };
    file.lines()
        .any(|(number, text)| match line - number.min(line) {
            0 => number == line && marked(text),
            1 => text.trim_start().starts_with(MARKER) && marked(text),
            _ => false,
        })
}
