//! A disk against a model: names, and what they lead to.

use super::{Asked, Disk, Entry};
use crate::draws::{Draws, Purpose};
use std::collections::BTreeMap;

/// The model: each name with what its blob holds, and what a crash may still do.
#[derive(Default)]
struct Model {
    partitions: BTreeMap<String, BTreeMap<Vec<u8>, Vec<u8>>>,
    asked: Vec<(u32, String, bool)>,
}

impl Model {
    fn open(&mut self, partition: &str) -> &mut Vec<u8> {
        let blobs = self.partitions.entry(partition.into()).or_default();
        blobs.entry(b"x".to_vec()).or_default()
    }
}

fn asked(partition: &str, opens: bool) -> Asked {
    let what = match opens {
        true => Entry::Open(b"x".to_vec()),
        false => Entry::Remove(None),
    };
    let partition = partition.into();
    Asked { partition, what }
}

#[test]
fn a_disk_agrees_with_a_model() {
    for seed in 0..200 {
        let draws = &mut Draws::new(seed, Purpose::Schedule);
        let (mut disk, mut model) = (Disk::default(), Model::default());
        for step in 0..100 {
            let partition = ["a", "b", "c"][draws.below(3) as usize];
            match draws.below(6) {
                0 | 1 => {
                    let file = disk.open(partition, b"x", step);
                    disk.file(file).write(&[step as u8], 0);
                    let changes = disk.file(file).changes();
                    disk.file(file).sync(changes);
                    disk.release(file);
                    *model.open(partition) = vec![step as u8];
                }
                2 => {
                    let removed = disk.remove(partition, None).is_ok();
                    assert_eq!(removed, model.partitions.remove(partition).is_some());
                }
                3 => {
                    let opens = draws.one_in(2);
                    disk.ask(step, asked(partition, opens));
                    model.asked.push((step, partition.into(), opens));
                }
                4 => {
                    let answered = draws.below(step + 1);
                    disk.answer(answered);
                    model.asked.retain(|(number, ..)| *number != answered);
                }
                _ => {
                    let left = disk.crash(|_, _| ());
                    assert_eq!(left.len(), model.asked.len(), "seed {seed}");
                    for ((number, asked), (same, partition, opens)) in
                        left.iter().zip(std::mem::take(&mut model.asked))
                    {
                        assert_eq!((*number, &asked.partition), (same, &partition));
                        if draws.one_in(2) {
                            continue;
                        }
                        let there = model.partitions.contains_key(&partition);
                        let changed = disk.survive(asked, 1_000 + number);
                        assert_eq!(changed, opens != there, "seed {seed}");
                        match opens {
                            true => drop(model.open(&partition).clone()),
                            false => drop(model.partitions.remove(&partition)),
                        }
                    }
                }
            }
            for partition in ["a", "b", "c"] {
                let expected = model.partitions.get(partition).cloned();
                assert_eq!(
                    disk.durable(partition),
                    expected,
                    "seed {seed}, step {step}"
                );
            }
        }
    }
}
