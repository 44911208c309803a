//! Visits to the office over TLS.

use super::{client, provider::provider, server};
use crate::{
    counter::{Counter, Way},
    visit::{SEATS, any, free, reach, visit},
};
use runtime_deterministic::{Context, Executor, State, Work, simulate};
use runtime_traits::{Clock, Network, Runner, Runtime, Spawner, Stream};
use rustls::{
    CertificateError, ClientConfig,
    crypto::{CryptoProvider, ring},
};
use std::{error::Error, sync::Arc, time::Duration};
use tower::util::BoxCloneSyncService;

fn counter<R: Runtime>(runtime: &R, config: &Arc<ClientConfig>, base: &str, way: Way) -> Counter {
    let client = tickets::tls::client(runtime.clone(), config.clone(), way != Way::Http1);
    Counter::with(BoxCloneSyncService::new(client), base, way)
}

/// A visit to the office at a host, over TLS.
async fn simulated(context: &Context, crypto: fn() -> CryptoProvider) {
    let serve = move |context: Context| {
        let config = server(context.clone(), crypto());
        tickets::serve_tls(context, any(443), SEATS, config)
    };
    let host = context.world().host("tickets", serve).unwrap();
    context.sleep(Duration::from_millis(1)).await;
    let config = client(context.clone(), crypto());
    let counter = |way| counter(context, &config, "https://tickets", way);
    visit(counter, || host.context().stop(0)).await;
    assert_eq!(host.wait().await, Ok(Ok(())));
}

/// The same, and what it comes to: bytes and all, how much was done, and when it was over.
fn audited(seed: u64, crypto: fn() -> CryptoProvider) -> (State, Work, Duration) {
    let (runner, context, auditor) = Executor::seeded(seed);
    let end = runner.start(async {
        simulated(&context, crypto).await;
        context.monotonic()
    });
    (auditor.state(), auditor.work(), end)
}

/// For a sweep, which runs each seed twice.
#[simulate(seeds = 0..20)]
async fn with_cryptography_of_the_seed(context: Context) {
    simulated(&context, provider).await;
}

#[test]
fn with_cryptography_of_the_seed_equal_seeds_give_equal_runs() {
    for seed in 0..100 {
        assert_eq!(
            audited(seed, provider),
            audited(seed, provider),
            "seed {seed}"
        );
    }
}

#[test]
fn with_a_stock_provider_order_and_time_are_of_the_seed_and_bytes_are_not() {
    for seed in 0..20 {
        let run = || audited(seed, ring::default_provider);
        let ((state, work, end), (other, same, again)) = (run(), run());
        assert_eq!((work, end), (same, again), "seed {seed}");
        assert_ne!(state, other, "keys are of the seed now: say so in the docs");
    }
}

#[test]
fn with_a_stock_provider_on_tokio() {
    let (runner, context) = runtime_tokio::Executor::default();
    runner.start(async {
        let socket = free(&context).await;
        let config = server(context.clone(), ring::default_provider());
        let served = tickets::serve_tls(context.clone(), socket, SEATS, config);
        let served = context.spawn("server", served);
        reach(&context, socket).await;
        let config = client(context.clone(), ring::default_provider());
        let base = format!("https://localhost:{}", socket.port());
        let counter = |way| counter(&context, &config, &base, way);
        visit(counter, || context.stop(0)).await;
        assert_eq!(served.await, Ok(Ok(())));
    });
}

#[test]
fn a_certificate_expires_by_the_runtimes_clock() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let serve = |context: Context| {
            let config = server(context.clone(), provider());
            tickets::serve_tls(context, any(443), SEATS, config)
        };
        context.world().host("tickets", serve).unwrap();
        let punctual = context.world().host("punctual", ask).unwrap();
        assert_eq!(punctual.wait().await, Ok(Ok(())));
        let late = context.world().host("late", ask).unwrap();
        late.clock().jump(Duration::from_secs(50 * 365 * 24 * 3600));
        let refused = late.wait().await.unwrap().unwrap_err();
        assert!(
            matches!(refused, Some(CertificateError::ExpiredContext { .. })),
            "{refused:?}"
        );
    });
}

#[test]
fn who_does_not_shake_hands_is_turned_away_and_keeps_nobody_waiting() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let serve = |context: Context| {
            let config = server(context.clone(), provider());
            tickets::serve_tls(context, any(443), SEATS, config)
        };
        let office = context.world().host("tickets", serve).unwrap();
        context.sleep(Duration::from_millis(1)).await;
        let (_sink, mut stream) = context.dial((office.addr(), 443).into()).await.unwrap();
        let before = context.monotonic();
        assert_eq!(ask(context.clone()).await, Ok(()));
        assert_eq!(stream.recv_some(&mut [0; 64]).await, Ok(0));
        let waited = context.monotonic() - before;
        let limit = Duration::from_secs(10)..Duration::from_secs(11);
        assert!(limit.contains(&waited), "{waited:?}");
    });
}

/// Asks for a seat, and says what was wrong with the certificate.
async fn ask(context: Context) -> Result<(), Option<CertificateError>> {
    let config = client(context.clone(), provider());
    let mut counter = counter(&context, &config, "https://tickets", Way::Http1);
    let held = counter.hold(1, "ada").await.map_err(certificate_error)?;
    assert_eq!(held, Ok(()));
    Ok(())
}

/// What was wrong with the certificate, from within the client's error.
fn certificate_error(error: Box<dyn Error + Send + Sync>) -> Option<CertificateError> {
    let mut next: Option<&(dyn Error + 'static)> = Some(error.as_ref());
    while let Some(error) = next {
        let inside = error
            .downcast_ref::<std::io::Error>()
            .and_then(|error| error.get_ref());
        let tls = inside.and_then(|inside| inside.downcast_ref::<rustls::Error>());
        if let Some(rustls::Error::InvalidCertificate(found)) = tls {
            return Some(found.clone());
        }
        next = error.source();
    }
    None
}
