//! Where panics happen, which their payloads do not say.
//!
//! The panic hook belongs to the process. It is set once, keeps nothing, and acts only on threads
//! that are inside a simulation: there it notes the place instead of printing it.

use std::{cell::RefCell, panic, sync::Once};

/// A panic: its place as `file:line:column`, and its text.
pub(super) struct Site {
    pub(super) place: String,
    pub(super) message: String,
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

fn set_hook() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let noted = WATCHED.try_with(|watched| {
            let mut watched = watched.try_borrow_mut().ok()?;
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            let message = crate::runner::message(info.payload()).into();
            watched.as_mut()?.push(Site { place, message });
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
