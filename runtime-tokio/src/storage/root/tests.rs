//! Where a run's directory is.

use super::Root;
use crate::ConfigError;
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
    let base = root.base().unwrap();
    assert_eq!(Some(base.path), directory.path().canonicalize().ok());
}

#[test]
fn a_released_directory_stays_locked_while_something_is_done_in_it() {
    let directory = TempDir::new().unwrap();
    let named = || Root::new(Some(directory.path().into()));
    let root = named().unwrap();
    let base = root.base();
    root.release();
    assert!(root.base().is_none());
    assert!(matches!(named(), Err(ConfigError::StorageInUse { .. })));
    drop(base);
    assert!(named().is_ok());
}
