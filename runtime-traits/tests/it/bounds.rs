//! What the public types are by themselves (auto traits), and which traits work as `dyn`.

use crate::executor::poll_once;
use runtime_traits::{
    Cause, Current, Datagram, Error, Handle, Join, Keepalive, Listener, Panics, Signal, Signaler,
    Sink, SocketConfig, Stream, TaskCount, Tasks, future,
};
use std::{
    io::IoSlice,
    marker::PhantomPinned,
    net::SocketAddr,
    panic::{RefUnwindSafe, UnwindSafe},
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
};

fn send_sync_unpin<T: Send + Sync + Unpin>() {}
fn unpin<T: Unpin>() {}
fn send<T: Send>() {}
fn sync<T: Sync>() {}
fn unwind_safe<T: UnwindSafe + RefUnwindSafe>() {}

/// Does not compile where the type has the trait: the method would be ambiguous.
macro_rules! assert_not {
    ($type:ty: $bound:path) => {{
        trait Absent<Marker> {
            fn absent() {}
        }
        struct Present;
        impl<T: ?Sized> Absent<()> for T {}
        impl<T: ?Sized + $bound> Absent<Present> for T {}
        <$type as Absent<_>>::absent();
    }};
}

type SendOnly = std::cell::Cell<u8>;

/// A future that need not be `Unpin`.
struct Pinned(PhantomPinned);

impl Future for Pinned {
    type Output = ();

