//! What is built with this crate: no backend, and of tokio no runtime and no clock.

use std::{collections::BTreeSet, env, process::Command};

/// Lines of cargo's tree of what a user builds, as `hyper v1.12.0` and `tokio feature "sync"`.
fn built() -> BTreeSet<String> {
    let cargo = env::var_os("CARGO").expect("cargo runs the tests");
    let tree = Command::new(cargo)
        .args(["tree", "--offline", "--package", "runtime-hyper"])
        .args(["--edges", "features,normal", "--prefix", "none"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&tree.stderr);
    assert!(tree.status.success(), "{error}");
    let text = String::from_utf8(tree.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn no_backend_and_no_runtime_of_tokios_is_built() {
    let built = built();
    let of_tokio = |feature| built.contains(&format!("tokio feature \"{feature}\""));
    // Channels, for hyper; sockets, for a connector of hyper-util's that nobody calls.
    assert!(of_tokio("sync") && of_tokio("net"), "{built:?}");
    for feature in [
        "full",
        "macros",
        "process",
        "rt",
        "rt-multi-thread",
        "signal",
        "time",
    ] {
        assert!(!of_tokio(feature), "tokio's {feature} is built");
    }
    let ours = built
        .iter()
        .filter(|line| line.starts_with("runtime-") && line.contains(" v"));
    let ours: BTreeSet<_> = ours.filter_map(|line| line.split(' ').next()).collect();
    let expected = BTreeSet::from(["runtime-hyper", "runtime-io", "runtime-traits"]);
    assert_eq!(ours, expected);
}
