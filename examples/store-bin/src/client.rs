//! The client commands.

use crate::arguments::{self, Cluster};
use anyhow::bail;
use runtime_tokio::{Config, Context, Executor, Threads};
use runtime_traits::Runner;
use std::net::SocketAddr;
use store::{Change, Client};

/// Runs one command and prints what comes of it.
pub(crate) fn run(command: arguments::Client) -> anyhow::Result<()> {
    let mut config = Config::default();
    config.threads = Threads::Current;
    let (runner, context) = Executor::try_init(config)?;
    runner.start(execute(context, command))
}

async fn execute(context: Context, command: arguments::Client) -> anyhow::Result<()> {
    match command {
        arguments::Client::Put {
            key,
            value,
            cluster,
        } => {
            let mut client = connect(context, &cluster)?;
            client.put(key.as_bytes(), value.as_bytes()).await?;
        }
        arguments::Client::Get { key, cluster } => {
            let mut client = connect(context, &cluster)?;
            match client.get(key.as_bytes()).await? {
                Some(value) => println!("{}", String::from_utf8_lossy(&value)),
                None => bail!("{key:?} has no value"),
            }
        }
        arguments::Client::Promote { server, patience } => {
            let client = Client::new(context, &[server])?;
            let epoch = client.with_limit(patience.limit).promote(server).await?;
            println!("{server} is primary of epoch {epoch}");
        }
        arguments::Client::Status { servers } => status(context, &servers).await?,
        arguments::Client::Log { server } => log(context, server).await?,
    }
    Ok(())
}

fn connect(context: Context, cluster: &Cluster) -> Result<Client<Context>, store::Error> {
    let client = Client::new(context, &cluster.servers)?;
    Ok(client.with_limit(cluster.patience.limit))
}

/// Prints a line for each server. It fails when none answers.
async fn status(context: Context, servers: &[SocketAddr]) -> anyhow::Result<()> {
    let mut client = Client::new(context, servers)?;
    let mut answers = 0;
    for server in servers {
        match client.status(*server).await {
            Ok(status) => {
                answers += 1;
                println!("{server}  {status}");
            }
            Err(error) => println!("{server}  {error}"),
        }
    }
    match answers {
        0 => bail!("no server answers"),
        _ => Ok(()),
    }
}

async fn log(context: Context, server: SocketAddr) -> anyhow::Result<()> {
    let mut client = Client::new(context, &[server])?;
    for (place, record) in (1..).zip(client.records(server).await?) {
        match &record.change {
            Change::Opened => println!("{place}  {}  opened", record.epoch),
            Change::Put(put) => println!(
                "{place}  {}  {} = {}",
                record.epoch,
                String::from_utf8_lossy(&put.key),
                String::from_utf8_lossy(&put.value)
            ),
        }
    }
    Ok(())
}
