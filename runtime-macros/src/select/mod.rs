//! `select!`: from the user's tokens to an expression.
//!
//! Knows the syntax and the shape of the expansion. Knows neither futures nor random numbers: the
//! order of polling is `runtime_traits::select::order`, called by the expansion.

mod arm;
mod expansion;
mod syntax;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use syntax::Select;

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    match syn::parse2::<Select>(input) {
        Ok(select) => expansion::expand(&select),
        Err(error) => error.into_compile_error(),
    }
}
