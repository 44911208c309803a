//! An audit of its own, which overlooks one kind of event.

use super::{Flaw, Mutant, draw};
use crate::defect::{Defect, audit};
use std::sync::Arc;

/// What happened, event by event.
pub(crate) type Audit = Vec<(Defect, Vec<u8>)>;

impl Flaw {
    /// Notes an event, unless it is what the defect overlooks.
    pub(super) fn note(&self, kind: Defect, what: impl AsRef<[u8]>) {
        if !self.is(kind) {
            let mut audit = self.audit.lock().unwrap();
            audit.push((kind, what.as_ref().into()));
        }
    }

    fn audit(&self) -> Audit {
        let mut audit = self.audit.lock().unwrap().clone();
        let kind = audit::the_same_seed_has_the_same_state;
        if self.is(kind) {
            audit.push((kind, draw().to_le_bytes().into()));
        }
        audit
    }
}

impl<C> Mutant<C> {
    pub(crate) fn audit(&self) -> impl Fn() -> Audit + use<C> {
        let flaw: Arc<Flaw> = self.flaw.clone();
        move || flaw.audit()
    }
}
