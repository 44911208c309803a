//! The seeds that failed, from one sweep to the next.

use crate::scratch::{Scratch, stdout};

const KEPT: &str = "target/seed-sweep/failing.txt";

fn counts(scratch: &Scratch, line: &str) -> String {
    let shown = stdout(&scratch.paste(line));
    let counts = shown.lines().find(|line| line.contains(" run: "));
    counts.unwrap_or_else(|| panic!("{shown}")).to_owned()
}

#[test]
fn seeds_that_failed_are_tried_first_until_they_pass() {
    let scratch = Scratch::new();
    let filter = "--filter shop::till";
    scratch.paste(&format!("seed-sweep --seeds 0..30 {filter}"));
    let kept = "17 shop::till::simulation\n23 shop::till::simulation\n";
    assert_eq!(scratch.read(KEPT).as_deref(), Some(kept));

    let again = format!("seed-sweep --seeds 100..105 {filter}");
    assert_eq!(
        counts(&scratch, &again),
        "1 simulation, 7 seeds run: 5 passed, 2 failed"
    );
    let fresh = format!("seed-sweep --seeds 100..105 --fresh {filter}");
    assert_eq!(
        counts(&scratch, &fresh),
        "1 simulation, 5 seeds run: 5 passed, 0 failed"
    );
    let one = format!("seed-sweep --seed 100 {filter}");
    assert_eq!(
        counts(&scratch, &one),
        "1 simulation, 1 seed run: 1 passed, 0 failed"
    );
    let shard = format!("seed-sweep --seeds 10..30 --shard 1/2 {filter}");
    assert_eq!(
        counts(&scratch, &shard),
        "1 simulation, 10 seeds run: 9 passed, 1 failed"
    );
    let other = "seed-sweep --seeds 0..5 --filter shop::queue";
    assert_eq!(
        counts(&scratch, other),
        "1 simulation, 5 seeds run: 5 passed, 0 failed"
    );
    assert_eq!(
        scratch.read(KEPT).as_deref(),
        Some(kept),
        "none of these ran and mended one"
    );

    let mended = scratch
        .read("shop/tests/it.rs")
        .unwrap()
        .replace("17 | 23", "23");
    scratch.write("shop/tests/it.rs", &mended);
    assert_eq!(
        counts(&scratch, &again),
        "1 simulation, 7 seeds run: 6 passed, 1 failed"
    );
    assert_eq!(
        scratch.read(KEPT).as_deref(),
        Some("23 shop::till::simulation\n")
    );
}
