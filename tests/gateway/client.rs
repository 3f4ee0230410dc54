//! A gateway of the test's own, and a client that knows nothing of ours but the wire.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use giaoban::{Config, Gateway};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream, UnixStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};

use crate::process::Process;

/// Longer than anything a test waits for on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A running gateway with its data directory, removed with it.
pub struct Fixture {
    pub https: SocketAddr,
    pub private: SocketAddr,
    /// The secrets of the first links: the chair's, then three sites'.
    pub secrets: Vec<String>,
    /// The one-time secret of the first administrator, while it was not used.
    pub first_administrator: Option<String>,
    pub directory: PathBuf,
    runs: Runs,
}

/// How the gateway runs.
enum Runs {
    /// It does not.
    Not,
    /// Among the test's own tasks.
    Within(oneshot::Sender<()>, JoinHandle<()>),
    /// As a process of its own, which can be killed and whose log can be read.
    Apart(Process),
}

impl Fixture {
    pub async fn start() -> Self {
        let mut fixture = Self::new();
        fixture.serve().await;
        fixture
    }

    /// The same as a process of its own.
    pub async fn spawn() -> Self {
        let mut fixture = Self::new();
        fixture.serve_apart().await;
        fixture
    }

    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let directory = std::env::temp_dir().join(format!("giaoban-gateway-{}-{number}", std::process::id()));
        let unknown = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            https: unknown,
            private: unknown,
            secrets: Vec::new(),
            first_administrator: None,
            directory,
            runs: Runs::Not,
        }
    }

    async fn serve_apart(&mut self) {
        let directory = self.directory.clone();
        let started = tokio::task::spawn_blocking(move || Process::start(&directory)).await.unwrap();
        let (process, said) = started;
        (self.https, self.private) = (said.https, said.private);
        if self.secrets.is_empty() {
            self.secrets = said.secrets;
        }
        self.runs = Runs::Apart(process);
    }

    /// Ends the process without a word, and starts it again on what it left.
    pub async fn kill_and_start_again(&mut self) {
        let Runs::Apart(process) = std::mem::replace(&mut self.runs, Runs::Not) else {
            panic!("only a process can be killed")
        };
        tokio::task::spawn_blocking(move || process.kill()).await.unwrap();
        self.serve_apart().await;
    }

    /// Ends the process as an operator does, and yields all it logged.
    pub async fn terminate(&mut self) -> String {
        let Runs::Apart(process) = std::mem::replace(&mut self.runs, Runs::Not) else {
            panic!("only a process has a log of its own")
        };
        tokio::task::spawn_blocking(move || process.terminate()).await.unwrap()
    }

    async fn serve(&mut self) {
        let mut config = Config { data: Some(self.directory.clone()), ..Config::default() };
        config.https.listen = vec![SocketAddr::from(([127, 0, 0, 1], 0))];
        config.private.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        config.media.port = 0;
        // One of them has no conference.
        config.media.shards = 2;
        config.media.bind = vec!["127.0.0.1".parse().unwrap()];
        let gateway = Gateway::start(config).await.unwrap();
        self.https = gateway.https_addresses()[0];
        self.private = gateway.private_address();
        if self.secrets.is_empty() {
            let secret = |url: &str| url.split_once('#').unwrap().1.to_owned();
            self.secrets = gateway.first_links().iter().map(|link| secret(&link.url)).collect();
        }
        self.first_administrator = gateway.first_administrator().map(str::to_owned);
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(async move {
            gateway.run(async { stopped.await.unwrap_or_default() }).await.unwrap();
        });
        self.runs = Runs::Within(stop, served);
    }

    pub async fn stop(&mut self) {
        if let Runs::Within(stop, served) = std::mem::replace(&mut self.runs, Runs::Not) {
            drop(stop);
            tokio::time::timeout(PATIENCE, served).await.unwrap().unwrap();
        }
    }

    pub async fn restart(&mut self) {
        self.stop().await;
        self.serve().await;
    }

    /// Runs a `giaoban` command against this gateway's data directory.
    pub async fn command(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_giaoban"));
        command.args(arguments).env("GIAOBAN_DATA", &self.directory);
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }

    /// Makes seats by the control socket, one after the other.
    pub async fn add_seats(&self, number: usize, name: &str) {
        for _ in 0..number {
            let mut stream = UnixStream::connect(self.directory.join("control.sock")).await.unwrap();
            let line = format!("{}\n", json!({ "command": "new", "site": name, "role": "site" }));
            stream.write_all(line.as_bytes()).await.unwrap();
            let mut reply = String::new();
            stream.read_to_string(&mut reply).await.unwrap();
            assert!(reply.contains("made"), "{reply}");
        }
    }

    async fn connect(&self) -> TlsStream<TcpStream> {
        self.tls(TcpStream::connect(self.https).await.unwrap()).await
    }

    async fn tls(&self, stream: TcpStream) -> TlsStream<TcpStream> {
        let authority = std::fs::read(self.directory.join("ca.crt")).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(&authority).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::from(self.https.ip());
        TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap()
    }

    /// Status, head and body of a request over TLS.
    pub async fn request(&self, head: &str, body: &[u8]) -> (u16, String, Vec<u8>) {
        exchange(self.connect().await, head, body).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let (status, _, body) = self.request(&format!("POST {path}"), body.to_string().as_bytes()).await;
        (status, serde_json::from_slice(&body).unwrap())
    }

    pub async fn metrics(&self) -> String {
        let stream = TcpStream::connect(self.private).await.unwrap();
        let (status, _, body) = exchange(stream, "GET /metrics", b"").await;
        assert_eq!(status, 200);
        String::from_utf8(body).unwrap()
    }

    pub async fn ticket(&self, secret: &str) -> String {
        let (status, body) = self.post("/api/v1/tickets", &json!({ "secret": secret })).await;
        assert_eq!(status, 200, "{body}");
        body["ticket"].as_str().unwrap().to_owned()
    }

    /// A WebSocket that has said nothing.
    pub async fn socket(&self) -> Socket {
        self.upgrade(self.connect().await).await
    }

    /// The same, of a machine that takes in only a little at a time.
    pub async fn narrow_socket(&self) -> Socket {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let stream = self.tls(socket.connect(self.https).await.unwrap()).await;
        self.upgrade(stream).await
    }

    async fn upgrade(&self, stream: TlsStream<TcpStream>) -> Socket {
        let request = format!("wss://{}/api/v1/socket", self.https).into_client_request().unwrap();
        let (socket, _) = tokio_tungstenite::client_async(request, stream).await.unwrap();
        Socket(socket)
    }

    /// A WebSocket that has said `hello` with a fresh ticket.
    pub async fn enter(&self, secret: &str, take_over: bool) -> Socket {
        let ticket = self.ticket(secret).await;
        self.hello(&json!({ "by": "ticket", "ticket": ticket }), take_over).await
    }

    pub async fn hello(&self, credential: &Value, take_over: bool) -> Socket {
        let mut socket = self.socket().await;
        let hello =
            json!({ "type": "hello", "protocol": 1, "credential": credential, "take_over": take_over });
        socket.say(&hello).await;
        socket
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

async fn exchange<S>(mut stream: S, head: &str, body: &[u8]) -> (u16, String, Vec<u8>)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let (first, further) = head.split_once('\n').unwrap_or((head, ""));
    let length = body.len();
    let request = format!(
        "{first} HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\ncontent-length: {length}\r\n{further}\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    // A body that is too large may be refused before it is all taken.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let split = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..split].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head, answer[split + 4..].to_vec())
}

/// A client's WebSocket.
pub struct Socket(WebSocketStream<TlsStream<TcpStream>>);

impl Socket {
    pub async fn say(&mut self, message: &Value) {
        self.text(&message.to_string()).await;
    }

    /// Says what may be no message at all. The other side may have hung up already.
    pub async fn text(&mut self, text: &str) {
        let _ = self.0.send(Message::text(text)).await;
    }

    /// The next message; `None` when the gateway closed.
    pub async fn next(&mut self) -> Option<Value> {
        tokio::time::timeout(PATIENCE, self.wait()).await.expect("the gateway says nothing")
    }

    /// The same, however long the gateway is silent.
    pub async fn wait(&mut self) -> Option<Value> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// The next message of a type; others are passed over.
    pub async fn expect(&mut self, kind: &str) -> Value {
        loop {
            let message = self.next().await.unwrap_or_else(|| panic!("closed before {kind}"));
            if message["type"] == kind {
                return message;
            }
        }
    }

    /// The code with which the gateway closes; other messages are passed over.
    pub async fn error(&mut self) -> String {
        let code = self.expect("error").await["code"].as_str().unwrap().to_owned();
        assert!(self.next().await.is_none(), "nothing comes after an error");
        code
    }
}
