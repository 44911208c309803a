//! The program itself, asked over real TCP until it is told to end.

#![cfg(unix)]

use http::{Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::{body::Bytes, client::conn::http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

/// The program. Dropped, it is killed.
struct Office {
    process: Child,
    address: SocketAddr,
}

impl Office {
    /// Starts it, on a port that it says.
    fn open() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_tickets"))
            .args(["--listen", "127.0.0.1:0", "--seats", "8"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let said = process.stderr.as_mut().unwrap();
        BufReader::new(said).read_line(&mut line).unwrap();
        let address = line.strip_prefix("8 seats on ");
        let address = address.and_then(|rest| rest.split_once(", "));
        let (address, _) = address.unwrap_or_else(|| panic!("it says {line:?}"));
        let address = address.parse().unwrap();
        Self { process, address }
    }

    /// A connection that does not wait for ever.
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        let limit = Some(Duration::from_secs(60));
        stream.set_read_timeout(limit).unwrap();
        stream
    }

    fn terminate(&self) {
        kill_process(Pid::from_child(&self.process), Signal::TERM).unwrap();
    }

    fn ended(mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn rest(mut stream: &TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

const FREE: &str = r#"{"seat":7,"state":"free"}"#;

#[test]
fn it_says_where_it_is_and_answers_there_over_http1() {
    let office = Office::open();
    let stream = office.connect();
    let request = "GET /seats/7 HTTP/1.1\r\nhost: office\r\nconnection: close\r\n\r\n";
    (&stream).write_all(request.as_bytes()).unwrap();
    let answer = rest(&stream);
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with(FREE), "{answer}");
}

#[test]
fn it_answers_over_http2_on_the_same_port() {
    let office = Office::open();
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.worker_threads(1).enable_all().build().unwrap();
    let (status, body) = runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(office.address).await;
        let io = TokioIo::new(stream.unwrap());
        let handshake = http2::handshake(TokioExecutor::new(), io).await;
        let (mut sender, connection) = handshake.unwrap();
        tokio::spawn(connection);
        let request = Request::get("http://office/seats/7").body(Empty::<Bytes>::new());
        let response = sender.send_request(request.unwrap()).await.unwrap();
        let status = response.status();
        (
            status,
            response.into_body().collect().await.unwrap().to_bytes(),
        )
    });
    assert_eq!((status, &*body), (StatusCode::OK, FREE.as_bytes()));
}

#[test]
fn told_to_end_it_answers_what_it_was_asked_and_nobody_else() {
    let office = Office::open();
    let stream = office.connect();
    let body = r#"{"by": "ada"}"#;
    let head = format!(
        "PUT /seats/7/hold HTTP/1.1\r\nhost: office\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nexpect: 100-continue\r\n\r\n",
        body.len()
    );
    (&stream).write_all(head.as_bytes()).unwrap();
    let go_on = b"HTTP/1.1 100 Continue\r\n\r\n";
    let mut said = [0; 25];
    (&stream).read_exact(&mut said).unwrap();
    assert_eq!(&said, go_on);

    office.terminate();
    while TcpStream::connect(office.address).is_ok() {
        std::thread::sleep(Duration::from_millis(5));
    }
    (&stream).write_all(body.as_bytes()).unwrap();
    let answer = rest(&stream);
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(
        answer.ends_with(r#"{"seat":7,"state":"held","by":"ada"}"#),
        "{answer}"
    );
    assert_eq!(office.ended().code(), Some(0));
}
