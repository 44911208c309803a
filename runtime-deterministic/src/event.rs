//! What the audit sees: every kind of event, and how it is encoded.
//!
//! The table is the encoding: after its head, an event's fields in their order. No pointers, no
//! source lines, no `usize` and no `Debug` text enter it. A code, once given, keeps its meaning; a
//! change of what is encoded is another version of the audit.

mod failure;
mod field;
#[cfg(test)]
mod pairs;
#[macro_use]
mod table;
mod words;

pub(crate) use failure::Failure;
pub(crate) use words::Told;

use crate::{
    audit::{Decoder, Encoder, Malformed, Payload},
    clock::Change,
    network::{Cut, How, Loss, Setting},
    storage::DiskOp,
};
use field::{Field, Head};
use std::net::SocketAddr;

events! {
    // Tasks, time and chance.
    1 Poll [task: u32]
    2 Finish [task: u32]
    3 Panic [task: u32] { text: &'a str }
    4 Spawn [task: u32] { host: u32, label: &'a str }
    5 Time { now: u64 }
    6 Sleep { deadline: u64 }
    7 Draw { bytes: Payload<'a> }
    8 Select { bits: u64 }
    9 Stop { value: i32 }
    /// What follows is done on a host that is not the polled task's.
    14 On [host: u32]
    /// A call failed.
    15 Fail [failure: Failure]
    /// A destructor panicked, of a task that was dropped unfinished.
    16 DropPanic [host: u32] { label: &'a str, text: &'a str }
    17 Abort [task: u32]

    // Hosts and their clocks.
    10 Host [host: u32] { name: &'a str }
    11 Crash [host: u32] { silent: bool }
    12 Restart [host: u32]
    80 Clock [host: u32] { change: Change }
    81 Pause [host: u32]
    82 Resume [host: u32]
    /// The disk is replaced by an empty one.
    83 Wipe [host: u32]

    // Connections and datagrams.
    20 Bind [done: bool] { socket: SocketAddr }
    21 Unbind [listener: u32]
    22 Dial { socket: SocketAddr }
    23 Refused { socket: SocketAddr }
    24 Connect [connection: u32]
    25 Accept [connection: u32]
    26 Send [pipe: u32] { bytes: Payload<'a> }
    27 Receive [pipe: u32] { bytes: Payload<'a> }
    28 Arrive [pipe: u32]
    29 Close [pipe: u32]
    30 Reset [pipe: u32]
    31 Resolve { name: &'a str }
    32 BindDatagram [done: bool] { socket: SocketAddr }
    33 CloseDatagram [socket: u32]
    34 SendTo [socket: u32] { to: SocketAddr, bytes: Payload<'a> }
    35 Deliver [socket: u32] { from: SocketAddr }
    36 Lose [full: bool] { to: SocketAddr }
    37 ReceiveFrom [socket: u32] { from: SocketAddr, bytes: Payload<'a> }

    // What a test does to links, and what comes of it.
    60 SetLink [from: u32] { to: u32, setting: Setting }
    61 Part [from: u32] { to: u32 }
    62 Hold [from: u32] { to: u32 }
    63 Release [from: u32] { to: u32 }
    64 Heal
    /// Each connection is to be cut.
    65 CutEach [from: u32] { to: u32, cut: Cut }
    /// A segment, or what it carries, does not arrive.
    66 Lost [pipe: u32] { loss: Loss }
    /// What was not answered is sent again.
    67 Again [pipe: u32]
    68 GiveUp [pipe: u32]
    69 Cut [pipe: u32] { how: How }
    /// Something arrives at a link that is held.
    70 Held [from: u32] { to: u32 }
    /// A dialler's segment is lost, or the answer to it.
    71 LostDial [loss: Loss] { socket: SocketAddr }
    /// A datagram is lost on its way.
    72 LostDatagram [loss: Loss] { to: SocketAddr }
    73 Duplicate { to: SocketAddr }
    /// A keepalive probe finds no answer.
    74 Probe [connection: u32]
    /// A partition that was drawn ends.
    75 Join [from: u32] { to: u32 }
    /// A black hole that was drawn ends.
    76 Fill [pipe: u32]

    // Disks.
    40 Open = 1 { partition: &'a str, name: &'a [u8] }
    /// Of a blob, or of its whole partition: then the name is empty.
    41 Remove [blob: bool] { partition: &'a str, name: &'a [u8] }
    42 Scan { partition: &'a str }
    43 Length [file: u32] { len: u64 }
    44 Read [file: u32] { offset: u64, bytes: Payload<'a> }
    45 Write [file: u32] { offset: u64, bytes: Payload<'a> }
    46 Truncate [file: u32] { len: u64 }
    47 Sync [file: u32]
    48 Survive [file: u32] { kept: u32, len: u64 }
    /// A name that a scan found.
    49 Found { name: &'a [u8] }
    /// A call of this kind on the host's disk is to fail.
    90 FailNext [host: u32] { op: DiskOp }
    /// A sync failed. What it lost follows.
    91 SyncFails [file: u32]
    /// What goes wrong with a disk from now on, in words.
    92 SetDisk [host: u32] { faults: &'a str }
    93 DiskError [host: u32] { op: DiskOp }
    94 DiskFull [file: u32]
    /// The disk answers nobody for so long.
    95 Stall [host: u32] { nanos: u64 }
    /// The disk did not take a page.
    96 LoseWrite [file: u32] { page: u64 }
    /// A page got to the place of another, of a file.
    97 Misdirect [file: u32] { page: u64, to_file: u32, to_page: u64 }
    /// A page that is not on the disk is gone from the cache.
    98 Evict [file: u32] { page: u64 }
    /// A bit of a byte turned on the disk.
    99 Rot [file: u32] { offset: u64, bit: u32 }
    /// An open that was not answered survived a crash.
    100 Created = 1 { partition: &'a str, name: &'a [u8] }
    /// A removal that was not answered survived a crash.
    101 Removed [blob: bool] { partition: &'a str, name: &'a [u8] }

    // Faults of the run.
    /// They end.
    110 Calm
    /// A site of a library misbehaves.
    111 Buggify { site: &'a str }
    /// A knob of a library is turned.
    112 Knob { knob: &'a str, value: u64 }
}

impl<'a> Event<'a> {
    /// What happens at each step is encoded where it is noted.
    #[inline(always)]
    pub(crate) fn encode(&self, to: &mut Encoder) {
        match self {
            Self::Poll { .. }
            | Self::Spawn { .. }
            | Self::Finish { .. }
            | Self::Time { .. }
            | Self::Sleep { .. } => {
                self.put(to);
            }
            Self::Send { .. } | Self::Receive { .. } | Self::Arrive { .. } => self.put(to),
            _ => self.put_any(to),
        }
    }

    #[inline(never)]
    fn put_any(&self, to: &mut Encoder) {
        self.put(to);
    }

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
            | Self::Stall { host, .. }
            // A host's boot function.
            | Self::Spawn { host, label: "", .. } => Some(host),
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

    /// The bytes that it carries.
    pub(crate) fn payload(&self) -> Option<Payload<'a>> {
        match *self {
            Self::Draw { bytes }
            | Self::Send { bytes, .. }
            | Self::Receive { bytes, .. }
            | Self::SendTo { bytes, .. }
            | Self::ReceiveFrom { bytes, .. }
            | Self::Read { bytes, .. }
            | Self::Write { bytes, .. } => Some(bytes),
            _ => None,
        }
    }
}
