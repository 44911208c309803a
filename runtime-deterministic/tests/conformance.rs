//! The contract, clause by clause, each under 100 seeds: on a loopback that takes no time; on one that
//! does, with machines whose links and disks are slow; and on a slow disk.

use runtime_conformance::machine::Machine;
use runtime_deterministic::{
    Auditor, Config, Context, Crash, DiskFaults, DiskOp, Executor, Host, Runner, State,
};
use runtime_traits::{Clock, Error, Network, Panics, Runner as _};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    ops::RangeInclusive,
    time::Duration,
};

/// A run of this seed, whose loopback takes up to so long in each direction.
fn simulated(latency: Duration, seed: u64, panics: Panics) -> (Runner, Context, Auditor) {
    let mut config = Config::default();
    config.seed = seed;
    config.panics = panics;
    let (runner, context, auditor) = Executor::init(config);
    if !latency.is_zero() {
        let loopback = context.world().link("root", "root");
        loopback
            .expect("the root is there")
            .latency(Duration::ZERO..=latency);
    }
    (runner, context, auditor)
}

fn run(latency: Duration, seed: u64, panics: Panics) -> (Runner, Context) {
    let (runner, context, _auditor) = simulated(latency, seed, panics);
    (runner, context)
}

fn audited(latency: Duration, seed: u64) -> (Runner, Context, impl Fn() -> State) {
    let (runner, context, auditor) = simulated(latency, seed, Panics::Propagate);
    (runner, context, move || auditor.state())
}

struct Simulated {
    host: Host<()>,
    crash: Crash,
}

impl Machine for Simulated {
    type Context = Context;

    fn context(&self) -> Context {
        self.host.context()
    }

    fn addr(&self) -> IpAddr {
        self.host.addr()
    }

    fn crash(&self) {
        self.host.crash(self.crash).expect("it runs");
        self.host.restart().expect("it has crashed");
    }

    fn fail_next_sync(&self) {
        self.host.disk().fail_next(DiskOp::Sync);
    }

    fn jump(&self, by: Duration) {
        self.host.clock().jump(by);
    }

    fn jump_back(&self, by: Duration) {
        self.host.clock().jump_back(by);
    }
}

/// A run whose machines crash loudly, or under odd seeds silently.
fn machines(latency: Duration, seed: u64) -> (Runner, impl Fn(&str) -> Simulated) {
    let (runner, context) = run(latency, seed, Panics::Propagate);
    let crash = match seed % 2 {
        0 => Crash::Reset,
        _ => Crash::Silent,
    };
    let machine = move |name: &str| {
        let host = context.world().host(name, async |_| ());
        let host = host.expect("a name of its own");
        if !latency.is_zero() {
            slow(&context, &host, latency);
        }
        Simulated { host, crash }
    };
    (runner, machine)
}

/// Each call of the host's disk, and each way between it and the root, takes up to so long.
fn slow(context: &Context, host: &Host<()>, latency: Duration) {
    slow_disk(host, Duration::ZERO..=latency);
    for (from, to) in [("root", host.name()), (host.name(), "root")] {
        let link = context.world().link(from, to);
        link.expect("both are there")
            .latency(latency..=10 * latency);
    }
}

fn slow_disk(host: &Host<()>, latency: RangeInclusive<Duration>) {
    let calls = [
        DiskOp::Open,
        DiskOp::Remove,
        DiskOp::Scan,
        DiskOp::Len,
        DiskOp::Read,
        DiskOp::Write,
        DiskOp::Truncate,
        DiskOp::Sync,
    ];
    let faults = DiskFaults {
        latency: calls.map(|call| (call, latency.clone())).into(),
        ..DiskFaults::default()
    };
    host.disk().set(faults).expect("nothing in it is a ratio");
}

/// A run of a machine on whose disk every call takes a while.
fn on_a_slow_disk(seed: u64) -> (Runner, Context) {
    let (runner, context) = run(Duration::ZERO, seed, Panics::Propagate);
    let host = context.world().host("slow", async |_| ());
    let host = host.expect("a name of its own");
    slow_disk(&host, Duration::from_millis(1)..=Duration::from_millis(20));
    (runner, host.context())
}

mod late_disk {
    use super::*;

    runtime_conformance::suite!(on_a_slow_disk, seeds = 0..100, topics = [storage, blobs]);
}

macro_rules! flavour {
    ($name:ident, $latency:expr) => {
        mod $name {
            use super::*;

            pub(super) const LATENCY: Duration = $latency;

            runtime_conformance::suite!(
                |seed| run(LATENCY, seed, Panics::Propagate),
                seeds = 0..100,
                panics = |seed, panics| run(LATENCY, seed, panics),
                tasks = |context| context.tasks(),
                audited = |seed| audited(LATENCY, seed),
                machine = |seed| machines(LATENCY, seed),
            );
        }
    };
}

flavour!(at_once, Duration::ZERO);
flavour!(late, Duration::from_millis(2));

#[test]
fn the_late_loopback_takes_time() {
    let (runner, context) = run(late::LATENCY, 0, Panics::Propagate);
    runner.start(async {
        let before = context.monotonic();
        let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
        let refused = context.dial(nobody).await.err();
        assert!(matches!(refused, Some(Error::ConnectionFailed(..))));
        assert!(context.monotonic() > before);
    });
}
