//! Disks that fail, fill up, stand still, and forget.

use crate::trial::{Run, Seen, at, judge, ms};
use runtime_deterministic::{Crash, DiskFaults, DiskOp, FaultKind, Host, Ratio};
use runtime_traits::{Clock, Datagrams, Storage};
use std::{net::SocketAddr, time::Duration};
use victims::{accounts, checkpoint, journal, leader, pages, records, sequence, standby};

const SECOND: Duration = Duration::from_secs(1);

/// A machine with a disk, on which a victim is called.
fn machine(run: &Run) -> Host<()> {
    run.context.world().host("db", async |_| ()).unwrap()
}

fn set(host: &Host<()>, faults: DiskFaults) {
    host.disk().set(faults).unwrap();
}

fn lose_power(host: &Host<()>) {
    host.crash(Crash::Reset).unwrap();
    host.restart().unwrap();
}

#[test]
fn io_error() {
    judge(
        FaultKind::IoError,
        "a number was handed out twice",
        async |run: Run| {
            let host = machine(&run);
            if run.fault {
                use DiskOp::{Len, Open, Read, Write};
                let often = Ratio::new(1, 20);
                let errors = [Len, Open, Read, Write].map(|op| (op, often));
                set(
                    &host,
                    DiskFaults {
                        errors: errors.into(),
                        ..DiskFaults::default()
                    },
                );
            }
            let (disk, mut numbers) = (host.context(), Vec::new());
            for _ in 0..20 {
                if let Ok(number) = sequence::next(&disk, run.fixed).await {
                    assert!(!numbers.contains(&number), "a number was handed out twice");
                    numbers.push(number);
                }
            }
            numbers.len() as u64
        },
    );
}

#[test]
fn failed_sync() {
    judge(
        FaultKind::FailedSync,
        "an acknowledged number is gone",
        async |run: Run| {
            let host = machine(&run);
            let mut table = checkpoint::Table::open(host.context()).await.unwrap();
            let mut numbers = [0; 4];
            for number in 1..=12 {
                let place = run.pick(4);
                table.put(place as u64, number).await.unwrap();
                numbers[place] = number;
                if number % 4 == 0 {
                    if run.fault && run.pick(2) == 0 {
                        host.disk().fail_next(DiskOp::Sync);
                    }
                    table.checkpoint(run.fixed).await.unwrap();
                }
            }
            lose_power(&host);
            let table = checkpoint::Table::open(host.context()).await.unwrap();
            for (place, number) in numbers
                .iter()
                .enumerate()
                .filter(|(_, number)| **number > 0)
            {
                let found = table.get(place as u64).await;
                assert_eq!(found, Ok(*number), "an acknowledged number is gone");
            }
            12
        },
    );
}

#[test]
fn disk_full() {
    judge(
        FaultKind::DiskFull,
        "an acknowledged record is gone",
        async |run: Run| {
            let host = machine(&run);
            let (disk, mut records) = (host.context(), Vec::new());
            for number in 0..12 {
                let capacity = match number {
                    4..8 if run.fault => Some(8 << 10),
                    _ => None,
                };
                set(
                    &host,
                    DiskFaults {
                        capacity,
                        ..DiskFaults::default()
                    },
                );
                let record = vec![number; 200 + run.pick(2_000)];
                if journal::append(&disk, &record, run.fixed).await.is_ok() {
                    records.push(record);
                }
            }
            lose_power(&host);
            let found = journal::read(&host.context()).await.unwrap();
            assert!(found == records, "an acknowledged record is gone");
            records.len() as u64
        },
    );
}

#[test]
fn slow_disk() {
    judge(
        FaultKind::SlowDisk,
        "a leader that works was given up",
        async |run: Run| {
            let (fixed, entries) = (run.fixed, Seen::default());
            let follower = run.host("follower", leader::follow);
            let (to, appended) = (at(&follower), entries.clone());
            run.context.sleep(ms(1)).await;
            let leader = run.host("leader", move |context, _| {
                let appended = appended.clone();
                leader::lead(context, to, move |entry| appended.see(entry), fixed)
            });
            if run.fault {
                let latency = [(DiskOp::Sync, ms(100)..=ms(2_000))].into();
                let slow = DiskFaults {
                    latency,
                    ..DiskFaults::default()
                };
                leader.disk().set(slow).unwrap();
            }
            let given_up = run.context.timeout(30 * SECOND, follower.wait());
            assert!(given_up.await.is_err(), "a leader that works was given up");
            entries.all().len() as u64
        },
    );
}

