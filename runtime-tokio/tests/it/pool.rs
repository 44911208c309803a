//! The threads of tasks and of blocking work.

use crate::{run_with, two_workers};
use futures::future::join_all;
use runtime_tokio::{Config, ConfigError, Executor, Threads};
use runtime_traits::{Runner, Spawner, Storage};
use std::{
    env,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

/// The most works that ran at once.
fn most_at_once(blocking_threads: usize) -> usize {
    let mut config = two_workers();
    config.blocking_threads = blocking_threads;
    run_with(config, async |context| {
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let works = (0..16).map(|_| {
            let (running, most) = (running.clone(), most.clone());
            context.spawn_blocking("work", move || {
                most.fetch_max(running.fetch_add(1, SeqCst) + 1, SeqCst);
                (0..1_000).for_each(|_| thread::yield_now());
                running.fetch_sub(1, SeqCst);
            })
        });
        for ended in join_all(works).await {
            ended.unwrap();
        }
        most.load(SeqCst)
    })
}

#[test]
fn blocking_work_has_as_many_threads_as_configured() {
    assert_eq!(most_at_once(1), 1);
    assert!(most_at_once(3) <= 3);
}

/// Whether the test of this name, which others leave out, passes in a process of its own.
#[cfg(target_os = "linux")]
fn passes_alone(test: &str) {
    let mut process = Command::new(env::current_exe().unwrap());
    let output = process.args([test, "--exact", "--ignored"]).output();
    let said = String::from_utf8(output.unwrap().stdout).unwrap();
    assert!(said.contains("1 passed"), "{said}");
}

/// The process: storage asks for 64 threads at once.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "the test of storage's threads runs it"]
fn run_with_one_thread_for_storage() {
    let mut config = Config::default();
    config.threads = Threads::Current;
    config.storage_threads = 1;
    run_with(config, async |context| {
        let names: Vec<[u8; 1]> = (0..64).map(|name| [name]).collect();
        let opens = names.iter().map(|name| context.open("blobs", name));
        for opened in join_all(opens).await {
            opened.unwrap();
        }
        // A thread that is done may still be on its way out when the next begins.
        let threads = std::fs::read_dir("/proc/self/task").unwrap();
        let ours = threads.filter(|thread| {
            let name = thread.as_ref().unwrap().path().join("comm");
            std::fs::read_to_string(name).is_ok_and(|name| name.trim() == "runtime-tokio")
        });
        let ours = ours.count();
        assert!((1..=4).contains(&ours), "{ours} threads");
    });
}

#[cfg(target_os = "linux")]
#[test]
fn storage_has_as_many_threads_as_configured() {
    passes_alone("pool::run_with_one_thread_for_storage");
}

/// The process: its address space has room for the stacks of some hundred threads.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "the test of too few threads runs it"]
fn run_with_too_few_threads() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    thread::spawn(|| {
        thread::sleep(Duration::from_secs(60));
        eprintln!("the test waits for ever");
        std::process::exit(1);
    });
    let limit = Some(1 << 30);
    let (current, maximum) = (limit, limit);
    setrlimit(Resource::As, Rlimit { current, maximum }).unwrap();
    let mut config = Config::default();
    config.threads = Threads::Workers(4_000);
    let refused = Executor::try_init(config).err().unwrap();
    assert!(matches!(refused, ConfigError::Threads(_)));
    let (runner, context) = Executor::init(two_workers());
    assert_eq!(runner.start(context.spawn("task", async { 1 })), Ok(1));
}

#[cfg(target_os = "linux")]
#[test]
fn more_workers_than_the_system_gives_are_refused() {
    passes_alone("pool::run_with_too_few_threads");
}

#[test]
fn tasks_have_as_many_workers_as_configured() {
    let workers = |threads| {
        let mut config = Config::default();
        config.threads = threads;
        run_with(config, async |context| {
            let count = async { tokio::runtime::Handle::current().metrics().num_workers() };
            context.spawn("count", count).await.unwrap()
        })
    };
    assert_eq!(workers(Threads::Workers(1)), 1);
    assert_eq!(workers(Threads::Workers(3)), 3);
    assert_eq!(workers(Threads::Current), 1);
    let cores = thread::available_parallelism().unwrap().get();
    assert_eq!(workers(Threads::PerCore), cores);
}
