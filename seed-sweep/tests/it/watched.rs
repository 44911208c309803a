//! A sweep that somebody looks at, and ends.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};
use std::thread;

use rustix::process::{Pid, Signal, kill_process_group};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::scratch::{Scratch, stdout};

const TESTS: &str = r#"//! Comes to its end only up to seed 3.
use std::{thread::sleep, time::Duration};
mod slow {
    #[test]
    fn simulation() {
        runtime_deterministic::simulate("slow", |seed| match seed {
            0..3 => Ok(super::sleep(super::Duration::from_millis(200))),
            _ => Ok(super::sleep(super::Duration::from_secs(600))),
        });
    }
}
"#;

/// As a terminal does on Ctrl-C: to all that it runs, the sweep's children included if they let it.
fn signal(child: &Child, signal: Signal) {
    let pid = Pid::from_raw(child.id().try_into().unwrap()).unwrap();
    kill_process_group(pid, signal).unwrap();
}

#[test]
fn a_sweep_that_is_interrupted_tells_what_is_known_and_leaves_nothing() {
    let scratch = Scratch::with(TESTS);
    for number in [Signal::INT, Signal::TERM] {
        let mut child = scratch
            .command("seed-sweep --jobs 1")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("seeds/s") {
            line.clear();
            assert!(
                stderr.read_line(&mut line).unwrap() > 0,
                "no line tells the progress"
            );
        }
        assert!(line.starts_with("3/1000 seeds, 0 failed, "), "{line}");
        assert!(line.ends_with(" s left\n"), "{line}");
        signal(&child, number);
        let output = child.wait_with_output().unwrap();
        line.clear();
        stderr.read_to_string(&mut line).unwrap();
        assert_eq!(line, "seed-sweep: interrupted before all was run\n");
        let shown = stdout(&output);
        assert!(
            shown.starts_with("1 simulation, 3 seeds run: 3 passed, 0 failed\n"),
            "{shown}"
        );
        assert_eq!(output.status.code(), Some(2), "{shown}");
        assert!(!scratch.exists("target/seed-sweep"));
    }
}

#[test]
fn a_terminal_shows_a_bar_with_rate_and_time_left() {
    let scratch = Scratch::with(TESTS);
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let path = ptsname(&terminal, Vec::new()).unwrap();
    let side =
        |path: &str| OwnedFd::from(File::options().read(true).write(true).open(path).unwrap());
    let mut child = scratch
        .command("seed-sweep --jobs 1 --seeds 0..3")
        .stdout(Stdio::null())
        .stderr(side(path.to_str().unwrap()))
        .spawn()
        .unwrap();
    let shown = thread::spawn(move || {
        let mut shown = Vec::new();
        // Reading fails once nobody has the other side open.
        let _ = File::from(terminal).read_to_end(&mut shown);
        String::from_utf8_lossy(&shown).into_owned()
    });
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let shown = shown.join().unwrap();
    assert!(shown.contains("/3 seeds, 0 failed, "), "{shown}");
    assert!(shown.contains("seeds/s, "), "{shown}");
    assert!(shown.contains('░') && shown.contains('\r'), "{shown:?}");
}
