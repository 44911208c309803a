//! Which functions are simulations.

use quote::ToTokens;
use syn::{Error, FnArg, Result, Safety, Signature};

/// What the function must look like, for every message.
const FORM: &str = "a simulation is `async fn name(context: Context)`";

/// All that is wrong, each reported at the user's token.
pub(super) fn check(signature: &Signature) -> Result<()> {
    let errors = [
        check_qualifiers(signature),
        check_generics(signature),
        check_inputs(signature),
    ];
    match errors.into_iter().filter_map(Result::err).reduce(combine) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

fn combine(mut all: Error, next: Error) -> Error {
    all.combine(next);
    all
}

fn check_qualifiers(signature: &Signature) -> Result<()> {
    if let Some(constness) = &signature.constness {
        return refuse(constness, "it cannot be `const`");
    }
    if !matches!(signature.safety, Safety::Default) {
        return refuse(&signature.safety, "it cannot be `unsafe`");
    }
    if let Some(abi) = &signature.abi {
        return refuse(abi, "it cannot be `extern`");
    }
    if signature.asyncness.is_none() {
        return refuse(signature.fn_token, "this function is not `async`");
    }
    Ok(())
}

fn check_generics(signature: &Signature) -> Result<()> {
    let generics = &signature.generics;
    if !generics.params.is_empty() {
        return refuse(&generics.params, "it has no generic parameters");
    }
    match &generics.where_clause {
        Some(clause) => refuse(clause, "it has no `where` clause"),
        None => Ok(()),
    }
}

fn check_inputs(signature: &Signature) -> Result<()> {
    let mut inputs = signature.inputs.iter();
    match inputs.next() {
        None => return refuse(&signature.ident, "this function takes no argument"),
        Some(FnArg::Receiver(receiver)) => {
            return refuse(receiver, "it is a free function: it takes no `self`");
        }
        Some(FnArg::Typed(_)) => {}
    }
    match inputs.next() {
        Some(second) => refuse(second, "it takes one argument"),
        None => Ok(()),
    }
}

fn refuse(tokens: impl ToTokens, reason: &str) -> Result<()> {
    Err(Error::new_spanned(tokens, format!("{FORM}: {reason}")))
}
