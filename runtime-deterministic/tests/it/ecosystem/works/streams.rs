//! Streams written as generators, and logs of what happens.

use crate::ecosystem::replay::{CROWD, Log, MILLI, ROUNDS, complete, crowd, gather, replays};
use futures::{StreamExt, stream};
use runtime_deterministic::Context;
use runtime_traits::Clock;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering::Relaxed},
};
use tracing::{Event, Metadata, Subscriber, field, span};

#[test]
fn async_stream() {
    replays(async |context: Context| {
        let ticks = |who| {
            let clock = context.clone();
            let ticks = async_stream::stream! {
                for round in 0..ROUNDS {
                    clock.sleep(MILLI).await;
                    yield (who, round);
                }
            };
            ticks.boxed()
        };
        let failing = async_stream::try_stream! {
            yield 1;
            Err("the source is gone")?;
        };
        let failing: Vec<Result<u32, &str>> = failing.collect().await;
        assert_eq!(failing, [Ok(1), Err("the source is gone")]);
        complete(stream::select_all((0..CROWD).map(ticks)).collect().await)
    });
}

/// Keeps the events' numbers, in the order in which they come.
#[derive(Clone, Default)]
struct Keeper {
    seen: Arc<Mutex<Vec<u64>>>,
    spans: Arc<AtomicU64>,
}

struct Numbers<'a>(&'a mut Vec<u64>);

impl field::Visit for Numbers<'_> {
    fn record_u64(&mut self, _: &field::Field, number: u64) {
        self.0.push(number);
    }
    fn record_debug(&mut self, _: &field::Field, _: &dyn std::fmt::Debug) {}
}

impl Subscriber for Keeper {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(self.spans.fetch_add(1, Relaxed) + 1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut Numbers(&mut self.seen.lock().unwrap()));
    }
    fn enter(&self, span: &span::Id) {
        self.seen.lock().unwrap().push(1000 + span.into_u64());
    }
    fn exit(&self, _: &span::Id) {}
}

#[test]
fn tracing_events() {
    replays(async |context: Context| {
        use tracing::Instrument;
        let (keeper, log, clock) = (Keeper::default(), Log::default(), context.clone());
        let _guard = tracing::subscriber::set_default(keeper.clone());
        let notes = log.clone();
        let crowd = crowd(&context, move |who, round| {
            let (log, clock) = (notes.clone(), clock.clone());
            let work = async move {
                clock.sleep(MILLI / 10).await;
                tracing::info!(who = u64::from(who), "worked");
                log.note(who, round);
            };
            work.instrument(tracing::info_span!("round", round))
        });
        gather(crowd).await;
        let seen = keeper.seen.lock().unwrap().clone();
        let events = seen.iter().copied().filter(|number| *number < 1000);
        let noted = log.complete();
        assert!(events.eq(noted.iter().map(|(who, _)| u64::from(*who))));
        seen
    });
}
