//! A network of channels on another backend's tasks and time.

use futures::{Stream as _, channel::mpsc};
use runtime_mocks::{Channel, Script, Sink, Stream};
use runtime_traits::{Clock, Error, Handle, Network, Signal, SocketConfig, Spawner};
use std::{
    collections::BTreeMap,
    io::ErrorKind::ConnectionRefused,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, ready},
    time::{Duration, SystemTime},
};

/// What a channel holds at most.
const CAPACITY: usize = 64;

#[derive(Clone)]
pub(crate) struct Mocked<C> {
    inner: C,
    script: Script,
    listeners: Arc<Mutex<BTreeMap<u16, mpsc::UnboundedSender<Halves>>>>,
}

type Halves = (Sink, Stream);

impl<C> Mocked<C> {
    /// The run of `inner` with a network whose ends each follow `script`.
    pub(crate) fn on<R>((runner, inner): (R, C), script: Script) -> (R, Self) {
        let listeners = Arc::default();
        let mocked = Self {
            inner,
            script,
            listeners,
        };
        (runner, mocked)
    }

    fn channel(&self) -> Halves {
        Channel::scripted(CAPACITY, self.script.clone(), self.script.clone())
    }
}

impl<C: Spawner> Network for Mocked<C> {
    type Listener = Listener;
    type Sink = Sink;
    type Stream = Stream;

    /// Whatever the address, at the next port: nobody here binds twice.
    async fn bind(&self, mut socket: SocketAddr) -> Result<Listener, Error> {
        let (dialled, waiting) = mpsc::unbounded();
        let mut listeners = self.listeners.lock().unwrap();
        let port = 1 + listeners.len() as u16;
        socket.set_port(port);
        listeners.insert(port, dialled);
        Ok(Listener { socket, waiting })
    }

    async fn dial_with(&self, socket: SocketAddr, _: &SocketConfig) -> Result<Halves, Error> {
        let ((near_sink, far_stream), (far_sink, near_stream)) = (self.channel(), self.channel());
        let listeners = self.listeners.lock().unwrap();
        let is_sent = listeners
            .get(&socket.port())
            .is_some_and(|listener| listener.unbounded_send((far_sink, far_stream)).is_ok());
        match is_sent {
            true => Ok((near_sink, near_stream)),
            false => Err(Error::ConnectionFailed(socket, ConnectionRefused.into())),
        }
    }
}

pub(crate) struct Listener {
    socket: SocketAddr,
    waiting: mpsc::UnboundedReceiver<Halves>,
}

impl runtime_traits::Listener for Listener {
    type Sink = Sink;
    type Stream = Stream;

    fn poll_accept(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(SocketAddr, Sink, Stream), Error>> {
        let accepted = ready!(Pin::new(&mut self.waiting).poll_next(cx));
        let (sink, stream) = accepted.ok_or(Error::Closed)?;
        Poll::Ready(Ok((self.socket, sink, stream)))
    }

    fn local_addr(&self) -> SocketAddr {
        self.socket
    }
}

impl<C: Spawner> Spawner for Mocked<C> {
    fn spawn<F>(&self, label: &str, future: F) -> Handle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.inner.spawn(label, future)
    }

    fn stop(&self, value: i32) {
        self.inner.stop(value);
    }

    fn stopped(&self) -> Signal {
        self.inner.stopped()
    }
}

impl<C: Clock> Clock for Mocked<C> {
    type Sleep = C::Sleep;

    fn current(&self) -> SystemTime {
        self.inner.current()
    }

    fn monotonic(&self) -> Duration {
        self.inner.monotonic()
    }

    fn sleep(&self, duration: Duration) -> C::Sleep {
        self.inner.sleep(duration)
    }

    fn sleep_until(&self, deadline: SystemTime) -> C::Sleep {
        self.inner.sleep_until(deadline)
    }

    fn sleep_until_monotonic(&self, deadline: Duration) -> C::Sleep {
        self.inner.sleep_until_monotonic(deadline)
    }
}
