//! The directory of a run: partitions in it, blobs in them. It blocks, and knows nothing of tasks.

use super::{directory, name};
use crate::ConfigError;
use runtime_traits::{Error, blob_name};
use std::{
    fs::{self, File, TryLockError},
    io::{self, ErrorKind},
    mem,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak},
};
use tempfile::TempDir;

/// Held while a run uses its directory. No partition has a name with a dot.
const LOCK: &str = ".lock";
/// In front of the names of partitions that are being removed.
const REMOVED: &str = ".removed-";

/// The directory while something is done in it: the lock is kept, although the run may end.
pub(super) struct Base {
    path: PathBuf,
    lock: Option<Arc<File>>,
}

/// Keeps the lock without a claim to it.
pub(super) type Hold = Weak<File>;

pub(crate) struct Root {
    place: Mutex<Place>,
    /// Written while a partition goes, so that none is opened half-gone.
    partitions: RwLock<()>,
}

enum Place {
    Named { path: PathBuf, lock: Arc<File> },
    Unmade,
    Temporary(TempDir),
    Released,
}

impl Root {
    pub(crate) fn new(named: Option<PathBuf>) -> Result<Self, ConfigError> {
        let place = match named {
            Some(path) => {
                let (path, lock) = take(path)?;
                Place::Named {
                    path,
                    lock: Arc::new(lock),
                }
            }
            None => Place::Unmade,
        };
        Ok(Self {
            place: Mutex::new(place),
            partitions: RwLock::new(()),
        })
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The directory when there is one.
    fn base(&self) -> Option<Base> {
        match &*self.place() {
            Place::Named { path, lock } => Some(Base {
                path: path.clone(),
                lock: Some(lock.clone()),
            }),
            Place::Temporary(directory) => Some(Base {
                path: directory.path().into(),
                lock: None,
            }),
            Place::Unmade | Place::Released => None,
        }
    }

    fn make_base(&self) -> io::Result<Option<Base>> {
        let mut place = self.place();
        if let Place::Unmade = *place {
            let directory = tempfile::Builder::new()
                .prefix("runtime-tokio-")
                .tempdir()?;
            *place = Place::Temporary(directory);
        }
        drop(place);
        Ok(self.base())
    }

    /// Lets another run have the directory, or removes it if it is this run's own.
    pub(crate) fn release(&self) {
        let place = mem::replace(&mut *self.place(), Place::Released);
        if let Place::Temporary(directory) = place {
            let path = directory.path().to_owned();
            if let Err(error) = directory.close() {
                tracing::warn!(%error, path = %path.display(), "temporary storage left behind");
            }
        }
    }

    pub(super) fn open(&self, partition: &str, blob: &[u8]) -> Result<(File, Hold), Error> {
        let _partitions = self
            .partitions
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let uncreated =
            |error: io::Error| Error::PartitionCreationFailed(partition.into(), error.into());
        let base = self.make_base().map_err(uncreated)?.ok_or(Error::Closed)?;
        let directory = base.path.join(partition);
        directory::make(&base.path, &directory).map_err(uncreated)?;
        let path = directory.join(name::file_name(blob));
        let file = directory::open_file(&directory, &path).map_err(|error| {
            Error::BlobOpenFailed(partition.into(), blob_name(blob), error.into())
        })?;
        let hold = base.lock.as_ref().map(Arc::downgrade);
        Ok((file, hold.unwrap_or_default()))
    }

    pub(super) fn remove(&self, partition: &str, blob: Option<&[u8]>) -> Result<(), Error> {
        let missing = || Error::PartitionMissing(partition.into());
        let corrupt = |error: io::Error| Error::PartitionCorrupt(partition.into(), error.into());
        let base = self.base().ok_or_else(missing)?;
        let Some(blob) = blob else {
            let _partitions = self
                .partitions
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            return remove_partition(&base.path, partition).map_err(|error| match error.kind() {
                ErrorKind::NotFound => missing(),
                _ => corrupt(error),
            });
        };
        let _partitions = self
            .partitions
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let directory = base.path.join(partition);
        let removed = fs::remove_file(directory.join(name::file_name(blob)));
        // Under a name that is too long for a file there is none.
        let missed = |kind| matches!(kind, ErrorKind::NotFound | ErrorKind::InvalidFilename);
        match removed.and_then(|()| directory::sync(&directory)) {
            Err(error) if !missed(error.kind()) => Err(corrupt(error)),
            Err(_) if directory.exists() => {
                Err(Error::BlobMissing(partition.into(), blob_name(blob)))
            }
            Err(_) => Err(missing()),
            Ok(()) => Ok(()),
        }
    }

    pub(super) fn scan(&self, partition: &str) -> Result<Vec<Vec<u8>>, Error> {
        let _partitions = self
            .partitions
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let missing = || Error::PartitionMissing(partition.into());
        let base = self.base().ok_or_else(missing)?;
        let mut blobs = blobs(&base.path.join(partition)).map_err(|error| match error.kind() {
            ErrorKind::NotFound => missing(),
            _ => Error::PartitionCorrupt(partition.into(), error.into()),
        })?;
        blobs.sort();
        Ok(blobs)
    }
}

/// Makes the directory, locks it, and finishes what a killed run was removing.
fn take(named: PathBuf) -> Result<(PathBuf, File), ConfigError> {
    let path = named.as_path();
    let failed = |source| ConfigError::Storage {
        path: path.into(),
        source,
    };
    directory::make_all(path).map_err(failed)?;
    let lock = directory::open(&path.join(LOCK)).map_err(failed)?;
    match lock.try_lock() {
        Err(TryLockError::WouldBlock) => {
            return Err(ConfigError::StorageInUse { path: path.into() });
        }
        Err(TryLockError::Error(error)) => return Err(failed(error)),
        Ok(()) => {}
    }
    sweep(path).map_err(failed)?;
    // The process may change its working directory.
    let path = path.canonicalize().map_err(failed)?;
    Ok((path, lock))
}

fn sweep(root: &Path) -> io::Result<()> {
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(REMOVED) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// The partition goes at once, by its name; its blobs after that.
fn remove_partition(root: &Path, partition: &str) -> io::Result<()> {
    let removed = root.join(format!("{REMOVED}{partition}"));
    clear(&removed)?;
    fs::rename(root.join(partition), &removed)?;
    directory::sync(root)?;
    clear(&removed)
}

fn clear(directory: &Path) -> io::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        cleared => cleared,
    }
}

fn blobs(partition: &Path) -> io::Result<Vec<Vec<u8>>> {
    let entry = |entry: io::Result<fs::DirEntry>| {
        let entry = entry?;
        let blob = name::blob_of(&entry.file_name());
        let blob = blob.filter(|_| entry.file_type().is_ok_and(|kind| !kind.is_dir()));
        blob.ok_or_else(|| {
            let text = format!("{} is no blob", entry.path().display());
            io::Error::new(ErrorKind::InvalidData, text)
        })
    };
    fs::read_dir(partition)?.map(entry).collect()
}

#[cfg(test)]
mod tests;
