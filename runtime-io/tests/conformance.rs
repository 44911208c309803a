//! The clauses about connections, held by other libraries' objects that were split.

use runtime_deterministic::Executor;
use runtime_io::{Duplex, Futures, Io, Tokio, split_with};
use runtime_traits::{Clock, Error, Handle, Signal, SocketConfig, Spawner};
use std::{
    net::SocketAddr,
    task::{self, Poll},
    time::{Duration, SystemTime},
};

/// Tasks and clocks of a backend, connections of the test's own.
#[derive(Clone)]
struct Context<C, N>(C, N);

impl<C: Spawner, N: Clone + Send + Sync + 'static> Spawner for Context<C, N> {
    fn spawn<F>(&self, label: &str, future: F) -> Handle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.0.spawn(label, future)
    }

    fn stop(&self, value: i32) {
        self.0.stop(value);
    }

    fn stopped(&self) -> Signal {
        self.0.stopped()
    }
}

impl<C: Clock, N: Clone + Send + Sync + 'static> Clock for Context<C, N> {
    type Sleep = C::Sleep;

    fn current(&self) -> SystemTime {
        self.0.current()
    }

    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }

    fn sleep(&self, duration: Duration) -> C::Sleep {
        self.0.sleep(duration)
    }

    fn sleep_until(&self, deadline: SystemTime) -> C::Sleep {
        self.0.sleep_until(deadline)
    }

    fn sleep_until_monotonic(&self, deadline: Duration) -> C::Sleep {
        self.0.sleep_until_monotonic(deadline)
    }
}

/// Connections of the backend, through an adapter and back.
mod there_and_back {
    use super::*;
    use runtime_traits::{Network, Sink as _};

    pub(super) type Joined<C> = Io<<C as Network>::Sink, <C as Network>::Stream>;

    /// How a connection is adapted.
    pub(super) trait Adapter<C: Network>: Clone + Send + Sync + 'static {
        type Duplex: Duplex + Send + 'static;
        fn adapt(io: Joined<C>) -> Self::Duplex;
        fn undo(duplex: Self::Duplex) -> Joined<C>;
    }

    type Halves<C, A> = (
        runtime_io::Sink<<A as Adapter<C>>::Duplex>,
        runtime_io::Stream<<A as Adapter<C>>::Duplex>,
    );

    fn halves<C: Network, A: Adapter<C>>(io: Joined<C>) -> Halves<C, A> {
        split_with(A::adapt(io), |duplex| {
            A::undo(duplex).sink_mut().poison();
        })
    }

    pub(super) struct Listener<C: Network, A>(C::Listener, A);

    impl<C: Network, A: Adapter<C>> runtime_traits::Listener for Listener<C, A> {
        type Sink = runtime_io::Sink<A::Duplex>;
        type Stream = runtime_io::Stream<A::Duplex>;

        fn poll_accept(
            &mut self,
            cx: &mut task::Context<'_>,
        ) -> Poll<Result<(SocketAddr, Self::Sink, Self::Stream), Error>> {
            self.0.poll_accept(cx).map_ok(|(peer, sink, stream)| {
                let (sink, stream) = halves::<C, A>(Io::new(sink, stream));
                (peer, sink, stream)
            })
        }

        fn local_addr(&self) -> SocketAddr {
            self.0.local_addr()
        }
    }

    impl<C: Network, A: Adapter<C>> Network for Context<C, A> {
        type Listener = Listener<C, A>;
        type Sink = runtime_io::Sink<A::Duplex>;
        type Stream = runtime_io::Stream<A::Duplex>;

        async fn bind(&self, socket: SocketAddr) -> Result<Self::Listener, Error> {
            Ok(Listener(self.0.bind(socket).await?, self.1.clone()))
        }

        async fn dial_with(
            &self,
            socket: SocketAddr,
            config: &SocketConfig,
        ) -> Result<Halves<C, A>, Error> {
            let dialled = self.0.dial_with(socket, config).await?;
            Ok(halves::<C, A>(Io::from(dialled)))
        }
    }
}

macro_rules! simulated {
    ($module:ident, $adapter:ident) => {
        mod $module {
            use super::*;
            use there_and_back::{Adapter, Joined};

            #[derive(Clone)]
            struct Through;

            type Backend = runtime_deterministic::Context;

            impl Adapter<Backend> for Through {
                type Duplex = $adapter<Joined<Backend>>;

                fn adapt(io: Joined<Backend>) -> Self::Duplex {
                    $adapter(io)
                }

                fn undo($adapter(io): Self::Duplex) -> Joined<Backend> {
                    io
                }
            }

            runtime_conformance::suite!(
                |seed| {
                    let (runner, context, _) = Executor::seeded(seed);
                    (runner, Context(context, Through))
                },
                seeds = 0..10,
                topics = [streams, connections],
            );
        }
    };
}
simulated!(through_tokios_traits, Tokio);
simulated!(through_futures_traits, Futures);

/// tokio's own sockets.
mod sockets {
    use super::*;
    use runtime_traits::Network;
    use tokio::net::{TcpListener, TcpStream};

    #[derive(Clone)]
    struct Sockets;

    type Sink = runtime_io::Sink<Tokio<TcpStream>>;
    type Stream = runtime_io::Stream<Tokio<TcpStream>>;

    fn halves(socket: TcpStream) -> (Sink, Stream) {
        split_with(Tokio(socket), |Tokio(socket)| {
            socket.set_zero_linger().unwrap();
        })
    }

    struct Listener(TcpListener);

    impl runtime_traits::Listener for Listener {
        type Sink = Sink;
        type Stream = Stream;

        fn poll_accept(
            &mut self,
            cx: &mut task::Context<'_>,
        ) -> Poll<Result<(SocketAddr, Sink, Stream), Error>> {
            let accepted = task::ready!(self.0.poll_accept(cx));
            let (socket, peer) = accepted.unwrap();
            let (sink, stream) = halves(socket);
            Poll::Ready(Ok((peer, sink, stream)))
        }

        fn local_addr(&self) -> SocketAddr {
            self.0.local_addr().unwrap()
        }
    }

    impl Network for Context<runtime_tokio::Context, Sockets> {
        type Listener = Listener;
        type Sink = Sink;
        type Stream = Stream;

        async fn bind(&self, socket: SocketAddr) -> Result<Listener, Error> {
            Ok(Listener(TcpListener::bind(socket).await.unwrap()))
        }

        async fn dial_with(
            &self,
            socket: SocketAddr,
            _: &SocketConfig,
        ) -> Result<(Sink, Stream), Error> {
            Ok(halves(TcpStream::connect(socket).await.unwrap()))
        }
    }

    runtime_conformance::suite!(
        |_seed| {
            let (runner, context) = runtime_tokio::Executor::default();
            (runner, Context(context, Sockets))
        },
        topics = [streams, connections],
    );
}
