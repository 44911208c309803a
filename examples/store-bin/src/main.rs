//! `store`: the example store's servers and its clients, over TCP.
//!
//! ```text
//! store server --id 1 --listen 127.0.0.1:7001 --peers 127.0.0.1:7001,127.0.0.1:7002,127.0.0.1:7003 --data /var/tmp/store-1
//! store promote --server 127.0.0.1:7001
//! store put colour green --servers 127.0.0.1:7001,127.0.0.1:7002,127.0.0.1:7003
//! store get colour --servers 127.0.0.1:7001,127.0.0.1:7002,127.0.0.1:7003
//! ```

#![forbid(unsafe_code)]

mod arguments;
mod client;
mod server;

use arguments::{Arguments, Command};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Server(server) => server::run(server),
        Command::Client(command) => client::run(command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("store: {error}");
            ExitCode::FAILURE
        }
    }
}
