//! The expression that a `select!` stands for.
//!
//! ```text
//! {
//!     enum __Selected<T0, T1> { Branch0(T0), Branch1(T1), Disabled }
//!     let enabled1: bool = condition1;
//!     let selected = match (future0, future1) {    // temporaries live until this `;`
//!         (future0, future1) => {                  // the futures live until this arm ends
//!             let mut future0 = pin!(future0);
//!             let mut future1 = pin!(future1);
//!             poll_fn(move |cx| ..).await
//!         }
//!     };
//!     match selected {                             // bodies: in no loop, closure or async block
//!         __Selected::Branch0(output) => { let pattern0 = output; body0 }
//!         __Selected::Branch1(output) => { let pattern1 = output; body1 }
//!         __Selected::Disabled => otherwise,
//!     }
//! }
//! ```
//!
//! Locals are hygienic, so no name of the user's can mean one of them; the enum cannot be, hence its
//! underscores.

use super::{
    arm::{Arm, site},
    syntax::Select,
};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{quote, quote_spanned};

pub(super) fn expand(select: &Select) -> TokenStream {
    let arms: Vec<Arm> = select.branches.iter().enumerate().map(Arm::new).collect();
    let outputs: Vec<&Ident> = arms.iter().map(|arm| &arm.output).collect();
    let variants = arms.iter().map(|arm| &arm.variant);
    let conditions = arms.iter().map(Arm::evaluate_condition);
    let futures: Vec<&Ident> = arms.iter().map(|arm| &arm.future).collect();
    let evaluated = arms.iter().map(Arm::evaluate_future);
    let selected = wait(select, &arms);
    let bodies = arms.iter().map(Arm::run_body);
    let otherwise = otherwise(select);
    quote_spanned! {site()=> {
        enum __Selected<#(#outputs),*> { #(#variants(#outputs),)* Disabled }
        #(#conditions)*
        let selected = match (#(#evaluated,)*) {
            (#(#futures,)*) => {
                #(let mut #futures = ::core::pin::pin!(#futures);)*
                #selected
            }
        };
        match selected {
            #(#bodies)*
            __Selected::Disabled => #otherwise,
        }
    }}
}

/// Waits for the first ready branch, unless every branch is disabled.
fn wait(select: &Select, arms: &[Arm]) -> TokenStream {
    let polls = if select.biased {
        poll_in_order(arms)
    } else {
        poll_at_random(arms)
    };
    let wait = quote_spanned! {site()=>
        ::core::future::poll_fn(move |cx| {
            #polls
            ::core::task::Poll::Pending
        })
        .await
    };
    let enabled: Option<Vec<_>> = arms.iter().map(|arm| arm.enabled.as_ref()).collect();
    match enabled {
        Some(enabled) => quote_spanned! {site()=>
            if #(#enabled)||* { #wait } else { __Selected::Disabled }
        },
        None => wait,
    }
}

fn poll_in_order(arms: &[Arm]) -> TokenStream {
    arms.iter()
        .map(|arm| {
            let poll = arm.poll();
            match &arm.enabled {
                Some(enabled) => quote_spanned!(site()=> if #enabled { #poll }),
                None => poll,
            }
        })
        .collect()
}

fn poll_at_random(arms: &[Arm]) -> TokenStream {
    let count = Literal::usize_unsuffixed(arms.len());
    let cases = arms.iter().map(|arm| {
        let (index, poll) = (Literal::usize_unsuffixed(arm.index), arm.poll());
        let guard = arm.enabled.as_ref().map(|enabled| quote!(if #enabled));
        quote_spanned!(site()=> #index #guard => #poll)
    });
    quote_spanned! {site()=>
        for branch in ::runtime_traits::select::order::<#count>() {
            match branch {
                #(#cases)*
                _ => {}
            }
        }
    }
}

fn otherwise(select: &Select) -> TokenStream {
    match &select.otherwise {
        Some(body) => body.after(&TokenStream::new()),
        None => quote_spanned! {site()=>
            ::core::panic!("every branch of this select! is disabled and it has no `else`")
        },
    }
}
