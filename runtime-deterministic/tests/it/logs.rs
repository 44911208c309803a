//! Logs of runs: written, read, compared.

use runtime_deterministic::{Config, Context, Crash, Executor, Log, LogError, Record};
use runtime_traits::{Clock, Listener, Network, Random, Runner, Sink, Spawner, Stream};
use std::{
    future::pending,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// Some tasks that sleep, draw and talk. Who makes the draw of this number makes it twice, and is
/// told.
fn odd(seed: u64, odd: u64, record: Record) -> (Arc<Log>, Option<u64>) {
    let mut config = Config::default();
    (config.seed, config.record) = (seed, record);
    let (runner, context, auditor) = Executor::init(config);
    let who = runner.start(tasks(context, odd));
    (auditor.log().expect("it is recorded"), who)
}

fn log(seed: u64, record: Record) -> Arc<Log> {
    odd(seed, u64::MAX, record).0
}

const TASKS: u64 = 5;
const ROUNDS: u64 = 10;

async fn tasks(context: Context, odd: u64) -> Option<u64> {
    let echo = context.world().host("echo", async |context: Context| {
        let socket = SocketAddr::new(context.addr(), 80);
        let mut listener = context.bind(socket).await.unwrap();
        loop {
            let (_, mut sink, mut stream) = listener.accept().await.unwrap();
            let mut bytes = [0; 8];
            stream.recv(&mut bytes).await.unwrap();
            sink.send(&bytes).await.unwrap();
        }
    });
    let socket = SocketAddr::new(echo.unwrap().addr(), 80);
    context.sleep(Duration::from_millis(1)).await;
    let draws = Arc::new(AtomicU64::new(0));
    let tasks = (0..TASKS).map(|task| {
        let (inner, draws) = (context.clone(), draws.clone());
        context.spawn(&format!("worker-{task}"), async move {
            let mut odd_one = None;
            for round in 0..ROUNDS {
                let pause = inner.next_u64() % 1_000;
                inner.sleep(Duration::from_micros(pause)).await;
                if draws.fetch_add(1, Ordering::Relaxed) == odd {
                    inner.next_u64();
                    odd_one = Some(task);
                }
                let (mut sink, mut stream) = inner.dial(socket).await.unwrap();
                sink.send(&round.to_le_bytes()).await.unwrap();
                stream.recv(&mut [0; 8]).await.unwrap();
            }
            odd_one
        })
    });
    let mut who = None;
    for task in tasks.collect::<Vec<_>>() {
        who = who.or(task.await.unwrap());
    }
    who
}

#[test]
fn equal_runs_do_not_diverge() {
    for seed in 0..5 {
        assert_eq!(log(seed, Record::All), log(seed, Record::All));
        assert_eq!(
            log(seed, Record::All).divergence(&log(seed, Record::All)),
            None
        );
    }
}

#[test]
fn a_divergence_is_reported_at_its_task_and_event() {
    for seed in 0..100 {
        let number = seed * 37 % (TASKS * ROUNDS);
        let one = log(seed, Record::All);
        let (other, who) = odd(seed, number, Record::All);
        let divergence = one.divergence(&other).expect("they differ");
        let [Some(left), Some(right)] = &divergence.sides else {
            panic!("{divergence}");
        };
        assert!(
            right.words.starts_with("draws 8 random bytes"),
            "{divergence}"
        );
        assert!(left.words.starts_with("dials 10.0.0.2:80"), "{divergence}");
        let label = format!("worker-{}", who.expect("one is odd"));
        for side in [left, right] {
            assert_eq!(side.task.as_ref(), Some(&label), "{divergence}");
            assert_eq!(side.host.as_deref(), Some("root"), "{divergence}");
            let site = side.spawned_at.as_deref().expect("it was spawned");
            assert!(site.starts_with(file!()), "{divergence}");
        }
        let index = divergence.index as usize;
        assert_eq!(one.entries().nth(index).as_ref(), Some(left));
        assert_eq!(other.entries().nth(index).as_ref(), Some(right));
        assert!(one.entries().take(index).eq(other.entries().take(index)));
        assert_eq!(divergence.before.len(), 6);
    }
}

#[test]
fn a_divergence_in_what_is_done_to_a_host_names_the_task_that_does_it() {
    let log = |unlucky: &'static str| {
        let mut config = Config::default();
        config.record = Record::All;
        let (runner, context, auditor) = Executor::init(config);
        runner.start(async {
            let hosts = ["a", "b"].map(|name| {
                let host = context.world().host(name, async |_| pending::<()>().await);
                host.unwrap()
            });
            let driver = context.spawn("driver", async move {
                let host = hosts.iter().find(|host| host.name() == unlucky);
                host.unwrap().crash(Crash::Reset).unwrap();
            });
            driver.await.unwrap();
        });
        auditor.log().unwrap()
    };
    let divergence = log("a").divergence(&log("b")).unwrap();
    for (side, host) in divergence.sides.iter().flatten().zip(["a", "b"]) {
        assert_eq!(side.host.as_deref(), Some(host), "{divergence}");
        assert_eq!(side.task.as_deref(), Some("driver"), "{divergence}");
        assert_eq!(side.words, "crashes, and resets its connections");
        let who = format!(" ms {host} (by root driver, spawned at {}:", file!());
        assert!(divergence.to_string().contains(&who), "{divergence}");
        let short = format!(" ms {host}: crashes");
        assert!(side.to_string().contains(&short), "{side}");
    }
}

