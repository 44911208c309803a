//! Machines that crash, fail and keep apart in other ways than they should.

use super::{Backend, Flaw, Mutant, MutantRunner, wrap};
use crate::defect::{Defect, machines};
use runtime_conformance::machine::Machine;
use std::{
    cell::RefCell,
    net::{IpAddr, Ipv4Addr},
    rc::Rc,
    sync::{Arc, atomic::Ordering::SeqCst},
    time::Duration,
};

pub(crate) struct MutantMachine<M> {
    inner: Rc<M>,
    flaw: Arc<Flaw>,
}

/// A run whose machines, made by `make`, have the defect.
pub(crate) fn machines<R, C, M>(
    (runner, context): (R, C),
    make: impl Fn(&C, &str) -> M,
    defect: Defect,
) -> (MutantRunner<R>, impl Fn(&str) -> MutantMachine<M>) {
    let (runner, root) = wrap(runner, context, defect);
    let first = RefCell::new(None);
    let made = move |name: &str| {
        let Mutant { inner, flaw } = &root;
        // One machine that passes for all.
        let one_only = flaw.is_any(&[
            machines::machines_have_disks_of_their_own,
            machines::machines_have_clocks_of_their_own,
            machines::stop_is_told_to_its_own_machine_alone,
        ]);
        let known = first.borrow().clone().filter(|_| one_only);
        let inner = known.unwrap_or_else(|| Rc::new(make(inner, name)));
        *first.borrow_mut() = Some(inner.clone());
        let flaw = flaw.clone();
        MutantMachine { inner, flaw }
    };
    (runner, made)
}

impl<M: Machine<Context: Backend>> Machine for MutantMachine<M> {
    type Context = Mutant<M::Context>;

    fn context(&self) -> Self::Context {
        Mutant {
            inner: self.inner.context(),
            flaw: self.flaw.clone(),
        }
    }

    fn addr(&self) -> IpAddr {
        match self.flaw.is(machines::machines_have_addresses_of_their_own) {
            true => Ipv4Addr::LOCALHOST.into(),
            false => self.inner.addr(),
        }
    }

    fn crash(&self) {
        self.flaw.crashed.store(true, SeqCst);
        self.inner.crash();
    }

    fn fail_next_sync(&self) {
        self.inner.fail_next_sync();
    }

    fn jump(&self, by: Duration) {
        self.flaw.jumped.store(true, SeqCst);
        self.inner.jump(by);
    }

    fn jump_back(&self, by: Duration) {
        self.flaw.jumped.store(true, SeqCst);
        self.inner.jump_back(by);
    }
}
