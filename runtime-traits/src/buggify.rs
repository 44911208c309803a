//! Places where a library asks to be made to behave badly.

use std::ops::RangeInclusive;

/// Sites at which a simulator may ask the library for rare but legal behaviour: a smaller batch,
/// an early time-out, a needless retry.
///
/// Every context implements it; outside a simulator it is a constant `false` and costs nothing.
///
/// ```
/// use runtime_traits::Buggify;
///
/// fn batch<C: Buggify>(context: &C) -> usize {
///     if context.buggify("log/small-batch") { 1 } else { 64 }
/// }
/// ```
pub trait Buggify {
    /// Whether the site misbehaves this time.
    ///
    /// `site` names the place in the code, once in the program.
    fn buggify(&self, site: &'static str) -> bool {
        let _ = site;
        false
    }

    /// A size, a limit or a period of the library: `default`, or in some seeds of a simulator a value
    /// of `extremes`, which are what the library must cope with. It is the same at each call of a
    /// run.
    ///
    /// `name` names the knob, once in the program.
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
