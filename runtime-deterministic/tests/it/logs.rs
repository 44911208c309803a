//! Logs of runs: written, read, compared.

use runtime_deterministic::{Config, Context, Executor, Log, LogError, Record};
use runtime_traits::{Clock, Listener, Network, Random, Runner, Sink, Spawner, Stream};
use std::{net::SocketAddr, sync::Arc, time::Duration};

/// Some tasks that sleep, draw and talk. The draws of `odd` are made twice.
fn log(seed: u64, odd: Option<(u64, u64)>, record: Record) -> Arc<Log> {
    let mut config = Config::default();
    (config.seed, config.record) = (seed, record);
    let (runner, context, auditor) = Executor::init(config);
    runner.start(tasks(context, odd));
    auditor.log().expect("it is recorded")
}

async fn tasks(context: Context, odd: Option<(u64, u64)>) {
    let echo = context.world().host("echo", async |context: Context| {
        let mut listener = context
            .bind(SocketAddr::new(context.addr(), 80))
            .await
            .unwrap();
        loop {
            let (_, mut sink, mut stream) = listener.accept().await.unwrap();
            let mut byte = [0; 8];
            stream.recv(&mut byte).await.unwrap();
            sink.send(&byte).await.unwrap();
        }
    });
    let socket = SocketAddr::new(echo.unwrap().addr(), 80);
    context.sleep(Duration::from_millis(1)).await;
    let tasks = (0..5).map(|task| {
        let inner = context.clone();
        context.spawn(&format!("worker-{task}"), async move {
            for round in 0..10 {
                inner
                    .sleep(Duration::from_micros(inner.next_u64() % 1_000))
                    .await;
                if odd == Some((task, round)) {
                    inner.next_u64();
                }
                let (mut sink, mut stream) = inner.dial(socket).await.unwrap();
                sink.send(&round.to_le_bytes()).await.unwrap();
                stream.recv(&mut [0; 8]).await.unwrap();
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

#[test]
fn equal_runs_do_not_diverge() {
    for seed in 0..5 {
        assert_eq!(log(seed, None, Record::All), log(seed, None, Record::All));
        assert_eq!(
            log(seed, None, Record::All).divergence(&log(seed, None, Record::All)),
            None
        );
    }
}

#[test]
fn a_divergence_is_reported_at_its_task_and_event() {
    for (seed, task, round) in [(0, 0, 0), (1, 3, 9), (2, 4, 5)] {
        let (one, other) = (
            log(seed, None, Record::All),
            log(seed, Some((task, round)), Record::All),
        );
        let divergence = one.divergence(&other).expect("they differ");
        let [Some(left), Some(right)] = &divergence.sides else {
            panic!("{divergence}");
        };
        assert!(
            right.words.starts_with("draws 8 random bytes"),
            "{divergence}"
        );
        assert!(left.words.starts_with("dials 10.0.0.2:80"), "{divergence}");
        for side in [left, right] {
            assert_eq!(
                side.task.as_deref(),
                Some(&*format!("worker-{task}")),
                "{divergence}"
            );
            assert_eq!(side.host.as_deref(), Some("root"), "{divergence}");
            let site = side.spawned_at.as_deref().expect("it was spawned");
            assert!(site.starts_with(file!()), "{divergence}");
        }
        assert_eq!(
            one.entries().nth(divergence.index as usize).as_ref(),
            Some(left)
        );
        assert_eq!(
            other.entries().nth(divergence.index as usize).as_ref(),
            Some(right)
        );
        assert_eq!(divergence.before.len(), 6);
    }
}

#[test]
fn a_log_that_ends_earlier_diverges_there() {
    let shorter = {
        let (runner, context, auditor) = Executor::init({
            let mut config = Config::default();
            config.record = Record::All;
            config
        });
        drop((runner, context));
        auditor.log().unwrap()
    };
    let longer = log(0, None, Record::All);
    let divergence = shorter.divergence(&longer).unwrap();
    assert_eq!((divergence.index, &divergence.sides[0]), (1, &None));
    assert!(
        divergence
            .to_string()
            .contains("one run\n  nothing: the run has ended\nthe other\n"),
        "{divergence}"
    );
    assert!(
        divergence.to_string().contains("0.000000 ms root: polled"),
        "{divergence}"
    );
}

#[test]
fn what_is_written_is_read() {
    for record in [Record::All, Record::Last(2_000)] {
        let log = log(7, None, record);
        let mut file = Vec::new();
        log.write(&mut file).unwrap();
        let read = Log::read(&file[..]).unwrap();
        assert_eq!(read, *log);
        assert!(read.entries().eq(log.entries()));
    }
}

#[test]
fn what_is_no_log_says_so() {
    let mut file = Vec::new();
    log(7, None, Record::All).write(&mut file).unwrap();
    for end in (0..file.len()).step_by(97).chain([file.len() - 1]) {
        let error = Log::read(&file[..end]).unwrap_err();
        assert!(matches!(error, LogError::Truncated), "{end} bytes: {error}");
    }
    for at in 0..file.len() {
        let mut damaged = file.clone();
        damaged[at] ^= 1;
        let error = Log::read(&damaged[..]).unwrap_err();
        let expected = match at {
            0..8 => matches!(error, LogError::Foreign),
            8..16 => matches!(error, LogError::Version(version) if version != 1),
            16..24 => matches!(error, LogError::Truncated | LogError::Damaged),
            _ => matches!(error, LogError::Damaged),
        };
        assert!(expected, "byte {at}: {error}");
    }
    let mut longer = file;
    longer.push(0);
    assert!(matches!(
        Log::read(&longer[..]).unwrap_err(),
        LogError::Damaged
    ));
}
