//! Making a connection: a segment goes, an answer comes back, and both may get lost.

use super::{
    Waiting,
    line::{Gate, Loss},
    rules::Held,
    socket::{Sink, Stream},
};
use crate::{
    Context,
    clock::nanos,
    event::Event,
    kernel::{Kernel, Wait, local},
};
use runtime_traits::{Clock, Error, Sink as _, SocketConfig};
use std::{
    future::poll_fn,
    io::ErrorKind,
    net::{IpAddr, SocketAddr},
    task::{self, Poll},
    time::Duration,
};

/// How often a dialler sends again, doubling the wait from a second on: Linux's `tcp_syn_retries`
/// of 6, which is 127 s in all.
const SYN_RETRIES: u32 = 6;
const GIVE_UP: Duration = Duration::from_secs((2 << SYN_RETRIES) - 1);

/// What a dialler finds, and how long the answer takes.
enum Reached {
    Connection(u32, u64),
    Refused(u64),
    /// The dialler's system has no port left.
    NoPort,
    /// Nothing answers.
    Silence,
}

/// One dial under way.
struct Dial {
    from: u32,
    host: u32,
    socket: SocketAddr,
    /// The address that it comes from, where the dialler named one.
    local: Option<IpAddr>,
    /// How long the segment takes; `None` when it got lost.
    delay: Option<u64>,
    /// The connection that the other side made, though its answer got lost.
    made: Option<u32>,
    config: SocketConfig,
}

impl Kernel {
    fn dial(
        &mut self,
        from: u32,
        socket: SocketAddr,
        local: Option<IpAddr>,
        config: &SocketConfig,
    ) -> Option<Dial> {
        self.note(Event::Dial { socket });
        let host = self.locate(from, socket)?;
        let mut dial = Dial {
            from,
            host,
            socket,
            local,
            delay: None,
            made: None,
            config: config.clone(),
        };
        self.send_dial(&mut dial);
        Some(dial)
    }

    fn send_dial(&mut self, dial: &mut Dial) {
        let crossed = self.switch.cross([dial.from, dial.host], self.now, 0);
        if let Err(loss) = crossed {
            self.lose_dial(dial.socket, loss);
        }
        dial.delay = crossed.ok();
    }

    /// The segment is sent once more. While no link is touched it takes as long as the first.
    fn dial_again(&mut self, dial: &mut Dial) {
        if !self.switch.lines.are_untouched() {
            self.send_dial(dial);
        }
    }

    fn lose_dial(&mut self, socket: SocketAddr, loss: Loss) {
        self.note(Event::LostDial { socket, loss });
    }

    /// A dialler's segment is there, which took `delay`.
    fn connect(&mut self, dial: &Dial, delay: u64) -> Reached {
        let (from, host, socket) = (dial.from, dial.host, dial.socket);
        if self.hosts[host as usize].silent {
            return Reached::Silence;
        }
        let back = self.switch.way_back(from, host, delay);
        if let Some(number) = dial.made {
            return Reached::Connection(number, back);
        }
        let Some(listener) = self.switch.fabric.listener(host, socket) else {
            self.note(Event::Refused { socket });
            return Reached::Refused(back);
        };
        if self.switch.fabric.is_full(listener) {
            self.lose_dial(socket, Loss::Full);
            return Reached::Silence;
        }
        let Some(connection) = self
            .switch
            .fabric
            .connect(from, dial.local, socket, listener)
        else {
            return Reached::NoPort;
        };
        self.note(Event::Connect { connection });
        self.switch
            .pipes
            .resize_with(connection as usize * 2 + 2, Waiting::default);
        if let Some(waiter) = self.switch.listeners[listener as usize].take() {
            self.tell(waiter);
        }
        if let Some(found) = self.switch.fabric.connection(connection) {
            found.configure(&dial.config, self.now);
        }
        if !self.switch.lines.are_untouched() {
            self.cut_new(connection);
        }
        Reached::Connection(connection, back)
    }

