//! A file against what each fate of a write must leave, and against models.

use super::{Dice, Fate, File, SECTOR};
use crate::{
    draws::{Draws, Purpose},
    storage::{chance::Chance, store::PAGE},
};
use std::collections::BTreeSet;

/// The same fate for every change; every second sector of a torn write is kept.
struct Fixed(Fate, u32);

impl Dice for Fixed {
    fn fate(&mut self) -> Fate {
        self.0
    }

    fn keeps_sector(&mut self) -> bool {
        self.1 += 1;
        self.1.is_multiple_of(2)
    }
}

fn synced_then_written() -> File {
    let mut file = File::default();
    file.write(&[1; 1024], 0);
    file.sync(file.changes());
    file.write(&[2; 1024], 0);
    file
}

fn after(fate: Fate) -> Vec<u8> {
    let mut file = synced_then_written();
    file.crash(Fixed(fate, 0));
    let mut seen = vec![0; file.len() as usize];
    file.read(&mut seen, 0);
    assert_eq!(seen, file.durable());
    seen
}

#[test]
fn a_lost_write_leaves_what_was_synced() {
    assert_eq!(after(Fate::Lost), [1; 1024]);
}

#[test]
fn a_kept_write_survives() {
    assert_eq!(after(Fate::Kept), [2; 1024]);
}

#[test]
fn a_torn_write_survives_by_sectors() {
    let bytes = after(Fate::Torn);
    assert_eq!(
        (&bytes[..512], &bytes[512..]),
        (&[1; 512][..], &[2; 512][..])
    );
}

#[test]
fn a_hollow_write_leaves_zeros() {
    let mut file = File::default();
    file.write(b"abc", 2);
    file.crash(Fixed(Fate::Hollow, 0));
    assert_eq!(file.durable(), [0; 5]);
}

#[test]
fn sync_covers_what_came_before_it() {
    let mut file = File::default();
    file.write(b"a", 0);
    let before = file.changes();
    file.write(b"b", 1);
    file.sync(before);
    assert_eq!(file.durable(), b"a");
    file.sync(file.changes());
    assert_eq!(file.durable(), b"ab");
}

#[test]
fn what_was_cut_off_reads_as_zeros() {
    let mut file = File::default();
    file.write(&[7; 5000], 0);
    file.truncate(3);
    file.truncate(9000);
    file.sync(file.changes());
    let mut expected = vec![0; 9000];
    expected[..3].fill(7);
    assert_eq!(file.durable(), expected);
}

#[test]
fn a_write_that_survives_brings_its_sectors_as_they_were_seen() {
    struct Last(u32);
    impl Dice for Last {
        fn fate(&mut self) -> Fate {
            self.0 += 1;
            [Fate::Lost, Fate::Kept][usize::from(self.0 == 2)]
        }
        fn keeps_sector(&mut self) -> bool {
            true
        }
    }
    let mut file = File::default();
    file.write(&[1; 700], 0);
    file.write(&[2; 10], 20);
    file.crash(Last(0));
    let mut sector = [1; 512];
    sector[20..30].fill(2);
    assert_eq!(file.durable(), sector);
}

fn seen(file: &File) -> Vec<u8> {
    let mut bytes = vec![0; file.len() as usize];
    file.read(&mut bytes, 0);
    bytes
}

fn draws(seed: u64) -> Draws {
    Draws::new(seed, Purpose::Schedule)
}

/// What a change does to contents that are a vector.
fn apply(image: &mut Vec<u8>, offset: usize, bytes: Option<&[u8]>) {
    match bytes {
        None => image.resize(offset, 0),
        Some(bytes) => {
            image.resize(image.len().max(offset + bytes.len()), 0);
            image[offset..offset + bytes.len()].copy_from_slice(bytes);
        }
    }
}

fn sector(image: &[u8], number: usize) -> Vec<u8> {
    let start = number * SECTOR as usize;
    let bytes = image.get(start..).unwrap_or_default();
    let mut sector = bytes[..bytes.len().min(SECTOR as usize)].to_vec();
    sector.resize(SECTOR as usize, 0);
    sector
}

/// Where to write and how much: any bytes, whole pages, or as much as pages have.
fn place(draws: &mut Draws, offset: usize, longest: u32) -> (usize, usize) {
    let (page, len) = (PAGE as usize, 1 + draws.below(longest) as usize);
    match draws.below(6) {
        0..2 => (offset / page * page, len.next_multiple_of(page)),
        2 => (offset, page),
        _ => (offset, len),
    }
}

