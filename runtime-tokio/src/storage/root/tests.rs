//! Where a run's directory is.

use super::Root;
use std::{env::current_dir, iter, path::PathBuf};
use tempfile::TempDir;

#[test]
fn a_relative_directory_is_kept_as_an_absolute_one() {
    let directory = TempDir::new().unwrap();
    let depth = current_dir().unwrap().components().count() - 1;
    let top: PathBuf = iter::repeat_n("..", depth).collect();
    let named = top.join(directory.path().strip_prefix("/").unwrap());
    assert!(named.is_relative() && named.is_dir());
    // The process may change its working directory later.
    let root = Root::new(Some(named)).unwrap();
    assert_eq!(root.path(), directory.path().canonicalize().ok());
}