    /// Whether something that is due crosses now; while the link is held, whoever asks waits.
    fn poll_crosses(&mut self, way: [u32; 2], cx: &mut task::Context<'_>) -> Poll<bool> {
        match self.switch.lines.gate(way[0], way[1]) {
            Gate::Open => Poll::Ready(true),
            Gate::Parted => Poll::Ready(false),
            Gate::Held => {
                let waiter = self.waiter(cx, Wait::Unknown);
                self.hold(way, Held::Dial(waiter));
                Poll::Pending
            }
        }
    }
}

impl Context {
    pub(super) async fn connect(
        &self,
        socket: SocketAddr,
        local: Option<IpAddr>,
        config: &SocketConfig,
    ) -> Result<(Sink, Stream), Error> {
        let failed = |kind: ErrorKind| Error::ConnectionFailed(socket, kind.into());
        let dial = self.with(|kernel| kernel.dial(self.host, socket, local, config))?;
        let mut dial = dial.ok_or_else(|| failed(ErrorKind::HostUnreachable))?;
        let mut halves = None;
        let start = self.shared.now();
        for attempt in 0..=SYN_RETRIES {
            if attempt > 0 {
                // Beside `with`: no event says that another host acts.
                local::with(&self.shared, |kernel| kernel.dial_again(&mut dial));
            }
            match self.reach(&dial, start).await? {
                Reached::Connection(number, back) => {
                    if halves.is_none() {
                        halves = Some(self.seat().halves(number, 0)?);
                    }
                    dial.made = Some(number);
                    self.elapse(back).await?;
                    if self.crosses([dial.host, dial.from], start).await {
                        return halves.ok_or(Error::Closed);
                    }
                }
                Reached::Refused(back) => {
                    self.elapse(back).await?;
                    if self.crosses([dial.host, dial.from], start).await {
                        return Err(failed(ErrorKind::ConnectionRefused));
                    }
                }
                Reached::NoPort => return Err(failed(ErrorKind::AddrNotAvailable)),
                Reached::Silence => {}
            }
            let wait = Duration::from_secs(1 << attempt);
            self.elapse(nanos(wait)).await?;
        }
        if let Some((mut sink, _)) = halves {
            sink.poison();
        }
        Err(failed(ErrorKind::TimedOut))
    }

    /// Sends the dialler's segment to the other host, and says what it finds there.
    async fn reach(&self, dial: &Dial, start: u64) -> Result<Reached, Error> {
        let Some(delay) = dial.delay else {
            return Ok(Reached::Silence);
        };
        self.elapse(delay).await?;
        match self.crosses([dial.from, dial.host], start).await {
            true => self.with(|kernel| kernel.connect(dial, delay)),
            false => {
                let (socket, loss) = (dial.socket, Loss::Parted);
                self.with(|kernel| {
                    kernel.switch.lines.block(dial.from, dial.host);
                    kernel.lose_dial(socket, loss);
                })?;
                Ok(Reached::Silence)
            }
        }
    }

    /// Whether something that is due crosses. While the link is held it waits, as long as the
    /// dialler would.
    async fn crosses(&self, way: [u32; 2], start: u64) -> bool {
        let gate = |kernel: &mut Kernel| kernel.switch.lines.gate(way[0], way[1]);
        match local::with(&self.shared, gate) {
            Some(Gate::Held) => {}
            gate => return gate != Some(Gate::Parted),
        }
        let waited = Duration::from_nanos(self.shared.now() - start);
        let released = poll_fn(|cx| {
            let polled = local::with(&self.shared, |kernel| kernel.poll_crosses(way, cx));
            polled.unwrap_or(Poll::Ready(false))
        });
        let limit = GIVE_UP.saturating_sub(waited);
        self.timeout(limit, released).await.unwrap_or(false)
    }
}
