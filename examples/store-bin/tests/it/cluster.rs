//! Three servers, each a process of its own.

use std::{
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

const STORE: &str = env!("CARGO_BIN_EXE_store");
const START_LIMIT: Duration = Duration::from_secs(20);

pub(crate) struct Cluster {
    directory: TempDir,
    addresses: Vec<SocketAddr>,
    servers: Vec<Option<Child>>,
}

impl Cluster {
    /// Starts three servers on free ports, and waits until they answer.
    pub(crate) fn start() -> Self {
        // Held together, so that no port is given out twice.
        let free: Vec<_> = (0..3)
            .map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port"))
            .collect();
        let address = |listener: &TcpListener| listener.local_addr().expect("a bound address");
        let mut cluster = Self {
            directory: TempDir::new().expect("a temporary directory"),
            addresses: free.iter().map(address).collect(),
            servers: Vec::new(),
        };
        drop(free);
        cluster.servers = (1..=3).map(|id| Some(cluster.spawn(id))).collect();
        (1..=3).for_each(|id| cluster.wait_for(id));
        cluster
    }

    pub(crate) fn address(&self, id: usize) -> SocketAddr {
        self.addresses[id - 1]
    }

    /// All servers, as the command line takes them.
    pub(crate) fn servers(&self) -> String {
        let addresses: Vec<_> = self.addresses.iter().map(SocketAddr::to_string).collect();
        addresses.join(",")
    }

    pub(crate) fn data(&self, id: usize) -> String {
        let path = self.directory.path().join(id.to_string());
        path.to_str().expect("a path in UTF-8").into()
    }

    /// kill -9.
    pub(crate) fn kill(&mut self, id: usize) {
        let mut server = self.servers[id - 1].take().expect("a running server");
        server.kill().expect("it can be killed");
        server.wait().expect("it ends");
    }

    /// What Ctrl-C does; says whether the server ended well, and what it printed.
    pub(crate) fn interrupt(&mut self, id: usize) -> (bool, String) {
        let server = self.servers[id - 1].take().expect("a running server");
        let pid = server.id().to_string();
        let sent = Command::new("kill").args(["-INT", &pid]).status();
        assert!(sent.expect("kill runs").success());
        let output = server.wait_with_output().expect("it ends");
        (output.status.success(), text(&output.stderr))
    }

    pub(crate) fn restart(&mut self, id: usize) {
        let server = self.spawn(id);
        assert!(self.servers[id - 1].replace(server).is_none(), "{id} runs");
        self.wait_for(id);
    }

    pub(crate) fn promote(&self, id: usize) {
        let server = self.address(id).to_string();
        let said = done(&["promote", "--server", &server]);
        assert!(
            said.starts_with(&format!("{server} is primary of epoch ")),
            "{said}"
        );
    }

    pub(crate) fn put(&self, key: &str, value: &str) {
        done(&["put", key, value, "--servers", &self.servers()]);
    }

    pub(crate) fn get(&self, key: &str) -> String {
        done(&["get", key, "--servers", &self.servers()])
            .trim_end()
            .into()
    }

    pub(crate) fn log(&self, id: usize) -> String {
        done(&["log", "--server", &self.address(id).to_string()])
    }

    pub(crate) fn status(&self, id: usize) -> String {
        done(&["status", "--servers", &self.address(id).to_string()])
    }

    /// Runs a command that must fail, and returns what it complains of.
    pub(crate) fn refused(&self, arguments: &[&str]) -> String {
        let output = run(arguments);
        assert!(!output.status.success(), "{arguments:?} must fail");
        text(&output.stderr)
    }

    fn spawn(&self, id: usize) -> Child {
        let (number, address) = (id.to_string(), self.address(id).to_string());
        Command::new(STORE)
            .args(["server", "--id", &number, "--listen", &address])
            .args(["--peers", &self.servers(), "--data", &self.data(id)])
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts")
    }

    fn wait_for(&self, id: usize) {
        let address = self.address(id).to_string();
        let start = Instant::now();
        while !run(&["status", "--servers", &address]).status.success() {
            assert!(start.elapsed() < START_LIMIT, "server {id} does not answer");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for server in self.servers.iter_mut().flatten() {
            // It may have ended by itself: then there is nothing to do.
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// Runs a command that must succeed, and returns what it prints.
fn done(arguments: &[&str]) -> String {
    let output = run(arguments);
    let complaint = text(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {complaint}");
    text(&output.stdout)
}

fn run(arguments: &[&str]) -> Output {
    Command::new(STORE)
        .args(arguments)
        .output()
        .expect("the command runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into()
}
