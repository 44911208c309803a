//! The command line.

use clap::{Args, Parser, Subcommand};
use std::{net::SocketAddr, path::PathBuf, time::Duration};

/// A replicated key-value log.
#[derive(Parser)]
#[command(name = "store")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    Server(Server),
    #[command(flatten)]
    Client(Client),
}

/// Run a server, until Ctrl-C or SIGTERM.
#[derive(Args)]
pub(crate) struct Server {
    /// The place of this server in --peers, from 1 on.
    #[arg(long)]
    pub(crate) id: u16,
    /// Where to listen, if not where the peers reach this server.
    #[arg(long)]
    pub(crate) listen: Option<SocketAddr>,
    /// All servers, this one included, in the same order everywhere.
    #[arg(long, value_delimiter = ',', required = true)]
    pub(crate) peers: Vec<SocketAddr>,
    /// The directory for this server's data; it is made when it is missing.
    #[arg(long)]
    pub(crate) data: PathBuf,
}

#[derive(Subcommand)]
pub(crate) enum Client {
    /// Set a key.
    Put {
        key: String,
        value: String,
        #[command(flatten)]
        cluster: Cluster,
    },
    /// Print the value of a key.
    Get {
        key: String,
        #[command(flatten)]
        cluster: Cluster,
    },
    /// Make a server the primary.
    Promote {
        /// The server to promote.
        #[arg(long)]
        server: SocketAddr,
        #[command(flatten)]
        patience: Patience,
    },
    /// Print what each server says of itself.
    Status {
        /// The servers to ask.
        #[arg(long, value_delimiter = ',', required = true)]
        servers: Vec<SocketAddr>,
    },
    /// Print the records on a server's disk.
    Log {
        /// The server to ask.
        #[arg(long)]
        server: SocketAddr,
    },
}

#[derive(Args)]
pub(crate) struct Cluster {
    /// The servers, in any order.
    #[arg(long, value_delimiter = ',', required = true)]
    pub(crate) servers: Vec<SocketAddr>,
    #[command(flatten)]
    pub(crate) patience: Patience,
}

#[derive(Args)]
pub(crate) struct Patience {
    /// Give up after so many seconds.
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(crate) limit: Duration,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: u32 = text.parse().map_err(|error| format!("{error}"))?;
    Ok(Duration::from_secs(seconds.into()))
}
