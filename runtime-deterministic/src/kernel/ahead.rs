//! Whose turns come: their memory is asked for ahead, since no processor guesses a random order. Whose turns
//! come does not depend on it.

use super::{Due, Kernel, tasks::Tasks};
use crate::{draws::Picks, ready::ReadySet};
use std::collections::VecDeque;

/// Of so many tasks the memory is at hand.
pub(super) const AT_HAND: u32 = 1 << 12;
/// And of so many that are ready, among whatever number.
const FEW: u32 = 64;

/// The memory of so many darts is asked for at once, and of so many after them what that takes.
const DARTS: usize = 8;
/// So many turns ahead a task's place is asked for, and the job that this names.
const PLACES: usize = 10;
const JOBS: usize = 5;

/// Where timers move on, the tasks of so many come next as a rule, and of so many more soon: their places
/// are asked for, and those of others would be gone by the time.
const NEXT: usize = 16;
const SOON: usize = 1 << 10;

/// What was seen of the draws to come.
#[derive(Default)]
pub(super) struct Ahead {
    /// How many draws were looked at as darts.
    darts: usize,
    /// Whom the next draws choose by rank, while nobody comes in.
    turns: VecDeque<Turn>,
}

/// One who comes after others: the rank among those who are left then, and who that is.
struct Turn {
    rank: u32,
    index: u32,
}

impl Kernel {
    /// Chooses one of many, and asks for the memory of the next.
    #[inline(always)]
    pub(super) fn choose_ahead(&mut self) -> u32 {
        let Self {
            ahead,
            tasks,
            ready,
            schedule,
            ..
        } = self;
        ahead.take(ready, schedule, tasks)
    }
}

impl Ahead {
    /// As [`ReadySet::take`].
    #[inline(always)]
    fn take(&mut self, ready: &mut ReadySet, picks: &mut Picks, tasks: &Tasks) -> u32 {
        match ready.darts() {
            None => return self.take_by_rank(ready, picks, tasks),
            Some(_) if picks.drawn() < self.darts => {}
            Some(bound) => self.fetch_darts(bound, picks, tasks),
        }
        ready.take(|bound| picks.below(bound))
    }

    /// Asks for the memory of many at once: then it comes at once. Whether a dart hits is not asked: a
    /// wrong guess of that takes longer than what is fetched in vain.
    #[inline(never)]
    fn fetch_darts(&mut self, bound: u32, picks: &mut Picks, tasks: &Tasks) {
        picks.look_ahead(2 * DARTS);
        let drawn = picks.drawn();
        for draw in drawn..drawn + DARTS {
            tasks.fetch_job(picks.peek(draw, bound));
            tasks.fetch_place(picks.peek(draw + DARTS, bound));
        }
        self.darts = drawn + DARTS;
    }

    /// By rank it is known who comes, while nobody comes in: so who is looked for ahead is looked for once.
    #[inline(never)]
    fn take_by_rank(&mut self, ready: &mut ReadySet, picks: &mut Picks, tasks: &Tasks) -> u32 {
        if ready.len() <= FEW {
            return ready.take(|bound| picks.below(bound));
        }
        picks.look_ahead(PLACES + 1);
        ready.settle();
        match ready.is_still() {
            // Two for one that is taken, until it is enough.
            true => (0..2).for_each(|_| self.foresee(ready, picks, tasks)),
            false => self.turns.clear(),
        }
        let rank = picks.below(ready.len());
        let index = match self.turns.pop_front() {
            Some(turn) if turn.rank == rank => turn.index,
            // Nobody was foreseen, or it was drawn again.
            _ => {
                self.turns.clear();
                ready.select(rank)
            }
        };
        if let Some(turn) = self.turns.get(JOBS) {
            tasks.fetch_job(turn.index);
        }
        ready.take_known(index);
        index
    }

    #[inline(always)]
    fn foresee(&mut self, ready: &ReadySet, picks: &Picks, tasks: &Tasks) {
        let others = self.turns.len();
        if others > PLACES {
            return;
        }
        let rank = picks.peek(picks.drawn() + others, ready.len() - others as u32);
        // Of those who are left then; so, from the last before it to the first, of those who are there now.
        let before = self.turns.iter().rev();
        let now = before.fold(rank, |rank, turn| rank + u32::from(rank >= turn.rank));
        let index = ready.select(now);
        tasks.fetch_place(index);
        self.turns.push_back(Turn { rank, index });
    }
}

/// Asks for the memory of a task that sleeps, and whose timer moves on after so many.
#[inline(never)]
pub(super) fn fetch_soon(what: &Due, after: usize, tasks: &Tasks) {
    let (Due::Wake { task } | Due::Sleep { task, .. }) = what else {
        return;
    };
    if after < NEXT {
        tasks.fetch_job(task.index);
    } else if after < SOON {
        tasks.fetch_place(task.index);
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
