//! Places where a library asks to be made to behave badly.

use std::ops::RangeInclusive;

/// Sites at which a simulator may ask the library for rare but legal behaviour: a smaller batch,
/// an early time-out, a needless retry.
///
/// Every context implements it; outside a simulator it is a constant `false` and costs nothing. In a
/// simulator it stays quiet unless the test's faults ask for it.
///
/// ```
/// use runtime_traits::Buggify;
///
/// fn batch<C: Buggify>(context: &C) -> usize {
///     if context.buggify("log/small-batch") { 1 } else { 64 }
/// }
/// ```
pub trait Buggify {
    /// Whether the site misbehaves this time: never, in seeds that leave it alone.
    ///
    /// `site` names the place in the code, once in the program. Its answers depend on the seed and on
    /// its name, and not on which other sites ask.
    fn buggify(&self, site: &'static str) -> bool {
        let _ = site;
        false
    }

    /// A size, a limit or a period of the library: `default`, or in some seeds of a simulator a value
    /// of `extremes`, which are what the library must cope with. It is the same at each call of a
    /// run; on another thread than the run's, and after its end, it is `default`. Of an empty range it
    /// is the start.
    ///
    /// `name` names the knob, once in the program. Two calls with one name are one knob, whatever their
    /// ranges.
    ///
    /// ```
    /// use runtime_traits::Buggify;
    ///
    /// fn segment_len<C: Buggify>(context: &C) -> u64 {
    ///     context.knob("log/segment-len", 64 << 20, 1..=4096)
    /// }
    /// ```
    fn knob(&self, name: &'static str, default: u64, extremes: RangeInclusive<u64>) -> u64 {
        let _ = (name, extremes);
        default
    }
}
