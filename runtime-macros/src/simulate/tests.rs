//! The items that `#[simulate]` makes, and where attributes and arguments go.

use super::expand;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{File, Item, ItemFn, ItemMod};

/// The function, what starts the simulation, and the module of the test.
fn items(arguments: TokenStream, item: TokenStream) -> (ItemFn, ItemFn, ItemMod) {
    let file: File = syn::parse2(expand(arguments, item)).expect("items");
    match <[Item; 3]>::try_from(file.items) {
        Ok([Item::Fn(function), Item::Fn(start), Item::Mod(test)]) => (function, start, test),
        Ok(_) => panic!("other items"),
        Err(items) => panic!("{} items", items.len()),
    }
}

fn attributes(attributes: &[syn::Attribute]) -> Vec<String> {
    let name = |attribute: &syn::Attribute| {
        let last = attribute.path().segments.last();
        last.expect("a path has a segment").ident.to_string()
    };
    attributes.iter().map(name).collect()
}

#[test]
fn attributes_go_where_they_belong() {
    let (function, start, test) = items(
        quote!(),
        quote! {
            /// What it shows.
            #[cfg(unix)]
            #[expect(unused)]
            #[should_panic(expected = "x")]
            #[ignore = "slow"]
            async fn name(context: Context) {}
        },
    );
    assert_eq!(attributes(&function.attrs), ["doc", "cfg", "expect"]);
    assert_eq!(attributes(&start.attrs), ["cfg", "cfg"]);
    assert_eq!(attributes(&test.attrs), ["cfg", "cfg"]);
    let [Item::Fn(simulation)] = &test.content.as_ref().expect("inline").1[..] else {
        panic!("one function");
    };
    assert_eq!(simulation.sig.ident, "simulation");
    assert_eq!(
        attributes(&simulation.attrs),
        ["test", "should_panic", "ignore"]
    );
}

#[test]
fn the_function_is_kept_as_it_is_written() {
    let written = quote!(
        pub(crate) async fn name(mut c: Context) -> Result<(), Error> {
            c.go()
        }
    );
    let (function, _, test) = items(quote!(), written.clone());
    assert_eq!(quote!(#function).to_string(), written.to_string());
    assert_eq!(test.ident, "name");
    assert!(matches!(test.vis, syn::Visibility::Inherited));
}

#[test]
fn arguments_are_set_beside_the_function() {
    let (_, start, _) = items(
        quote!(seeds = 0..MOST, timeout = self::minute(),),
        quote!(
            async fn name(context: Context) {}
        ),
    );
    let start = quote!(#start).to_string();
    assert!(
        start.contains("simulation . seeds = 0 .. MOST ;"),
        "{start}"
    );
    assert!(
        start.contains("simulation . timeout = self :: minute () ;"),
        "{start}"
    );
}

#[test]
fn an_error_keeps_the_function() {
    let written = quote!(
        async fn name() {}
    );
    let expanded = expand(quote!(), written.clone()).to_string();
    assert!(expanded.contains("compile_error"), "{expanded}");
    assert!(expanded.ends_with(&written.to_string()), "{expanded}");
}
