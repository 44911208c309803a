//! What a seed does alone, in a fresh process, against what it did in the sweep.
//!
//! Pure: compares outcomes, and runs nothing.

use serde::{Deserialize, Serialize};

use crate::cause;
use crate::outcome::Outcome;
use crate::protocol::Run;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verdict {
    /// The same.
    Same,
    /// Something else, and the same each time: what ran before it in its process changed it.
    Leaks,
    /// Something else each time.
    NotDeterministic,
}

/// A seed's runs, the first in the sweep, the others alone.
#[derive(Debug)]
pub(crate) struct Alone {
    pub(crate) verdict: Verdict,
    /// Both sides, where they differ.
    pub(crate) difference: String,
}

impl Alone {
    /// `third` is asked for only where it decides: the second differs, and the first was not alone.
    pub(crate) fn judge<E>(
        first: &Outcome,
        second: &Outcome,
        third: impl FnOnce() -> Result<Option<Outcome>, E>,
    ) -> Result<Self, E> {
        if agree(first, second) {
            return Ok(Self {
                verdict: Verdict::Same,
                difference: String::new(),
            });
        }
        let leaks = !first.was_alone() && third()?.is_some_and(|third| agree(second, &third));
        Ok(Self {
            verdict: if leaks {
                Verdict::Leaks
            } else {
                Verdict::NotDeterministic
            },
            difference: format!(
                "first run:  {}\nsecond run: {}",
                describe(first),
                describe(second)
            ),
        })
    }
}

impl Verdict {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Same => "alone in a fresh process the seed does the same",
            Self::Leaks => {
                "state leaks from seed to seed: alone in a fresh process the seed does otherwise \
                 (look for a static, a thread-local, a file)"
            }
            Self::NotDeterministic => "not deterministic: two runs of the seed differ",
        }
    }
}

fn agree(one: &Outcome, other: &Outcome) -> bool {
    let kind = |outcome: &Outcome| {
        outcome
            .failure
            .as_ref()
            .map(|failure| cause::kind(&failure.cause))
    };
    one.run == other.run && kind(one) == kind(other)
}

fn describe(outcome: &Outcome) -> String {
    let end = match &outcome.failure {
        None => "passed".to_owned(),
        Some(failure) => format!("failed, {}", cause::first_line(&failure.cause)),
    };
    match &outcome.run {
        None => end,
        Some(Run { state, work, .. }) => {
            let work: Vec<_> = work
                .iter()
                .map(|(name, amount)| format!("{name} {amount}"))
                .collect();
            format!("{end}, audit state {state}, {}", work.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    //! Three runs of a seed.

    use std::convert::Infallible;

    use super::{Alone, Verdict};
    use crate::outcome::{Failure, Outcome};
    use crate::protocol::Run;

    fn outcome(state: &str, cause: Option<&str>) -> Outcome {
        Outcome {
            seed: 7,
            began: 5,
            run: Some(Run {
                seed: 7,
                state: state.to_owned(),
                work: [("polls".to_owned(), 3)].into(),
                faults: [].into(),
            }),
            failure: cause.map(|cause| Failure {
                cause: cause.to_owned(),
                block: String::new(),
            }),
        }
    }

    fn verdict(first: &Outcome, second: &Outcome, third: &Outcome) -> Verdict {
        let third = || Ok::<_, Infallible>(Some(third.clone()));
        let Ok(alone) = Alone::judge(first, second, third);
        alone.verdict
    }

    #[test]
    fn runs_that_agree_are_the_same_whatever_their_numbers() {
        let (one, other) = (
            outcome("a", Some("x.rs:1:1: 7 left")),
            outcome("a", Some("x.rs:1:1: 8 left")),
        );
        assert_eq!(verdict(&one, &other, &outcome("b", None)), Verdict::Same);
    }

    #[test]
    fn alone_twice_the_same_and_unlike_the_first_is_a_leak() {
        let (among, alone) = (outcome("a", Some("lost")), outcome("b", None));
        assert_eq!(verdict(&among, &alone, &alone), Verdict::Leaks);
        assert_eq!(
            verdict(&among, &alone, &outcome("c", None)),
            Verdict::NotDeterministic
        );
        let first = Outcome { began: 7, ..among };
        assert_eq!(verdict(&first, &alone, &alone), Verdict::NotDeterministic);
    }

    #[test]
    fn each_part_of_an_outcome_counts() {
        let one = outcome("a", None);
        let mut busier = one.clone();
        busier
            .run
            .as_mut()
            .unwrap()
            .work
            .insert("polls".to_owned(), 4);
        for other in [
            outcome("b", None),
            outcome("a", Some("lost")),
            busier,
            Outcome {
                run: None,
                ..one.clone()
            },
        ] {
            assert_eq!(verdict(&one, &other, &other), Verdict::Leaks);
        }
    }
}
