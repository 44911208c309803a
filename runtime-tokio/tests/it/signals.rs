//! Ctrl-C and SIGTERM, sent to a process of their own.

use crate::two_workers;
use runtime_tokio::{Config, Executor};
use runtime_traits::{Runner, Spawner};
use rustix::process::Signal;
use std::{
    env,
    future::pending,
    io::{BufRead, BufReader, Lines},
    os::unix::process::ExitStatusExt,
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
};
use tokio::runtime::{Builder, Handle};

/// The process: it says when it is ready and when it was stopped.
#[test]
#[ignore = "the tests of signals run it"]
fn run_until_stopped() {
    let Ok(manner) = env::var("SIGNALS") else {
        return;
    };
    let mut config = two_workers();
    config.stop_on_signals = manner != "deaf";
    if manner == "attached" {
        return end_attached(config);
    }
    let (runner, context) = Executor::init(config);
    runner.start(async {
        println!("\nready");
        let value = context.stopped().await.unwrap();
        println!("\nstopped {value}");
        if manner == "stays" {
            pending::<()>().await;
        }
    });
}

/// What an attached run leaves on the runtime that it does not own.
fn end_attached(config: Config) {
    println!("\nready");
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let here = Handle::current();
        let (attached, _context) = Executor::attach(here.clone(), config).unwrap();
        attached.end().await;
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        println!("\n{} left", here.metrics().num_alive_tasks());
    });
}

struct Process {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl Process {
    fn start(manner: &str) -> Self {
        let test = ["signals::run_until_stopped", "--exact", "--ignored"];
        let mut child = Command::new(env::current_exe().unwrap())
            .args(test)
            .arg("--nocapture")
            .env("SIGNALS", manner)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut process = Self { child, said };
        process.hear("ready");
        process
    }

    fn hear(&mut self, text: &str) {
        while self.said.next().expect("it has ended").unwrap() != text {}
    }

    fn send(&self, signal: Signal) {
        let process = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(process, signal).unwrap();
    }

    fn end(mut self) -> ExitStatus {
        // All of it, or it might wait to be heard.
        self.said.by_ref().for_each(drop);
        self.child.wait().unwrap()
    }
}

#[test]
fn a_signal_stops_the_run() {
    for (signal, said) in [(Signal::TERM, "stopped 143"), (Signal::INT, "stopped 130")] {
        let mut process = Process::start("leaves");
        process.send(signal);
        process.hear(said);
        assert_eq!(process.end().code(), Some(0));
    }
}

#[test]
fn a_second_signal_ends_the_process() {
    let mut process = Process::start("stays");
    process.send(Signal::INT);
    process.hear("stopped 130");
    process.send(Signal::TERM);
    assert_eq!(process.end().code(), Some(143));
}

#[test]
fn who_hears_the_signals_goes_with_the_run() {
    let mut process = Process::start("attached");
    process.hear("0 left");
    assert_eq!(process.end().code(), Some(0));
}

#[test]
fn signals_are_the_systems_unless_asked_for() {
    let process = Process::start("deaf");
    process.send(Signal::TERM);
    assert_eq!(process.end().signal(), Some(Signal::TERM.as_raw()));
}
