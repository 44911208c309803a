//! Work that begins while the run ends.

use super::Jobs;
use futures::FutureExt;
use runtime_traits::Error;
use std::time::Duration;

#[test]
fn what_begins_after_the_rest_was_abandoned_is_closed() {
    let jobs = Jobs::default();
    let (_early, running) = jobs.begin::<()>("early".into());
    assert_eq!(jobs.abandon(), ["early".into()]);
    let (late, begun) = jobs.begin::<()>("late".into());
    assert_eq!(running.now_or_never(), Some(Err(Error::Closed)));
    assert_eq!(begun.now_or_never(), Some(Err(Error::Closed)));
    late.finish(Ok(()));
    jobs.wait(Duration::MAX);
}
