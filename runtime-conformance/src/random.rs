//! Randomness, and the places where a library asks to be made to behave badly.

use runtime_traits::{Buggify, Random, Runner};

/// [`fill`](Random::fill) fills all of its buffer, whatever its length.
pub fn fill_fills_the_whole_buffer<R: Runner, C: Random>((runner, context): (R, C)) {
    runner.start(async {
        for len in [0, 1, 7, 8, 9, 31, 257] {
            // 0 at each of 32 draws: once in 2^256.
            let mut seen = vec![0; len];
            for _ in 0..32 {
                let mut buf = vec![0; len];
                context.fill(&mut buf);
                seen.iter_mut()
                    .zip(buf)
                    .for_each(|(seen, byte)| *seen |= byte);
            }
            assert!(seen.iter().all(|seen| *seen != 0), "{len} bytes: {seen:?}");
        }
    });
}

/// Each bit of [`next_u64`](Random::next_u64) is drawn.
pub fn next_u64_draws_every_bit<R: Runner, C: Random>((runner, context): (R, C)) {
    runner.start(async {
        let draws: Vec<u64> = (0..256).map(|_| context.next_u64()).collect();
        assert_eq!(draws.iter().fold(0, |set, draw| set | draw), u64::MAX);
        assert_eq!(draws.iter().fold(u64::MAX, |set, draw| set & draw), 0);
    });
}

/// Random bytes can be drawn before a run and after it.
pub fn randomness_outlives_its_run<R: Runner, C: Random>((runner, context): (R, C)) {
    let draw = || {
        let mut bytes = [0; 16];
        context.fill(&mut bytes);
        (context.next_u64(), bytes)
    };
    let before = draw();
    runner.start(async {});
    assert!(before != draw() && before != draw(), "always {before:?}");
}

/// A site may ask anywhere whether it is to misbehave: before, during and after a run.
pub fn buggify_may_be_asked_anywhere<R: Runner, C: Buggify>((runner, context): (R, C)) {
    context.buggify("conformance/before");
    runner.start(async { context.buggify("conformance/inside") });
    context.buggify("conformance/after");
}

/// A knob has its default or one of its extremes, and the same at each call of a run.
pub fn a_knob_has_one_value<R: Runner, C: Buggify>((runner, context): (R, C)) {
    let knob = || context.knob("conformance/knob", 64, 1..=4);
    let values = runner.start(async { [knob(), knob()] });
    let allowed = values[0] == 64 || (1..=4).contains(&values[0]);
    assert!(allowed && values[0] == values[1], "{values:?}");
    knob();
}
