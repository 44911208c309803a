//! What is made durable, and in which order.

use crate::storage::Root;
use std::{
    cell::RefCell,
    fs::create_dir_all,
    mem,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

thread_local! {
    static SYNCED: RefCell<Vec<PathBuf>> = const { RefCell::new(Vec::new()) };
}

pub(super) fn note(path: &Path) {
    SYNCED.with_borrow_mut(|synced| synced.push(path.into()));
}

/// What was synced since the last call, below `root`.
fn synced(root: &Path) -> Vec<String> {
    let paths = SYNCED.with_borrow_mut(mem::take);
    let below = |path: PathBuf| {
        path.strip_prefix(root)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    };
    paths.into_iter().map(below).collect()
}

#[test]
fn a_root_is_made_durable_up_to_what_was_there() {
    let above = TempDir::new().unwrap();
    let path = above.path().canonicalize().unwrap().join("there");
    create_dir_all(&path).unwrap();
    Root::new(Some(path.join("a/b"))).unwrap();
    // What is there may be what a killed run had made.
    assert_eq!(synced(path.parent().unwrap()), ["", "there", "there/a"]);
    Root::new(Some(path.join("a/b"))).unwrap();
    assert_eq!(synced(&path), ["a"]);
}

#[cfg(unix)]
#[test]
fn what_is_opened_or_removed_is_durable_with_its_partition() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().canonicalize().unwrap();
    let root = Root::new(Some(path.clone())).unwrap();
    synced(Path::new("/"));
    root.open("p", b"x").unwrap();
    assert_eq!(synced(&path), ["", "p"]);
    // Another process may have made both, and not synced them yet.
    root.open("p", b"x").unwrap();
    assert_eq!(synced(&path), ["", "p"]);
    root.remove("p", Some(b"x")).unwrap();
    assert_eq!(synced(&path), ["p"]);
    root.remove("p", None).unwrap();
    assert_eq!(synced(&path), [""]);
}

#[test]
fn an_unfinished_removal_does_not_stand_in_the_way_of_the_next() {
    let directory = TempDir::new().unwrap();
    let root = Root::new(Some(directory.path().into())).unwrap();
    create_dir_all(directory.path().join(".removed-p/left")).unwrap();
    root.open("p", b"x").unwrap();
    root.remove("p", None).unwrap();
    assert!(!directory.path().join(".removed-p").exists());
}
