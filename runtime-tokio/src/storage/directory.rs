//! Directories whose entries survive a power failure.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind},
    path::Path,
};

/// Makes entries that were added to or removed from `directory` durable.
#[cfg(unix)]
pub(super) fn sync(directory: &Path) -> io::Result<()> {
    #[cfg(test)]
    tests::note(directory);
    File::open(directory)?.sync_all()
}

/// Elsewhere a directory cannot be opened, and the file system's journal has to do.
#[cfg(not(unix))]
pub(super) fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Makes `directory` with its parents. Durable when it returns, also what a run made that was
/// killed before it could sync: nothing is made in a directory that is not durable itself.
pub(super) fn make_all(directory: &Path) -> io::Result<()> {
    if directory.is_dir() {
        return match directory.canonicalize()?.parent() {
            Some(parent) => sync_if_ours(parent),
            None => Ok(()),
        };
    }
    let parent = match directory.parent() {
        None => return Err(ErrorKind::NotFound.into()),
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
    };
    make_all(parent)?;
    make(parent, directory)
}

/// Where this process may not read, or nothing can be written, it has made nothing.
fn sync_if_ours(directory: &Path) -> io::Result<()> {
    match sync(directory).map_err(|error| error.kind()) {
        Err(
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem | ErrorKind::InvalidInput,
        ) => Ok(()),
        synced => synced.map_err(io::Error::from),
    }
}

/// Makes `directory`, which lies in `parent`. Durable when it returns, as far as `parent` is, also
/// when another call made it and has not synced yet.
pub(super) fn make(parent: &Path, directory: &Path) -> io::Result<()> {
    match fs::create_dir(directory) {
        Err(_) if directory.is_dir() => {}
        made => made?,
    }
    sync(parent)
}

/// Opens the file at `path` in `directory`, or makes it empty. Its existence is durable when this
/// returns, as far as `directory`'s is.
pub(super) fn open_file(directory: &Path, path: &Path) -> io::Result<File> {
    let file = open(path)?;
    sync(directory)?;
    Ok(file)
}

/// Opens the file at `path`, or makes it empty.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options.open(path)
}

#[cfg(test)]
mod tests;
