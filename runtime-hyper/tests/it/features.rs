//! What is built with this crate: no backend, and of tokio what hyper-util turns on.

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
fn no_backend_is_built_and_of_tokio_what_hyper_util_turns_on() {
    let built = built();
    let tokio = built.iter().find(|line| line.starts_with("tokio v"));
    let features = tokio.and_then(|line| line.split(' ').nth(2)).unwrap();
    for feature in features.split(',') {
        // hyper-util's pool and graceful shutdown ask for `net` and `sync` of tokio, and by that name for
        // its own feature `tokio`, which has `rt` and `time`. The rest is what these ask for.
        let known = "bytes default io-util libc mio net rt socket2 sync time windows-sys";
        let is_known = known.split(' ').any(|known| known == feature);
        assert!(is_known, "tokio's {feature} is built");
    }
    let ours = built.iter().filter(|line| line.starts_with("runtime-"));
    let ours: BTreeSet<_> = ours.filter_map(|line| line.split(' ').next()).collect();
    let expected = BTreeSet::from(["runtime-hyper", "runtime-io", "runtime-traits"]);
    assert_eq!(ours, expected);
}
