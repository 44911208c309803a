//! Each ban of `clippy.toml`, broken once. Clippy passes over a ban whose path is misspelt; here it
//! then finds an expectation that nothing fulfils, and fails. Tidy sees that no ban is missing.
//! None of this runs.

use std::{
    convert::Infallible,
    future::ready,
    sync::{Mutex, mpsc::channel},
    time::Duration,
};
use tower::{limit::rate::Rate, service_fn};

const ZERO: Duration = Duration::ZERO;

macro_rules! methods {
    ($($call:expr;)*) => { $(
        #[expect(clippy::disallowed_methods, reason = "breaks its ban")]
        let _ = || $call;
    )* };
}

macro_rules! types {
    ($($banned:ty;)*) => { $(
        #[expect(clippy::disallowed_types, reason = "breaks its ban")]
        let _ = None::<$banned>;
    )* };
}

macro_rules! macros {
    ($($call:expr;)*) => { $(
        #[expect(clippy::disallowed_macros, reason = "breaks its ban")]
        let _ = async || $call;
    )* };
}

const _: [fn(); 6] = [
    std_methods,
    tokio_methods,
    tower_methods,
    methods,
    types,
    macros,
];

fn std_methods() {
    methods! {
        std::time::Instant::now();
        std::time::Instant::elapsed as fn(_) -> _;
        std::time::SystemTime::now();
        std::time::SystemTime::elapsed as fn(_) -> _;
        std::thread::sleep(ZERO);
        std::thread::spawn(|| ());
        std::thread::scope(|_| ());
        std::thread::Builder::spawn(std::thread::Builder::new(), || ());
        std::thread::park();
        std::thread::available_parallelism();
        std::sync::mpsc::Receiver::recv(&channel::<()>().1);
        std::sync::mpsc::Receiver::recv_timeout(&channel::<()>().1, ZERO);
        std::sync::Condvar::wait(&std::sync::Condvar::new(), Mutex::new(()).lock().unwrap()).is_ok();
        std::sync::Barrier::wait(&std::sync::Barrier::new(1)).is_leader();
        std::env::var("");
        std::env::var_os("");
        std::env::vars();
        std::env::args();
        std::fs::read("");
        std::fs::read_to_string("");
        std::fs::write("", "");
        std::fs::read_dir("");
        std::fs::create_dir_all("");
        std::fs::remove_file("");
        std::fs::rename("", "");
        std::net::ToSocketAddrs::to_socket_addrs("").is_ok();
        std::process::exit(0);
        std::process::id();
    }
}

fn tokio_methods() {
    methods! {
        tokio::time::sleep(ZERO);
        tokio::time::sleep_until as fn(_) -> _;
        tokio::time::timeout(ZERO, ready(()));
        tokio::time::timeout_at as fn(_, std::future::Ready<()>) -> _;
        tokio::time::interval(ZERO);
        tokio::time::interval_at as fn(_, _) -> _;
        tokio::time::Instant::now();
        tokio::spawn(ready(()));
        tokio::task::spawn_local(ready(()));
        tokio::task::JoinSet::spawn(&mut tokio::task::JoinSet::new(), ready(()));
        tokio::task::spawn_blocking(|| ());
        tokio::runtime::Builder::build(&mut tokio::runtime::Builder::new_current_thread());
        tokio::runtime::Handle::current();
        tokio::fs::read("");
        tokio::fs::read_to_string("");
        tokio::fs::write("", "");
        tokio::fs::read_dir("");
        tokio::fs::create_dir_all("");
        tokio::fs::remove_file("");
        tokio::fs::rename("", "");
        tokio_util::task::TaskTracker::spawn(&tokio_util::task::TaskTracker::new(), ready(()));
    }
}

fn tower_methods() {
    let service = || service_fn(async |(): ()| Ok::<_, Infallible>(()));
    methods! {
        tower::ServiceBuilder::timeout(tower::ServiceBuilder::new(), ZERO);
        tower::ServiceBuilder::rate_limit(tower::ServiceBuilder::new(), 1, ZERO);
        tower::ServiceBuilder::buffer::<()>(tower::ServiceBuilder::new(), 1);
        tower::timeout::Timeout::new((), ZERO);
        tower::limit::RateLimit::new((), Rate::new(1, ZERO));
        tower::buffer::Buffer::new(service(), 1);
        tower::retry::budget::TpsBudget::new(ZERO, 1, 0.0);
    }
}

fn methods() {
    methods! {
        futures::executor::block_on(ready(()));
        async_io::Timer::after(ZERO);
        async_io::Timer::at as fn(_) -> _;
        async_io::Timer::interval(ZERO);
        rand::rng();
        rand::random::<u8>();
        rand::random_range(0..2);
        rand::random_bool(0.5);
        rand::make_rng::<rand::rngs::StdRng>();
        getrandom::fill(&mut []);
        uuid::Uuid::new_v4();
        uuid::Uuid::now_v7();
    }
}

fn types() {
    types! {
        std::collections::HashMap<(), ()>;
        std::collections::HashSet<()>;
        std::hash::RandomState;
        std::net::TcpListener;
        std::net::TcpStream;
        std::net::UdpSocket;
        std::fs::File;
        std::fs::OpenOptions;
        tokio::net::TcpListener;
        tokio::net::TcpStream;
        tokio::net::UdpSocket;
        tokio::fs::File;
        tokio::fs::OpenOptions;
        tokio_stream::StreamMap<(), ()>;
        async_lock::Mutex<()>;
        async_lock::RwLock<()>;
        dashmap::DashMap<(), ()>;
        dashmap::DashSet<()>;
        rand::rngs::ThreadRng;
        rand::rngs::SysRng;
    }
}

fn macros() {
    // Clippy asks the crate's root, which expects this one and no other.
    let _ = async || tokio::select! { () = ready(()) => {} };
    macros! {
        futures::select! { () = futures::future::ready(()) => {} };
    }
}
