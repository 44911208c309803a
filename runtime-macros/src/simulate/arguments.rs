//! The arguments of `#[simulate(..)]`: fields of `Simulation` and their values.

use syn::{
    Error, Expr, Ident, Result, Token,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

/// `field = value, ..`
pub(super) struct Arguments(pub(super) Punctuated<Argument, Token![,]>);

/// `field = value`: any field, so that the compiler names the ones there are.
pub(super) struct Argument {
    pub(super) field: Ident,
    pub(super) value: Expr,
}

impl Parse for Arguments {
    fn parse(input: ParseStream) -> Result<Self> {
        let arguments = Punctuated::parse_terminated(input)?;
        let mut taken: Vec<&Ident> = Vec::new();
        for Argument { field, .. } in &arguments {
            if field == "name" || field == "package" {
                let message = format!("`{field}` follows from where the function stands");
                return Err(Error::new(field.span(), message));
            }
            if taken.contains(&field) {
                return Err(Error::new(
                    field.span(),
                    format!("`{field}` is given twice"),
                ));
            }
            taken.push(field);
        }
        Ok(Self(arguments))
    }
}

impl Parse for Argument {
    fn parse(input: ParseStream) -> Result<Self> {
        let field: Ident = input.parse()?;
        if !input.peek(Token![=]) {
            let message = format!("expected a value: `{field} = ..`");
            return Err(Error::new(field.span(), message));
        }
        input.parse::<Token![=]>()?;
        let value = input.parse()?;
        Ok(Self { field, value })
    }
}
