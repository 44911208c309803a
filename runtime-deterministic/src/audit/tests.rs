//! A log is what the chain hashes; what is read of it is what was written.

use super::{Block, Chain, Decoder, Encoder, Log, LogError, PayloadHash, State};
use crate::{Config, Context, Crash, Executor, Record, event::Event};
use runtime_traits::{
    Blob, Clock, Listener, Network, Random, Runner, Sink, Spawner, Storage, Stream, reschedule,
};
use sha2::{Digest, Sha256};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use twox_hash::XxHash3_128;

/// Hosts that talk, a disk, a crash, tasks in places that others had.
async fn busy(context: Context) {
    let server = context.world().host("server", async |context: Context| {
        let socket = SocketAddr::new(context.addr(), 80);
        let mut listener = context.bind(socket).await.unwrap();
        let (_, mut sink, mut stream) = listener.accept().await.unwrap();
        let blob = context.open("wal", b"log").await.unwrap();
        let mut buf = [0; 100];
        for at in 0.. {
            stream.recv(&mut buf).await.unwrap();
            blob.write_at(&buf, at * 100).await.unwrap();
            sink.send(&buf[..10]).await.unwrap();
        }
    });
    let server = server.unwrap();
    context.sleep(Duration::from_millis(2)).await;
    let socket = SocketAddr::new(server.addr(), 80);
    let (mut sink, mut stream) = context.dial(socket).await.unwrap();
    for round in 0..20 {
        let mut buf = [round; 100];
        context.fill(&mut buf[..8]);
        sink.send(&buf).await.unwrap();
        stream.recv(&mut buf[..10]).await.unwrap();
        let label = format!("task {round} with a label of more than thirty-two bytes");
        context.spawn(&label, async {}).await.unwrap();
    }
    server.crash(Crash::Reset).unwrap();
}

fn run(seed: u64, record: Record, payload_hash: PayloadHash) -> (State, Option<Arc<Log>>) {
    let (runner, context, auditor) = Executor::init(Config {
        seed,
        record,
        payload_hash,
        ..Config::default()
    });
    runner.start(busy(context));
    (auditor.state(), auditor.log())
}

fn log(seed: u64, record: Record) -> Arc<Log> {
    run(seed, record, PayloadHash::Xxh3)
        .1
        .expect("it is recorded")
}

#[test]
fn the_hash_of_a_log_is_the_state() {
    for payload_hash in [PayloadHash::Xxh3, PayloadHash::Sha256] {
        for seed in 0..10 {
            let (state, log) = run(seed, Record::All, payload_hash);
            let mut hasher = Sha256::new_with_prefix(super::chain::VERSION);
            hasher.update(&log.unwrap().bytes);
            assert_eq!(<[u8; 32]>::from(hasher.finalize()), state.0);
        }
    }
}

#[test]
fn long_payloads_enter_by_the_hash_that_is_configured() {
    let state = |hash| run(3, Record::Off, hash).0;
    assert_ne!(state(PayloadHash::Xxh3), state(PayloadHash::Sha256));
}

#[test]
fn what_is_recorded_changes_no_state() {
    let (plain, none) = run(3, Record::Off, PayloadHash::Xxh3);
    assert_eq!(none, None);
    for record in [Record::All, Record::Last(500)] {
        assert_eq!(run(3, record, PayloadHash::Xxh3).0, plain);
    }
}

#[test]
fn long_payloads_enter_by_the_hash_that_is_asked_for() {
    let of = |payload_hash, bytes: &[u8]| {
        let mut chain = Chain::new(payload_hash, Record::Off, Block::default());
        let bytes = bytes.into();
        chain.enter(&Event::Draw { bytes }, true);
        chain.state()
    };
    let short = [PayloadHash::Xxh3, PayloadHash::Sha256].map(|hash| of(hash, &[1; 32]));
    let long = [PayloadHash::Xxh3, PayloadHash::Sha256].map(|hash| of(hash, &[1; 33]));
    assert_eq!(short[0], short[1]);
    assert_ne!(long[0], long[1]);
    let encoded = {
        let mut to = Encoder::new(PayloadHash::Sha256);
        to.payload(&(&[1; 33][..]).into());
        to.parts().concat()
    };
    assert_eq!(encoded[8..], Sha256::digest([1; 33])[..]);
}

#[test]
fn each_event_is_read_as_it_was_written() {
    for payload_hash in [PayloadHash::Xxh3, PayloadHash::Sha256] {
        let (_, log) = run(1, Record::All, payload_hash);
        again(&log.unwrap());
    }
}

impl Log {
    /// The kinds of the first events in which they differ.
    pub(crate) fn first_kinds(&self, other: &Self) -> Vec<u8> {
        let (mut one, mut other) = (self.reader(), other.reader());
        while one.peek() == other.peek() && !one.peek().is_empty() {
            one.next(|_, _| ());
            other.next(|_, _| ());
        }
        let kinds = [one.peek(), other.peek()]
            .into_iter()
            .filter_map(<[u8]>::first);
        kinds.copied().collect()
    }
}

/// The encoding of an event, which is read and encoded again.
pub(crate) fn read_again(event: &Event<'_>) -> Vec<u8> {
    let encoded = |event: &Event<'_>| {
        let mut to = Encoder::new(PayloadHash::Xxh3);
        event.encode(&mut to);
        to.parts().concat()
    };
    let bytes = encoded(event);
    let mut from = Decoder {
        rest: &bytes,
        hash: PayloadHash::Xxh3,
    };
    let read = Event::decode(&mut from).expect("an event");
    assert!(from.rest.is_empty(), "{:?} is left", from.rest);
    assert_eq!(encoded(&read), bytes);
    bytes
}

