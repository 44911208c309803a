//! Macros for code that is written on `runtime-traits`.
//!
//! [`select!`] waits for the first of several futures. [`simulate`](macro@simulate) turns an async
//! function into a test over many seeds.
//!
//! ```
//! use runtime_macros::select;
//! use runtime_traits::{Clock, Error, Stream};
//! use std::time::Duration;
//!
//! /// The next byte of either connection, or `None` after a second without one.
//! async fn next<C: Clock>(
//!     clock: C,
//!     (mut one, mut other): (impl Stream, impl Stream),
//! ) -> Option<Result<u8, Error>> {
//!     let (mut first, mut second) = ([0], [0]);
//!     select! {
//!         received = one.recv(&mut first) => Some(received.map(|()| first[0])),
//!         received = other.recv(&mut second) => Some(received.map(|()| second[0])),
//!         _ = clock.sleep(Duration::from_secs(1)) => None,
//!     }
//! }
//! ```
//!
//! This crate depends on no other crate of the workspace. What `select!` expands to names
//! `::runtime_traits`, and what `#[simulate]` expands to names `::runtime_deterministic`: whoever uses
//! them depends on these crates too, under these names.

#![forbid(unsafe_code)]

mod select;
mod simulate;

use proc_macro::TokenStream;

/// Waits for the first of several futures and runs its body.
///
/// ```
/// use runtime_macros::select;
/// use runtime_traits::{Clock, Signal};
/// use std::time::Duration;
///
/// /// Counts the seconds until the signal.
/// async fn count(clock: impl Clock, mut signal: Signal) -> u32 {
///     let mut seconds = 0;
///     loop {
///         select! {
///             _ = &mut signal => break seconds,
///             _ = clock.sleep(Duration::from_secs(1)) => { seconds += 1 },
///         };
///     }
/// }
/// ```
///
/// # Syntax
/// ```text
/// select! {
///     biased;                                  // optional
///     pattern = future => body,                // 1 to 64 branches
///     pattern = future, if condition => body,
///     else => body,                            // optional
/// }
/// ```
///
/// - `pattern` is irrefutable, as after `let`.
/// - `future` is whatever `.await` takes, [`Unpin`] or not. `&mut future` waits for a future that
///   lives on when another branch is chosen; it must then be `Unpin` (`pin!`, `Box::pin`).
/// - `condition` is a `bool`. A branch whose condition is false is disabled: it is never polled.
/// - `body` is an expression; the comma after it may be left out where a `match` would allow it.
///   All bodies have one type, the type of the whole.
///
/// # What happens, in order
/// 1. Every condition is evaluated, once.
/// 2. Every future expression is evaluated, from top to bottom, also those of disabled branches.
/// 3. The futures of the enabled branches are polled until one is ready.
/// 4. All futures are dropped, and the temporaries of their expressions.
/// 5. The body of the ready branch runs, with the output bound to its pattern; or `else`, when every
///    branch is disabled. What the pattern does not bind is dropped when the body ends.
///
/// Bodies, conditions and future expressions stand in the caller's own control flow: `break`,
/// `continue`, `return`, `?` and `.await` mean what they mean outside. A body may use again what a
/// future borrowed.
///
/// ```
/// # use runtime_macros::select;
/// # async fn pop(queue: &mut Vec<u32>) -> u32 { queue.pop().unwrap() }
/// # fn main() {
/// # let test = async {
/// let (mut left, mut right, mut seen) = (vec![1, 2], vec![3], Vec::new());
/// loop {
///     select! {
///         item = pop(&mut left), if !left.is_empty() => {
///             if item == 2 {
///                 left.push(4); // the future that borrowed `left` is gone
///             }
///             seen.push(item);
///         }
///         item = pop(&mut right), if !right.is_empty() => seen.push(item),
///         else => break,
///     }
/// }
/// seen.sort();
/// assert_eq!(seen, [1, 2, 3, 4]);
/// # };
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// # assert!(std::pin::pin!(test).poll(&mut context).is_ready());
/// # }
/// ```
///
/// # From `tokio::select!`
/// A pattern that may fail, as `Some(job) = jobs.recv()`, does not compile: "refutable pattern in local
/// binding". There a failed match disables the branch, and `else` runs once none is left; here the body
/// matches, and says what the other case means.
///
/// ```
/// # use runtime_macros::select;
/// # use runtime_traits::Signal;
/// # struct Jobs;
/// # impl Jobs { async fn recv(&mut self) -> Option<u32> { None } }
/// # async fn sum(mut jobs: Jobs, mut stopped: Signal) -> u32 {
/// let mut sum = 0;
/// loop {
///     select! {
///         job = jobs.recv() => match job {
///             Some(job) => sum += job,
///             None => break sum, // all senders are gone
///         },
///         _ = &mut stopped => break sum,
///     }
/// }
/// # }
/// ```
///
/// # Fairness
/// At each poll the branches are polled in an order drawn anew, a permutation from
/// `runtime_traits::select::order`: among the branches that are ready each is equally likely to be
/// chosen, wherever it stands. A backend decides where the draw comes from; in the simulator it is
/// the seed, so that the same seed chooses the same branches.
///
/// `biased;` polls from top to bottom and draws nothing. A branch at the top that is always ready
/// then starves the others.
///
/// # Cancellation
/// The futures of the branches that are not chosen are dropped where they stand. In a loop, keep what
/// must not be lost outside and wait for `&mut future`. A future that has ended must not be polled
/// again: disable its branch by a condition.
///
/// # Panics
/// When every branch is disabled and there is no `else`.
#[proc_macro]
pub fn select(input: TokenStream) -> TokenStream {
    select::expand(input.into()).into()
}

/// Turns an async function into a test that simulates it once for each of many seeds.
///
/// ```
/// # mod runtime_deterministic { pub struct Context; }
/// use runtime_deterministic::Context;
/// use runtime_macros::simulate;
/// use std::time::Duration;
///
/// #[simulate]
/// async fn replicas_agree(context: Context) {
///     // ..
/// }
///
/// const LONG: Duration = Duration::from_secs(600);
///
/// #[simulate(seeds = 0..500, timeout = LONG)]
/// async fn replicas_agree_after_crashes(context: Context) -> Result<(), String> {
///     // ..
///     Ok(())
/// }
/// ```
///
/// The function takes the root context of a simulation and returns `()` or a `Result<(), E>` whose
/// error is `Debug`. It stays callable under its name. The test is called `simulation`, in a module
/// with the function's name: `replicas_agree::simulation`. This is the name to give to `cargo test`,
/// and the ending by which a sweep finds the simulations of a workspace.
///
/// # Arguments
/// `field = value` sets a public field of `runtime_deterministic::Simulation`: `seeds` is the range
/// of seeds, `timeout` the limit in virtual time, `poll_limit` that of polls without time moving,
/// `panics` what the panic of a task does, `faults` what goes wrong by itself, `schedule` who is
/// polled next, `record` which events are kept. The values are evaluated where the function stands.
/// A field that is not given has its default. `name` and `package` are set by the macro.
///
/// # Attributes
/// Documentation, lint levels and `cfg` stay on the function, and `cfg` holds for the test too. All
/// others, such as `#[should_panic]` and `#[ignore]`, move to the test.
///
/// # Panics
/// The test fails when the function panics or returns an error for one of its seeds, with a message
/// that names the seed and how to run it alone.
#[proc_macro_attribute]
pub fn simulate(arguments: TokenStream, item: TokenStream) -> TokenStream {
    simulate::expand(arguments.into(), item.into()).into()
}
