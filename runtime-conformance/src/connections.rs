//! Both directions of a connection. What one direction does is in [`streams`](crate::streams).

use crate::connection::{Halves, numbers, pair, read_to_end, receive};
use runtime_traits::{Clock, Error, Network, Runner, Sink, Spawner};
use std::time::Duration;

/// Bytes arrive in the order in which they were sent, in both directions at once.
pub fn bytes_arrive_in_order_both_ways_at_once<R: Runner, C: Network + Spawner>(
    (runner, context): (R, C),
) {
    const LEN: usize = 300_000;
    runner.start(async {
        let (near, far) = pair(&context).await;
        let (near, far) = (
            halves_at_work::<C>(&context, near),
            halves_at_work::<C>(&context, far),
        );
        for reader in [near, far] {
            assert!(reader.await.expect("the task returns") == numbers(LEN));
        }
    });

    fn halves_at_work<C: Network + Spawner>(
        context: &C,
        (mut sink, mut stream): Halves<C>,
    ) -> runtime_traits::Handle<Vec<u8>> {
        let _writer = context.spawn("writer", async move {
            for chunk in numbers(LEN).chunks(7_001) {
                sink.send(chunk).await.expect("the peer reads");
            }
        });
        context.spawn("reader", async move { receive(&mut stream, LEN).await })
    }
}

/// Closing one direction leaves the other open, at either end.
pub fn half_close_works_both_ways<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let (one, other) = pair(&context).await;
        closes_first::<C>(one, other).await;
        let (one, other) = pair(&context).await;
        closes_first::<C>(other, one).await;
    });

    async fn closes_first<C: Network>(
        (mut closing, mut still_reading): Halves<C>,
        (mut still_sending, mut reading): Halves<C>,
    ) {
        closing.send(b"question").await.expect("the peer is there");
        closing.close().await.expect("it is open");
        let asked = read_to_end(&mut reading).await;
        assert_eq!(asked, (b"question".to_vec(), Ok(())));
        still_sending
            .send(b"answer")
            .await
            .expect("this way is open");
        still_sending.close().await.expect("it is open");
        let answered = read_to_end(&mut still_reading).await;
        assert_eq!(answered, (b"answer".to_vec(), Ok(())));
    }
}

/// After the peer's reset both halves fail, and go on failing.
pub fn a_reset_is_an_error_on_both_halves<R: Runner, C: Network + Clock>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let ((mut rude, stream), (mut sink, mut reading)) = pair(&context).await;
        rude.poison();
        drop((rude, stream));
        let (_, end) = read_to_end(&mut reading).await;
        assert!(matches!(end, Err(Error::RecvFailed(_))), "{end:?}");
        let mut sent = Ok(());
        for _ in 0..100 {
            sent = sink.send(b"anybody?").await;
            if sent.is_err() {
                break;
            }
            context.sleep(Duration::from_millis(1)).await;
        }
        assert!(matches!(sent, Err(Error::SendFailed(_))), "{sent:?}");
        let again = sink.send(b"anybody?").await;
        assert!(matches!(again, Err(Error::SendFailed(_))), "{again:?}");
    });
}
