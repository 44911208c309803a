//! A shop that has its customers pay at a bank.
//!
//! The mistake: an answer that does not come in time is taken for a no, and the customer paid for
//! nothing. Seen in: jetcd 0.8.2, whose transactions appear to fail and succeed (Jepsen, 2024).

use crate::call::{Calls, ask};
use runtime_traits::{Clock, Error, Network};
use std::{collections::BTreeSet, net::SocketAddr, time::Duration};

const LIMIT: Duration = Duration::from_millis(100);

/// What the shop tells the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The bank took the payment.
    Paid,
    /// It did not, and will not.
    Declined,
}

/// The bank. It takes each payment once, however often it is asked to; `paid` is told which.
///
/// # Errors
/// What the listener says.
pub async fn serve<R: Network + Clock>(
    context: R,
    socket: SocketAddr,
    mut paid: impl FnMut(u64),
) -> Result<(), Error> {
    let mut payments = BTreeSet::new();
    let mut calls = Calls::bind(&context, socket).await?;
    loop {
        let call = calls.next().await?;
        let [id, ..] = call.question;
        if payments.insert(id) {
            paid(id);
        }
        call.answer([1, 0, 0]).await;
    }
}

/// Has the customer pay.
pub async fn buy<R: Network + Clock>(
    context: &R,
    bank: SocketAddr,
    id: u64,
    fixed: bool,
) -> Outcome {
    loop {
        let asked = ask(context, bank, [id, 0, 0]);
        match context.timeout(LIMIT, asked).await.flatten() {
            Ok([1, ..]) => return Outcome::Paid,
            // Nobody knows whether the bank heard of it: ask again.
            Err(_) if fixed => context.sleep(LIMIT).await,
            _ => return Outcome::Declined,
        }
    }
}