/// The model: the contents after each change that is not durable. A sector that survives a crash is
/// that of one of them; where files were truncated too, each byte is, or it is zero.
#[test]
fn a_crash_leaves_each_sector_as_it_was_at_some_time() {
    for seed in 0..300 {
        let draws = &mut draws(seed);
        let truncates = seed % 2 == 0;
        let (mut file, mut images) = (File::default(), vec![Vec::new()]);
        for step in 0..60 {
            let offset = draws.below(3_000) as usize;
            let mut last = images[images.len() - 1].clone();
            match draws.below(12) {
                0..7 => {
                    let (offset, len) = place(draws, offset, 1_500);
                    let bytes = vec![step + 1; len];
                    file.write(&bytes, offset as u64);
                    apply(&mut last, offset, Some(&bytes));
                    images.push(last);
                }
                7..9 if truncates => {
                    file.truncate(offset as u64);
                    apply(&mut last, offset, None);
                    images.push(last);
                }
                9..11 => {
                    let covered = draws.below(images.len() as u32) as usize;
                    let before = file.changes() - (images.len() as u64 - 1);
                    file.sync(before + covered as u64);
                    images.drain(..covered);
                }
                11 => {
                    file.crash(Chance(draws));
                    let left = file.durable();
                    for number in 0..left.len().div_ceil(SECTOR as usize) {
                        let found = sector(&left, number);
                        let mut sectors = images.iter().map(|image| sector(image, number));
                        let known = match truncates {
                            false => sectors.any(|sector| {
                                let len = left.len() - number * SECTOR as usize;
                                sector.iter().take(len).eq(found.iter().take(len))
                            }),
                            true => {
                                let sectors: Vec<_> = sectors.collect();
                                (0..found.len()).all(|place| {
                                    let byte = found[place];
                                    byte == 0 || sectors.iter().any(|old| old[place] == byte)
                                })
                            }
                        };
                        assert!(known, "seed {seed}: sector {number} never was so");
                    }
                    images = vec![left];
                }
                _ => {}
            }
            assert_eq!(seen(&file), images[images.len() - 1], "seed {seed}");
            assert_eq!(file.durable(), images[0], "seed {seed}");
        }
    }
}

/// The model: a cache and a disk of whole pages, and which of them are to be written.
#[derive(Default)]
struct Model {
    cache: Vec<u8>,
    disk: Vec<u8>,
    dirty: BTreeSet<u64>,
    /// The least length since the last sync.
    least: usize,
}

impl Model {
    fn write(&mut self, offset: usize, bytes: &[u8]) {
        apply(&mut self.cache, offset, Some(bytes));
        let end = (offset + bytes.len() - 1) as u64;
        self.dirty.extend(offset as u64 / PAGE..=end / PAGE);
    }

    fn truncate(&mut self, len: usize) {
        self.cache.resize(len, 0);
        self.dirty.retain(|page| page * PAGE < len as u64);
        self.least = self.least.min(len);
    }

    fn sync(&mut self, lost: &BTreeSet<u64>) {
        self.disk.truncate(self.least);
        self.disk.resize(self.cache.len(), 0);
        for page in self.dirty.difference(lost) {
            let place = span(*page, self.cache.len());
            self.disk[place.clone()].copy_from_slice(&self.cache[place]);
        }
        self.dirty.clear();
        self.least = self.cache.len();
    }

    fn evict(&mut self, page: u64) {
        let place = span(page, self.cache.len());
        let mut disk = self.disk.clone();
        disk.resize(self.cache.len(), 0);
        self.cache[place.clone()].copy_from_slice(&disk[place]);
    }
}

fn span(page: u64, len: usize) -> std::ops::Range<usize> {
    (page * PAGE) as usize..len.min(((page + 1) * PAGE) as usize)
}

