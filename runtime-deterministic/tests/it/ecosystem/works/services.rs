//! `tower`: the layers that ask no clock and spawn no task.

use crate::ecosystem::replay::{CROWD, Log, MILLI, crowd, gather, replays};
use futures::future::BoxFuture;
use runtime_deterministic::Context;
use runtime_traits::{Clock, Error, Spawner};
use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};
use tower::{
    BoxError, Service, ServiceBuilder, ServiceExt, buffer::Buffer, load_shed::error::Overloaded,
    retry::Policy, service_fn,
};

type Request = (u32, u32);

/// Notes the request, and answers it a little later.
fn slow(
    context: &Context,
    log: &Log,
) -> impl Service<Request, Response = Request, Error = BoxError, Future: Send>
+ Clone
+ Send
+ Sync
+ 'static {
    let (clock, log) = (context.clone(), log.clone());
    service_fn(move |request: Request| {
        let (clock, log) = (clock.clone(), log.clone());
        async move {
            log.note(request.0, request.1);
            clock.sleep(MILLI / 10).await;
            Ok::<_, BoxError>(request)
        }
    })
}

#[test]
fn concurrency_limit() {
    replays(async |context: Context| {
        let (log, running, most) = (
            Log::default(),
            Arc::new(AtomicU32::new(0)),
            Arc::new(AtomicU32::new(0)),
        );
        let (inner, peak) = (slow(&context, &log), most.clone());
        let counted = service_fn(move |request| {
            let (inner, running, peak) = (inner.clone(), running.clone(), peak.clone());
            async move {
                peak.fetch_max(running.fetch_add(1, Relaxed) + 1, Relaxed);
                let answer = inner.oneshot(request).await;
                running.fetch_sub(1, Relaxed);
                answer
            }
        });
        let service = ServiceBuilder::new()
            .map_request(|(who, round): Request| (who, round))
            .concurrency_limit(2)
            .service(counted);
        let crowd = crowd(&context, move |who, round| {
            let service = service.clone();
            async move { assert_eq!(service.oneshot((who, round)).await.unwrap(), (who, round)) }
        });
        gather(crowd).await;
        assert_eq!(most.load(Relaxed), 2);
        log.complete()
    });
}

/// `Buffer::pair` gives the worker, which the context spawns.
#[test]
fn buffer_pair() {
    replays(async |context: Context| {
        let log = Log::default();
        let (service, worker) = Buffer::pair(slow(&context, &log), 2);
        drop(context.spawn("worker", worker));
        let crowd = crowd(&context, move |who, round| {
            let service = service.clone();
            async move { assert_eq!(service.oneshot((who, round)).await.unwrap(), (who, round)) }
        });
        gather(crowd).await;
        log.complete()
    });
}

#[test]
fn load_shed() {
    replays(async |context: Context| {
        let log = Log::default();
        let inner = ServiceBuilder::new().load_shed().concurrency_limit(2);
        let service = inner.service(slow(&context, &log));
        let crowd: Vec<_> = (0..CROWD)
            .map(|who| {
                let (service, clock) = (service.clone(), context.clone());
                context.spawn("client", async move {
                    clock.sleep(MILLI).await;
                    match service.oneshot((who, 0)).await {
                        Ok(_) => true,
                        Err(error) => !error.is::<Overloaded>(),
                    }
                })
            })
            .collect();
        let served = gather(crowd).await;
        assert_eq!(served.iter().filter(|served| **served).count(), 2);
        served
    });
}

/// Three attempts, with a pause of the context's before each further one.
#[derive(Clone)]
struct Again {
    clock: Context,
    left: u32,
}

impl<E> Policy<Request, Request, E> for Again {
    type Future = BoxFuture<'static, ()>;

    fn retry(&mut self, _: &mut Request, result: &mut Result<Request, E>) -> Option<Self::Future> {
        self.left = self.left.checked_sub(1)?;
        result.as_ref().err()?;
        Some(Box::pin(self.clock.sleep(MILLI / 10)))
    }

    fn clone_request(&mut self, request: &Request) -> Option<Request> {
        Some(*request)
    }
}

#[test]
fn retry() {
    replays(async |context: Context| {
        let (log, calls) = (Log::default(), Arc::new(AtomicU32::new(0)));
        let inner = slow(&context, &log);
        let flaky = service_fn(move |request| {
            let (inner, fails) = (inner.clone(), calls.fetch_add(1, Relaxed) % 2 == 0);
            async move {
                match fails {
                    true => Err(BoxError::from("busy")),
                    false => inner.oneshot(request).await,
                }
            }
        });
        let policy = Again {
            clock: context.clone(),
            left: 20,
        };
        let service = ServiceBuilder::new().retry(policy).service(flaky);
        let crowd = crowd(&context, move |who, round| {
            let service = service.clone();
            async move { assert_eq!(service.oneshot((who, round)).await.unwrap(), (who, round)) }
        });
        gather(crowd).await;
        log.complete()
    });
}

/// What stands in for `tower::timeout`: the context's own, around the call.
#[test]
fn timeout_of_the_context() {
    replays(async |context: Context| {
        let (log, clock) = (Log::default(), context.clone());
        let inner = slow(&context, &log);
        let service = service_fn(move |(who, round): Request| {
            let limit = if round == 1 { MILLI / 20 } else { MILLI };
            let call = inner.clone().oneshot((who, round));
            let clock = clock.clone();
            async move { Ok::<_, Infallible>(clock.timeout(limit, call).await) }
        });
        let crowd = crowd(&context, move |who, round| {
            let service = service.clone();
            async move {
                match service.oneshot((who, round)).await.unwrap() {
                    Ok(answer) => assert_eq!(answer.unwrap(), (who, round)),
                    Err(error) => assert_eq!((error, round), (Error::Timeout, 1)),
                }
            }
        });
        gather(crowd).await;
        log.complete()
    });
}
