//! Several addresses, one connection: attempts that start one after the other and race, as RFC 8305
//! ("Happy Eyeballs") has it.

#[cfg(test)]
mod tests;

use runtime_traits::{Clock, Error};
use std::{
    future::poll_fn,
    net::IpAddr,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

/// The Connection Attempt Delay that RFC 8305, section 8, recommends.
const DELAY: Duration = Duration::from_millis(250);

/// The order of section 4: families take turns, the first address's family first.
pub(crate) fn interleave(addrs: Vec<IpAddr>) -> Vec<IpAddr> {
    let Some(first) = addrs.first().map(IpAddr::is_ipv6) else {
        return addrs;
    };
    let (these, others): (Vec<_>, Vec<_>) = addrs.into_iter().partition(|ip| ip.is_ipv6() == first);
    let (mut these, mut others) = (these.into_iter(), others.into_iter());
    let mut order = Vec::new();
    loop {
        let pair = [these.next(), others.next()];
        if pair == [None, None] {
            return order;
        }
        order.extend(pair.into_iter().flatten());
    }
}

type Attempt<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// The first attempt that succeeds; the others are dropped. The next one starts when the last one
/// has failed, or after 250 ms. `None` when there is no attempt, else the last failure.
pub(crate) async fn race<C: Clock, T>(
    clock: &C,
    attempts: impl IntoIterator<Item = Attempt<T>>,
) -> Option<Result<T, Error>> {
    let mut waiting = attempts.into_iter();
    let mut running: Vec<Attempt<T>> = Vec::new();
    let mut failure = None;
    loop {
        match waiting.next() {
            Some(attempt) => running.push(attempt),
            None if running.is_empty() => return failure.map(Err),
            None => {}
        }
        let more = waiting.size_hint().0 > 0;
        let mut delay = Box::pin(clock.sleep(DELAY));
        let next = poll_fn(|cx| match poll_any(&mut running, cx) {
            Poll::Ready(result) => Poll::Ready(Some(result)),
            Poll::Pending if more => delay.as_mut().poll(cx).map(|()| None),
            Poll::Pending => Poll::Pending,
        });
        match next.await {
            Some(Ok(connection)) => return Some(Ok(connection)),
            Some(Err(error)) => failure = Some(error),
            None => {}
        }
    }
}

/// The first of them to end, which is taken out.
fn poll_any<T>(running: &mut Vec<Attempt<T>>, cx: &mut Context<'_>) -> Poll<Result<T, Error>> {
    for place in 0..running.len() {
        if let Poll::Ready(result) = running[place].as_mut().poll(cx) {
            drop(running.remove(place));
            return Poll::Ready(result);
        }
    }
    Poll::Pending
}
