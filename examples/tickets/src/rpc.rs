//! The office in words of gRPC, by tonic: its messages, and what `build.rs` makes of its description.
//!
//! Programs in other languages describe it to their generators so:
//!
//! ```proto
//! syntax = "proto3";
//! package tickets;
//! service Office {
//!   rpc Hold(Order) returns (Held);
//!   rpc Buy(Order) returns (Sale);
//!   rpc Watch(Everything) returns (stream Sale);
//! }
//! message Order { uint32 seat = 1; string by = 2; }
//! message Held { uint32 seconds = 1; }
//! message Sale { uint32 seat = 1; string by = 2; }
//! message Everything {}
//! ```

use crate::{
    hall::{HOLD, Refusal},
    office::Office,
};
use futures::StreamExt;
use prost::Message;
use runtime_traits::Runtime;
use tonic::{Request, Response, Status, codegen::BoxStream};

pub use generated::*;

mod generated {
    #![expect(
        unused_qualifications,
        clippy::allow_attributes,
        clippy::allow_attributes_without_reason,
        reason = "written by tonic's generator"
    )]
    tonic::include_proto!("tickets.Office");
}

/// Somebody wants a seat.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Order {
    /// The seat's number.
    #[prost(uint32, tag = "1")]
    pub seat: u32,
    /// Who wants it.
    #[prost(string, tag = "2")]
    pub by: String,
}

/// A seat is held.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Held {
    /// For how long.
    #[prost(uint32, tag = "1")]
    pub seconds: u32,
}

/// A seat is sold.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Sale {
    /// The seat's number.
    #[prost(uint32, tag = "1")]
    pub seat: u32,
    /// Who has bought it.
    #[prost(string, tag = "2")]
    pub by: String,
}

/// All sales are asked for.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Everything {}

#[tonic::async_trait]
impl<R: Runtime> office_server::Office for Office<R> {
    async fn hold(&self, request: Request<Order>) -> Result<Response<Held>, Status> {
        let Order { seat, by } = request.into_inner();
        Office::hold(self, seat, &by)?;
        let seconds = HOLD.as_secs() as u32;
        Ok(Response::new(Held { seconds }))
    }

    async fn buy(&self, request: Request<Order>) -> Result<Response<Sale>, Status> {
        let Order { seat, by } = request.into_inner();
        Office::buy(self, seat, &by)?;
        Ok(Response::new(Sale { seat, by }))
    }

    type WatchStream = BoxStream<Sale>;

    async fn watch(&self, _: Request<Everything>) -> Result<Response<BoxStream<Sale>>, Status> {
        let sales = Office::watch(self).map(|(seat, by)| Ok(Sale { seat, by }));
        Ok(Response::new(sales.boxed()))
    }
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchSeat => Status::not_found(refusal.to_string()),
            _ => Status::failed_precondition(refusal.to_string()),
        }
    }
}
