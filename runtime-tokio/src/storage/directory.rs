//! Directories whose entries survive a power failure.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind},
    path::Path,
};

/// Makes entries that were added to or removed from `directory` durable.
#[cfg(unix)]
pub(super) fn sync(directory: &Path) -> io::Result<()> {
    sync_open(&File::open(directory)?, directory)
}

/// Elsewhere a directory cannot be opened, and the file system's journal has to do.
#[cfg(not(unix))]
pub(super) fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg_attr(
    not(test),
    expect(unused_variables, reason = "tests note what is synced")
)]
fn sync_open(file: &File, path: &Path) -> io::Result<()> {
    #[cfg(test)]
    tests::note(path);
    file.sync_all()
}

/// Makes `directory` with its parents. Durable when it returns, also when another made it and has
/// not synced yet.
pub(super) fn make(directory: &Path) -> io::Result<()> {
    let parent = match directory.parent() {
        None => return Ok(()),
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
    };
    match fs::create_dir(directory) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            make(parent)?;
            // Once more, and no further: there are places where nothing can be made.
            made(fs::create_dir(directory), directory)?;
        }
        first => made(first, directory)?,
    }
    sync(parent)
}

/// It is there, whoever made it.
fn made(result: io::Result<()>, directory: &Path) -> io::Result<()> {
    if directory.is_dir() { Ok(()) } else { result }
}

/// Opens the file at `path` in `directory`, or makes it empty. Its existence is durable when this
/// returns, as far as `directory`'s is.
pub(super) fn open_file(directory: &Path, path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    let file = match options.clone().create_new(true).open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => options.open(path)?,
        made => {
            let made = made?;
            sync_open(&made, path)?;
            made
        }
    };
    sync(directory)?;
    Ok(file)
}

#[cfg(test)]
mod tests;
