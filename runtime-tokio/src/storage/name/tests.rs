//! Every name has one file name, and back.

use super::{blob_of, file_name};
use std::ffi::OsStr;

#[test]
fn every_byte_comes_back() {
    let all: Vec<u8> = (0..=255).collect();
    for name in all.chunks(120).chain([&b""[..], b"../..", b"a/b\0c"]) {
        let file = file_name(name);
        assert!(
            file.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            "{file}"
        );
        assert_eq!(blob_of(OsStr::new(&file)).as_deref(), Some(name));
    }
}

#[test]
fn the_longest_name_fits_a_file_system() {
    assert!(file_name(&[0xff; 120]).len() < 255);
}

#[test]
fn what_was_not_made_here_is_no_blob() {
    for file in ["", "61", "b6", "b6g", "bFF", "b61.tmp", "c61", "b+1"] {
        assert_eq!(blob_of(OsStr::new(file)), None, "{file:?}");
    }
}
