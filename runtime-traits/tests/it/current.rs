//! Which task a thread shows.

use runtime_traits::{Current, Tasks, select};
use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc,
    thread,
};

fn shown() -> (String, Option<u32>) {
    (Current::label(), Current::context())
}

fn shows(label: &str, context: impl Into<Option<u32>>) -> (String, Option<u32>) {
    (label.into(), context.into())
}

#[test]
fn a_root_shows_its_context_and_no_label() {
    let mut root = Current::root(7_u32);
    assert_eq!(root.enter(shown), shows("", 7));
}

#[test]
fn outside_any_task_nothing_is_shown() {
    assert_eq!(shown(), shows("", None));
    let mut empty = Current::default();
    assert_eq!(empty.enter(shown), shows("", None));
}

#[test]
fn a_context_of_another_type_is_not_shown() {
    let mut root = Current::root(7_u32);
    assert_eq!(root.enter(Current::context::<u64>), None);
    assert_eq!(root.enter(|| Current::with_context(|_: &u64| ())), None);
    let half = root.enter(|| Current::with_context(|seven: &u32| seven / 2));
    assert_eq!(half, Some(3));
}

#[test]
fn a_child_shows_its_parents_context_and_both_labels() {
    let mut root = Current::root(7_u32);
    let mut have = root.enter(|| Current::child("have"));
    let mut fun = have.enter(|| Current::child("fun"));
    assert_eq!(have.enter(shown), shows("have", 7));
    assert_eq!(fun.enter(shown), shows("have_fun", 7));
    assert_eq!((&**have.path(), &**fun.path()), ("have", "have_fun"));
}

#[test]
fn a_child_is_made_only_where_the_context_is_the_one_that_is_meant() {
    let mut root = Current::root(7_u32);
    let mut child_where = |seven: u32| {
        let child = root.enter(|| Current::child_where("have", |context: &u32| *context == seven));
        child.map(|mut child| child.enter(shown))
    };
    assert_eq!(child_where(7), Some(shows("have", 7)));
    assert_eq!(child_where(8), None);
    let child = root.enter(|| Current::child_where("have", |_: &u64| true));
    assert!(child.is_none(), "it is not a u64");
    assert!(
        Current::child_where("have", |_: &u32| true).is_none(),
        "there is no task"
    );
}

#[test]
fn a_child_may_carry_the_context_of_another() {
    let mut root = Current::root(7_u32);
    let child = root.enter(|| Current::child("have"));
    let mut child = child.with_context_of(&Current::root(8_u32));
    assert_eq!(child.enter(shown), shows("have", 8));
}

#[test]
fn an_end_uncounts_first_and_tells_the_context_then() {
    let tasks = Tasks::new();
    let mut root = Current::root(7_u32).with_tasks(tasks.clone());
    let (one, other) = root.enter(|| (Current::child("task"), Current::child("task")));
    let mut told = Vec::new();
    one.end(|seven: &u32| told.push((*seven, tasks.counts()[0].running)));
    assert_eq!(told, [(7, 1)]);
    other.end(|_: &u64| panic!("it is not a u64"));
    assert_eq!(tasks.counts()[0].running, 0);
    Current::default().end(|_: &u32| panic!("there is none"));
}

#[test]
fn a_thread_that_ends_shows_what_it_enters() {
    /// Enters a task when its thread ends, after `Current` was first looked at or before.
    struct Late(mpsc::Sender<(String, Option<u32>)>);
    impl Drop for Late {
        fn drop(&mut self) {
            let seen = Current::root(7_u32).enter(shown);
            self.0.send(seen).unwrap();
        }
    }
    thread_local! { static LATE: Cell<Option<Late>> = const { Cell::new(None) } }
    let (sender, seen) = mpsc::channel();
    for first in [true, false] {
        let late = Late(sender.clone());
        let touch = move || assert_eq!(shown(), shows("", None));
        let ending = thread::spawn(move || {
            if first {
                touch();
            }
            LATE.set(Some(late));
            touch();
        });
        ending.join().unwrap();
        assert_eq!(seen.recv().unwrap(), shows("", 7));
    }
}

#[test]
fn a_child_from_outside_has_a_label_alone() {
    let mut child = Current::child("alone");
    assert_eq!(child.enter(shown), shows("alone", None));
}

#[test]
fn a_child_made_through_another_context_carries_that_one() {
    let mut here = Current::root(1_u32);
    let child = here.enter(|| {
        let mut there = Current::root(2_u32);
        there.enter(|| Current::child("task"))
    });
    let mut child = child;
    assert_eq!(child.enter(shown), shows("task", 2));
}

#[test]
fn entering_nests_and_restores() {
    let mut outer = Current::root(1_u32);
    let mut inner = Current::root(2_u32);
    outer.enter(|| {
        let mut task = Current::child("task");
        task.enter(|| {
            assert_eq!(inner.enter(shown), shows("", 2));
            assert_eq!(shown(), shows("task", 1));
        });
        assert_eq!(shown(), shows("", 1));
    });
    assert_eq!(shown(), shows("", None));
}

#[test]
fn a_panic_restores_what_was_shown() {
    let mut outer = Current::root(1_u32);
    let mut inner = Current::root(2_u32);
    outer.enter(|| {
        let result = catch_unwind(AssertUnwindSafe(|| inner.enter(|| panic!("inside"))));
        let payload = result.map(|(): ()| ()).unwrap_err();
        assert_eq!(payload.downcast_ref(), Some(&"inside"));
        assert_eq!(shown(), shows("", 1));
    });
    assert_eq!(shown(), shows("", None));
    assert_eq!(inner.enter(shown), shows("", 2));
}

#[test]
fn runs_take_turns_on_a_thread() {
    let mut first = Current::root(1_u32);
    let mut second = Current::root(2_u32);
    let mut first_task = first.enter(|| Current::child("a"));
    let mut second_task = second.enter(|| Current::child("b"));
    for _ in 0..3 {
        assert_eq!(first_task.enter(shown), shows("a", 1));
        assert_eq!(second_task.enter(shown), shows("b", 2));
        assert_eq!(first.enter(shown), shows("", 1));
        assert_eq!(second.enter(shown), shows("", 2));
    }
}

#[test]
fn a_task_shows_the_same_on_every_thread_and_only_while_it_is_entered() {
    let mut root = Current::root(7_u32);
    let mut task = root.enter(|| Current::child("task"));
    let elsewhere = move || {
        assert_eq!(task.enter(shown), shows("task", 7));
        shown()
    };
    root.enter(|| {
        assert_eq!(thread::spawn(elsewhere).join().unwrap(), shows("", None));
    });
}

#[test]
fn children_draw_from_their_runs_generator() {
    let orders = |bits| {
        let mut root = Current::root(()).with_order(move || bits);
        let mut child = root.enter(|| Current::child("child"));
        [(); 10].map(|()| child.enter(select::order::<16>))
    };
    let (some, others) = (orders(1), orders(2));
    assert_eq!(some, [some[0]; 10]);
    assert_eq!(others, [others[0]; 10]);
    assert_ne!(some, others);
}

#[test]
#[should_panic(expected = "already borrowed")]
fn entering_a_task_from_a_look_at_the_context_is_refused() {
    let mut root = Current::root(7_u32);
    root.enter(|| Current::with_context(|_: &u32| Current::default().enter(|| ())));
}
