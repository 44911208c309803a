//! A server, and a client whose connections are slow to come and counted.

use crate::{app, failure::Failure};
use axum::body::Body;
use http::Uri;
use http_body_util::BodyExt;
use runtime_deterministic::{Context, Executor, Host};
use runtime_hyper::{Client, ClientOptions, Connect, Connector};
use runtime_traits::{Clock, Error, Runner};
use std::{
    future::pending,
    io,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

pub(crate) const HELLO: &str = "http://www/hello/moon";
pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// Counts what it is asked for, and makes each connection a second late, or never.
#[derive(Clone)]
pub(crate) struct Slow {
    context: Context,
    begun: Arc<AtomicU32>,
    under_way: Arc<AtomicU32>,
    /// How many of the next ones are never made.
    hang: Arc<AtomicU32>,
}

/// Not over before it is dropped.
struct UnderWay(Arc<AtomicU32>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Connect for Slow {
    type Io = <Connector<Context> as Connect>::Io;

    async fn connect(&self, uri: &Uri) -> io::Result<Self::Io> {
        self.begun.fetch_add(1, Relaxed);
        self.under_way.fetch_add(1, Relaxed);
        let _under_way = UnderWay(self.under_way.clone());
        let hangs = |left: u32| left.checked_sub(1);
        if self.hang.fetch_update(Relaxed, Relaxed, hangs).is_ok() {
            pending::<()>().await;
        }
        self.context.sleep(SECOND).await;
        Connect::connect(&Connector::new(self.context.clone()), uri).await
    }
}

impl Slow {
    pub(crate) fn dials(&self) -> (u32, u32) {
        (self.begun.load(Relaxed), self.under_way.load(Relaxed))
    }
}

/// A server, and a client whose connections are made slowly.
pub(crate) struct Scene {
    pub(crate) context: Context,
    pub(crate) www: Host<Result<(), Error>>,
    pub(crate) slow: Slow,
    pub(crate) client: Client<Context, Body, Slow>,
}

impl Scene {
    pub(crate) async fn new(
        context: Context,
        set: impl FnOnce(&mut ClientOptions<Context>),
    ) -> Self {
        let serve = |context| app::serve(context, ([0, 0, 0, 0], 80).into());
        let www = context.world().host("www", serve).unwrap();
        context.sleep(SECOND / 100).await;
        let slow = Slow {
            context: context.clone(),
            begun: Arc::default(),
            under_way: Arc::default(),
            hang: Arc::default(),
        };
        let client = Client::with_connector(context.clone(), slow.clone(), set);
        Self {
            context,
            www,
            slow,
            client,
        }
    }

    pub(crate) async fn get(&self, uri: &str) -> Result<(), Failure> {
        let response = self.client.get(uri.parse().unwrap()).await?;
        response.into_body().collect().await?;
        Ok(())
    }

    /// So many of the connections that are asked for next are never made.
    pub(crate) fn hang(&self, count: u32) {
        self.slow.hang.store(count, Relaxed);
    }

    /// How many connections were asked for so far, and are being made now.
    pub(crate) fn dials(&self) -> (u32, u32) {
        self.slow.dials()
    }

    /// How many the server has had, and has.
    pub(crate) fn connections(&self) -> (u64, u64) {
        let tasks = self.www.context().tasks();
        let http = tasks.iter().find(|count| count.label == "http");
        http.map_or((0, 0), |count| (count.spawned, count.running))
    }

    pub(crate) async fn sleep(&self, duration: Duration) {
        self.context.sleep(duration).await;
    }
}

/// Over 20 seeds.
pub(crate) fn over_seeds<F: Future<Output = ()>>(http2: bool, story: impl Fn(Scene) -> F) {
    over_seeds_with(
        |options| {
            options.http2_only(http2);
        },
        story,
    );
}

pub(crate) fn over_seeds_with<F: Future<Output = ()>>(
    set: impl Fn(&mut ClientOptions<Context>),
    story: impl Fn(Scene) -> F,
) {
    for seed in 0..20 {
        let (runner, context, _) = Executor::seeded(seed);
        runner.start(async { story(Scene::new(context, &set).await).await });
    }
}

/// Counts the connections that are made on tokio.
#[derive(Clone)]
pub(crate) struct Counted {
    connector: Connector<runtime_tokio::Context>,
    begun: Arc<AtomicU32>,
}

impl Counted {
    pub(crate) fn new(context: runtime_tokio::Context) -> Self {
        let connector = Connector::new(context);
        let begun = Arc::default();
        Self { connector, begun }
    }

    pub(crate) fn begun(&self) -> u32 {
        self.begun.load(Relaxed)
    }
}

impl Connect for Counted {
    type Io = <Connector<runtime_tokio::Context> as Connect>::Io;

    async fn connect(&self, uri: &Uri) -> io::Result<Self::Io> {
        self.begun.fetch_add(1, Relaxed);
        Connect::connect(&self.connector, uri).await
    }
}
