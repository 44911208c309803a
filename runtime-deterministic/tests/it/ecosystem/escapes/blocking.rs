//! Calls that block the thread: the one thread of the simulation.

use crate::ecosystem::replay::{MILLI, outcomes};
use futures::{
    executor,
    future::{Either, select},
};
use runtime_deterministic::Context;
use runtime_traits::{Clock, Spawner};
use std::{
    sync::mpsc::{self, RecvTimeoutError},
    time::Duration,
};

/// Long enough for whoever could run, were there a second thread.
const REAL: Duration = Duration::from_millis(2);

/// Nothing else runs while a task waits in its poll, so without a limit it would wait for ever.
#[test]
#[expect(clippy::disallowed_methods, reason = "it is the subject")]
fn blocking_receive() {
    let waits = outcomes(async |context: Context| {
        let (sender, receiver) = mpsc::channel();
        let send = context.spawn("sender", async move { sender.send(7) });
        let blocked = context.spawn("receiver", async move {
            let early = receiver.recv_timeout(REAL);
            (early, receiver)
        });
        let (early, receiver) = blocked.await.unwrap();
        send.await.unwrap().unwrap();
        early == Ok(7) || (early, receiver.try_recv()) == (Err(RecvTimeoutError::Timeout), Ok(7))
    });
    assert_eq!(waits, ["true".to_owned()].into());
}

#[test]
#[expect(clippy::disallowed_methods, reason = "they are the subject")]
fn block_on() {
    let slept = outcomes(async |context: Context| {
        let sleep = context.sleep(MILLI);
        let slept = select(sleep, async_io::Timer::after(REAL));
        matches!(executor::block_on(slept), Either::Left(_))
    });
    assert_eq!(
        slept,
        ["false".to_owned()].into(),
        "virtual time stands still"
    );
}
