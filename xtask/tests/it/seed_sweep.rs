//! `cargo xtask seed-sweep` hands its arguments on; what becomes of them is tested in `seed-sweep`.

use crate::scratch::{Scratch, stdout};

#[test]
fn arguments_reach_the_sweep_and_its_exit_code_comes_back() {
    let scratch = Scratch::new();
    scratch.refuses(
        "cargo xtask seed-sweep --seeds 7..7",
        "the range holds no seed",
    );
    scratch.refuses(
        "cargo xtask seed-sweep",
        "no package of the workspace depends on runtime-deterministic",
    );
    let help = scratch.paste("cargo xtask seed-sweep --help");
    assert_eq!(help.status.code(), Some(0));
    let shown = stdout(&help);
    assert!(
        shown.contains("Usage: cargo xtask seed-sweep [OPTIONS]"),
        "{shown}"
    );
}
