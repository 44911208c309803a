//! `#[simulate]`: from an async function to a test over seeds.
//!
//! Knows which functions are simulations and where their attributes go. What a simulation is and
//! which settings it has is known to `runtime_deterministic::simulate_parallel` alone, which the expansion
//! calls.

mod arguments;
mod expansion;
mod signature;
#[cfg(test)]
mod tests;

use arguments::Arguments;
use proc_macro2::TokenStream;
use syn::{ItemFn, Result};

/// On an error the function stays, so that an editor still knows it.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    try_expand(arguments, item.clone()).unwrap_or_else(|error| {
        let mut tokens = error.into_compile_error();
        tokens.extend(item);
        tokens
    })
}

fn try_expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let arguments: Arguments = syn::parse2(arguments)?;
    let function: ItemFn = syn::parse2(item)?;
    signature::check(&function.sig)?;
    Ok(expansion::expand(&arguments, function))
}
