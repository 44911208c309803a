//! The function, and the test beside it.
//!
//! ```text
//! async fn name(context: Context) { .. }
//!
//! #[cfg(test)]
//! fn __simulate_name(name: &'static str) {         // the arguments mean what they mean here
//!     let mut simulation = ::runtime_deterministic::Simulation { name, package: .., .. };
//!     simulation.field = value;
//!     ::runtime_deterministic::simulate_parallel(simulation, name);
//! }
//!
//! #[cfg(test)]
//! mod name {                                       // a sweep finds tests that end in ::simulation
//!     #[test]
//!     fn simulation() { super::__simulate_name(..) }
//! }
//! ```

use super::arguments::{Argument, Arguments};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::{AttrStyle, Attribute, ItemFn, ReturnType, Token, spanned::Spanned};

pub(super) fn expand(arguments: &Arguments, mut function: ItemFn) -> TokenStream {
    let (kept, moved) = function.attrs.into_iter().partition(stays);
    function.attrs = kept;
    let cfgs: Vec<&Attribute> = function.attrs.iter().filter(|a| is(a, &["cfg"])).collect();

    let site = Span::mixed_site();
    let start = start(arguments, &function);
    let test = test(&function, &moved);
    quote_spanned! {site=>
        #function

        #(#cfgs)*
        #[cfg(test)]
        #start

        #(#cfgs)*
        #[cfg(test)]
        #test
    }
}

/// Beside the function and not inside the test's module, so that the arguments are evaluated in the
/// user's scope.
fn start(arguments: &Arguments, function: &ItemFn) -> TokenStream {
    let site = Span::mixed_site();
    let (start, ident) = (start_name(function), &function.sig.ident);
    let assignments = arguments.0.iter();
    let assignments = assignments
        .map(|Argument { field, value }| quote_spanned!(site=> simulation.#field = #value;));
    let call = quote_spanned! {site.located_at(output_span(function))=>
        ::runtime_deterministic::simulate_parallel(simulation, #ident);
    };
    let mutability = (!arguments.0.is_empty()).then(<Token![mut]>::default);
    quote_spanned! {site=>
        fn #start(name: &'static ::core::primitive::str) {
            let #mutability simulation = ::runtime_deterministic::Simulation {
                name,
                package: ::core::env!("CARGO_PKG_NAME"),
                ..::core::default::Default::default()
            };
            #(#assignments)*
            #call
        }
    }
}

/// A type that a simulation cannot return is reported where the user wrote it.
fn output_span(function: &ItemFn) -> Span {
    match &function.sig.output {
        ReturnType::Default => function.sig.ident.span(),
        ReturnType::Type(_, output) => output.span(),
    }
}

fn test(function: &ItemFn, attributes: &[Attribute]) -> TokenStream {
    let (start, ident) = (start_name(function), &function.sig.ident);
    quote_spanned! {Span::mixed_site()=>
        mod #ident {
            #[::core::prelude::v1::test]
            #(#attributes)*
            fn simulation() {
                super::#start(::core::concat!(::core::module_path!(), "::simulation"));
            }
        }
    }
}

fn start_name(function: &ItemFn) -> syn::Ident {
    format_ident!(
        "__simulate_{}",
        function.sig.ident,
        span = Span::mixed_site()
    )
}

/// Documentation, `cfg` and lint levels speak of the function; the rest, such as `should_panic` and
/// `ignore`, of the test.
fn stays(attribute: &Attribute) -> bool {
    let stay = ["doc", "cfg", "allow", "expect", "warn", "deny", "forbid"];
    matches!(attribute.style, AttrStyle::Inner(_)) || is(attribute, &stay)
}

fn is(attribute: &Attribute, names: &[&str]) -> bool {
    names.iter().any(|name| attribute.path().is_ident(name))
}
