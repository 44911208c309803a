//! What can go wrong, and what to do about it.

use crate::wire::Malformed;
use std::{fmt, net::SocketAddr, time::Duration};

/// Why the store did not do what it was asked.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// The configuration of a server contradicts itself.
    Config(String),
    /// The server's disk failed. The server has stopped; restarted, it goes on with what is on disk.
    Disk(runtime_traits::Error),
    /// What is on disk is not what a server leaves there. Without it the server starts, and is one of
    /// those that [forget](crate::Config::forgetful).
    Corrupt(String),
    /// The server cannot listen.
    Listen(runtime_traits::Error),
    /// A call to this server failed. It may have taken effect.
    Call(SocketAddr, runtime_traits::Error),
    /// This server's bytes are no message.
    Malformed(SocketAddr, Malformed),
    /// This server's answer does not belong to the request.
    Unexpected(SocketAddr),
    /// The server refuses the request for good, for this reason.
    Invalid(String),
    /// Nothing that was tried within the limit succeeded; the last attempt ended thus, if any did.
    /// A put may still take effect.
    Unavailable(Duration, Option<Box<Error>>),
    /// This server says that it is not primary.
    NotPrimary(SocketAddr),
    /// This server could not reach a majority.
    NoMajority(SocketAddr),
    /// A task of the server ended before its time.
    Task(runtime_traits::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(reason) => write!(f, "configuration: {reason}"),
            Self::Disk(error) => write!(f, "the disk failed: {error}"),
            Self::Corrupt(what) => write!(
                f,
                "the data is corrupt: {what}; remove it only if this server may forget"
            ),
            Self::Listen(error) => write!(f, "cannot listen: {error}"),
            Self::Call(server, error) => write!(f, "call to {server} failed: {error}"),
            Self::Malformed(server, error) => {
                write!(f, "{server} does not speak the store's protocol: {error}")
            }
            Self::Unexpected(server) => {
                write!(
                    f,
                    "{server} answered another question: is it of another version?"
                )
            }
            Self::Invalid(reason) => write!(f, "refused: {reason}"),
            Self::Unavailable(limit, last) => {
                write!(
                    f,
                    "no success within {limit:?}; what was asked may still take effect"
                )?;
                match last {
                    Some(last) => write!(f, "; the last attempt: {last}"),
                    None => Ok(()),
                }
            }
            Self::NotPrimary(server) => {
                write!(f, "{server} is not primary; promote a server if none is")
            }
            Self::NoMajority(server) => write!(f, "{server} cannot reach a majority"),
            Self::Task(error) => write!(f, "a task of the server ended: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Disk(error) | Self::Listen(error) | Self::Call(_, error) | Self::Task(error) => {
                Some(error)
            }
            Self::Malformed(_, error) => Some(error),
            Self::Unavailable(_, Some(last)) => Some(&**last),
            _ => None,
        }
    }
}