    fn poll(self: std::pin::Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

#[test]
fn handles_and_signals_go_everywhere() {
    send_sync_unpin::<Handle<u8>>();
    send_sync_unpin::<Handle<SendOnly>>();
    send_sync_unpin::<Handle<PhantomPinned>>();
    send_sync_unpin::<Box<dyn Join<u8>>>();
    send_sync_unpin::<Signaler>();
    send_sync_unpin::<Signal>();
    send_sync_unpin::<Current>();
    send_sync_unpin::<Tasks>();
    send_sync_unpin::<TaskCount>();
    send_sync_unpin::<Panics>();
    send_sync_unpin::<SocketConfig>();
    send_sync_unpin::<Keepalive>();
}

#[test]
fn errors_go_everywhere_and_through_a_panic() {
    send_sync_unpin::<Error>();
    send_sync_unpin::<Cause>();
    unwind_safe::<Error>();
    unwind_safe::<Cause>();
}

#[test]
fn named_futures_are_send_as_their_parts_are() {
    type NotSend = Half<Rc<()>>;
    type Plain = Half<()>;
    send::<future::RecvExact<'_, Plain>>();
    send::<future::RecvSome<'_, Plain>>();
    send::<future::SendAll<'_, Plain>>();
    send::<future::Close<'_, Plain>>();
    send::<future::Accept<'_, Plain>>();
    send::<future::SendTo<'_, Plain>>();
    send::<future::RecvFrom<'_, Plain>>();
    send::<future::Reschedule>();
    send::<future::Timeout<std::future::Ready<()>, std::future::Ready<()>>>();
    assert_not!(future::RecvExact<'_, NotSend>: Send);
    assert_not!(future::RecvSome<'_, NotSend>: Send);
    assert_not!(future::SendAll<'_, NotSend>: Send);
    assert_not!(future::Close<'_, NotSend>: Send);
    assert_not!(future::Accept<'_, NotSend>: Send);
    assert_not!(future::SendTo<'_, NotSend>: Send);
    assert_not!(future::RecvFrom<'_, NotSend>: Send);
    assert_not!(future::Timeout<std::future::Ready<Rc<()>>, std::future::Ready<()>>: Send);
    assert_not!(future::Timeout<std::future::Ready<()>, std::future::Ready<Rc<()>>>: Send);
}

#[test]
fn named_futures_are_sync_as_their_parts_are() {
    type NotSync = Half<SendOnly>;
    type Plain = Half<()>;
    sync::<future::RecvExact<'_, Plain>>();
    sync::<future::RecvSome<'_, Plain>>();
    sync::<future::SendAll<'_, Plain>>();
    sync::<future::Close<'_, Plain>>();
    sync::<future::Accept<'_, Plain>>();
    sync::<future::SendTo<'_, Plain>>();
    sync::<future::RecvFrom<'_, Plain>>();
    sync::<future::Reschedule>();
    sync::<future::Timeout<std::future::Ready<()>, std::future::Ready<()>>>();
    // Who holds a stream alone may take it to another thread, though two may not share it.
    send::<future::RecvExact<'_, NotSync>>();
    send::<future::SendAll<'_, NotSync>>();
    // A datagram socket is shared by its calls.
    assert_not!(future::SendTo<'_, NotSync>: Send);
    assert_not!(future::RecvFrom<'_, NotSync>: Send);
    assert_not!(future::RecvExact<'_, NotSync>: Sync);
    assert_not!(future::SendAll<'_, NotSync>: Sync);
}

#[test]
fn named_futures_are_unpin_whatever_is_inside() {
    unpin::<future::Timeout<Pinned, Pinned>>();
    unpin::<future::Task<Pinned, fn() -> Error>>();
    unpin::<future::Reschedule>();
    unpin::<future::RecvExact<'_, Half<PhantomPinned>>>();
    unpin::<future::RecvSome<'_, Half<PhantomPinned>>>();
    unpin::<future::SendAll<'_, Half<PhantomPinned>>>();
    unpin::<future::Close<'_, Half<PhantomPinned>>>();
    unpin::<future::Accept<'_, Half<PhantomPinned>>>();
    unpin::<future::SendTo<'_, Half<PhantomPinned>>>();
    unpin::<future::RecvFrom<'_, Half<PhantomPinned>>>();
}

#[test]
fn a_task_is_send_as_its_future_is() {
    send::<future::Task<std::future::Ready<u8>, fn() -> Error>>();
    // Its output crosses to the handle's thread once, and is never shared.
    send::<future::Task<std::future::Ready<SendOnly>, fn() -> Error>>();
    assert_not!(future::Task<std::future::Ready<Rc<()>>, fn() -> Error>: Send);
}

/// Both halves, a listener and a datagram socket in one: a connection of one byte.
struct Half<T>(T);

fn nowhere() -> SocketAddr {
    ([127, 0, 0, 1], 7).into()
}

impl<T> Stream for Half<T> {
    fn poll_recv(&mut self, _: &mut Context<'_>, buf: &mut [u8]) -> Poll<Result<usize, Error>> {
        buf[0] = b'r';
        Poll::Ready(Ok(1))
    }

    fn unread(&mut self, _: &[u8]) {}

    fn peer_addr(&self) -> Option<SocketAddr> {
        Some(nowhere())
    }

    fn local_addr(&self) -> Option<SocketAddr> {
        Some(nowhere())
    }
}

impl<T> Sink for Half<T> {
    fn poll_send(
        &mut self,
        _: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize, Error>> {
        Poll::Ready(Ok(bufs.iter().map(|buf| buf.len()).sum()))
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Err(Error::Exited))
    }

    fn poison(&mut self) {}
}

impl<T> Listener for Half<T> {
    type Sink = Half<()>;
    type Stream = Half<()>;

    fn poll_accept(
        &mut self,
        _: &mut Context<'_>,
    ) -> Poll<Result<(SocketAddr, Half<()>, Half<()>), Error>> {
        Poll::Ready(Ok((nowhere(), Half(()), Half(()))))
    }

    fn local_addr(&self) -> SocketAddr {
        nowhere()
    }
}

impl<T> Datagram for Half<T> {
    fn poll_send_to(
        &self,
        _: &mut Context<'_>,
        _: &[u8],
        _: SocketAddr,
    ) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn poll_recv_from(
        &self,
        _: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<Result<(usize, SocketAddr), Error>> {
        buf[0] = b'd';
        Poll::Ready(Ok((1, nowhere())))
    }

    fn local_addr(&self) -> SocketAddr {
        nowhere()
    }
}

fn receives(mut stream: impl Stream) {
    let mut buf = [0];
    assert_eq!(poll_once(&mut stream.recv(&mut buf)), Poll::Ready(Ok(())));
    assert_eq!(buf, *b"r");
    assert_eq!(
        poll_once(&mut stream.recv_some(&mut buf)),
        Poll::Ready(Ok(1))
    );
    assert_eq!(stream.peer_addr(), Some(nowhere()));
    assert_eq!(stream.local_addr(), Some(nowhere()));
}

#[test]
fn streams_work_behind_a_pointer() {
    receives(&mut Half(()));
    receives(Box::new(Half(())));
    receives(&mut Half(()) as &mut dyn Stream);
    receives(Box::new(Half(())) as Box<dyn Stream>);
    receives(Box::new(Half(())) as Box<dyn Stream + Send + Sync>);
}

fn sends(mut sink: impl Sink) {
    assert_eq!(poll_once(&mut sink.send(b"bytes")), Poll::Ready(Ok(())));
    assert_eq!(
        poll_once(&mut sink.close()),
        Poll::Ready(Err(Error::Exited))
    );
}

#[test]
fn sinks_work_behind_a_pointer() {
    sends(&mut Half(()));
    sends(Box::new(Half(())));
    sends(&mut Half(()) as &mut dyn Sink);
    sends(Box::new(Half(())) as Box<dyn Sink>);
    sends(Box::new(Half(())) as Box<dyn Sink + Send + Sync>);
}

fn accepts(mut listener: impl Listener<Sink = Half<()>, Stream = Half<()>>) {
    assert_eq!(listener.local_addr(), nowhere());
    let Poll::Ready(Ok((peer, sink, stream))) = poll_once(&mut listener.accept()) else {
        panic!("nothing was accepted");
    };
    assert_eq!(peer, nowhere());
    sends(sink);
    receives(stream);
}

#[test]
fn listeners_work_behind_a_pointer() {
    type Dyn = dyn Listener<Sink = Half<()>, Stream = Half<()>>;
    accepts(&mut Half(()));
    accepts(Box::new(Half(())));
    accepts(&mut Half(()) as &mut Dyn);
    accepts(Box::new(Half(())) as Box<Dyn>);
}

/// A socket by itself, shared and exclusive.
fn exchanges(mut datagram: impl Datagram) {
    exchange(&mut datagram);
    exchange(&datagram);
    exchange(datagram);
}

fn exchange(datagram: impl Datagram) {
    let mut buf = [0];
    assert_eq!(datagram.local_addr(), nowhere());
    let mut sending = datagram.send_to(b"bytes", nowhere());
    assert_eq!(poll_once(&mut sending), Poll::Ready(Ok(())));
    let mut receiving = datagram.recv_from(&mut buf);
    assert_eq!(poll_once(&mut receiving), Poll::Ready(Ok((1, nowhere()))));
    assert_eq!(buf, *b"d");
}

#[test]
fn datagrams_work_behind_a_pointer() {
    exchanges(Box::new(Half(())));
    exchanges(Arc::new(Half(())));
    exchanges(&mut Half(()) as &mut dyn Datagram);
    exchanges(&Half(()) as &dyn Datagram);
    exchanges(Box::new(Half(())) as Box<dyn Datagram>);
    exchanges(Arc::new(Half(())) as Arc<dyn Datagram>);
}

/// The traits of a connection may be implemented by what borrows.
#[test]
fn a_borrowed_half_is_a_half() {
    fn twice<S: Stream>(stream: &mut S) {
        receives(&mut *stream);
        receives(&mut &mut *stream);
    }
    twice(&mut Half(()));
}
