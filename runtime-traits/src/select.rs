//! The order in which `select!` polls its branches. For the macro's expansion.

use crate::current::{Current, Numbers, STEP, mix};

/// A permutation of `0..N`, each equally likely, from one draw of 64 bits.
///
/// The bits come from the generator of the run whose task is polled
/// ([`Current::with_order`]); outside any run, from one of the thread's that starts the same
/// everywhere. Among the branches that are ready each is then polled first equally often, which a
/// rotation does not give.
///
/// ```
/// let mut order = runtime_traits::select::order::<3>();
/// order.sort();
/// assert_eq!(order, [0, 1, 2]);
/// ```
///
/// # Panics
/// When `N` is more than 256.
pub fn order<const N: usize>() -> [u8; N] {
    let mut order =
        std::array::from_fn(|branch| u8::try_from(branch).expect("at most 256 branches"));
    let mut state = if N > 1 {
        Current::draw().unwrap_or_else(outside)
    } else {
        0
    };
    for last in (1..N).rev() {
        // The draw starts a sequence of its own: the digits of one number would run out at 20.
        state = state.wrapping_add(STEP);
        let place = (u128::from(mix(state)) * (last as u128 + 1)) >> 64;
        order.swap(last, place as usize);
    }
    order
}

fn outside() -> u64 {
    thread_local! {
        static NUMBERS: Numbers = Numbers::default();
    }
    NUMBERS.try_with(Numbers::next).unwrap_or(0)
}
