//! How each event reads in the report of a failure.

use super::Event;
use crate::clock::Instant;
use std::fmt;

impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Poll { .. } => write!(f, "polled"),
            Self::Finish { .. } => write!(f, "finished"),
            Self::Panic { text, .. } => write!(f, "panicked: {}", first_line(text)),
            Self::DropPanic { label, text, .. } => {
                let text = first_line(text);
                write!(f, "dropped {label:?}, whose destructor panicked: {text}")
            }
            Self::Abort { task } => write!(f, "aborts task {task}"),
            Self::Spawn { label: "", .. } => write!(f, "runs its boot function"),
            Self::Spawn { label, .. } => write!(f, "spawns {label:?}"),
            Self::On { host } => write!(f, "acts on host {host}"),
            Self::Fail { error } => write!(f, "fails: {error}"),
            Self::Found { name } => write!(f, "finds {}", runtime_traits::blob_name(name)),
            Self::Time { now } => write!(f, "time moves to {}", Instant(now)),
            Self::Sleep { deadline } => {
                write!(f, "sleeps until {}", Instant(deadline))
            }
            Self::Draw { bytes } => write!(f, "draws {} random bytes", bytes.len()),
            Self::Select { .. } => write!(f, "orders the branches of a select!"),
            Self::Stop { value } => write!(f, "stops with {value}"),
            Self::Host { .. } => write!(f, "is there"),
            Self::Crash { silent: false, .. } => write!(f, "crashes, and resets its connections"),
            Self::Crash { silent: true, .. } => write!(f, "crashes, and falls silent"),
            Self::Restart { .. } => write!(f, "restarts"),
            Self::Pause { .. } => write!(f, "is paused"),
            Self::Resume { .. } => write!(f, "goes on"),
            Self::Wipe { .. } => write!(f, "loses its disk"),
            Self::Clock { change, .. } => write!(f, "{change}"),
            Self::Bind { socket, done: true } => write!(f, "binds {socket}"),
            Self::Bind {
                socket,
                done: false,
            } => write!(f, "cannot bind {socket}"),
            Self::Unbind { .. } => write!(f, "drops a listener"),
            Self::Dial { socket } => write!(f, "dials {socket}"),
            Self::Refused { socket } => write!(f, "is refused by {socket}"),
            Self::Connect { connection } => write!(f, "makes connection {connection}"),
            Self::Accept { connection } => write!(f, "accepts connection {connection}"),
            Self::Send { pipe, bytes } => {
                write!(f, "sends {} bytes on {}", bytes.len(), Pipe(pipe))
            }
            Self::Receive { pipe, bytes } => {
                write!(f, "receives {} bytes on {}", bytes.len(), Pipe(pipe))
            }
            Self::Arrive { pipe } => write!(f, "a segment arrives on {}", Pipe(pipe)),
            Self::Close { pipe } => write!(f, "closes {}", Pipe(pipe)),
            Self::Reset { pipe } => write!(f, "resets {}", Pipe(pipe)),
            Self::Resolve { name } => write!(f, "resolves {name:?}"),
            Self::BindDatagram { socket, done: true } => write!(f, "binds {socket} for datagrams"),
            Self::BindDatagram {
                socket,
                done: false,
            } => write!(f, "cannot bind {socket} for datagrams"),
            Self::CloseDatagram { socket } => write!(f, "datagram socket {socket} is gone"),
            Self::SendTo { to, bytes, .. } => {
                write!(f, "sends a datagram of {} bytes to {to}", bytes.len())
            }
            Self::Deliver { socket, from } => {
                write!(
                    f,
                    "a datagram of {from} arrives at datagram socket {socket}"
                )
            }
            Self::Lose { to, full: false } => {
                write!(f, "a datagram to {to} is lost: nobody receives there")
            }
            Self::Lose { to, full: true } => {
                write!(f, "a datagram to {to} is lost: too many wait there")
            }
            Self::ReceiveFrom { from, bytes, .. } => {
                write!(f, "receives {} bytes of a datagram of {from}", bytes.len())
            }
            Self::Links(ref event) => event.fmt(f),
            Self::Open { partition, name } => write!(f, "opens {}", Blob(partition, name)),
            Self::Remove {
                partition,
                name: Some(name),
            } => {
                write!(f, "removes {}", Blob(partition, name))
            }
            Self::Remove {
                partition,
                name: None,
            } => write!(f, "removes partition {partition}"),
            Self::Scan { partition } => write!(f, "scans {partition}"),
            Self::Length { file, len } => write!(f, "file {file} has {len} bytes"),
            Self::Read {
                file,
                offset,
                bytes,
            } => {
                write!(f, "reads {} bytes at {offset} of file {file}", bytes.len())
            }
            Self::Write {
                file,
                offset,
                bytes,
            } => {
                write!(f, "writes {} bytes at {offset} of file {file}", bytes.len())
            }
            Self::Truncate { file, len } => write!(f, "truncates file {file} to {len}"),
            Self::Sync { file } => write!(f, "file {file} is synced"),
            Self::FailNext { op, .. } => write!(f, "its next {op} is to fail"),
            Self::SyncFails { file } => write!(f, "the sync of file {file} fails"),
            Self::SetDisk { faults, .. } => write!(f, "its disk's faults are {faults}"),
            Self::DiskError { op, .. } => write!(f, "its disk fails a call: {op}"),
            Self::DiskFull { file } => write!(f, "no room is left for file {file}"),
            Self::Stall { nanos, .. } => write!(f, "its disk stalls for {}", Instant(nanos)),
            Self::LoseWrite { file, page } => {
                write!(
                    f,
                    "the disk loses what was written to page {page} of file {file}"
                )
            }
            Self::Misdirect { file, page, to } => {
                let (other, place) = to;
                write!(
                    f,
                    "the disk writes page {page} of file {file} over page {place} of file {other}"
                )
            }
            Self::Evict { file, page } => {
                write!(f, "page {page} of file {file} is read from the disk anew")
            }
            Self::Rot { file, offset, bit } => {
                write!(
                    f,
                    "bit {bit} at {offset} of file {file} has turned on the disk"
                )
            }
            Self::Created { partition, name } => {
                write!(
                    f,
                    "{} has been made before the crash",
                    Blob(partition, name)
                )
            }
            Self::Removed { partition, name } => match name {
                Some(name) => {
                    write!(f, "{} was removed before the crash", Blob(partition, name))
                }
                None => write!(f, "partition {partition} was removed before the crash"),
            },
            Self::Survive { file, kept, len } => {
                write!(
                    f,
                    "of what was not synced of file {file}, {kept} sectors survive; it has {len} bytes"
                )
            }
        }
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// A direction of a connection: even ones run from the dialling end.
pub(super) struct Pipe(pub(super) u32);

impl fmt::Display for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = ["out", "back"][self.0 as usize % 2];
        write!(f, "connection {} ({direction})", self.0 / 2)
    }
}

struct Blob<'a>(&'a str, &'a [u8]);

impl fmt::Display for Blob<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "blob {} of {}",
            runtime_traits::blob_name(self.1),
            self.0
        )
    }
}
