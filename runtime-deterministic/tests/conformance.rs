//! The contract, clause by clause, each under 100 seeds.

use runtime_conformance::machine::Machine;
use runtime_deterministic::{Auditor, Config, Context, Crash, DiskOp, Executor, Host, Runner};
use runtime_traits::Panics;
use std::{net::IpAddr, time::Duration};

fn simulated(seed: u64, panics: Panics) -> (Runner, Context, Auditor) {
    let mut config = Config::default();
    config.seed = seed;
    config.panics = panics;
    Executor::init(config)
}

fn run(seed: u64, panics: Panics) -> (Runner, Context) {
    let (runner, context, _auditor) = simulated(seed, panics);
    (runner, context)
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
fn machines(seed: u64) -> (Runner, impl Fn(&str) -> Simulated) {
    let (runner, context) = run(seed, Panics::Propagate);
    let crash = match seed % 2 {
        0 => Crash::Reset,
        _ => Crash::Silent,
    };
    let machine = move |name: &str| {
        let host = context.world().host(name, async |_| ());
        let host = host.expect("a name of its own");
        Simulated { host, crash }
    };
    (runner, machine)
}

runtime_conformance::suite!(
    |seed| run(seed, Panics::Propagate),
    seeds = 0..100,
    panics = run,
    tasks = |context| context.tasks(),
    audited = |seed| {
        let (runner, context, auditor) = simulated(seed, Panics::Propagate);
        (runner, context, move || auditor.state())
    },
    machine = machines,
);
