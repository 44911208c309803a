//! What several victims tell damage by (FNV-1a). It has no mistake.

/// The checksum of words, in their order.
pub fn checksum(words: &[u64]) -> u64 {
    let bytes = words.iter().flat_map(|word| word.to_be_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
