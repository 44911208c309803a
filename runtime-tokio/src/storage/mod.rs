//! Partitions as directories, blobs as files.

mod blob;
mod directory;
mod disk;
mod lanes;
mod name;
mod queue;
mod root;

pub use blob::Blob;
pub(crate) use lanes::Lanes;
pub(crate) use root::Root;

use crate::{Context, metrics::Operation, run::Run};
use runtime_traits::{Error, Handle, Storage, check_blob_name, check_partition_name};
use std::{sync::Arc, time::Instant};

impl Storage for Context {
    type Blob = Blob;

    async fn open(&self, partition: &str, name: &[u8]) -> Result<Blob, Error> {
        self.run().check()?;
        check_partition_name(partition)?;
        check_blob_name(partition, name)?;
        let (partition, name) = (partition.to_owned(), name.to_vec());
        let (run, meter) = (self.run().clone(), self.run().meters.here());
        let open = move |run: &Arc<Run>| {
            let (file, hold) = run.root.open(&partition, &name)?;
            Ok(Blob::new(run.clone(), meter, file, hold, partition, &name))
        };
        job(&run, Operation::Open, "open a blob", open).await
    }

    async fn remove(&self, partition: &str, name: Option<&[u8]>) -> Result<(), Error> {
        self.run().check()?;
        check_partition_name(partition)?;
        let (partition, name) = (partition.to_owned(), name.map(<[u8]>::to_vec));
        let remove = move |run: &Arc<Run>| run.root.remove(&partition, name.as_deref());
        job(self.run(), Operation::Remove, "remove a blob", remove).await
    }

    async fn scan(&self, partition: &str) -> Result<Vec<Vec<u8>>, Error> {
        self.run().check()?;
        check_partition_name(partition)?;
        let partition = partition.to_owned();
        let scan = move |run: &Arc<Run>| run.root.scan(&partition);
        job(self.run(), Operation::Scan, "scan a partition", scan).await
    }
}

fn job<T, F>(run: &Arc<Run>, operation: Operation, label: &str, work: F) -> Handle<T>
where
    T: Send + 'static,
    F: FnOnce(&Arc<Run>) -> Result<T, Error> + Send + 'static,
{
    let (ticket, handle) = run.jobs.begin(label.into());
    let shared = run.clone();
    let (meter, began) = (run.meters.here(), Instant::now());
    run.on_lane(move || {
        let result = work(&shared);
        meter.note(operation, began.elapsed(), &result);
        ticket.finish(result.map_err(|error| shared.failure(error)));
    });
    handle
}
