//! From a table of events to the enum, its encoding and its decoding.
//!
//! It knows no event. An event is its kind and a number in its head, then its fields in their order.

/// Each line is a kind's code, its name, what the number in its head says (`[field: type]`, or
/// `= constant`), and the fields that follow it.
macro_rules! events {
    ($(
        $(#[$doc:meta])*
        $code:literal $name:ident $(= $constant:literal)? $([$head:ident: $number:ty])?
            $({ $($field:ident: $type:ty),+ })?
    )+) => {
        /// Something that happened. Tasks, hosts, connections and files are numbered in the order
        /// in which the run made them.
        pub(crate) enum Event<'a> {
            $($(#[$doc])* $name { $($head: $number,)? $($($field: $type,)+)? },)+
        }

        /// The kinds of events, each of which has its pair.
        #[cfg(test)]
        #[derive(Clone, Copy, Debug)]
        enum Kind {
            $($name,)+
        }

        #[cfg(test)]
        impl Kind {
            /// With their codes.
            const ALL: &'static [(u8, Self)] = &[$(($code, Self::$name)),+];
        }

        impl<'a> Event<'a> {
            #[inline(always)]
            fn put(&self, to: &mut Encoder) {
                match self {
                    $(Self::$name { $($head,)? $($($field,)+)? } => {
                        to.head($code, 0 $(+ $constant)? $(+ $head.number())?);
                        $($($field.put(to);)+)?
                    })+
                }
            }

            /// The next event.
            pub(crate) fn decode(from: &mut Decoder<'a>) -> Result<Self, Malformed> {
                let (code, _number) = from.head()?;
                Ok(match code {
                    $($code => Self::$name {
                        $($head: <$number as Head>::from_number(_number)?,)?
                        $($($field: <$type as Field<'a>>::take(from)?,)+)?
                    },)+
                    _ => return Err(Malformed),
                })
            }
        }
    };
}
