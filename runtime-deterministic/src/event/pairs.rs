//! For each kind of event, two programs that differ in it, and their states differ.
//!
//! What only chance or the network brings is paired as events. The match has no wildcard: a new kind
//! of event does not compile without its pair.

use super::{Event, Kind};
use crate::{Context, Crash, Cut, DiskFaults, DiskOp, How, Ratio, network::Loss};
use runtime_macros::select;
use runtime_traits::{
    Blob, Clock, Datagram, Datagrams, Listener, Network, Random, Resolver, Sink, Spawner, Storage,
    Stream, reschedule,
};
use std::{
    future::{pending, poll_fn},
    net::SocketAddr,
    pin::Pin,
    task::Poll,
    time::Duration,
};

type Program = fn(Context, bool) -> Pin<Box<dyn Future<Output = ()>>>;

/// What shows that a kind of event is seen.
enum Pair {
    /// Does the one or the other.
    Programs(Program),
    /// Events that differ in one part each.
    Events(Vec<Event<'static>>),
}

/// Two programs of one body.
macro_rules! programs {
    (|$context:ident, $other:ident| $body:expr) => {
        Pair::Programs(|$context, $other| {
            Box::pin(async move {
                let _kept = $body;
            })
        })
    };
}

fn pair(kind: Kind) -> Pair {
    match kind {
        Kind::Poll => programs!(|_context, other| if other {
            reschedule().await;
        }),
        Kind::Finish => programs!(|context, other| {
            let _task = context.spawn("", async move {
                if !other {
                    pending::<()>().await;
                }
            });
            context.sleep(ms(1)).await
        }),
        Kind::Panic => programs!(|context, other| {
            let text = ["one", "other"][usize::from(other)];
            let task = context.spawn("", async move { panic!("{text}") });
            matches!(task.await, Ok::<(), _>(()))
        }),
        Kind::Spawn => programs!(|context, other| {
            context.spawn(["one", "other"][usize::from(other)], async {})
        }),
        Kind::Time => programs!(|context, other| {
            let mut short = Some(context.sleep(ms(1)));
            poll_fn(|cx| {
                let polled = Pin::new(short.as_mut().unwrap()).poll(cx);
                assert!(polled.is_pending());
                Poll::Ready(())
            })
            .await;
            if other {
                short = None;
            }
            context.sleep(ms(2)).await;
            drop(short);
        }),
        Kind::Sleep => {
            programs!(|context, other| context.sleep(ms(1 + u64::from(other))).await)
        }
        Kind::Draw => {
            programs!(|context, other| context.fill(&mut [0; 2][usize::from(other)..]))
        }
        Kind::Select => programs!(|_context, other| if other {
            select! { _ = async {} => {}, _ = async {} => {} }
        }),
        Kind::Stop => programs!(|context, other| context.stop(-i32::from(other))),
        Kind::On => programs!(|context, other| {
            let hosts = ["a", "b"].map(|name| context.world().host(name, async |_| ()).unwrap());
            hosts[usize::from(other)].context().stop(3);
        }),
        Kind::Fail => programs!(|context, other| {
            let blob = context.open("p", b"").await.unwrap();
            match other {
                true => blob.read_at(&mut [0], 1).await,
                false => blob.read_at(&mut [0], u64::MAX).await,
            }
        }),
        Kind::DropPanic => programs!(|context, other| {
            let boot = move |_| async move {
                let _saying = Saying(["one", "other"][usize::from(other)]);
                pending::<()>().await;
            };
            let host = context.world().host("db", boot).unwrap();
            context.sleep(ms(1)).await;
            host.crash(Crash::Reset)
        }),
        Kind::Abort => programs!(|context, other| {
            let task = context.spawn("", async {});
            if other {
                task.abort();
            }
        }),
        Kind::Host => programs!(|context, other| {
            context
                .world()
                .host(["one", "other"][usize::from(other)], async |_| ())
        }),
        Kind::Crash => programs!(|context, other| {
            let how = [Crash::Reset, Crash::Silent][usize::from(other)];
            context.world().host("db", async |_| ()).unwrap().crash(how)
        }),
        Kind::Restart => programs!(|context, other| {
            let host = context.world().host("db", async |_| ()).unwrap();
            host.crash(Crash::Reset).unwrap();
            if other {
                host.restart().unwrap();
            }
        }),
        Kind::Clock => programs!(|context, other| {
            let host = context.world().host("db", async |_| ()).unwrap();
            host.clock().jump(Duration::from_nanos(other.into()))
        }),
        Kind::Pause => programs!(|context, other| {
            let host = context.world().host("db", async |_| ()).unwrap();
            if other {
                host.pause().unwrap();
            }
        }),
        Kind::Resume => programs!(|context, other| {
            let host = context.world().host("db", async |_| ()).unwrap();
            host.pause().unwrap();
            if other {
                host.resume().unwrap();
            }
        }),
        Kind::Wipe => programs!(|context, other| {
            let host = context.world().host("db", async |_| ()).unwrap();
            host.crash(Crash::Reset).unwrap();
            if other {
                host.wipe().unwrap();
            }
        }),
        Kind::Bind => {
            programs!(|context, other| context.bind(here(&context, other)).await)
        }
        Kind::Unbind => programs!(|context, other| {
            let mut listener = context.bind(here(&context, false)).await.ok();
            if other {
                listener = None;
            }
            reschedule().await;
            drop(listener);
        }),
        Kind::Dial => {
            programs!(|context, other| context.dial(here(&context, other)).await.is_ok())
        }
        Kind::Refused => addresses(|socket| Event::Refused { socket }),
        Kind::Connect => numbers(|connection| Event::Connect { connection }),
        Kind::Accept => programs!(|context, other| {
            let mut listener = context.bind(here(&context, false)).await.unwrap();
            let _ends = context.dial(listener.local_addr()).await.unwrap();
            if other {
                listener.accept().await.unwrap();
            }
        }),
        Kind::Send => programs!(|context, other| {
            let mut listener = context.bind(here(&context, false)).await.unwrap();
            let (mut sink, _stream) = context.dial(listener.local_addr()).await.unwrap();
            let _far = listener.accept().await.unwrap();
            let mut long = [7; 100];
            long[99] = other.into();
            sink.send(&long).await
        }),
        Kind::Receive => programs!(|context, other| {
            let mut listener = context.bind(here(&context, false)).await.unwrap();
            let (mut sink, _stream) = context.dial(listener.local_addr()).await.unwrap();
            let (_, _sink, mut far) = listener.accept().await.unwrap();
            sink.send(b"ab").await.unwrap();
            far.recv_some(&mut [0; 2][usize::from(other)..]).await
        }),
        Kind::Arrive => numbers(|pipe| Event::Arrive { pipe }),
        Kind::Close => programs!(|context, other| {
            let mut listener = context.bind(here(&context, false)).await.unwrap();
            let (mut sink, _stream) = context.dial(listener.local_addr()).await.unwrap();
            if other {
                sink.close().await.unwrap();
            }
            listener.accept().await
        }),
        Kind::Reset => programs!(|context, other| {
            let mut listener = context.bind(here(&context, false)).await.unwrap();
            let (mut sink, _stream) = context.dial(listener.local_addr()).await.unwrap();
            if other {
                sink.poison();
            }
            listener.accept().await
        }),
        Kind::Resolve => programs!(|context, other| {
            context
                .resolve(["1.2.3.4", "1.2.3.5"][usize::from(other)])
                .await
        }),
        Kind::BindDatagram => {
            programs!(|context, other| context.bind_datagram(here(&context, other)).await)
        }
        Kind::CloseDatagram => programs!(|context, other| {
            let mut socket = context.bind_datagram(here(&context, false)).await.ok();
            if other {
                socket = None;
            }
            reschedule().await;
            drop(socket);
        }),
        Kind::SendTo => programs!(|context, other| {
            let socket = context.bind_datagram(here(&context, false)).await.unwrap();
            socket.send_to(&[other.into()], here(&context, true)).await
        }),
        Kind::Deliver => distinct([(0, 1), (1, 1), (0, 2)].map(|(socket, port)| {
            let from = socket_of(port);
            Event::Deliver { socket, from }
        })),
        Kind::Lose => distinct([(false, 1), (true, 1), (false, 2)].map(|(full, port)| {
            let to = socket_of(port);
            Event::Lose { full, to }
        })),
        Kind::ReceiveFrom => programs!(|context, other| {
            let socket = context.bind_datagram(here(&context, false)).await.unwrap();
            socket.send_to(b"ab", here(&context, false)).await.unwrap();
            socket.recv_from(&mut [0; 2][usize::from(other)..]).await
        }),
        Kind::SetLink => programs!(|context, other| {
            let ratio = Ratio::new(1 + u32::from(other), 3);
            context.world().host("db", async |_| ()).unwrap();
            context.world().link("root", "db").unwrap().loss(ratio);
        }),
        Kind::Part => programs!(|context, other| {
            let hosts = ["a", "b"].map(|name| context.world().host(name, async |_| ()).unwrap());
            let to = ["a", "b"][usize::from(other)];
            context.world().partition_one_way(&["root"], &[to]).unwrap();
            drop(hosts);
        }),
        Kind::Hold => programs!(|context, other| {
            let hosts = ["a", "b"].map(|name| context.world().host(name, async |_| ()).unwrap());
            let to = ["a", "b"][usize::from(other)];
            context.world().hold(&["root"], &[to]).unwrap();
            drop(hosts);
        }),
        Kind::Release => programs!(|context, other| {
            let hosts = ["a", "b"].map(|name| context.world().host(name, async |_| ()).unwrap());
            let to = ["a", "b"][usize::from(other)];
            context.world().release(&["root"], &[to]).unwrap();
            drop(hosts);
        }),
        Kind::Heal => programs!(|context, other| if other {
            context.world().heal();
        }),
        Kind::CutEach => programs!(|context, other| {
            context.world().host("db", async |_| ()).unwrap();
            let after_bytes = other.into();
            let cut = Cut {
                after_bytes,
                how: How::Rst,
            };
            context.world().cut("root", "db", cut).unwrap();
        }),
        Kind::Lost => {
            let losses = [
                (1, Loss::Parted),
                (2, Loss::Parted),
                (1, Loss::Chance),
                (1, Loss::Full),
            ];
            distinct(losses.map(|(pipe, loss)| Event::Lost { pipe, loss }))
        }
        Kind::Again => numbers(|pipe| Event::Again { pipe }),
        Kind::GiveUp => numbers(|pipe| Event::GiveUp { pipe }),
        Kind::Cut => {
            let cuts = [
                (1, How::Fin),
                (2, How::Fin),
                (1, How::Rst),
                (1, How::BlackHole),
            ];
            distinct(cuts.map(|(pipe, how)| Event::Cut { pipe, how }))
        }
        Kind::Held => distinct([(0, 1), (1, 0), (0, 2)].map(|(from, to)| Event::Held { from, to })),
        Kind::LostDial => distinct([Loss::Parted, Loss::Chance].map(|loss| {
            let socket = socket_of(80);
            Event::LostDial { loss, socket }
        })),
        Kind::LostDatagram => distinct([Loss::Parted, Loss::Full].map(|loss| {
            let to = socket_of(80);
            Event::LostDatagram { loss, to }
        })),
        Kind::Duplicate => addresses(|to| Event::Duplicate { to }),
        Kind::Probe => numbers(|connection| Event::Probe { connection }),
        Kind::Join => distinct([(0, 1), (1, 0), (0, 2)].map(|(from, to)| Event::Join { from, to })),
        Kind::Fill => numbers(|pipe| Event::Fill { pipe }),
        Kind::Open => {
            programs!(|context, other| context.open("p", &[other.into()]).await)
        }
        Kind::Remove => programs!(|context, other| {
            context.open("p", b"").await.unwrap();
            context.remove("p", (!other).then_some(b"")).await
        }),
        Kind::Scan => {
            programs!(|context, other| { context.scan(["one", "other"][usize::from(other)]).await })
        }
        Kind::Length => programs!(|context, other| {
            let blob = context.open("p", b"").await.unwrap();
            if other {
                blob.len().await.unwrap();
            }
        }),
        Kind::Read => programs!(|context, other| {
            let blob = context.open("p", b"").await.unwrap();
            blob.write_at(b"aa", 0).await.unwrap();
            blob.read_at(&mut [0], other.into()).await
        }),
        Kind::Write => programs!(|context, other| {
            let blob = context.open("p", b"").await.unwrap();
            blob.write_at(&[other.into()], 0).await
        }),
        Kind::Truncate => programs!(|context, other| {
            context
                .open("p", b"")
                .await
                .unwrap()
                .truncate(other.into())
                .await
        }),
        Kind::Sync => numbers(|file| Event::Sync { file }),
        Kind::Survive => {
            distinct(
                [(1, 0, 9), (2, 0, 9), (1, 1, 9), (1, 0, 8)]
                    .map(|(file, kept, len)| Event::Survive { file, kept, len }),
            )
        }
        Kind::Found => distinct([&b"a"[..], b"b", &[b'a'; 99]].map(|name| Event::Found { name })),
        Kind::FailNext => programs!(|context, other| {
            let host = context.world().host("db", async |_| ()).unwrap();
            host.disk()
                .fail_next([DiskOp::Scan, DiskOp::Sync][usize::from(other)]);
        }),
        Kind::SyncFails => numbers(|file| Event::SyncFails { file }),
        Kind::SetDisk => programs!(|context, other| {
            let host = context.world().host("db", async |_| ()).unwrap();
            let capacity = Some(other.into());
            host.disk().set(DiskFaults {
                capacity,
                ..DiskFaults::default()
            })
        }),
        Kind::DiskError => {
            let errors = [(1, DiskOp::Scan), (2, DiskOp::Scan), (1, DiskOp::Sync)];
            distinct(errors.map(|(host, op)| Event::DiskError { host, op }))
        }
        Kind::DiskFull => numbers(|file| Event::DiskFull { file }),
        Kind::Stall => {
            distinct([(1, 5), (2, 5), (1, 6)].map(|(host, nanos)| Event::Stall { host, nanos }))
        }
        Kind::LoseWrite => {
            distinct([(1, 5), (2, 5), (1, 6)].map(|(file, page)| Event::LoseWrite { file, page }))
        }
        Kind::Misdirect => distinct(
            [(1, 5, 7, 9), (1, 6, 7, 9), (1, 5, 8, 9), (1, 5, 7, 8)].map(
                |(file, page, to_file, to_page)| Event::Misdirect {
                    file,
                    page,
                    to_file,
                    to_page,
                },
            ),
        ),
        Kind::Evict => {
            distinct([(1, 5), (2, 5), (1, 6)].map(|(file, page)| Event::Evict { file, page }))
        }
        Kind::Rot => {
            distinct(
                [(1, 5, 0), (2, 5, 0), (1, 6, 0), (1, 5, 1)]
                    .map(|(file, offset, bit)| Event::Rot { file, offset, bit }),
            )
        }
        Kind::Created => distinct(
            [("p", &b"a"[..]), ("q", b"a"), ("p", b"b")]
                .map(|(partition, name)| Event::Created { partition, name }),
        ),
        Kind::Removed => distinct(
            [
                (true, "p", &b""[..]),
                (false, "p", b""),
                (true, "q", b""),
                (true, "p", b"b"),
            ]
            .map(|(blob, partition, name)| Event::Removed {
                blob,
                partition,
                name,
            }),
        ),
        Kind::Calm => programs!(|context, other| if other {
            context.world().calm();
        }),
        Kind::Buggify => distinct(["one", "other"].map(|site| Event::Buggify { site })),
        Kind::Knob => distinct(
            [("one", 1), ("other", 1), ("one", 2)].map(|(knob, value)| Event::Knob { knob, value }),
        ),
    }
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn here(context: &Context, other: bool) -> SocketAddr {
    SocketAddr::new(context.addr(), 80 + u16::from(other))
}

fn socket_of(port: u16) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, 1], port))
}

fn distinct<const N: usize>(events: [Event<'static>; N]) -> Pair {
    Pair::Events(events.into())
}

fn numbers(event: impl Fn(u32) -> Event<'static>) -> Pair {
    distinct([1, 2, u32::MAX].map(event))
}

fn addresses(event: impl Fn(SocketAddr) -> Event<'static>) -> Pair {
    let v6 = SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], 80));
    distinct(
        [
            socket_of(80),
            socket_of(81),
            SocketAddr::from(([10, 0, 0, 2], 80)),
            v6,
        ]
        .map(event),
    )
}

/// Panics with this when it is dropped.
struct Saying(&'static str);

impl Drop for Saying {
    fn drop(&mut self) {
        panic!("{}", self.0);
    }
}

mod tests;
