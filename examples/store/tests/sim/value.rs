//! The values that clients put: each says whose it is and which version, over its whole length.

/// What follows the head: bytes that belong to this version alone, so that half a value, or two
/// halves, are no value.
const SIZES: [usize; 8] = [0, 40, 200, 700, 1_200, 2_500, 5_000, 9_000];

/// The value of a version of a client's key. Some fit into a sector with others, some span sectors,
/// some pages.
pub(crate) fn value(client: usize, version: u64) -> Vec<u8> {
    let mut value = format!("{client}:{version}:").into_bytes();
    let mut state = (client as u64 + 1) << 32 | version;
    let size = SIZES[(step(&mut state) >> 61) as usize];
    value.extend((0..size).map(|_| (step(&mut state) >> 56) as u8));
    value
}

/// The version that a value of a client's key is of; `None` when nobody put it.
pub(crate) fn version(client: usize, bytes: &[u8]) -> Option<u64> {
    let mut parts = bytes.split(|byte| *byte == b':');
    let version = parts.nth(1).and_then(|part| str::from_utf8(part).ok())?;
    let version = version.parse().ok()?;
    (value(client, version) == bytes).then_some(version)
}

/// Numbers that look random, and are the same in every run (Knuth's generator).
fn step(state: &mut u64) -> u64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    *state
}
