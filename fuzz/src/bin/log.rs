//! A file of a run's events, changed in any places. Sealed again, it is refused as damaged, or read
//! and told without a panic and written back as it was; not sealed again, it is refused.

#![no_main]
#![forbid(unsafe_code)]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use runtime_deterministic::{Config, Crash, Executor, Log, LogError, Record, Schedule};
use runtime_traits::{Blob, Clock, Listener, Network, Runner, Sink, Spawner, Storage};
use std::{net::SocketAddr, sync::LazyLock, time::Duration};
use twox_hash::XxHash3_128;

/// Magic, version, the length of the body.
const HEADER: usize = 24;
const SEAL: usize = 16;

#[derive(Arbitrary, Debug)]
struct Change {
    at: u16,
    removed: u8,
    put: Vec<u8>,
}

static FILE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut file = Vec::new();
    record().write(&mut file).unwrap();
    file
});

fuzz_target!(|changes: Vec<Change>| {
    let mut body = FILE[HEADER..FILE.len() - SEAL].to_vec();
    for Change { at, removed, put } in changes {
        let at = usize::from(at).min(body.len());
        let end = (at + usize::from(removed)).min(body.len());
        body.splice(at..end, put);
    }
    let mut file = FILE[..HEADER].to_vec();
    file[HEADER - 8..].copy_from_slice(&(body.len() as u64).to_le_bytes());
    file.extend(&body);
    file.extend(&FILE[FILE.len() - SEAL..]);
    assert!(
        file == *FILE || Log::read(&*file).is_err(),
        "read without a seal"
    );
    let seal = file.len() - SEAL;
    file[seal..].copy_from_slice(&XxHash3_128::oneshot(&body).to_le_bytes());
    match Log::read(&*file) {
        Ok(log) => is_told(&log, &file),
        Err(error) => assert!(matches!(error, LogError::Damaged), "{error}"),
    }
});

fn is_told(log: &Log, file: &[u8]) {
    let mut written = Vec::new();
    log.write(&mut written).unwrap();
    assert!(written == file, "written back as another");
    for (place, entry) in log.entries().enumerate() {
        assert_eq!(entry.index, log.first() + place as u64);
        assert!(format!("{entry:#}").len() >= entry.to_string().len());
    }
    assert_eq!(Schedule::replay(log).is_err(), log.first() > 0);
    assert_eq!(log.divergence(log), None);
    let recorded = Log::read(&**FILE).unwrap();
    let there = log.divergence(&recorded).map(|divergence| divergence.index);
    let back = recorded.divergence(log).map(|divergence| divergence.index);
    assert_eq!(there, back, "they diverge in one direction");
}

/// A run with something of each kind: tasks, hosts, a disk, a connection, faults.
fn record() -> Log {
    let mut config = Config::default();
    config.record = Record::All;
    let (runner, context, auditor) = Executor::init(config);
    runner.start(async {
        let world = context.world();
        let host = world.host("db", async |_| ()).unwrap();
        let blob = host.context().open("data", b"log").await.unwrap();
        blob.write_at(&[7; 40], 3).await.unwrap();
        host.clock().drift_ppm(-50);
        world.partition(&["db"], &["root"]).unwrap();
        world.heal();
        let listener = host.context().bind(SocketAddr::new(host.addr(), 80)).await;
        let (mut sink, _stream) = context.dial(listener.unwrap().local_addr()).await.unwrap();
        sink.send(b"hello").await.unwrap();
        context.spawn("task", async {}).await.unwrap();
        context.sleep(Duration::from_millis(2)).await;
        host.crash(Crash::Reset).unwrap();
    });
    Log::clone(&auditor.log().unwrap())
}