#[test]
fn stall() {
    const NEVER: &str = "a server whose disk stands still was not relieved";
    judge(FaultKind::Stall, NEVER, async |run: Run| {
        let (context, fixed) = (&run.context, run.fixed);
        let client = SocketAddr::new(context.addr(), 90);
        let servers = ["primary", "standby"].map(|name| {
            run.host(name, move |context, socket| {
                standby::serve(context, socket, client, fixed)
            })
        });
        let datagram = context.bind_datagram(client).await.unwrap();
        let sockets = [at(&servers[0]), at(&servers[1])];
        run.sleep(ms(100)..ms(2_000)).await;
        for value in 1..=5 {
            if run.fault && value == 3 {
                let stall = 3_600 * SECOND..=3_600 * SECOND;
                let stalls = Ratio::ALWAYS;
                let stalling = DiskFaults {
                    stalls,
                    stall,
                    ..DiskFaults::default()
                };
                servers[0].disk().set(stalling).unwrap();
            }
            let put = standby::put(context, &datagram, &sockets, value);
            context
                .timeout(60 * SECOND, put)
                .await
                .expect(NEVER)
                .unwrap();
        }
        5
    });
}

#[test]
fn rot() {
    judge(
        FaultKind::Rot,
        "a number that was never written",
        async |run: Run| {
            let host = machine(&run);
            let blob = host.context().open("db", b"records").await.unwrap();
            for place in 0..20 {
                records::put(&blob, place, 1_000 + place).await.unwrap();
            }
            if run.fault {
                let bit_rot = Ratio::new(1, 20);
                set(
                    &host,
                    DiskFaults {
                        bit_rot,
                        ..DiskFaults::default()
                    },
                );
            }
            let mut read = 0;
            for place in 0..20 {
                if let Ok(number) = records::get(&blob, place, run.fixed).await {
                    assert_eq!(number, 1_000 + place, "a number that was never written");
                    read += 1;
                }
            }
            read
        },
    );
}

#[test]
fn misdirect() {
    judge(
        FaultKind::Misdirect,
        "the number of another page",
        async |run: Run| {
            let host = machine(&run);
            if run.fault {
                let misdirected_writes = Ratio::new(1, 20);
                set(
                    &host,
                    DiskFaults {
                        misdirected_writes,
                        ..DiskFaults::default()
                    },
                );
            }
            let blob = host.context().open("db", b"pages").await.unwrap();
            let file = pages::Pages::new(blob, run.fixed);
            for place in 0..20 {
                file.put(place, 1_000 + place).await.unwrap();
            }
            lose_power(&host);
            let blob = host.context().open("db", b"pages").await.unwrap();
            let file = pages::Pages::new(blob, run.fixed);
            let mut read = 0;
            for place in 0..20 {
                if let Ok(number) = file.get(place).await {
                    assert_eq!(number, 1_000 + place, "the number of another page");
                    read += 1;
                }
            }
            read
        },
    );
}

#[test]
fn lost_write() {
    judge(FaultKind::LostWrite, "an old balance", async |run: Run| {
        let host = machine(&run);
        if run.fault {
            let lost_writes = Ratio::new(1, 20);
            set(
                &host,
                DiskFaults {
                    lost_writes,
                    ..DiskFaults::default()
                },
            );
        }
        let blob = host.context().open("db", b"accounts").await.unwrap();
        let mut receipts = [None; 5];
        for version in 1..=4 {
            for (account, receipt) in (0..).zip(&mut receipts) {
                let put = accounts::put(&blob, account, version, 100 * version);
                *receipt = Some(put.await.unwrap());
            }
        }
        lose_power(&host);
        let blob = host.context().open("db", b"accounts").await.unwrap();
        let mut read = 0;
        for receipt in receipts.into_iter().flatten() {
            if let Ok(balance) = accounts::get(&blob, receipt, run.fixed).await {
                assert_eq!(balance, 400, "an old balance");
                read += 1;
            }
        }
        read
    });
}
