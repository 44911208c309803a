//! One branch in the expansion: its names, and the code that evaluates, polls and runs it.

use super::syntax::{Body, Branch};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Pat, spanned::Spanned};

/// Hides the expansion's locals from the user's code, and resolves paths where the user stands.
pub(super) fn site() -> Span {
    Span::mixed_site()
}

/// A branch and the names it has in the expansion.
pub(super) struct Arm<'a> {
    branch: &'a Branch,
    pub(super) index: usize,
    pub(super) future: Ident,
    pub(super) enabled: Option<Ident>,
    pub(super) variant: Ident,
    pub(super) output: Ident,
}

impl<'a> Arm<'a> {
    pub(super) fn new((index, branch): (usize, &'a Branch)) -> Self {
        let name = |prefix: &str| format_ident!("{prefix}{index}", span = site());
        Self {
            branch,
            index,
            future: name("future"),
            enabled: branch.condition.as_ref().map(|_| name("enabled")),
            variant: name("Branch"),
            output: name("T"),
        }
    }

    pub(super) fn evaluate_condition(&self) -> Option<TokenStream> {
        let (enabled, condition) = (self.enabled.as_ref()?, self.branch.condition.as_ref()?);
        Some(quote_spanned!(site()=> let #enabled: ::core::primitive::bool = #condition;))
    }

    pub(super) fn evaluate_future(&self) -> TokenStream {
        let future = &self.branch.future;
        quote_spanned!(self.future_site()=> ::core::future::IntoFuture::into_future(#future))
    }

    /// What is no future is reported at the user's expression.
    fn future_site(&self) -> Span {
        site().located_at(self.branch.future.span())
    }

    pub(super) fn poll(&self) -> TokenStream {
        let variant = &self.variant;
        let future = Ident::new(&self.future.to_string(), self.future_site());
        let poll = quote_spanned! {self.future_site()=>
            ::core::future::Future::poll(#future.as_mut(), cx)
        };
        quote_spanned! {site()=>
            if let ::core::task::Poll::Ready(output) = #poll {
                return ::core::task::Poll::Ready(__Selected::#variant(output));
            }
        }
    }

    /// `let` and not a pattern of the `match`, so that a refutable pattern is reported as such.
    pub(super) fn run_body(&self) -> TokenStream {
        let variant = &self.variant;
        let pattern = match &self.branch.pattern {
            alternatives @ Pat::Or(_) => quote!((#alternatives)),
            pattern => quote!(#pattern),
        };
        let bind = quote_spanned!(site()=> let #pattern = output;);
        let body = self.branch.body.after(&bind);
        quote_spanned!(site()=> __Selected::#variant(output) => #body)
    }
}

impl Body {
    /// A block, in the user's own braces where there are some: the compiler warns of a second pair.
    pub(super) fn after(&self, statement: &TokenStream) -> TokenStream {
        match self {
            Self::Block(braces, inside) => {
                let mut block = TokenStream::new();
                braces.surround(&mut block, |block| block.extend(quote!(#statement #inside)));
                block
            }
            Self::Expression(expression) => quote_spanned!(site()=> { #statement #expression }),
        }
    }
}
