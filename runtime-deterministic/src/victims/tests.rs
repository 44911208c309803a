//! A kind of fault without a victim does not compile.

use crate::FaultKind;

/// The tests in `examples/victims` in which a kind of fault finds a mistake.
fn tests_of(kind: FaultKind) -> &'static [&'static str] {
    match kind {
        FaultKind::Crash => &["hosts::crash"],
        FaultKind::SilentCrash => &["hosts::silent_crash"],
        FaultKind::Pause => &["hosts::pause"],
        FaultKind::Wipe => &["hosts::wipe"],
        FaultKind::Offset => &["clocks::offset"],
        FaultKind::Drift => &["clocks::drift"],
        FaultKind::Jump => &["clocks::jump"],
        FaultKind::Latency => &["links::latency"],
        FaultKind::Bandwidth => &["links::bandwidth"],
        FaultKind::Loss => &["links::loss"],
        FaultKind::Duplicate => &["links::duplicate"],
        FaultKind::Reorder => &["links::reorder"],
        FaultKind::Partition => &["links::partition"],
        FaultKind::OneWay => &["links::one_way"],
        FaultKind::Hold => &["links::hold"],
        FaultKind::Cut => &["links::cut_fin", "links::cut_rst", "links::cut_black_hole"],
        FaultKind::IoError => &["disks::io_error"],
        FaultKind::FailedSync => &["disks::failed_sync"],
        FaultKind::DiskFull => &["disks::disk_full"],
        FaultKind::SlowDisk => &["disks::slow_disk"],
        FaultKind::Stall => &["disks::stall"],
        FaultKind::Rot => &["disks::rot"],
        FaultKind::Misdirect => &["disks::misdirect"],
        FaultKind::LostWrite => &["disks::lost_write"],
        FaultKind::Buggify => &["sites::buggify"],
    }
}

#[test]
fn each_kind_of_fault_has_its_rows() {
    let table = include_str!("../../FAULTS.md");
    let rows = table.lines().filter_map(|line| {
        let cells: Vec<_> = line.strip_prefix("| `")?.split('`').collect();
        Some((*cells.first()?, *cells.get(cells.len() - 2)?))
    });
    let rows: Vec<_> = rows.collect();
    let kinds = FaultKind::ALL.iter();
    let expected =
        kinds.flat_map(|kind| tests_of(*kind).iter().map(|test| (kind.to_string(), *test)));
    let expected: Vec<_> = expected.collect();
    let rows: Vec<_> = rows
        .into_iter()
        .map(|(kind, test)| (kind.to_owned(), test))
        .collect();
    assert_eq!(rows, expected);
}