#[test]
fn pages_that_the_disk_does_not_take_agree_with_a_model() {
    for seed in 0..300 {
        let draws = &mut draws(seed);
        let (mut file, mut model) = (File::default(), Model::default());
        for step in 0..60 {
            let offset = draws.below(20_000) as usize;
            match draws.below(10) {
                0..4 => {
                    let (offset, len) = place(draws, offset, 6_000);
                    let bytes = vec![step + 1; len];
                    file.write(&bytes, offset as u64);
                    model.write(offset, &bytes);
                }
                4 => {
                    file.truncate(offset as u64);
                    model.truncate(offset);
                }
                5..7 => {
                    let covered = file.covered(file.changes());
                    let lost = covered
                        .iter()
                        .copied()
                        .filter(|_| draws.one_in(3))
                        .collect();
                    file.lose(file.changes(), &lost);
                    model.sync(&lost);
                }
                7 => {
                    file.sync(file.changes());
                    model.sync(&BTreeSet::new());
                }
                8 => {
                    for page in file.stale(0, 30_000) {
                        if draws.one_in(2) {
                            file.evict(page);
                            model.evict(page);
                        }
                    }
                }
                _ if draws.one_in(3) => {
                    file.crash(Fixed(Fate::Lost, 0));
                    model.least = model.disk.len();
                    (model.cache, model.dirty) = (model.disk.clone(), BTreeSet::new());
                }
                _ => {}
            }
            assert_eq!(seen(&file), model.cache, "seed {seed}, step {step}");
            assert_eq!(file.durable(), model.disk, "seed {seed}, step {step}");
        }
        file.truncate(0);
        file.sync(file.changes());
        assert_eq!(file.store.len(), 0, "seed {seed}: pages that nobody has");
    }
}

#[test]
fn a_page_that_was_lost_is_seen_until_it_is_evicted_and_written_with_the_next_write_to_it() {
    let lost = |file: &mut File| {
        file.write(&[2; 5000], 0);
        let pages = file.covered(file.changes());
        assert_eq!(pages, BTreeSet::from([0, 1]));
        file.lose(file.changes(), &BTreeSet::from([0]));
        assert_eq!(
            (file.stale(0, 5000), file.stale(4096, 1)),
            (vec![0], vec![])
        );
    };
    let mut file = File::default();
    file.write(&[1; 5000], 0);
    file.sync(file.changes());
    lost(&mut file);
    assert_eq!(seen(&file), [2; 5000]);
    assert_eq!(file.durable()[..4096], [1; 4096]);
    assert_eq!(file.durable()[4096..], [2; 904]);
    file.sync(file.changes());
    assert_eq!(file.durable()[0], 1, "a later sync does not write it");
    file.evict(0);
    assert_eq!(seen(&file), file.durable());
    lost(&mut file);
    file.write(b"x", 7);
    file.sync(file.changes());
    assert_eq!(file.durable(), seen(&file));
    assert_eq!(file.durable()[0], 2);
}

#[test]
fn a_page_that_is_written_again_meanwhile_is_not_lost() {
    let mut file = File::default();
    file.write(&[1; 5000], 0);
    let covered = file.changes();
    file.write(b"x", 7);
    assert_eq!(file.covered(covered), BTreeSet::from([1]));
}

#[test]
fn a_bit_turns_on_the_disk_and_in_what_is_read_from_it() {
    let mut file = File::default();
    file.write(&[0; 100], 5000);
    assert!(!file.rot(5003, 4), "it is not on the disk yet");
    file.sync(file.changes());
    assert!(file.rot(5003, 4));
    assert!(!file.rot(3, 4), "a hole has no bits");
    let mut expected = vec![0; 5100];
    expected[5003] = 16;
    assert_eq!((seen(&file), file.durable()), (expected.clone(), expected));
    file.write(b"x", 5000);
    assert!(!file.rot(5003, 4), "it is to be written");
}

#[test]
fn a_page_that_another_write_went_over_is_seen_until_it_is_evicted() {
    let mut file = File::default();
    file.write(&[1; 5000], 0);
    file.sync(file.changes());
    file.overwrite(1, &[9; PAGE as usize]);
    assert_eq!(seen(&file), [1; 5000]);
    assert_eq!(file.durable()[4096..], [9; 904]);
    file.evict(1);
    assert_eq!(seen(&file), file.durable());
}

#[test]
fn what_fits_ends_where_a_page_would_be_too_many() {
    let mut file = File::default();
    file.write(b"x", 5000);
    assert_eq!(file.fits(0, 20_000, 0), 0);
    assert_eq!(file.fits(4096, 4096, 0), 4096);
    assert_eq!(file.fits(4100, 20_000, 0), 4092);
    assert_eq!(file.fits(100, 20_000, 1), 8092);
    assert_eq!(file.fits(100, 20_000, 9), 20_000);
    assert_eq!(file.pages(), 1);
}
