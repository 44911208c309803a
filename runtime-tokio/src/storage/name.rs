//! Blob names as file names: any bytes, on any file system.

use std::ffi::OsStr;

/// In front of every file name, so that the empty name has one, too.
const PREFIX: char = 'b';

/// `b`, then two lower-case hexadecimal digits a byte: at most 241 characters for 120 bytes.
pub(super) fn file_name(blob: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).expect("a nibble is below 16");
    let digits = blob
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    [PREFIX].into_iter().chain(digits).collect()
}

/// The blob behind a file name; `None` when [`file_name`] does not make such names.
pub(super) fn blob_of(file: &OsStr) -> Option<Vec<u8>> {
    let digits = file.to_str()?.strip_prefix(PREFIX)?.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let pairs = digits.chunks_exact(2);
    pairs
        .map(|pair| Some(nibble(pair[0])? << 4 | nibble(pair[1])?))
        .collect()
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
