//! A disk against models: names and what they lead to, and how many pages there are.

use super::{Asked, Disk, Entry, File};
use crate::{
    draws::{Draws, Purpose},
    storage::{chance::Chance, store::PAGE},
};
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
                    disk.change(file, |file| {
                        file.write(&[step as u8], 0);
                        file.sync(file.changes());
                    });
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

/// A random change of a file of which two leaves are touched.
fn change(file: &mut File, draws: &mut Draws) {
    let page = [0, 1, 255, 256][draws.below(4) as usize];
    let changes = draws.within(0..=file.changes());
    let content = vec![1; draws.within(1..=2 * PAGE) as usize];
    match draws.below(8) {
        0 => file.write(&content, page * PAGE + draws.within(0..=PAGE)),
        1 => file.write(&[1; 2 * PAGE as usize], page * PAGE),
        2 => file.truncate(page * PAGE + draws.within(0..=PAGE)),
        3 => file.sync(changes),
        4 => file.lose(changes, &file.covered(changes)),
        5 => file.evict(page),
        6 if file.durable_len() > page * PAGE => file.overwrite(page, &[1; PAGE as usize]),
        _ => _ = file.rot(page * PAGE, 0),
    }
}

#[test]
fn the_pages_of_a_disk_are_those_of_its_files() {
    let mut shrunk = 0;
    for seed in 0..200 {
        let draws = &mut Draws::new(seed, Purpose::Schedule);
        let (mut disk, mut open) = (Disk::default(), Vec::new());
        for step in 0..200 {
            let name = [draws.below(3) as u8];
            match draws.below(16) {
                0..3 => open.push(disk.open("a", &name, step)),
                3 if !open.is_empty() => {
                    disk.release(open.swap_remove(draws.below(open.len() as u32) as usize));
                }
                4 => drop(disk.remove("a", Some(&name))),
                5 => drop(disk.remove("a", None)),
                6 => {
                    disk.crash(|_, file| _ = file.crash(Chance(draws)));
                    open.clear();
                }
                _ if !open.is_empty() => {
                    let (file, before) =
                        (open[draws.below(open.len() as u32) as usize], disk.pages());
                    disk.change(file, |file| change(file, draws));
                    shrunk += u32::from(disk.pages() < before);
                }
                _ => {}
            }
            let sum = disk.files.values().map(File::pages).sum();
            assert_eq!(disk.pages(), sum, "seed {seed}, step {step}");
        }
    }
    assert!(shrunk > 100, "files shrink {shrunk} times");
}
