//! Values as bytes, on the network and on disk. Big-endian, no padding.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

/// A value that has one form in bytes.
pub(crate) trait Wire: Sized {
    /// Appends the value to `out`.
    fn encode(&self, out: &mut Vec<u8>);

    /// Takes the value from the front of `input`.
    fn decode(input: &mut Input<'_>) -> Result<Self, Malformed>;

    /// Reads the value from `bytes`, all of them.
    fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut input = Input::new(bytes);
        let value = Self::decode(&mut input)?;
        match input.0.len() {
            0 => Ok(value),
            rest => Err(Malformed::Trailing(rest)),
        }
    }
}

/// Bytes that are still to be read.
pub(crate) struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Malformed::Short)?;
        self.0 = rest;
        Ok(taken)
    }
}

/// Why bytes are not the value that was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// They end inside a value.
    Short,
    /// They go on after the value, for so many bytes.
    Trailing(usize),
    /// A value of this kind does not begin with this byte.
    Tag(&'static str, u8),
    /// Text is not UTF-8.
    Text,
    /// An epoch after which there is no later one.
    LastEpoch,
    /// A frame of so many bytes is announced, more than any message has.
    Frame(u32),
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short => write!(f, "the bytes end inside a value"),
            Self::Trailing(rest) => write!(f, "{rest} bytes follow the message"),
            Self::Tag(kind, tag) => write!(f, "no {kind} begins with the byte {tag}"),
            Self::Text => write!(f, "a text is not UTF-8"),
            Self::LastEpoch => write!(f, "an epoch after which no server can be promoted"),
            Self::Frame(length) => {
                write!(
                    f,
                    "a frame of {length} bytes is announced: the peer speaks another protocol"
                )
            }
        }
    }
}

impl std::error::Error for Malformed {}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Wire for $number {
            fn encode(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_be_bytes());
            }

            fn decode(input: &mut Input<'_>) -> Result<Self, Malformed> {
                let bytes = input.take(size_of::<Self>())?;
                Ok(Self::from_be_bytes(bytes.try_into().expect("as long as was asked for")))
            }
        }
    )*};
}
numbers!(u8, u16, u32, u64, u128);

/// Bytes, after their number.
impl Wire for Vec<u8> {
    fn encode(&self, out: &mut Vec<u8>) {
        count(self.len()).encode(out);
        out.extend_from_slice(self);
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let length = u32::decode(input)?;
        Ok(input.take(length as usize)?.to_vec())
    }
}

impl Wire for String {
    fn encode(&self, out: &mut Vec<u8>) {
        count(self.len()).encode(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, Malformed> {
        Self::from_utf8(Wire::decode(input)?).map_err(|_| Malformed::Text)
    }
}

impl<T: Wire> Wire for Option<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        u8::from(self.is_some()).encode(out);
        if let Some(value) = self {
            value.encode(out);
        }
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, Malformed> {
        match u8::decode(input)? {
            0 => Ok(None),
            1 => T::decode(input).map(Some),
            tag => Err(Malformed::Tag("option", tag)),
        }
    }
}

/// Values, after their number. The number is not trusted: nothing is reserved for it.
impl<T: Wire> Wire for Vec<Arc<T>> {
    fn encode(&self, out: &mut Vec<u8>) {
        count(self.len()).encode(out);
        self.iter().for_each(|value| value.encode(out));
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let length = u32::decode(input)?;
        (0..length)
            .map(|_| T::decode(input).map(Arc::new))
            .collect()
    }
}

/// Address and port. Flow and scope of an IPv6 address stay at home.
impl Wire for SocketAddr {
    fn encode(&self, out: &mut Vec<u8>) {
        match self.ip() {
            IpAddr::V4(ip) => {
                4_u8.encode(out);
                ip.to_bits().encode(out);
            }
            IpAddr::V6(ip) => {
                6_u8.encode(out);
                ip.to_bits().encode(out);
            }
        }
        self.port().encode(out);
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let ip = match u8::decode(input)? {
            4 => IpAddr::V4(u32::decode(input)?.into()),
            6 => IpAddr::V6(u128::decode(input)?.into()),
            tag => return Err(Malformed::Tag("address", tag)),
        };
        Ok(Self::new(ip, Wire::decode(input)?))
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).expect("messages and records are far below 4 GiB")
}

#[cfg(test)]
mod tests;
