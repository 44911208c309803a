//! What an end of a channel is told to do, and how far it has got. It knows no bytes and no tasks.

use std::io;

/// How an end of a [`Channel`](crate::Channel) behaves, byte by byte.
///
/// A script is a value: it may be cloned, kept in a table of test cases, generated. Its steps are
/// taken in order by the calls of `poll_recv` of a stream, or of `poll_send` of a sink, whose buffers
/// are not empty; bytes that were given back are received past it. After the last step the end behaves
/// plainly.
///
/// ```
/// use runtime_mocks::{Channel, Script};
/// use std::io::ErrorKind;
///
/// // Three bytes, two waits, five bytes, and the connection breaks.
/// let script = Script::new().bytes(3).pending(2).bytes(5).fail(ErrorKind::ConnectionReset);
/// let (sink, stream) = Channel::scripted(1024, Script::new(), script);
/// # drop((sink, stream));
/// ```
///
/// The other end's doings come first where they come earlier: a stream whose sink is closed at byte
/// 4 ends there, whatever its script says of byte 8.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    steps: Vec<Step>,
    then: Then,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Bytes(usize),
    Pending(usize),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Then {
    #[default]
    Plain,
    Repeat,
    Fail(io::ErrorKind),
    End,
}

impl Script {
    /// No step: an end that behaves plainly.
    pub fn new() -> Self {
        Self::default()
    }

    /// The next `count` bytes, which no call moves together with a byte behind them. A call that is
    /// given a smaller buffer, or fewer bytes, leaves the rest of them to the next.
    ///
    /// # Panics
    /// When `count` is 0, or after [`repeat`](Self::repeat), [`fail`](Self::fail) or
    /// [`end`](Self::end).
    #[must_use]
    #[track_caller]
    pub fn bytes(self, count: usize) -> Self {
        assert!(
            count > 0,
            "a step of 0 bytes is no step: leave it out, or say `end`"
        );
        self.step(Step::Bytes(count))
    }

    /// The next `calls` calls wait, whether or not there is something to move. Each wakes its task at
    /// once, so that the next call comes.
    ///
    /// # Panics
    /// After [`repeat`](Self::repeat), [`fail`](Self::fail) or [`end`](Self::end).
    #[must_use]
    #[track_caller]
    pub fn pending(self, calls: usize) -> Self {
        self.step(Step::Pending(calls))
    }

    /// Begins again from the first step, for ever: `bytes(1).repeat()` moves every byte alone.
    ///
    /// # Panics
    /// When no step moves a byte: the end would wait for ever. After another `repeat`,
    /// [`fail`](Self::fail) or [`end`](Self::end).
    #[must_use]
    #[track_caller]
    pub fn repeat(self) -> Self {
        let moves = self.steps.iter().any(|step| matches!(step, Step::Bytes(_)));
        assert!(
            moves,
            "a script that repeats without `bytes` would wait for ever: add `bytes(1)`"
        );
        self.then(Then::Repeat)
    }

    /// The connection breaks: this call and every later one fails with `kind`, as `RecvFailed` on a
    /// stream, once it has no bytes that were given back, and as `SendFailed` on a sink. A
    /// [`send`](runtime_traits::Sink::send) that fails so after a part of its message has left poisons the
    /// sink, which is `Closed` from then on.
    ///
    /// The other end learns of it: a stream reads what was sent before and is then reset, a sink
    /// finds a broken pipe.
    ///
    /// # Panics
    /// After [`repeat`](Self::repeat), [`end`](Self::end) or another `fail`.
    #[must_use]
    #[track_caller]
    pub fn fail(self, kind: io::ErrorKind) -> Self {
        self.then(Then::Fail(kind))
    }

    /// Nothing more moves. A stream has come to its clean end, and its sink finds a broken pipe. A
    /// sink takes no byte, which [`send`](runtime_traits::Sink::send) reports as `SendFailed` of
    /// kind `WriteZero`; it can still be closed, unless that send has poisoned it, since a part of its
    /// message had left.
    ///
    /// # Panics
    /// After [`repeat`](Self::repeat), [`fail`](Self::fail) or another `end`.
    #[must_use]
    #[track_caller]
    pub fn end(self) -> Self {
        self.then(Then::End)
    }

    #[track_caller]
    fn step(mut self, step: Step) -> Self {
        self.refuse_after_last();
        self.steps.push(step);
        self
    }

    #[track_caller]
    fn then(mut self, then: Then) -> Self {
        self.refuse_after_last();
        self.then = then;
        self
    }

    #[track_caller]
    fn refuse_after_last(&self) {
        assert!(
            self.then == Then::Plain,
            "`repeat`, `fail` and `end` are a script's last step: nothing that follows would be reached"
        );
    }
}

/// What the script says of the next call.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    Move { at_most: usize },
    Wait,
    Fail(io::ErrorKind),
    End,
}

/// A script, and how far it has got.
#[derive(Debug)]
pub(crate) struct Play {
    script: Script,
    step: usize,
    done: usize,
}

impl Play {
    pub(crate) fn new(script: Script) -> Self {
        Self {
            script,
            step: 0,
            done: 0,
        }
    }

    /// Takes a wait; bytes are taken by [`moved`](Self::moved), once it is known how many.
    pub(crate) fn turn(&mut self) -> Turn {
        loop {
            match self.script.steps.get(self.step) {
                Some(Step::Bytes(count)) if self.done < *count => {
                    return Turn::Move {
                        at_most: count - self.done,
                    };
                }
                Some(Step::Pending(calls)) if self.done < *calls => {
                    self.done += 1;
                    return Turn::Wait;
                }
                Some(_) => (self.step, self.done) = (self.step + 1, 0),
                None => match self.script.then {
                    Then::Plain => {
                        return Turn::Move {
                            at_most: usize::MAX,
                        };
                    }
                    Then::Repeat => self.step = 0,
                    Then::Fail(kind) => return Turn::Fail(kind),
                    Then::End => return Turn::End,
                },
            }
        }
    }

    pub(crate) fn moved(&mut self, count: usize) {
        if self.step < self.script.steps.len() {
            self.done += count;
        }
    }
}
