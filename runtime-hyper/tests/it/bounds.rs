//! What the public types are by themselves: whatever a runtime makes them of may go to another thread,
//! on either backend.

use bytes::Bytes;
use http::Response;
use http_body_util::Full;
use hyper::{body::Incoming, rt, service::service_fn};
use runtime_hyper::{
    Client, ClientOptions, Connector, Executor, Io, NotATarget, RequestError, Server, Sleep,
    Target, Timer,
};
use runtime_traits::{Network, Runtime};
use std::{cell::Cell, convert::Infallible, marker::PhantomPinned};

fn goes_everywhere<T: Send + Sync + Unpin + 'static>() {}
fn is_sent<T: Send>(_: &T) {}
fn is_cloned<T: Clone>() {}
fn is_unpin<T: Unpin>() {}

/// What holds on any backend, and is compiled for both.
fn bounds<R: Runtime + Unpin>()
where
    R::Sink: Unpin,
    R::Stream: Unpin,
{
    goes_everywhere::<Client<R>>();
    goes_everywhere::<Client<R, Full<Bytes>>>();
    is_cloned::<Client<R>>();
    goes_everywhere::<ClientOptions<R>>();
    goes_everywhere::<Connector<R>>();
    is_cloned::<Connector<R>>();
    goes_everywhere::<Executor<R>>();
    goes_everywhere::<Io<R::Sink, R::Stream>>();
    goes_everywhere::<Server<R>>();
    goes_everywhere::<Timer<R>>();
    goes_everywhere::<Sleep<R>>();
    connects::<Io<R::Sink, R::Stream>>();
}

/// As hyper and its clients ask.
fn connects<T: rt::Read + rt::Write + Unpin + Send + 'static>() {}

#[test]
fn what_a_runtime_is_given_goes_everywhere() {
    bounds::<runtime_deterministic::Context>();
    bounds::<runtime_tokio::Context>();
    goes_everywhere::<Target>();
    goes_everywhere::<NotATarget>();
    goes_everywhere::<RequestError>();
}

/// hyper's builders ask it of connections and executors, whatever they are made of.
#[test]
fn io_and_executors_are_unpin_whatever_they_are_made_of() {
    is_unpin::<Io<PhantomPinned, PhantomPinned>>();
    is_unpin::<Executor<PhantomPinned>>();
}

/// Requests and servers are made in tasks of their own.
#[test]
fn what_is_awaited_may_be_spawned() {
    fn client<R: Runtime>(client: &Client<R>, connector: &Connector<R>) {
        is_sent(&client.get("http://www/".parse().unwrap()));
        is_sent(&connector.connect(&Target::new("www", 80)));
    }
    fn server<R: Runtime>(runtime: R, listener: <R as Network>::Listener) {
        // A service need not be Sync.
        let unshared = Cell::new(0);
        let service = service_fn(move |_: hyper::Request<Incoming>| {
            unshared.set(unshared.get() + 1);
            async { Ok::<_, Infallible>(Response::new(String::new())) }
        });
        is_sent(&runtime_hyper::serve(runtime, listener, service));
    }
    let _ = client::<runtime_deterministic::Context>;
    let _ = client::<runtime_tokio::Context>;
    let _ = server::<runtime_deterministic::Context>;
    let _ = server::<runtime_tokio::Context>;
}
