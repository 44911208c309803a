//! Where a buyer asks: the office over HTTP or over gRPC, by the same words.

use http::{Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use runtime_hyper::{Client, RequestError};
use runtime_traits::Runtime;
use std::{error::Error, time::Duration};
use tickets::{
    Refusal, Seat,
    rpc::{Everything, Order, Sale, office_client::OfficeClient},
};
use tonic::{Code, Status, Streaming, body::Body};
use tower::{ServiceExt, util::BoxCloneSyncService};

/// What the office said, or why nobody knows what it said.
pub(crate) type Answer = Result<Result<(), Refusal>, Box<dyn Error + Send + Sync>>;

/// A way to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Http1,
    Http2,
    Grpc,
}

pub(crate) const WAYS: [Way; 3] = [Way::Http1, Way::Http2, Way::Grpc];

/// A client of either protocol, over TLS or not.
pub(crate) type Asks = BoxCloneSyncService<Request<Body>, Response<Incoming>, RequestError>;

pub(crate) struct Counter {
    base: String,
    client: Asks,
    office: OfficeClient<Asks>,
    way: Way,
}

impl Counter {
    /// At `base`, such as `http://tickets`.
    pub(crate) fn new<R: Runtime>(runtime: &R, base: &str, way: Way) -> Self {
        Self::with(plain(runtime, way != Way::Http1), base, way)
    }

    /// By a client that speaks the protocol of the way.
    pub(crate) fn with(client: Asks, base: &str, way: Way) -> Self {
        let office = OfficeClient::with_origin(client.clone(), base.parse().unwrap());
        let base = base.to_owned();
        Self {
            base,
            client,
            office,
            way,
        }
    }

    pub(crate) async fn hold(&mut self, seat: u32, by: &str) -> Answer {
        match self.way {
            Way::Grpc => said(self.office.hold(order(seat, by)).await),
            _ => self.put(seat, "hold", by).await,
        }
    }

    pub(crate) async fn buy(&mut self, seat: u32, by: &str) -> Answer {
        match self.way {
            Way::Grpc => said(self.office.buy(order(seat, by)).await),
            _ => self.put(seat, "sale", by).await,
        }
    }

    pub(crate) async fn seats(&self) -> Vec<Seat> {
        let request = Request::get(format!("{}/seats", self.base)).body(Body::empty());
        let asked = self.client.clone().oneshot(request.unwrap());
        let response = asked.await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice(&body).unwrap()
    }

    pub(crate) async fn watch(&mut self) -> Streaming<Sale> {
        self.office.watch(Everything {}).await.unwrap().into_inner()
    }

    async fn put(&self, seat: u32, what: &str, by: &str) -> Answer {
        let request = Request::builder()
            .method(Method::PUT)
            .uri(format!("{}/seats/{seat}/{what}", self.base))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::new(serde_json::json!({ "by": by }).to_string()));
        let response = self.client.clone().oneshot(request?).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        match status {
            StatusCode::OK => Ok(Ok(())),
            StatusCode::NOT_FOUND | StatusCode::CONFLICT => {
                Ok(Err(refusal(std::str::from_utf8(&body)?)))
            }
            status => panic!("an answer that the office does not give: {status}"),
        }
    }
}

/// A client that asks after its connection when nothing comes: a request of HTTP/2 would wait on a
/// dead one for as long as TCP does, and so would all those after it.
fn plain<R: Runtime>(runtime: &R, http2: bool) -> Asks {
    let client = Client::with(runtime.clone(), |options| {
        let options = options.http2_only(http2).http2();
        options
            .keep_alive_interval(Duration::from_secs(5))
            .keep_alive_timeout(Duration::from_secs(5));
    });
    BoxCloneSyncService::new(client)
}

fn order(seat: u32, by: &str) -> Order {
    let by = by.to_owned();
    Order { seat, by }
}

fn said<T>(answer: Result<tonic::Response<T>, Status>) -> Answer {
    match answer {
        Ok(_) => Ok(Ok(())),
        Err(status) => match status.code() {
            Code::NotFound | Code::FailedPrecondition => Ok(Err(refusal(status.message()))),
            _ => Err(status.into()),
        },
    }
}

fn refusal(text: &str) -> Refusal {
    let all = [
        Refusal::NoSuchSeat,
        Refusal::Held,
        Refusal::Sold,
        Refusal::NotHeld,
    ];
    let refusal = all.into_iter().find(|refusal| refusal.to_string() == text);
    refusal.unwrap_or_else(|| panic!("no refusal of the office: {text}"))
}
