//! What is built with this crate: no backend, and of tokio no runtime.

use std::{collections::BTreeSet, env, process::Command};

/// Lines of cargo's tree of what a user builds, with the features: `tokio v1.54.1 net,sync`.
fn built() -> BTreeSet<String> {
    let cargo = env::var_os("CARGO").expect("cargo runs the tests");
    let tree = Command::new(cargo)
        .args(["tree", "--offline", "--package", "runtime-hyper"])
        .args(["--edges", "normal,build", "--prefix", "none"])
        // The features as they are resolved: those that one turns on by another's name are in no edge.
        .args(["--format", "{p} {f}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&tree.stderr);
    assert!(tree.status.success(), "{error}");
    let text = String::from_utf8(tree.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn no_backend_is_built_and_no_runtime_of_tokio() {
    let built = built();
    let tokio = built.iter().find(|line| line.starts_with("tokio v"));
    let features = tokio.and_then(|line| line.split(' ').nth(2)).unwrap();
    let features: BTreeSet<_> = features.split(',').collect();
    // hyper and h2 ask for its channels and for two traits of I/O.
    assert_eq!(
        features,
        BTreeSet::from(["bytes", "default", "io-util", "sync"])
    );
    let ours = built.iter().filter(|line| line.starts_with("runtime-"));
    let ours: BTreeSet<_> = ours.filter_map(|line| line.split(' ').next()).collect();
    let expected = BTreeSet::from(["runtime-hyper", "runtime-io", "runtime-traits"]);
    assert_eq!(ours, expected);
}
