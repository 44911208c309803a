//! What was drawn, printed and parsed, is the same run.

use super::{busy, ms, run};
use runtime_deterministic::Faults;

#[test]
fn what_was_drawn_printed_and_parsed_runs_the_same() {
    let mut differ = 0;
    for seed in 0..1000 {
        let (_, drawn) = run(seed, Faults::drawn(), |context, world| {
            busy(context, world, ms(300))
        });
        let text = drawn.faults().to_string();
        let parsed: Faults = text.parse().unwrap();
        assert_eq!(parsed, drawn.faults(), "{text}");
        let (_, again) = run(seed, parsed, |context, world| busy(context, world, ms(300)));
        assert_eq!(again.state(), drawn.state(), "seed {seed}: {text}");
        assert_eq!(again.fired(), drawn.fired());
        let (_, none) = run(seed, Faults::none(), |context, world| {
            busy(context, world, ms(300))
        });
        differ += u32::from(none.state() != drawn.state());
    }
    assert!(differ > 700, "{differ} runs were other than without faults");
}
