//! Seeds that do not replay, and what is said of them: each is planted here, and run in a process
//! of its own.

use futures::channel::oneshot;
use runtime_deterministic::{
    Config, Context, Executor, Simulation, SourceKind, simulate, simulate_parallel,
};
use runtime_traits::{Clock, Random, Runner, Spawner};
use std::{
    cell::Cell,
    env, fs,
    future::{pending, poll_fn},
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    process::{Command, Output},
    task::Poll,
    time::Duration,
};

fn simulation(name: &'static str) -> Simulation {
    Simulation {
        name,
        package: "runtime-deterministic",
        seeds: 0..8,
        ..Simulation::default()
    }
}

/// A test that is run by another, in a process of its own.
macro_rules! planted {
    ($(#[$doc:meta])* $name:ident, $test:expr) => {
        $(#[$doc])*
        #[test]
        #[ignore = "run by another test, with an environment of its own"]
        fn $name() {
            let path = concat!(module_path!(), "::", stringify!($name));
            simulate_parallel(simulation(path), $test);
        }
    };
}

planted!(sound, async |context: Context| {
    let tasks = (0..4).map(|number| {
        let inner = context.clone();
        context.spawn(&format!("task-{number}"), async move {
            for _ in 0..5 {
                inner
                    .sleep(Duration::from_nanos(inner.next_u64() % 100))
                    .await;
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
});

/// What the root draws first.
fn first_draw(seed: u64) -> u64 {
    let (runner, context, _) = Executor::seeded(seed);
    runner.start(async { context.next_u64() })
}

planted!(
    /// Fails from seed 5 on, which takes longest.
    unlucky,
    async |context: Context| {
        let drawn = context.next_u64();
        if drawn == first_draw(5) {
            // The seeds beside it have failed by then.
            #[expect(clippy::disallowed_methods, reason = "real time, for threads of the test")]
            std::thread::sleep(Duration::from_millis(300));
        }
        assert!((0..5).any(|seed| first_draw(seed) == drawn), "an unlucky draw");
    }
);

#[expect(clippy::disallowed_types, reason = "its order is the subject")]
fn in_any_order() -> Vec<u64> {
    (0..64)
        .collect::<std::collections::HashSet<_>>()
        .into_iter()
        .collect()
}

planted!(a_hash_map, async |context: Context| {
    let inner = context.clone();
    let quiet = context.spawn("quiet", async {});
    let gossip = context.spawn("gossip", async move {
        for number in in_any_order() {
            inner.sleep(Duration::from_micros(number)).await;
        }
    });
    quiet.await.unwrap();
    gossip.await.unwrap();
});

planted!(
    /// It fails, too.
    an_instant,
    async |context: Context| {
        let inner = context.clone();
        let task = context.spawn("impatient", async move {
            #[expect(clippy::disallowed_methods, reason = "the host's clock is the subject")]
            let now = std::time::SystemTime::now();
            let nanos = now.duration_since(std::time::UNIX_EPOCH).unwrap().subsec_nanos();
            inner.sleep(Duration::from_nanos(nanos.into())).await;
        });
        task.await.unwrap();
        Err::<(), _>("and fails")
    }
);

/// A value that another thread sends after `pause` of real time.
fn from_a_thread(pause: Duration) -> oneshot::Receiver<u64> {
    let (sender, receiver) = oneshot::channel();
    #[expect(clippy::disallowed_methods, reason = "a foreign thread is the subject")]
    std::thread::spawn(move || {
        std::thread::sleep(pause);
        let _ = sender.send(7);
    });
    receiver
}

planted!(a_thread, async |context: Context| {
    let task = context.spawn("listens", async {
        from_a_thread(Duration::from_millis(5)).await
    });
    task.await.unwrap().unwrap();
    Err::<(), _>("and fails")
});

planted!(a_slow_poll, async |context: Context| {
    let task = context.spawn("blocks", async {
        #[expect(
            clippy::disallowed_methods,
            reason = "a poll that blocks is the subject"
        )]
        std::thread::sleep(Duration::from_millis(1_100));
    });
    task.await.unwrap();
    Err::<(), _>("and fails")
});

/// Runs a planted test, with these of the environment.
fn run(name: &str, variables: &[(&str, &str)]) -> Output {
    let mut test = Command::new(env::current_exe().unwrap());
    let path = format!("replays::{name}");
    test.args([&path, "--exact", "--ignored", "--nocapture"]);
    for name in [
        "SIM_SEED",
        "SIM_SEEDS",
        "SIM_JOBS",
        "SIM_RECORD",
        "SIM_COMPARE",
        "SIM_REPORT",
    ] {
        test.env_remove(name);
    }
    test.envs(variables.iter().copied()).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn passes(name: &str, variables: &[(&str, &str)]) {
    let output = run(name, variables);
    assert!(output.status.success(), "{}", stderr(&output));
}

/// What a failing run printed.
fn fails(name: &str, variables: &[(&str, &str)]) -> String {
    let output = run(name, variables);
    assert_eq!(output.status.code(), Some(101), "{}", stderr(&output));
    stderr(&output)
}

/// A folder for logs, removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        Self(folder)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn runs_are_recorded_and_the_same_in_another_process_on_any_number_of_threads() {
    let folder = Folder::new("sound");
    passes("sound", &[("SIM_RECORD", folder.path())]);
    let file = "it.replays.sound-7.log";
    assert!(folder.0.join(file).is_file());
    passes(
        "sound",
        &[("SIM_COMPARE", folder.path()), ("SIM_JOBS", "2")],
    );
    passes(
        "sound",
        &[("SIM_COMPARE", folder.path()), ("SIM_SEEDS", "7..10")],
    );
    let none = fails(
        "sound",
        &[("SIM_COMPARE", folder.path()), ("SIM_SEEDS", "8..10")],
    );
    assert!(
        none.contains("no log of a seed that ran lies there"),
        "{none}"
    );
    #[expect(clippy::disallowed_methods, reason = "a file outside of runs")]
    fs::write(folder.0.join(file), b"no log").unwrap();
    let foreign = fails("sound", &[("SIM_COMPARE", folder.path())]);
    assert!(
        foreign.contains("this is no log of a simulation"),
        "{foreign}"
    );
}

#[test]
fn another_order_of_a_hash_map_is_reported_at_its_task() {
    let folder = Folder::new("hash_map");
    passes("a_hash_map", &[("SIM_RECORD", folder.path())]);
    let text = fails("a_hash_map", &[("SIM_COMPARE", folder.path())]);
    let parts = [
        "not deterministic: the run is not the one that was recorded",
        "first divergence: event ",
        "one run\n  0.000000 ms root gossip (spawned at runtime-deterministic/tests/it/replays.rs:",
        "): sleeps until 0.0",
        "the other\n  0.000000 ms root gossip (spawned at",
        "SIM_SEED=0 cargo test -p runtime-deterministic -- --exact replays::a_hash_map",
    ];
    parts
        .iter()
        .for_each(|part| assert!(text.contains(part), "{part:?} is not in\n{text}"));
}

#[test]
fn a_clock_of_the_host_is_reported_at_its_task() {
    let text = fails("an_instant", &[]);
    let parts = [
        "not deterministic: the second run of this seed ended in audit state ",
        "of the second and a third run\nfirst divergence: event ",
        "one run\n  0.000000 ms root impatient (spawned at",
        "): sleeps until ",
        "what to look for\n  the docs of runtime_deterministic::ecosystem, under \"When two runs of a seed",
    ];
    parts
        .iter()
        .for_each(|part| assert!(text.contains(part), "{part:?} is not in\n{text}"));
}

#[test]
fn a_wake_by_a_thread_is_reported_at_the_task_that_it_woke() {
    let late = "woken by a thread outside the simulation, when everything waited for it";
    // On a busy machine the thread may come before everything waits, or after the run has given up.
    let mut tries = (0..30).map(|_| fails("a_thread", &[("SIM_SEED", "0")]));
    let text = tries.find(|text| text.contains(late));
    let text = text.expect("a thread comes in time now and then");
    let told = "what no seed decides\n  0.000000 ms host root, task \"listens\" (spawned at \
        runtime-deterministic/tests/it/replays.rs:";
    assert!(text.contains(told), "{text}");
}

#[test]
fn a_poll_that_blocks_is_reported_at_its_task() {
    let text = fails("a_slow_poll", &[("SIM_SEED", "3")]);
    let told = "what no seed decides\n  0.000000 ms host root, task \"blocks\" (spawned at ";
    assert!(text.contains(told), "{text}");
    assert!(text.contains("): a poll took "), "{text}");
}

#[test]
fn the_least_seed_that_fails_is_reported_whatever_the_number_of_threads() {
    for jobs in ["1", "2", "5"] {
        let text = fails("unlucky", &[("SIM_JOBS", jobs), ("SIM_SEEDS", "0..50")]);
        let blocks = text.matches("---- simulation failed").count();
        assert_eq!(blocks, 1, "{text}");
        assert!(text.contains("replays::unlucky seed 5 ----"), "{text}");
    }
}

#[test]
fn a_number_of_threads_that_is_none_says_what_to_use() {
    let text = fails("sound", &[("SIM_JOBS", "many")]);
    assert!(text.contains("use one, as in SIM_JOBS=2"), "{text}");
}

/// Woken by another thread before its first poll ends.
async fn woken_by_a_thread() {
    let mut woken = false;
    poll_fn(|cx| {
        if !woken {
            let waker = cx.waker().clone();
            #[expect(clippy::disallowed_methods, reason = "a foreign thread is the subject")]
            let thread = std::thread::spawn(move || waker.wake());
            thread.join().unwrap();
        }
        match mem::replace(&mut woken, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
}

#[test]
fn what_no_seed_decides_is_known_in_its_order() {
    let mut config = Config::default();
    config.slow_poll = Some(Duration::from_millis(200));
    let (runner, context, auditor) = Executor::init(config);
    runner.start(async {
        context.spawn("woken", woken_by_a_thread()).await.unwrap();
        let inner = context.clone();
        let blocks = context.spawn("blocks", async move {
            inner.sleep(Duration::from_millis(1)).await;
            #[expect(clippy::disallowed_methods, reason = "real time is the subject")]
            std::thread::sleep(Duration::from_millis(300));
        });
        blocks.await.unwrap();
        let inner = context.clone();
        #[expect(clippy::disallowed_methods, reason = "a foreign thread is the subject")]
        let thread = std::thread::spawn(move || inner.spawn("theirs", async {}));
        thread.join().unwrap().await.unwrap();
    });
    let told = auditor.sources().into_iter().map(|source| {
        let (host, task) = source.who.split_once(" (spawned at ").unwrap();
        assert!(task.starts_with(file!()), "{source}");
        (host.to_owned(), source.time.as_millis(), source.kind)
    });
    let told: Vec<_> = told.collect();
    let [woken, blocks, theirs] = &told[..] else {
        panic!("{told:?}");
    };
    let expected = (
        "host root, task \"woken\"".to_owned(),
        0,
        SourceKind::ForeignWake,
    );
    assert_eq!(*woken, expected);
    assert_eq!(
        (blocks.0.as_str(), blocks.1),
        ("host root, task \"blocks\"", 1)
    );
    assert!(matches!(blocks.2, SourceKind::SlowPoll(took) if took.as_millis() >= 300));
    let expected = (
        "host root, task \"theirs\"".to_owned(),
        1,
        SourceKind::ForeignSpawn,
    );
    assert_eq!(*theirs, expected);
}

/// A waker knows a task's serial in part.
#[test]
fn a_foreign_wake_is_known_however_many_had_the_place_before() {
    let (runner, context, auditor) = Executor::default();
    runner.start(async {
        for _ in 0..=u16::MAX {
            context.spawn("before", async {}).await.unwrap();
        }
        context.spawn("woken", woken_by_a_thread()).await.unwrap();
    });
    let [source] = &auditor.sources()[..] else {
        panic!("{:?}", auditor.sources());
    };
    assert_eq!(source.kind, SourceKind::ForeignWake);
    let who = "host root, task \"woken\" (spawned at ";
    assert!(source.who.starts_with(who), "{}", source.who);
}

#[test]
fn runs_within_runs_are_on_the_same_thread() {
    let (runner, context, auditor) = Executor::default();
    runner.start(async {
        let (sender, receiver) = oneshot::channel();
        let waits = context.spawn("waits", receiver);
        context.sleep(Duration::from_millis(1)).await;
        let (inner, _, _) = Executor::default();
        inner.start(async { sender.send(5).unwrap() });
        assert_eq!(waits.await.unwrap(), Ok(5));
    });
    assert_eq!(auditor.sources(), []);
}

#[test]
fn a_deadlock_after_a_thread_took_part_says_so() {
    let (runner, context, _) = Executor::default();
    let ended = catch_unwind(AssertUnwindSafe(|| {
        runner.start(async {
            context.spawn("woken", woken_by_a_thread()).await.unwrap();
            pending::<()>().await;
        });
    }));
    let text = ended.unwrap_err().downcast::<String>().unwrap();
    let told = "It may be no deadlock: a thread outside the simulation takes part, for which time \
        does not wait. Use a task in its place.\n  0.000000 ms host root, task \"woken\" (spawned at ";
    assert!(text.contains(told), "{text}");
}

/// The plain form asks for no more than it did.
#[test]
fn a_test_that_no_thread_can_share_runs_on_one() {
    let seeds = Cell::new(0);
    simulate(simulation("it::replays::plain"), |context| {
        seeds.set(seeds.get() + 1);
        async move { context.sleep(Duration::from_secs(1)).await }
    });
    assert_eq!(seeds.get(), 8);
}