/// Decodes each event, and encodes it again.
pub(crate) fn again(log: &Log) {
    let mut from: Decoder<'_> = log.reader().rest;
    while !from.rest.is_empty() {
        let before = from.rest;
        let event = Event::decode(&mut from).expect("an event");
        let mut to = Encoder::new(PayloadHash::default());
        event.encode(&mut to);
        assert_eq!(
            to.parts().concat(),
            before[..before.len() - from.rest.len()]
        );
    }
}

#[test]
fn a_log_that_was_cut_reads_as_the_whole_does() {
    let whole: Vec<_> = log(5, Record::All).entries().collect();
    for keep in [1, 100, 3_000] {
        let last = log(5, Record::Last(keep));
        let first = last.first() as usize;
        assert!(
            first > 0 && first < whole.len(),
            "{keep} bytes: from event {first} on"
        );
        assert!((keep..2 * keep + 4_096).contains(&last.bytes.len()));
        assert!(
            last.entries().eq(whole[first..].iter().cloned()),
            "{keep} bytes"
        );
        again(&last);
    }
}

#[test]
fn a_log_is_cut_at_any_event() {
    let whole = log(2, Record::All);
    let told: Vec<_> = whole.entries().collect();
    let mut cut = Log::clone(&whole);
    for _ in 0..told.len() {
        let rest = cut.bytes.len() - cut.reader().peek().len();
        cut.cut(rest);
        let first = cut.first() as usize;
        assert!(
            cut.entries().eq(told[first..].iter().cloned()),
            "from {first} on"
        );
    }
    assert_eq!(cut.first(), told.len() as u64);
    assert!(cut.bytes.is_empty());
}

/// Only the draws of the two runs differ, and words do not tell them.
#[test]
fn what_has_the_same_words_is_told_apart_by_its_bytes() {
    let log = |seed, sleep| {
        let (runner, context, auditor) = Executor::init(Config {
            seed,
            record: Record::All,
            ..Config::default()
        });
        runner.start(async {
            context.sleep(Duration::from_nanos(sleep)).await;
            runtime_macros::select! {
                () = std::future::ready(()) => {},
                () = std::future::ready(()) => {},
            }
        });
        auditor.log().unwrap()
    };
    let divergence = log(1, 1).divergence(&log(2, 1)).unwrap();
    let [one, other] = divergence.sides.each_ref().map(Option::as_ref);
    assert_eq!(one.unwrap().words, other.unwrap().words);
    let text = divergence.to_string();
    let encoded: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("  encoded "))
        .collect();
    assert_eq!(encoded.len(), 2, "{text}");
    assert_ne!(encoded[0], encoded[1], "{text}");

    let told = log(1, 1).divergence(&log(1, 2)).unwrap().to_string();
    assert!(!told.contains("encoded"), "{told}");
}

/// Each is sealed: what is wrong with it is its body alone. No payload is hashed, which would tell too.
#[test]
fn a_file_that_no_log_writes_is_damaged() {
    let (runner, _, auditor) = Executor::init(Config {
        record: Record::All,
        ..Config::default()
    });
    runner.start(async {});
    let mut file = Vec::new();
    auditor.log().unwrap().write(&mut file).unwrap();
    let [header, seal] = [24, 16];
    let sealed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut body = file[header..file.len() - seal].to_vec();
        change(&mut body);
        let hash = XxHash3_128::oneshot(&body).to_le_bytes();
        let len = (body.len() as u64).to_le_bytes();
        Log::read(&*[&file[..header - 8], &len, &body, &hash].concat())
    };
    assert!(sealed(&|_| ()).is_ok());
    let hash_of_no_kind = sealed(&|body| body[0] = 2);
    assert!(matches!(hash_of_no_kind, Err(LogError::Damaged)));
    let more_behind_it = sealed(&|body| body.push(0));
    assert!(matches!(more_behind_it, Err(LogError::Damaged)));
    let more_events_than_can_be_counted = sealed(&|body| body[8..16].fill(0xff));
    assert!(matches!(
        more_events_than_can_be_counted,
        Err(LogError::Damaged)
    ));
}

#[test]
fn a_text_longer_than_any_block_is_kept() {
    let text = "0123456789".repeat(1_000);
    let (runner, context, auditor) = Executor::init(Config {
        record: Record::All,
        ..Config::default()
    });
    runner.start(async { context.spawn(&text, async {}).await.unwrap() });
    let log = auditor.log().unwrap();
    again(&log);
    assert!(
        log.entries()
            .any(|entry| entry.task.as_ref() == Some(&text))
    );
    let hash = Sha256::new_with_prefix(super::chain::VERSION).chain_update(&log.bytes);
    assert_eq!(<[u8; 32]>::from(hash.finalize()), auditor.state().0);
}

/// It happens between two polls of the root, and at their instant.
#[test]
fn what_another_thread_does_is_no_tasks_doing() {
    let (runner, context, auditor) = Executor::init(Config {
        record: Record::All,
        ..Config::default()
    });
    runner.start(async {
        let foreign = context.clone();
        #[expect(clippy::disallowed_methods, reason = "a foreign thread is the subject")]
        let thread = std::thread::spawn(move || foreign.stop(5)); // tidy: the subject
        thread.join().unwrap();
        reschedule().await;
        context.stop(6);
    });
    let log = auditor.log().unwrap();
    let who = |words: &str| {
        let mut told = log.entries().filter(|entry| entry.words == words);
        told.next().expect("it happens").task
    };
    assert_eq!(who("stops with 5"), None);
    assert_eq!(log.entries().last().unwrap().task, Some(String::new()));
}
