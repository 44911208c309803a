//! The office in words of HTTP and JSON, by axum.

use crate::{
    hall::{Refusal, Seat},
    office::Office,
};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, put},
};
use runtime_traits::Runtime;
use serde::Deserialize;

/// Who wants a seat.
#[derive(Deserialize)]
struct Buyer {
    by: String,
}

pub(crate) fn router<R: Runtime>(office: Office<R>) -> Router {
    Router::new()
        .route("/seats", get(seats::<R>))
        .route("/seats/{seat}", get(seat::<R>))
        .route("/seats/{seat}/hold", put(hold::<R>))
        .route("/seats/{seat}/sale", put(buy::<R>))
        .with_state(office)
}

async fn seats<R: Runtime>(State(office): State<Office<R>>) -> Json<Vec<Seat>> {
    Json(office.seats())
}

async fn seat<R: Runtime>(
    State(office): State<Office<R>>,
    Path(seat): Path<u32>,
) -> Result<Json<Seat>, Refusal> {
    office.seat(seat).map(Json)
}

async fn hold<R: Runtime>(
    State(office): State<Office<R>>,
    Path(seat): Path<u32>,
    Json(Buyer { by }): Json<Buyer>,
) -> Result<Json<Seat>, Refusal> {
    office.hold(seat, &by)?;
    office.seat(seat).map(Json)
}

async fn buy<R: Runtime>(
    State(office): State<Office<R>>,
    Path(seat): Path<u32>,
    Json(Buyer { by }): Json<Buyer>,
) -> Result<Json<Seat>, Refusal> {
    office.buy(seat, &by)?;
    office.seat(seat).map(Json)
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self {
            Refusal::NoSuchSeat => StatusCode::NOT_FOUND,
            Refusal::Held | Refusal::Sold | Refusal::NotHeld => StatusCode::CONFLICT,
        };
        (status, self.to_string()).into_response()
    }
}
