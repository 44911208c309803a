//! The two servers: the same application, as this workspace serves it and as hyper-util does.

use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use runtime_tokio::{Config, Context, Executor};
use runtime_traits::{Listener, Network, Runner};
use std::{
    env, fs,
    io::{self, BufRead, BufReader, Read},
    net::{Ipv4Addr, SocketAddr},
    process::{Child, Command, Stdio},
    str::FromStr,
    time::Duration,
};
use tokio::net::TcpListener;

const SEATS: u32 = 200;

/// Which of the servers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Ours,
    HyperUtil,
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "Ours" => Ok(Self::Ours),
            "HyperUtil" => Ok(Self::HyperUtil),
            _ => Err(()),
        }
    }
}

/// Serves for ever, once it has said where.
pub(crate) fn serve(kind: Kind) {
    match kind {
        Kind::Ours => {
            let (runner, context) = Executor::default();
            runner.start(async {
                let listener = context.bind((Ipv4Addr::LOCALHOST, 0).into()).await;
                let listener = listener.unwrap();
                println!("{}", listener.local_addr());
                let service = TowerToHyperService::new(tickets::router(&context, SEATS));
                runtime_hyper::serve(context, listener, service)
                    .await
                    .unwrap();
            });
        }
        Kind::HyperUtil => {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .enable_all()
                .build()
                .unwrap();
            let here = runtime.handle().clone();
            let (_attached, context) = Executor::attach(here, Config::default()).unwrap();
            runtime.block_on(by_hyper_util(context)).unwrap();
        }
    }
}

/// As the example of hyper-util with a graceful shutdown does it, with the timers that this
/// workspace's server has. The context is for the application's clock alone.
async fn by_hyper_util(context: Context) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("{}", listener.local_addr()?);
    let service = TowerToHyperService::new(tickets::router(&context, SEATS));
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new());
    builder.http2().timer(TokioTimer::new());
    let graceful = GracefulShutdown::new();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let io = TokioIo::new(stream);
        let connection = builder.serve_connection_with_upgrades(io, service.clone());
        let connection = graceful.watch(connection.into_owned());
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                eprintln!("{error}");
            }
        });
    }
}

/// A server in a process of its own, which ends with this one.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) fn start(kind: Kind) -> Self {
        let mut process = Command::new(env::current_exe().unwrap())
            .arg(format!("{kind:?}"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let said = process.stdout.as_mut().unwrap();
        BufReader::new(said.by_ref()).read_line(&mut line).unwrap();
        let address = line.trim().parse().unwrap();
        Self { process, address }
    }

    /// The CPU time of all its threads until now, of the user and of the system.
    pub(crate) fn cpu(&self) -> Duration {
        let threads = fs::read_dir(format!("/proc/{}/task", self.process.id())).unwrap();
        let spent = threads.map(|thread| {
            let file = thread.unwrap().path().join("schedstat");
            let text = fs::read_to_string(file).unwrap_or_default();
            let nanos = text.split(' ').next().and_then(|nanos| nanos.parse().ok());
            Duration::from_nanos(nanos.unwrap_or(0))
        });
        spent.sum()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
