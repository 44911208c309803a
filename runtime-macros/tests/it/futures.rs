//! What may be waited for, and what the wait itself is as a future.

use crate::drive::{block_on, ready_after};
use runtime_macros::select;
use std::{
    cell::Cell,
    future::{IntoFuture, Ready, pending, ready},
    marker::PhantomPinned,
    pin::{Pin, pin},
    rc::Rc,
};

#[test]
fn futures_need_not_be_unpin() {
    let pinned = |polls| async move {
        let _pinned = PhantomPinned;
        ready_after(polls).await
    };
    let polls = block_on(async {
        select! {
            polls = pinned(1) => polls,
            polls = pinned(2) => polls,
        }
    });
    assert_eq!(polls, 1);
}

#[test]
fn a_borrowed_future_goes_on_in_the_next_round() {
    let mut boxed: Pin<Box<dyn Future<Output = usize>>> = Box::pin(ready_after(5));
    let rounds = block_on(async {
        let mut pinned = pin!(ready_after(9));
        let mut rounds = 0;
        loop {
            rounds += 1;
            select! {
                polls = &mut boxed => break (polls, rounds),
                _ = pinned.as_mut() => unreachable!("ready later"),
                _ = ready_after(1) => {}
            }
        }
    });
    assert_eq!(rounds.0, 5);
    assert!((3..=6).contains(&rounds.1), "{} rounds", rounds.1);
}

#[test]
fn what_converts_into_a_future_is_converted() {
    struct Request(u8);

    impl IntoFuture for Request {
        type Output = u8;
        type IntoFuture = Ready<u8>;

        fn into_future(self) -> Ready<u8> {
            ready(self.0)
        }
    }

    assert_eq!(
        block_on(async {
            select! { answer = Request(7) => answer }
        }),
        7
    );
}

#[test]
fn temporaries_live_as_long_as_the_future() {
    async fn length(bytes: &[u8]) -> usize {
        ready_after(2).await;
        bytes.len()
    }
    let length = block_on(async {
        select! {
            length = length(&Vec::from([1; 3])) => length,
            length = length(String::from("four").as_bytes()), if false => length,
        }
    });
    assert_eq!(length, 3);
}

#[test]
fn it_is_send_when_its_branches_are() {
    fn assert_send<T: Send>(value: T) -> T {
        value
    }
    let cell = Cell::new(1);
    let text = block_on(assert_send(async move {
        let mut signal = Box::pin(async move { cell.get() });
        select! {
            value = &mut signal, if value_is_kept().await => value.to_string(),
            text = ready(String::from("text")) => {
                ready_after(1).await;
                text
            }
            else => String::new(),
        }
    }));
    assert_eq!(text, "text");

    async fn value_is_kept() -> bool {
        ready_after(1).await == 0
    }
}

#[test]
fn its_branches_need_not_be_send() {
    let shared = Rc::new(Cell::new(0));
    block_on(async {
        select! {
            polls = ready_after(1) => shared.set(polls),
            () = async { pending::<()>().await; shared.set(9) } => {}
        }
    });
    assert_eq!(shared.get(), 1);
}

#[test]
fn it_holds_each_future_once() {
    async fn large() -> u8 {
        let bytes = [1; 1024];
        ready_after(1).await;
        bytes[0]
    }
    let future = async {
        let (a, b) = (large(), large());
        drop((a, b));
        select! {
            byte = large() => byte,
            byte = large() => byte,
        }
    };
    let size = size_of_val(&future);
    assert!(size < 2 * 1024 + 512, "{size} bytes");
    assert_eq!(block_on(future), 1);
}
