//! What the audit sees: the kinds of events, and how each is encoded.
//!
//! No pointers, no source lines, no `usize` and no `Debug` text enter the encoding.

mod failure;
mod links;
mod words;

pub(crate) use links::{Links, Way};

use crate::{audit::Chain, clock::Change, storage::DiskOp};
use runtime_traits::Error;
use std::net::{IpAddr, SocketAddr};

/// Something that happened. Tasks, hosts, connections and files are numbered in the order in which
/// the run made them.
pub(crate) enum Event<'a> {
    Poll {
        task: u32,
    },
    Finish {
        task: u32,
    },
    Panic {
        task: u32,
        text: &'a str,
    },
    /// A destructor panicked, of a task that was dropped unfinished.
    DropPanic {
        host: u32,
        label: &'a str,
        text: &'a str,
    },
    Abort {
        task: u32,
    },
    Spawn {
        task: u32,
        host: u32,
        label: &'a str,
    },
    /// What follows is done on a host that is not the polled task's.
    On {
        host: u32,
    },
    /// A call failed.
    Fail {
        error: &'a Error,
    },
    /// A name that a scan found.
    Found {
        name: &'a [u8],
    },
    Time {
        now: u64,
    },
    Sleep {
        deadline: u64,
    },
    Draw {
        bytes: &'a [u8],
    },
    Select {
        bits: u64,
    },
    Stop {
        value: i32,
    },
    Host {
        host: u32,
        name: &'a str,
    },
    Crash {
        host: u32,
        silent: bool,
    },
    Restart {
        host: u32,
    },
    Pause {
        host: u32,
    },
    Resume {
        host: u32,
    },
    /// The disk is replaced by an empty one.
    Wipe {
        host: u32,
    },
    Clock {
        host: u32,
        change: Change,
    },
    Bind {
        socket: SocketAddr,
        done: bool,
    },
    Unbind {
        listener: u32,
    },
    Dial {
        socket: SocketAddr,
    },
    Refused {
        socket: SocketAddr,
    },
    Connect {
        connection: u32,
    },
    Accept {
        connection: u32,
    },
    Send {
        pipe: u32,
        bytes: &'a [u8],
    },
    Receive {
        pipe: u32,
        bytes: &'a [u8],
    },
    Arrive {
        pipe: u32,
    },
    Close {
        pipe: u32,
    },
    Reset {
        pipe: u32,
    },
    Resolve {
        name: &'a str,
    },
    BindDatagram {
        socket: SocketAddr,
        done: bool,
    },
    CloseDatagram {
        socket: u32,
    },
    SendTo {
        socket: u32,
        to: SocketAddr,
        bytes: &'a [u8],
    },
    Deliver {
        socket: u32,
        from: SocketAddr,
    },
    Lose {
        to: SocketAddr,
        full: bool,
    },
    ReceiveFrom {
        socket: u32,
        from: SocketAddr,
        bytes: &'a [u8],
    },
    Links(Links<'a>),
    Open {
        partition: &'a str,
        name: &'a [u8],
    },
    Remove {
        partition: &'a str,
        name: Option<&'a [u8]>,
    },
    Scan {
        partition: &'a str,
    },
    Length {
        file: u32,
        len: u64,
    },
    Read {
        file: u32,
        offset: u64,
        bytes: &'a [u8],
    },
    Write {
        file: u32,
        offset: u64,
        bytes: &'a [u8],
    },
    Truncate {
        file: u32,
        len: u64,
    },
    Sync {
        file: u32,
    },
    /// A call of this kind on the host's disk is to fail.
    FailNext {
        host: u32,
        op: DiskOp,
    },
    /// What goes wrong with a disk from now on, in words.
    SetDisk {
        host: u32,
        faults: &'a str,
    },
    DiskError {
        host: u32,
        op: DiskOp,
    },
    DiskFull {
        file: u32,
    },
    /// The disk answers nobody for so long.
    Stall {
        host: u32,
        nanos: u64,
    },
    /// A sync failed. What it lost follows.
    SyncFails {
        file: u32,
    },
    /// The disk did not take a page.
    LoseWrite {
        file: u32,
        page: u64,
    },
    /// A page got to the place of another, of a file.
    Misdirect {
        file: u32,
        page: u64,
        to: (u32, u64),
    },
    /// A page that is not on the disk is gone from the cache.
    Evict {
        file: u32,
        page: u64,
    },
    /// A bit of a byte turned on the disk.
    Rot {
        file: u32,
        offset: u64,
        bit: u32,
    },
    /// An open that was not answered survived a crash.
    Created {
        partition: &'a str,
        name: &'a [u8],
    },
    /// A removal that was not answered survived a crash.
    Removed {
        partition: &'a str,
        name: Option<&'a [u8]>,
    },
    Survive {
        file: u32,
        kept: u32,
        len: u64,
    },
}

