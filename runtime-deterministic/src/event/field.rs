//! How each part of an event is encoded: little-endian, and of a fixed form on every machine.

use super::Failure;
use crate::{
    audit::{Decoder, Encoder, Malformed, Payload},
    clock::Change,
    network::{Cut, How, Loss, Setting},
    storage::DiskOp,
};
use std::net::{IpAddr, SocketAddr};

/// A part of an event, after its head.
pub(super) trait Field<'a>: Sized {
    fn put(&self, to: &mut Encoder);
    fn take(from: &mut Decoder<'a>) -> Result<Self, Malformed>;
}

/// What the number in an event's head says.
pub(super) trait Head: Sized {
    fn number(&self) -> u32;
    fn from_number(number: u32) -> Result<Self, Malformed>;
}

impl Head for u32 {
    fn number(&self) -> u32 {
        *self
    }

    fn from_number(number: u32) -> Result<Self, Malformed> {
        Ok(number)
    }
}

impl Head for bool {
    fn number(&self) -> u32 {
        (*self).into()
    }

    fn from_number(number: u32) -> Result<Self, Malformed> {
        Ok(number != 0)
    }
}

impl Head for Failure {
    fn number(&self) -> u32 {
        self.0
    }

    fn from_number(number: u32) -> Result<Self, Malformed> {
        Ok(Self(number))
    }
}

impl Head for Loss {
    fn number(&self) -> u32 {
        *self as u32
    }

    fn from_number(number: u32) -> Result<Self, Malformed> {
        one_of(&[Self::Parted, Self::Chance, Self::Full], number.into())
    }
}

/// The variant of an enum without fields that has this number.
fn one_of<T: Copy>(variants: &[T], number: u64) -> Result<T, Malformed> {
    let variant = usize::try_from(number).ok().and_then(|at| variants.get(at));
    variant.copied().ok_or(Malformed)
}

impl Field<'_> for u64 {
    #[inline(always)]
    fn put(&self, to: &mut Encoder) {
        to.number(*self);
    }

    fn take(from: &mut Decoder<'_>) -> Result<Self, Malformed> {
        from.number()
    }
}

/// Parts that are one number.
macro_rules! as_number {
    ($($type:ty: $to:expr, $from:expr;)+) => {
        $(impl Field<'_> for $type {
            fn put(&self, to: &mut Encoder) {
                to.number(($to)(*self));
            }

            fn take(from: &mut Decoder<'_>) -> Result<Self, Malformed> {
                ($from)(from.number()?)
            }
        })+
    };
}

as_number! {
    u32: u64::from, |number| u32::try_from(number).map_err(|_| Malformed);
    bool: u64::from, |number| Ok(number != 0);
    i32: |number| number as u64, |number| Ok(number as i32);
    DiskOp: DiskOp::code, |number| one_of(&DiskOp::NAMES.map(|(op, _)| op), number);
    How: |how| how as u64, |number| one_of(&[How::Fin, How::Rst, How::BlackHole], number);
    Loss: |loss| loss as u64, |number| {
        u32::try_from(number).map_or(Err(Malformed), Loss::from_number)
    };
}

impl<'a> Field<'a> for &'a [u8] {
    fn put(&self, to: &mut Encoder) {
        to.whole(self);
    }

    fn take(from: &mut Decoder<'a>) -> Result<Self, Malformed> {
        from.whole()
    }
}

impl<'a> Field<'a> for &'a str {
    fn put(&self, to: &mut Encoder) {
        to.whole(self.as_bytes());
    }

    fn take(from: &mut Decoder<'a>) -> Result<Self, Malformed> {
        std::str::from_utf8(from.whole()?).map_err(|_| Malformed)
    }
}

impl<'a> Field<'a> for Payload<'a> {
    #[inline]
    fn put(&self, to: &mut Encoder) {
        to.payload(self);
    }

    fn take(from: &mut Decoder<'a>) -> Result<Self, Malformed> {
        from.payload()
    }
}

impl Field<'_> for SocketAddr {
    fn put(&self, to: &mut Encoder) {
        to.number(self.port().into());
        match self.ip() {
            IpAddr::V4(ip) => to.whole(&ip.octets()),
            IpAddr::V6(ip) => to.whole(&ip.octets()),
        }
    }

    fn take(from: &mut Decoder<'_>) -> Result<Self, Malformed> {
        let port = u16::try_from(from.number()?).map_err(|_| Malformed)?;
        let octets = from.whole()?;
        let v4 = <[u8; 4]>::try_from(octets).map(IpAddr::from);
        let ip = v4.or_else(|_| <[u8; 16]>::try_from(octets).map(IpAddr::from));
        Ok(Self::new(ip.map_err(|_| Malformed)?, port))
    }
}

impl Field<'_> for Cut {
    fn put(&self, to: &mut Encoder) {
        self.how.put(to);
        to.number(self.after_bytes);
    }

    fn take(from: &mut Decoder<'_>) -> Result<Self, Malformed> {
        let how = How::take(from)?;
        let after_bytes = from.number()?;
        Ok(Self { after_bytes, how })
    }
}

impl Field<'_> for Setting {
    fn put(&self, to: &mut Encoder) {
        self.numbers()
            .into_iter()
            .for_each(|number| to.number(number));
    }

    fn take(from: &mut Decoder<'_>) -> Result<Self, Malformed> {
        let numbers = [
            from.number()?,
            from.number()?,
            from.number()?,
            from.number()?,
        ];
        Self::from_numbers(numbers).ok_or(Malformed)
    }
}

impl Field<'_> for Change {
    fn put(&self, to: &mut Encoder) {
        let (what, by) = match *self {
            Self::Offset(nanos) => (0, nanos),
            Self::Jump(nanos) => (1, nanos),
            Self::Drift(ppm) => (2, ppm.into()),
        };
        to.number(what);
        to.whole(&by.to_le_bytes());
    }

    fn take(from: &mut Decoder<'_>) -> Result<Self, Malformed> {
        let what = from.number()?;
        let by = i128::from_le_bytes(from.whole()?.try_into().map_err(|_| Malformed)?);
        match what {
            0 => Ok(Self::Offset(by)),
            1 => Ok(Self::Jump(by)),
            2 => i32::try_from(by).map(Self::Drift).map_err(|_| Malformed),
            _ => Err(Malformed),
        }
    }
}
