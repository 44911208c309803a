//! What a writer does, step by step, and what the disk holds then. The same seed makes the same
//! steps in the writer and in the test that checks.

use fastrand::Rng;
use runtime_tokio::Context;
use runtime_traits::{Blob, Error, Storage};
use std::{collections::BTreeMap, iter};

pub(super) type Partition = BTreeMap<Vec<u8>, Vec<u8>>;
/// The contents of a directory, or of the partitions in it of one task.
pub(super) type Contents = BTreeMap<String, Partition>;

const PARTITIONS: usize = 2;
const BLOBS: u8 = 3;
const MOST: usize = 6_000;

/// One step, durable when it is acknowledged.
#[derive(Debug)]
pub(super) struct Step {
    partition: String,
    blob: Vec<u8>,
    action: Action,
}

#[derive(Debug)]
enum Action {
    Open,
    Write(usize, Vec<u8>),
    Truncate(usize),
    Remove,
    RemovePartition,
}

/// The names of the partitions that belong to `task`.
pub(super) fn partitions(task: usize) -> impl Iterator<Item = String> {
    (0..PARTITIONS).map(move |number| format!("task-{task}-{number}"))
}

/// The steps of `task`, without an end.
pub(super) fn steps(seed: u64, task: usize) -> impl Iterator<Item = Step> {
    let mut rng = Rng::with_seed(seed ^ (task as u64) << 48);
    iter::repeat_with(move || Step {
        partition: partitions(task).nth(rng.usize(..PARTITIONS)).unwrap(),
        blob: vec![b'a' + rng.u8(..BLOBS)],
        action: action(&mut rng),
    })
}

fn action(rng: &mut Rng) -> Action {
    match rng.u8(..16) {
        0 | 1 => Action::Open,
        2 => Action::Remove,
        3 => Action::RemovePartition,
        4 | 5 => Action::Truncate(rng.usize(..MOST)),
        _ => {
            let mut bytes = vec![0; rng.usize(1..MOST)];
            rng.fill(&mut bytes);
            Action::Write(rng.usize(..MOST), bytes)
        }
    }
}

impl Step {
    /// What the step does to `contents`.
    pub(super) fn apply(&self, contents: &mut Contents) {
        let (partition, blob) = (&self.partition, &self.blob);
        match &self.action {
            Action::RemovePartition => drop(contents.remove(partition)),
            Action::Remove => {
                let partition = contents.get_mut(partition);
                partition.map(|partition| partition.remove(blob));
            }
            change => {
                let partition = contents.entry(partition.clone()).or_default();
                change.apply(partition.entry(blob.clone()).or_default());
            }
        }
    }

    pub(super) async fn perform(&self, context: &Context) -> Result<(), Error> {
        let (partition, name) = (self.partition.as_str(), self.blob.as_slice());
        let removed = match &self.action {
            Action::RemovePartition => context.remove(partition, None).await,
            Action::Remove => context.remove(partition, Some(name)).await,
            change => {
                let blob = context.open(partition, name).await?;
                return change.perform(&blob).await;
            }
        };
        match removed {
            Err(Error::PartitionMissing(_) | Error::BlobMissing(..)) => Ok(()),
            removed => removed,
        }
    }

    /// Whether `found` is what a crash in the midst of this step may leave of `before`.
    ///
    /// # Errors
    /// What is wrong, in a sentence.
    pub(super) fn check(&self, before: &Contents, found: &Contents) -> Result<(), String> {
        let mut after = before.clone();
        self.apply(&mut after);
        for name in before.keys().chain(after.keys()).chain(found.keys()) {
            let [before, found, after] = [before, found, &after].map(|all| all.get(name));
            if found == before || found == after {
                continue;
            }
            let (Some(found), Some(after)) = (found, after) else {
                return Err(format!(
                    "partition {name}: before {before:?}, found {found:?}"
                ));
            };
            let none = Partition::new();
            let before = before.unwrap_or(&none);
            for blob in before.keys().chain(after.keys()).chain(found.keys()) {
                let [before, found, after] = [before, found, after].map(|all| all.get(blob));
                if !lies_between(before, found, after) {
                    let lens = [before, found, after].map(|bytes| bytes.map(Vec::len));
                    let text = blob.escape_ascii();
                    return Err(format!("blob {text} of {name}: lengths {lens:?}, {self:?}"));
                }
            }
        }
        Ok(())
    }
}

impl Action {
    fn apply(&self, blob: &mut Vec<u8>) {
        match self {
            Self::Truncate(len) => blob.resize(*len, 0),
            Self::Write(offset, bytes) => {
                let end = offset + bytes.len();
                blob.resize(blob.len().max(end), 0);
                blob[*offset..end].copy_from_slice(bytes);
            }
            Self::Open | Self::Remove | Self::RemovePartition => {}
        }
    }

    async fn perform(&self, blob: &impl Blob) -> Result<(), Error> {
        match self {
            Self::Truncate(len) => blob.truncate(*len as u64).await?,
            Self::Write(offset, bytes) => blob.write_at(bytes, *offset as u64).await?,
            // Durable without a sync.
            Self::Open | Self::Remove | Self::RemovePartition => return Ok(()),
        }
        blob.sync().await
    }
}

/// Whether a write from `before` to `after`, stopped anywhere, may leave `found`.
fn lies_between(
    before: Option<&Vec<u8>>,
    found: Option<&Vec<u8>>,
    after: Option<&Vec<u8>>,
) -> bool {
    let Some(bytes) = found else {
        return before.is_none() || after.is_none();
    };
    let (Some(before), Some(after)) = (before.or(Some(&Vec::new())).cloned(), after) else {
        return Some(bytes) == before;
    };
    let at = |bytes: &[u8], place: usize| bytes.get(place).copied().unwrap_or(0);
    let fits = |place: usize, byte: u8| [at(&before, place), at(after, place)].contains(&byte);
    let (least, most) = (before.len().min(after.len()), before.len().max(after.len()));
    (least..=most).contains(&bytes.len())
        && bytes
            .iter()
            .enumerate()
            .all(|(place, byte)| fits(place, *byte))
}