/// Of logs that were cut, what both keep is compared, and told to be no more.
#[test]
fn logs_that_were_cut_diverge_as_whole_ones_do() {
    for (one, other) in [(1_500, 3_000), (3_000, 1_500), (1_500, 1_500)] {
        let logs = [(one, u64::MAX), (other, TASKS * ROUNDS - 2)];
        let [one, other] = logs.map(|(keep, draw)| odd(3, draw, Record::Last(keep)).0);
        let [all, odd] = [u64::MAX, TASKS * ROUNDS - 2].map(|draw| odd(3, draw, Record::All).0);
        let (cut, whole) = (one.divergence(&other), all.divergence(&odd));
        let (cut, whole) = (cut.unwrap(), whole.unwrap());
        assert_eq!((cut.index, &cut.sides), (whole.index, &whole.sides));
        assert_eq!(cut.from, one.first().max(other.first()));
        assert!(cut.from > 0 && cut.from <= cut.index);
        let told = format!("(events before {} were not kept, and may differ)", cut.from);
        assert!(cut.to_string().contains(&told), "{cut}");
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
    let cut = log(0, Record::Last(1_500));
    for (one, other) in [(&shorter, &cut), (&cut, &shorter)] {
        let divergence = one.divergence(other).unwrap();
        assert_eq!(divergence.index, cut.first(), "whichever is asked");
    }
    let longer = log(0, Record::All);
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

/// What is left of them are their numbers, when they end, and who was there.
#[test]
fn logs_that_keep_no_event_that_differs_diverge_by_what_they_know() {
    let none = Record::Last(0);
    let sleeping = |millis| {
        let mut config = Config::default();
        config.record = none;
        let (runner, context, auditor) = Executor::init(config);
        runner.start(async move { context.sleep(Duration::from_millis(millis)).await });
        auditor.log().unwrap()
    };
    let (one, same, other) = (sleeping(5), sleeping(5), sleeping(6));
    assert_eq!(one.entries().count(), 0);
    assert_eq!(one.divergence(&same), None);
    let divergence = one.divergence(&other).expect("the one ends later");
    assert_eq!(divergence.sides, [None, None]);
    let events = one.first();
    let told = format!(
        "the runs differ in events that were not kept\n\
         one run\n  {events} events, until 5.000000 ms\n\
         the other\n  {events} events, until 6.000000 ms\n\
         keep them all, with `Record::All`, to see the first\n"
    );
    assert_eq!(divergence.to_string(), told);
    let logs = [log(3, none), odd(3, 10, none).0];
    let divergence = logs[0]
        .divergence(&logs[1])
        .expect("the one has more events");
    assert_eq!(divergence.index, logs[0].first().min(logs[1].first()));
    assert_eq!(divergence.from, logs[0].first().max(logs[1].first()));
}

#[test]
fn what_is_written_is_read() {
    for record in [Record::All, Record::Last(2_000)] {
        let log = log(7, record);
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
    log(7, Record::All).write(&mut file).unwrap();
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
