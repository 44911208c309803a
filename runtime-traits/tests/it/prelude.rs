//! A glob import shadows nothing of the std prelude.

mod beside_a_glob {
    #![expect(
        unused_qualifications,
        dead_code,
        reason = "that bare names and paths are the same is the test, and compiling runs it"
    )]
    use runtime_traits::*;

    /// The bare name and the path must be one trait, else the inner call does not compile.
    macro_rules! traits {
        ($($test:ident: $bare:path = $path:path;)*) => {$(
            fn $test<T: ?Sized + $bare>() {
                fn std_one<T: ?Sized + $path>() {}
                std_one::<T>();
            }
        )*};
    }

    traits! {
        send: Send = std::marker::Send;
        sync: Sync = std::marker::Sync;
        unpin: Unpin = std::marker::Unpin;
        as_ref: AsRef<u8> = std::convert::AsRef<u8>;
        as_mut: AsMut<u8> = std::convert::AsMut<u8>;
        iterator: Iterator = std::iter::Iterator;
        double_ended: DoubleEndedIterator = std::iter::DoubleEndedIterator;
        exact_size: ExactSizeIterator = std::iter::ExactSizeIterator;
        extend: Extend<u8> = std::iter::Extend<u8>;
        to_string: ToString = std::string::ToString;
        to_owned: ToOwned = std::borrow::ToOwned;
        fn_trait: Fn() = std::ops::Fn();
        fn_mut: FnMut() = std::ops::FnMut();
        fn_once: FnOnce() = std::ops::FnOnce();
        async_fn: AsyncFn() = std::ops::AsyncFn();
        async_fn_mut: AsyncFnMut() = std::ops::AsyncFnMut();
        async_fn_once: AsyncFnOnce() = std::ops::AsyncFnOnce();
        partial_eq: PartialEq = std::cmp::PartialEq;
        partial_ord: PartialOrd = std::cmp::PartialOrd;
        eq: Eq = std::cmp::Eq;
        ord: Ord = std::cmp::Ord;
        future: Future = std::future::Future;
    }

    macro_rules! sized_traits {
        ($($test:ident: $bare:path = $path:path;)*) => {$(
            fn $test<T: $bare>() {
                fn std_one<T: $path>() {}
                std_one::<T>();
            }
        )*};
    }

    sized_traits! {
        sized: Sized = std::marker::Sized;
        copy: Copy = std::marker::Copy;
        clone: Clone = std::clone::Clone;
        default: Default = std::default::Default;
        into: Into<u8> = std::convert::Into<u8>;
        from: From<u8> = std::convert::From<u8>;
        try_into: TryInto<u8> = std::convert::TryInto<u8>;
        try_from: TryFrom<u8> = std::convert::TryFrom<u8>;
        into_iterator: IntoIterator = std::iter::IntoIterator;
        from_iterator: FromIterator<u8> = std::iter::FromIterator<u8>;
        into_future: IntoFuture = std::future::IntoFuture;
    }

    pub(super) async fn as_users_write_it<F: Future + Send>(future: F) -> Result<F::Output, Error> {
        Ok(future.await)
    }

    pub(super) fn result(
        result: Result<u8, String>,
    ) -> std::result::Result<u8, std::string::String> {
        match result {
            Ok(ok) => Ok(ok),
            Err(err) => Err(err.to_string()),
        }
    }

    pub(super) fn option(option: Option<Box<u8>>) -> std::option::Option<std::vec::Vec<u8>> {
        match option {
            Some(some) if *some > 0 => Some(Vec::from([*some])),
            Some(_) | None => None,
        }
    }

    fn sizes() -> [usize; 4] {
        drop(String::new());
        [
            size_of::<u8>(),
            align_of::<u8>(),
            size_of_val(&0),
            align_of_val(&0),
        ]
    }
}

use crate::executor::poll_once;
use std::{pin::pin, task::Poll};

#[test]
fn a_glob_import_shadows_no_name_of_the_std_prelude() {
    let mut future = pin!(beside_a_glob::as_users_write_it(async { 7 }));
    assert_eq!(poll_once(&mut future), Poll::Ready(Ok(7)));
    assert_eq!(beside_a_glob::result(Ok(1)), Ok(1));
    assert_eq!(beside_a_glob::option(Some(Box::new(2))), Some(vec![2]));
}
