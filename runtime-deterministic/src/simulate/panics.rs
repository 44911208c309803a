//! Where panics happen, which their payloads do not say.
//!
//! The panic hook belongs to the process. It is set once, keeps nothing, and acts only on threads
//! that are inside a simulation: there it notes the place instead of printing it.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    cell::RefCell,
    panic,
    sync::Once,
};

/// A panic: its place as `file:line:column`, its text, and how it came there, if `RUST_BACKTRACE` asks.
pub(super) struct Site {
    pub(super) place: String,
    pub(super) message: String,
    pub(super) backtrace: Option<Backtrace>,
}

thread_local! {
    static WATCHED: RefCell<Option<Vec<Site>>> = const { RefCell::new(None) };
}

/// Watches this thread's panics until its [`end`](Self::end).
pub(super) struct Sites {
    outer: Option<Vec<Site>>,
}

impl Sites {
    pub(super) fn watch() -> Self {
        static HOOK: Once = Once::new();
        HOOK.call_once(set_hook);
        Self {
            outer: WATCHED.replace(Some(Vec::new())),
        }
    }

    /// The panics since, in their order.
    pub(super) fn end(mut self) -> Vec<Site> {
        WATCHED.replace(self.outer.take()).unwrap_or_default()
    }
}

/// The frames from what the test called to the run: neither those of the panic nor those of the run. A frame
/// of this crate may be either's, as a handle that is asked.
pub(super) fn shorten(backtrace: &str) -> String {
    let mut frames: Vec<String> = Vec::new();
    for line in backtrace.lines() {
        match frames.last_mut() {
            // Its second line says where it is.
            Some(frame) if line.trim_start().starts_with("at ") => *frame += &format!("\n{line}"),
            _ => frames.push(line.into()),
        }
    }
    let has = |frame: &String, parts: [&str; 2]| parts.iter().any(|part| frame.contains(part));
    let is_of_the_panic = |frame: &String| has(frame, ["rust_begin_unwind", "core::panicking::"]);
    let of_the_run = [
        "runtime_deterministic::runner::",
        "runtime_deterministic::simulate::run",
    ];
    let begin = frames.iter().rposition(is_of_the_panic);
    let frames = &frames[begin.map_or(0, |last| last + 1)..];
    let end = frames.iter().position(|frame| has(frame, of_the_run));
    frames[..end.unwrap_or(frames.len())].join("\n")
}

fn set_hook() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let noted = WATCHED.try_with(|watched| {
            let mut watched = watched.try_borrow_mut().ok()?;
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            let message = crate::runner::message(info.payload()).into();
            let backtrace = Backtrace::capture();
            let captured = backtrace.status() == BacktraceStatus::Captured;
            watched.as_mut()?.push(Site {
                place,
                message,
                backtrace: captured.then_some(backtrace),
            });
            Some(())
        });
        if !matches!(noted, Ok(Some(()))) {
            before(info);
        }
    }));
}

/// The name of this thread, which cargo's harness makes the test's.
pub(super) fn thread_name() -> String {
    let thread = std::thread::current(); // tidy: asks for a name, and starts nothing
    thread.name().unwrap_or("simulation").into()
}
