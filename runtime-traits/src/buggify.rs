//! Places where a library asks to be made to behave badly.

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
}
