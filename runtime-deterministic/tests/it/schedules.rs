//! Who is polled next: what each schedule promises, and what a failure says of it.

use runtime_deterministic::{
    Auditor, Config, ConfigError, Context, Crash, Executor, Faults, Log, Record, Schedule,
    ScheduleError, Simulation, simulate,
};
use runtime_traits::{Clock, Network, Random, Runner, Sink, Spawner, Storage, Stream, reschedule};
use std::{
    collections::BTreeSet,
    env,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

fn run<F: Future>(
    seed: u64,
    schedule: Schedule,
    test: impl FnOnce(Context) -> F,
) -> (F::Output, Auditor) {
    let mut config = Config::default();
    (config.seed, config.schedule, config.record) = (seed, schedule, Record::All);
    let (runner, context, auditor) = Executor::init(config);
    (runner.start(test(context)), auditor)
}

/// Three tasks that go on by turns, and who went on when.
async fn turns(context: Context) -> Vec<char> {
    let log = Arc::new(Mutex::new(Vec::new()));
    let tasks = ['a', 'b', 'c'].map(|name| {
        let log = log.clone();
        context.spawn("turns", async move {
            for _ in 0..3 {
                log.lock().unwrap().push(name);
                reschedule().await;
            }
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
    Arc::into_inner(log).unwrap().into_inner().unwrap()
}

#[test]
fn first_in_first_out_is_one_order_in_every_seed() {
    for seed in 0..20 {
        let (turns, _) = run(seed, Schedule::Fifo, turns);
        assert_eq!(turns, Vec::from_iter("abcabcabc".chars()));
    }
}

/// Goes wrong when another task steps in between two steps of this one, of which there are many.
async fn a_race_of_depth_two(context: Context, steps: u32) -> bool {
    let (at, wrong) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let (seen, found) = (at.clone(), wrong.clone());
    let long = context.spawn("long", async move {
        for _ in 0..steps {
            at.fetch_add(1, Relaxed);
            reschedule().await;
        }
    });
    let short = context.spawn("short", async move {
        found.store(u32::from(seen.load(Relaxed) == steps / 2 + 7), Relaxed);
    });
    long.await.unwrap();
    short.await.unwrap();
    wrong.load(Relaxed) == 1
}

/// A root, two tasks and so many steps: one seed in 3 * 40 at least, where chance finds none in 2^26.
#[test]
fn priorities_find_an_order_as_often_as_is_promised() {
    let found = |schedule: Schedule| {
        let seeds = 0..2_000;
        let finds = |seed: &u64| run(*seed, schedule.clone(), |it| a_race_of_depth_two(it, 38)).0;
        seeds.filter(finds).count()
    };
    let steps = 40;
    let priorities = found(Schedule::Pct { depth: 2, steps });
    assert!(priorities >= 2_000 / (3 * 40), "{priorities} of 2,000");
    assert_eq!(found(Schedule::Pct { depth: 1, steps }), 0);
    assert_eq!(found(Schedule::Random), 0);
}

#[test]
fn with_weights_a_task_starves() {
    let behind = |seed| {
        let (turns, _) = run(seed, Schedule::Weighted, |context| async move {
            let ended = Arc::new(AtomicU32::new(0));
            let tasks = [(); 2].map(|()| {
                let ended = ended.clone();
                context.spawn("runs", async move {
                    for turn in 0..100_u32 {
                        if ended.load(Relaxed) > 0 {
                            return 100 - turn;
                        }
                        reschedule().await;
                    }
                    ended.store(1, Relaxed);
                    0
                })
            });
            let mut behind = 0;
            for task in tasks {
                behind = behind.max(task.await.unwrap());
            }
            behind
        });
        turns
    };
    let starved = (0..200).filter(|seed| behind(*seed) > 90).count();
    assert!((30..120).contains(&starved), "{starved} of 200");
}

/// Whether a reader was left behind by 30 items of its queue.
async fn a_reader_that_starves(context: Context) -> bool {
    let (written, longest) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let (queue, seen) = (written.clone(), longest.clone());
    let writer = context.spawn("writer", async move {
        for _ in 0..100 {
            let waiting = queue.fetch_add(1, Relaxed) + 1;
            seen.fetch_max(waiting, Relaxed);
            reschedule().await;
        }
    });
    let reader = context.spawn("reader", async move {
        loop {
            written.store(0, Relaxed);
            reschedule().await;
        }
    });
    writer.await.unwrap();
    reader.abort();
    longest.load(Relaxed) >= 30
}

/// Whether one of two tasks wrote over what the other had counted.
async fn an_update_that_is_lost(context: Context) -> bool {
    let count = Arc::new(AtomicU32::new(0));
    let tasks = [(); 2].map(|()| {
        let count = count.clone();
        context.spawn("counts", async move {
            let read = count.load(Relaxed);
            reschedule().await;
            count.store(read + 1, Relaxed);
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
    count.load(Relaxed) < 2
}

#[test]
fn what_is_drawn_finds_who_starves_and_less_of_what_chance_finds() {
    let seeds = 0..1_000;
    let starved = |schedule: Schedule| {
        let starves = |seed: &u64| run(*seed, schedule.clone(), a_reader_that_starves).0;
        seeds.clone().filter(starves).count()
    };
    let lost = |schedule: Schedule| {
        let loses = |seed: &u64| run(*seed, schedule.clone(), an_update_that_is_lost).0;
        seeds.clone().filter(loses).count()
    };
    let (drawn, random) = (starved(Schedule::Drawn), starved(Schedule::Random));
    assert!(drawn > 100 && random == 0, "{drawn} and {random} of 1,000");
    let (drawn, random) = (lost(Schedule::Drawn), lost(Schedule::Random));
    assert!(drawn < random, "{drawn} and {random} of 1,000");
}

/// Hosts, a connection, a disk, draws, a crash.
async fn everything(context: Context) -> u64 {
    let world = context.world();
    let echo = world.host("echo", |context: Context| async move {
        let mut listener = context.bind(SocketAddr::new(context.addr(), 80)).await?;
        let blob = context.open("wal", b"log").await?;
        while let Ok((_, mut sink, mut stream)) =
            runtime_traits::Listener::accept(&mut listener).await
        {
            let mut buf = [0; 9];
            stream.recv(&mut buf).await?;
            runtime_traits::Blob::write_at(&blob, &buf, 0).await?;
            sink.send(&buf).await?;
        }
        Ok::<_, runtime_traits::Error>(())
    });
    let echo = echo.unwrap();
    context.sleep(Duration::from_millis(2)).await;
    let socket = SocketAddr::new(echo.addr(), 80);
    let calls = [1_u8, 2, 3].map(|byte| {
        let caller = context.clone();
        context.spawn("call", async move {
            let (mut sink, mut stream) = caller.dial(socket).await?;
            sink.send(&[byte; 9]).await?;
            stream.recv(&mut [0; 9]).await
        })
    });
    for call in calls {
        let _ = call.await;
    }
    echo.crash(Crash::Reset).unwrap();
    turns(context.clone()).await;
    context.next_u64()
}

#[test]
fn what_was_recorded_is_replayed() {
    let schedules = [
        "random",
        "fifo",
        "weighted",
        "pct depth=3 steps=30",
        "drawn",
    ];
    for schedule in schedules.map(|text| text.parse::<Schedule>().unwrap()) {
        for seed in 0..10 {
            let (output, recorded) = run(seed, schedule.clone(), everything);
            let replay = Schedule::replay(&recorded.log().unwrap()).unwrap();
            let parsed: Schedule = replay.to_string().parse().unwrap();
            let (again, auditor) = run(seed, parsed, everything);
            assert_eq!(auditor.state(), recorded.state(), "{schedule}, seed {seed}");
            assert_eq!(again, output);
        }
    }
}

#[test]
fn schedules_differ() {
    let of = |schedule: &str| run(3, schedule.parse().unwrap(), everything).1.state();
    let states = ["random", "fifo", "weighted", "pct depth=3 steps=30"].map(of);
    let differ = |one: usize| states[..one].iter().all(|state| *state != states[one]);
    assert!((1..4).all(differ));
}

fn panic_of(schedule: Schedule) -> String {
    let run = || run(3, schedule, turns);
    let payload = catch_unwind(AssertUnwindSafe(run))
        .map(|_| ())
        .expect_err("a panic");
    *payload.downcast::<String>().unwrap()
}

#[test]
fn a_replay_that_does_not_fit_says_where_and_what_to_do() {
    let recorded = run(3, Schedule::Random, turns).1;
    let Schedule::Replay(polls) = Schedule::replay(&recorded.log().unwrap()).unwrap() else {
        panic!("a replay");
    };
    let advice = "The program, its seed or its faults are not those of the recorded run: record it \
                  anew, or use another schedule";
    let replay = |polls: &[u32]| panic_of(Schedule::Replay(polls.into()));
    let cases = [
        (
            replay(&[0, 7]),
            "after 1 polls task 7 is next, and not ready".to_owned(),
        ),
        (
            replay(&[0]),
            "after 1 polls it ends, and the run goes on".to_owned(),
        ),
        (
            replay(&[&polls[..], &[1, 2]].concat()),
            format!("after {} polls the run ends, and 2 are left", polls.len()),
        ),
    ];
    for (said, why) in cases {
        assert_eq!(
            said,
            format!("the schedule that is replayed does not fit: {why}. {advice}")
        );
    }
}

#[test]
fn a_log_of_the_end_is_no_schedule() {
    let mut config = Config::default();
    config.record = Record::Last(200);
    let (runner, context, auditor) = Executor::init(config);
    runner.start(async {
        for _ in 0..30 {
            turns(context.clone()).await;
        }
    });
    let log: Arc<Log> = auditor.log().unwrap();
    let error = Schedule::replay(&log).unwrap_err();
    assert_eq!(error, ScheduleError::Cut(log.first()));
    assert!(
        error
            .to_string()
            .ends_with("record the run with Record::All"),
        "{error}"
    );
}

#[test]
fn a_depth_or_steps_out_of_range_are_an_error_that_says_what_to_use() {
    for (depth, steps) in [(0, 1), (1, 0), (101, 1)] {
        let mut config = Config::default();
        config.schedule = Schedule::Pct { depth, steps };
        let error = Executor::try_init(config).unwrap_err();
        assert!(matches!(error, ConfigError::Schedule(Schedule::Pct { .. })));
        let advice = "use a depth from 1 to 100, and at least 1 step";
        assert!(error.to_string().ends_with(advice), "{error}");
    }
}

/// What was drawn, printed and parsed, is the same run.
#[test]
fn an_auditor_tells_what_was_drawn() {
    let mut drawn = Vec::new();
    for seed in 0..40 {
        let (_, auditor) = run(seed, Schedule::Drawn, everything);
        let text = auditor.schedule().to_string();
        let (_, again) = run(seed, text.parse().unwrap(), everything);
        assert_eq!(again.state(), auditor.state(), "seed {seed}: {text}");
        drawn.push(text);
    }
    for name in ["random", "weighted", "pct"] {
        let named = drawn.iter().filter(|text| text.starts_with(name));
        assert!(named.count() > 3, "{drawn:?}");
    }
}

/// Faults and schedule are drawn apart: one does not move the other.
#[test]
fn a_drawn_schedule_moves_no_faults() {
    let faults = |schedule| {
        let mut config = Config::default();
        (config.seed, config.schedule, config.faults) = (5, schedule, Faults::drawn());
        Executor::init(config).2.faults()
    };
    assert_eq!(faults(Schedule::Random), faults(Schedule::Drawn));
}

/// Fails in its first seed. Its report is read by the tests below.
#[test]
#[ignore = "fails on purpose"]
fn fails_under_a_schedule() {
    let simulation = Simulation {
        schedule: Schedule::Fifo,
        ..Simulation::default()
    };
    simulate(simulation, |context| async move {
        let turns = String::from_iter(turns(context).await);
        Err::<(), _>(turns)
    });
}

fn fail(schedule: Option<&str>) -> String {
    fail_at(0, schedule)
}

fn fail_at(seed: u64, schedule: Option<&str>) -> String {
    let mut test = Command::new(env::current_exe().unwrap());
    test.args([
        "schedules::fails_under_a_schedule",
        "--exact",
        "--ignored",
        "--nocapture",
    ]);
    test.env_remove("SIM_SCHEDULE");
    test.env("SIM_SEED", seed.to_string());
    if let Some(schedule) = schedule {
        test.env("SIM_SCHEDULE", schedule);
    }
    String::from_utf8(test.output().unwrap().stderr).unwrap()
}

#[test]
fn a_failure_names_its_schedule_and_its_line_has_that_of_the_environment() {
    let block = fail(None);
    assert!(
        block.contains(
            "\n  the test returned an error: \"abcabcabc\"\nschedule\n  fifo\nlast events\n"
        ),
        "{block}"
    );
    assert!(
        block.contains("\nreplay\n  SIM_SEED=0 cargo test "),
        "{block}"
    );

    let block = fail(Some("pct depth=1 steps=9"));
    assert!(
        block.contains("\nschedule\n  pct depth=1 steps=9\nlast events\n"),
        "{block}"
    );
    let line = "\nreplay\n  SIM_SCHEDULE='pct depth=1 steps=9' SIM_SEED=0 cargo test ";
    assert!(block.contains(line), "{block}");
    let runs = ["aaa", "bbb", "ccc"];
    assert!(runs.iter().all(|run| block.contains(run)), "{block}");

    let block = fail(Some("random"));
    assert!(!block.contains("\nschedule\n"), "{block}");
    assert!(
        block.contains("SIM_SCHEDULE='random' SIM_SEED=0"),
        "{block}"
    );

    let block = fail(Some("replay=0,0,7"));
    assert!(
        block.contains("\nschedule\n  replay of 3 polls\nlast events\n"),
        "{block}"
    );
    assert!(
        block.contains("SIM_SCHEDULE='replay=0,0,7' SIM_SEED=0"),
        "{block}"
    );

    let block = fail(Some("lifo"));
    let advice = "SIM_SCHEDULE: \"lifo\" is no schedule: use `random`, `fifo`";
    assert!(block.contains(advice), "{block}");
}

/// The block names what was drawn, and not that it was. The random order is what there is without.
#[test]
fn a_failure_shows_what_was_drawn() {
    let mut seen = BTreeSet::new();
    for seed in 0..12 {
        let block = fail_at(seed, Some("drawn"));
        let line = format!("\nreplay\n  SIM_SCHEDULE='drawn' SIM_SEED={seed} cargo test ");
        assert!(block.contains(&line), "{block}");
        let (_, auditor) = run(seed, Schedule::Drawn, async |_| ());
        let drawn = auditor.schedule().to_string();
        let shown = match drawn.as_str() {
            "random" => "\"\nlast events\n".to_owned(),
            drawn => format!("\"\nschedule\n  {drawn}\nlast events\n"),
        };
        assert!(block.contains(&shown), "{drawn}: {block}");
        seen.extend(drawn.split(' ').next().map(str::to_owned));
    }
    assert_eq!(
        seen,
        ["pct", "random", "weighted"].map(str::to_owned).into()
    );
}