impl Event<'_> {
    /// The host that it happens to, when it is nothing that a task does.
    pub(crate) fn happens_to(&self) -> Option<u32> {
        match *self {
            Self::Host { host, .. }
            | Self::Crash { host, .. }
            | Self::Restart { host }
            | Self::Pause { host }
            | Self::Resume { host }
            | Self::Wipe { host }
            | Self::Clock { host, .. }
            | Self::FailNext { host, .. }
            | Self::SetDisk { host, .. }
            | Self::DiskError { host, .. }
            | Self::Stall { host, .. } => Some(host),
            _ => None,
        }
    }

    /// Whether a report tells it: the steps of the run itself would drown what it did.
    pub(crate) fn is_told(&self) -> bool {
        !matches!(
            self,
            Self::Poll { .. }
                | Self::Finish { .. }
                | Self::Time { .. }
                | Self::Select { .. }
                | Self::On { .. }
                | Self::Found { .. }
        )
    }

    #[inline]
    pub(crate) fn encode(&self, chain: &mut Chain) {
        match *self {
            Self::Poll { task } => chain.head(1, task),
            Self::Finish { task } => chain.head(2, task),
            _ => self.encode_rest(chain),
        }
    }

    /// All but what happens at each step.
    fn encode_rest(&self, chain: &mut Chain) {
        match *self {
            Self::Poll { .. } | Self::Finish { .. } => {}
            Self::Panic { task, text } => payload(chain, 3, task, text.as_bytes()),
            Self::DropPanic { host, label, text } => {
                payload(chain, 16, host, label.as_bytes());
                chain.payload(text.as_bytes());
            }
            Self::Abort { task } => chain.head(17, task),
            Self::Spawn { task, host, label } => {
                chain.head(4, task);
                chain.number(host.into());
                chain.payload(label.as_bytes());
            }
            Self::On { host } => chain.head(14, host),
            Self::Fail { error } => chain.head(15, failure::code(error)),
            Self::Found { name } => payload(chain, 49, 0, name),
            Self::Time { now } => number(chain, 5, now),
            Self::Sleep { deadline } => number(chain, 6, deadline),
            Self::Draw { bytes } => payload(chain, 7, 0, bytes),
            Self::Select { bits } => number(chain, 8, bits),
            Self::Stop { value } => number(chain, 9, value as u64),
            Self::Host { host, name } => payload(chain, 10, host, name.as_bytes()),
            Self::Crash { host, silent } => {
                chain.head(11, host);
                chain.number(silent.into());
            }
            Self::Restart { host } => chain.head(12, host),
            Self::Pause { host } => chain.head(81, host),
            Self::Resume { host } => chain.head(82, host),
            Self::Wipe { host } => chain.head(83, host),
            Self::Clock { host, change } => clock(chain, 80, host, change),
            Self::Bind { socket, done } => address(chain, 20, done.into(), socket),
            Self::Unbind { listener } => chain.head(21, listener),
            Self::Dial { socket } => address(chain, 22, 0, socket),
            Self::Refused { socket } => address(chain, 23, 0, socket),
            Self::Connect { connection } => chain.head(24, connection),
            Self::Accept { connection } => chain.head(25, connection),
            Self::Send { pipe, bytes } => payload(chain, 26, pipe, bytes),
            Self::Receive { pipe, bytes } => payload(chain, 27, pipe, bytes),
            Self::Arrive { pipe } => chain.head(28, pipe),
            Self::Close { pipe } => chain.head(29, pipe),
            Self::Reset { pipe } => chain.head(30, pipe),
            Self::Resolve { name } => payload(chain, 31, 0, name.as_bytes()),
            Self::BindDatagram { socket, done } => address(chain, 32, done.into(), socket),
            Self::CloseDatagram { socket } => chain.head(33, socket),
            Self::SendTo { socket, to, bytes } => {
                address(chain, 34, socket, to);
                chain.payload(bytes);
            }
            Self::Deliver { socket, from } => address(chain, 35, socket, from),
            Self::Lose { to, full } => address(chain, 36, full.into(), to),
            Self::ReceiveFrom {
                socket,
                from,
                bytes,
            } => {
                address(chain, 37, socket, from);
                chain.payload(bytes);
            }
            Self::Links(ref event) => event.encode(chain),
            Self::Open { partition, name } => blob(chain, 40, partition, Some(name)),
            Self::Remove { partition, name } => blob(chain, 41, partition, name),
            Self::Scan { partition } => payload(chain, 42, 0, partition.as_bytes()),
            Self::Length { file, len } => at(chain, 43, file, len),
            Self::Read {
                file,
                offset,
                bytes,
            } => {
                at(chain, 44, file, offset);
                chain.payload(bytes);
            }
            Self::Write {
                file,
                offset,
                bytes,
            } => {
                at(chain, 45, file, offset);
                chain.payload(bytes);
            }
            Self::Truncate { file, len } => at(chain, 46, file, len),
            Self::Sync { file } => chain.head(47, file),
            Self::FailNext { host, op } => {
                chain.head(90, host);
                chain.number(op.code());
            }
            Self::SyncFails { file } => chain.head(91, file),
            Self::SetDisk { host, faults } => payload(chain, 92, host, faults.as_bytes()),
            Self::DiskError { host, op } => at(chain, 93, host, op.code()),
            Self::DiskFull { file } => chain.head(94, file),
            Self::Stall { host, nanos } => at(chain, 95, host, nanos),
            Self::LoseWrite { file, page } => at(chain, 96, file, page),
            Self::Misdirect { file, page, to } => {
                at(chain, 97, file, page);
                chain.number(to.0.into());
                chain.number(to.1);
            }
            Self::Evict { file, page } => at(chain, 98, file, page),
            Self::Rot { file, offset, bit } => {
                at(chain, 99, file, offset);
                chain.number(bit.into());
            }
            Self::Created { partition, name } => blob(chain, 100, partition, Some(name)),
            Self::Removed { partition, name } => blob(chain, 101, partition, name),
            Self::Survive { file, kept, len } => {
                at(chain, 48, file, kept.into());
                chain.number(len);
            }
        }
    }
}

