//! How each event reads in the report of a failure.

use super::Event;
use crate::clock::Instant;
use std::fmt;

/// An event, with the names of hosts at hand.
pub(crate) struct Told<'e, 'a> {
    pub(crate) event: &'e Event<'a>,
    pub(crate) hosts: &'e [String],
}

impl fmt::Display for Told<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = |from: u32, to: u32| Way(self.hosts, [from, to]);
        match *self.event {
            Event::Poll { .. } => write!(f, "polled"),
            Event::Finish { .. } => write!(f, "finished"),
            Event::Panic { text, .. } => write!(f, "panicked: {}", first_line(text)),
            Event::DropPanic { label, text, .. } => {
                let text = first_line(text);
                write!(f, "dropped {label:?}, whose destructor panicked: {text}")
            }
            Event::Abort { task } => write!(f, "aborts task {task}"),
            Event::Spawn { label: "", .. } => write!(f, "runs its boot function"),
            Event::Spawn { label, .. } => write!(f, "spawns {label:?}"),
            Event::On { host } => write!(f, "acts on host {host}"),
            Event::Fail { failure } => write!(f, "fails: {failure}"),
            Event::Found { name } => write!(f, "finds {}", runtime_traits::blob_name(name)),
            Event::Time { now } => write!(f, "time moves to {}", Instant(now)),
            Event::Sleep { deadline } => {
                write!(f, "sleeps until {}", Instant(deadline))
            }
            Event::Draw { bytes } => write!(f, "draws {} random bytes", bytes.len()),
            Event::Select { .. } => write!(f, "orders the branches of a select!"),
            Event::Stop { value } => write!(f, "stops with {value}"),
            Event::Host { .. } => write!(f, "is there"),
            Event::Crash { silent: false, .. } => write!(f, "crashes, and resets its connections"),
            Event::Crash { silent: true, .. } => write!(f, "crashes, and falls silent"),
            Event::Restart { .. } => write!(f, "restarts"),
            Event::Pause { .. } => write!(f, "is paused"),
            Event::Resume { .. } => write!(f, "goes on"),
            Event::Wipe { .. } => write!(f, "loses its disk"),
            Event::Clock { change, .. } => write!(f, "{change}"),
            Event::Bind { socket, done: true } => write!(f, "binds {socket}"),
            Event::Bind {
                socket,
                done: false,
            } => write!(f, "cannot bind {socket}"),
            Event::Unbind { .. } => write!(f, "drops a listener"),
            Event::Dial { socket } => write!(f, "dials {socket}"),
            Event::Refused { socket } => write!(f, "is refused by {socket}"),
            Event::Connect { connection } => write!(f, "makes connection {connection}"),
            Event::Accept { connection } => write!(f, "accepts connection {connection}"),
            Event::Send { pipe, bytes } => {
                write!(f, "sends {} bytes on {}", bytes.len(), Pipe(pipe))
            }
            Event::Receive { pipe, bytes } => {
                write!(f, "receives {} bytes on {}", bytes.len(), Pipe(pipe))
            }
            Event::Arrive { pipe } => write!(f, "a segment arrives on {}", Pipe(pipe)),
            Event::Close { pipe } => write!(f, "closes {}", Pipe(pipe)),
            Event::Reset { pipe } => write!(f, "resets {}", Pipe(pipe)),
            Event::Resolve { name } => write!(f, "resolves {name:?}"),
            Event::BindDatagram { socket, done: true } => write!(f, "binds {socket} for datagrams"),
            Event::BindDatagram {
                socket,
                done: false,
            } => write!(f, "cannot bind {socket} for datagrams"),
            Event::CloseDatagram { socket } => write!(f, "datagram socket {socket} is gone"),
            Event::SendTo { to, bytes, .. } => {
                write!(f, "sends a datagram of {} bytes to {to}", bytes.len())
            }
            Event::Deliver { socket, from } => {
                write!(
                    f,
                    "a datagram of {from} arrives at datagram socket {socket}"
                )
            }
            Event::Lose { to, full: false } => {
                write!(f, "a datagram to {to} is lost: nobody receives there")
            }
            Event::Lose { to, full: true } => {
                write!(f, "a datagram to {to} is lost: too many wait there")
            }
            Event::ReceiveFrom { from, bytes, .. } => {
                write!(f, "receives {} bytes of a datagram of {from}", bytes.len())
            }
            Event::SetLink {
                from,
                to,
                ref setting,
            } => write!(f, "sets the link {}: {setting}", way(from, to)),
            Event::Part { from, to } => write!(f, "parts {}", way(from, to)),
            Event::Hold { from, to } => write!(f, "holds {}", way(from, to)),
            Event::Release { from, to } => write!(f, "releases {}", way(from, to)),
            Event::Heal {} => write!(f, "heals every link"),
            Event::CutEach { from, to, cut } => write!(
                f,
                "cuts connections {} after {} bytes by {}",
                way(from, to),
                cut.after_bytes,
                cut.how
            ),
            Event::Lost { pipe, loss } => write!(f, "a segment on {} is lost: {loss}", Pipe(pipe)),
            Event::Again { pipe } => write!(f, "{} sends again what has no answer", Pipe(pipe)),
            Event::GiveUp { pipe } => write!(f, "{} gives up: nothing answers", Pipe(pipe)),
            Event::Cut { pipe, how } => write!(f, "{} is cut by {how}", Pipe(pipe)),
            Event::Held { from, to } => write!(f, "something {} is held", way(from, to)),
            Event::LostDial { socket, loss } => write!(f, "a dial of {socket} is lost: {loss}"),
            Event::LostDatagram { to, loss } => write!(f, "a datagram to {to} is lost: {loss}"),
            Event::Duplicate { to } => write!(f, "a datagram to {to} is on its way twice"),
            Event::Probe { connection } => {
                write!(f, "a probe of connection {connection} finds no answer")
            }
            Event::Join { from, to } => write!(f, "joins {}", way(from, to)),
            Event::Fill { pipe } => write!(f, "{} is no black hole any more", Pipe(pipe)),
            Event::Open { partition, name } => write!(f, "opens {}", Blob(partition, name)),
            Event::Remove {
                blob: true,
                partition,
                name,
            } => write!(f, "removes {}", Blob(partition, name)),
            Event::Remove { partition, .. } => write!(f, "removes partition {partition}"),
            Event::Scan { partition } => write!(f, "scans {partition}"),
            Event::Length { file, len } => write!(f, "file {file} has {len} bytes"),
            Event::Read {
                file,
                offset,
                bytes,
            } => {
                write!(f, "reads {} bytes at {offset} of file {file}", bytes.len())
            }
            Event::Write {
                file,
                offset,
                bytes,
            } => {
                write!(f, "writes {} bytes at {offset} of file {file}", bytes.len())
            }
            Event::Truncate { file, len } => write!(f, "truncates file {file} to {len}"),
            Event::Sync { file } => write!(f, "file {file} is synced"),
            Event::FailNext { op, .. } => write!(f, "its next {op} is to fail"),
            Event::SyncFails { file } => write!(f, "the sync of file {file} fails"),
            Event::SetDisk { faults, .. } => write!(f, "its disk's faults are {faults}"),
            Event::DiskError { op, .. } => write!(f, "its disk fails a call: {op}"),
            Event::DiskFull { file } => write!(f, "no room is left for file {file}"),
            Event::Stall { nanos, .. } => write!(f, "its disk stalls for {}", Instant(nanos)),
            Event::LoseWrite { file, page } => {
                write!(
                    f,
                    "the disk loses what was written to page {page} of file {file}"
                )
            }
            Event::Misdirect {
                file,
                page,
                to_file,
                to_page,
            } => {
                write!(
                    f,
                    "the disk writes page {page} of file {file} over page {to_page} of file {to_file}"
                )
            }
            Event::Evict { file, page } => {
                write!(f, "page {page} of file {file} is read from the disk anew")
            }
            Event::Rot { file, offset, bit } => {
                write!(
                    f,
                    "bit {bit} at {offset} of file {file} has turned on the disk"
                )
            }
            Event::Created { partition, name } => {
                write!(
                    f,
                    "{} has been made before the crash",
                    Blob(partition, name)
                )
            }
            Event::Removed {
                blob: true,
                partition,
                name,
            } => write!(f, "{} was removed before the crash", Blob(partition, name)),
            Event::Removed { partition, .. } => {
                write!(f, "partition {partition} was removed before the crash")
            }
            Event::Survive { file, kept, len } => {
                write!(
                    f,
                    "of what was not synced of file {file}, {kept} sectors survive; it has {len} bytes"
                )
            }
            Event::Calm {} => write!(f, "all faults end"),
            Event::Buggify { site } => write!(f, "is made to misbehave at {site:?}"),
            Event::Knob { knob, value } => write!(f, "has its knob {knob:?} turned to {value}"),
        }
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// The hosts that something runs from and to.
struct Way<'a>(&'a [String], [u32; 2]);

impl fmt::Display for Way<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |host: u32| self.0.get(host as usize).map_or("?", String::as_str);
        let [from, to] = self.1;
        write!(f, "from {} to {}", name(from), name(to))
    }
}

/// A direction of a connection: even ones run from the dialling end.
struct Pipe(u32);

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
