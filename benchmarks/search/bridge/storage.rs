//! The contract's blobs over a peer's files.

use crate::{context::Context, network::unsupported, peer::File};
use runtime_traits::{Error, Storage, blob_name};
use std::{io::ErrorKind, sync::Arc};

#[derive(Clone)]
pub struct Blob {
    file: Arc<File>,
    partition: String,
    name: String,
}

impl Storage for Context {
    type Blob = Blob;

    async fn open(&self, partition: &str, name: &[u8]) -> Result<Blob, Error> {
        let (partition, name) = (partition.to_owned(), blob_name(name));
        match File::open(&format!("/{partition}-{name}")).await {
            Ok(file) => Ok(Blob {
                file: Arc::new(file),
                partition,
                name,
            }),
            Err(error) => Err(Error::BlobOpenFailed(partition, name, error.into())),
        }
    }

    async fn remove(&self, partition: &str, _: Option<&[u8]>) -> Result<(), Error> {
        let cause = unsupported("to remove a blob").into();
        Err(Error::PartitionCorrupt(partition.to_owned(), cause))
    }

    async fn scan(&self, partition: &str) -> Result<Vec<Vec<u8>>, Error> {
        let cause = unsupported("to list blobs").into();
        Err(Error::PartitionCorrupt(partition.to_owned(), cause))
    }
}

impl runtime_traits::Blob for Blob {
    async fn len(&self) -> Result<u64, Error> {
        let length = self.file.len().await;
        length.map_err(|error| Error::ReadFailed(error.into()))
    }

    async fn read_at(&self, buf: &mut [u8], offset: u64) -> Result<(), Error> {
        match self.file.read_at(buf, offset).await {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                Err(Error::BlobInsufficientLength)
            }
            Err(error) => Err(Error::ReadFailed(error.into())),
        }
    }

    async fn write_at(&self, buf: &[u8], offset: u64) -> Result<(), Error> {
        let written = self.file.write_at(buf, offset).await;
        written.map_err(|error| Error::WriteFailed(error.into()))
    }

    async fn truncate(&self, len: u64) -> Result<(), Error> {
        let cut = self.file.truncate(len).await;
        cut.map_err(|error| {
            Error::BlobTruncateFailed(self.partition.clone(), self.name.clone(), error.into())
        })
    }

    async fn sync(&self) -> Result<(), Error> {
        let synced = self.file.sync().await;
        synced.map_err(|error| {
            Error::BlobSyncFailed(self.partition.clone(), self.name.clone(), error.into())
        })
    }

    async fn close(self) -> Result<(), Error> {
        self.sync().await
    }
}