fn number(chain: &mut Chain, kind: u8, value: u64) {
    chain.head(kind, 0);
    chain.number(value);
}

fn at(chain: &mut Chain, kind: u8, file: u32, offset: u64) {
    chain.head(kind, file);
    chain.number(offset);
}

fn payload(chain: &mut Chain, kind: u8, subject: u32, bytes: &[u8]) {
    chain.head(kind, subject);
    chain.payload(bytes);
}

fn clock(chain: &mut Chain, kind: u8, host: u32, change: Change) {
    let (what, by) = match change {
        Change::Offset(nanos) => (0, nanos),
        Change::Jump(nanos) => (1, nanos),
        Change::Drift(ppm) => (2, ppm.into()),
    };
    chain.head(kind, host);
    chain.number(what);
    chain.payload(&by.to_le_bytes());
}

fn address(chain: &mut Chain, kind: u8, subject: u32, socket: SocketAddr) {
    chain.head(kind, subject);
    chain.number(socket.port().into());
    match socket.ip() {
        IpAddr::V4(ip) => chain.payload(&ip.octets()),
        IpAddr::V6(ip) => chain.payload(&ip.octets()),
    }
}

fn blob(chain: &mut Chain, kind: u8, partition: &str, name: Option<&[u8]>) {
    payload(chain, kind, name.is_some().into(), partition.as_bytes());
    chain.payload(name.unwrap_or_default());
}
