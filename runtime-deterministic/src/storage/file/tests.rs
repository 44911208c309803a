//! A file against what each fate of a write must leave.

use super::{Dice, Fate, File};

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
