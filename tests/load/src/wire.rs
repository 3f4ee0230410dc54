//! A member's conversation with the gateway: a ticket for the link, then JSON over a WebSocket in TLS.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use futures_util::{SinkExt, StreamExt};
use giaoban_signaling::wire::PROTOCOL_VERSION;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{self, Message, Utf8Bytes, client::IntoClientRequest};

use crate::peer::Purpose;

/// Why there is no conversation.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The connection.
    #[error("TCP or TLS: {0}")]
    Io(#[from] io::Error),
    /// The gateway's authority.
    #[error("the gateway's authority: {0}")]
    Authority(String),
    /// The WebSocket.
    #[error("WebSocket: {0}")]
    WebSocket(#[from] Box<tungstenite::Error>),
    /// What is no JSON.
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// An answer that was not awaited.
    #[error("the gateway says {0}")]
    Unexpected(String),
    /// The end.
    #[error("the gateway closed the connection")]
    Closed,
}

/// Where a gateway is, and by what it is known.
#[derive(Clone)]
pub struct Server {
    address: SocketAddr,
    tls: TlsConnector,
}

impl Server {
    /// Trusts the authority in this file and no other.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn new(address: SocketAddr, authority: &Path) -> Result<Self, WireError> {
        let refuse = |error: &dyn std::fmt::Display| WireError::Authority(error.to_string());
        let certificate = CertificateDer::from_pem_file(authority).map_err(|error| refuse(&error))?;
        let mut roots = RootCertStore::empty();
        roots.add(certificate).map_err(|error| refuse(&error))?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| refuse(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { address, tls: TlsConnector::from(Arc::new(config)) })
    }

    /// Where it is.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    async fn connect(&self) -> io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(self.address).await?;
        self.tls.connect(ServerName::from(self.address.ip()), stream).await
    }

    async fn ticket(&self, secret: &str) -> Result<Value, WireError> {
        let body = json!({ "secret": secret }).to_string();
        let length = body.len();
        let request = format!(
            "POST /api/v1/tickets HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        let mut stream = self.connect().await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or(WireError::Closed)?;
        if !head.starts_with("HTTP/1.1 200") {
            return Err(WireError::Unexpected(body.to_owned()));
        }
        Ok(serde_json::from_str(body)?)
    }

    /// Takes the seat of a link, and yields the member's number.
    ///
    /// # Errors
    /// If the gateway refuses.
    pub async fn enter(&self, secret: &str) -> Result<(Conversation, u32), WireError> {
        let ticket = self.ticket(secret).await?;
        let request = format!("wss://{}/api/v1/socket", self.address);
        let request = request.into_client_request().map_err(Box::new)?;
        let stream = self.connect().await?;
        let (socket, _) = tokio_tungstenite::client_async(request, stream).await.map_err(Box::new)?;
        let mut conversation = Conversation { socket, heard: Arc::default() };
        let credential = json!({ "by": "ticket", "ticket": at(&ticket, "/ticket") });
        let hello = json!({
            "type": "hello", "protocol": PROTOCOL_VERSION, "credential": credential, "take_over": false,
        });
        conversation.say(&hello).await?;
        let welcome = conversation.expect("welcome").await?;
        let member = at(&welcome, "/member").as_u64().and_then(|member| u32::try_from(member).ok());
        Ok((conversation, member.ok_or_else(|| WireError::Unexpected(welcome.to_string()))?))
    }
}

/// One member's WebSocket.
pub struct Conversation {
    socket: WebSocketStream<TlsStream<TcpStream>>,
    heard: Arc<Heard>,
}

/// What a member was told, by messages and their octets.
#[derive(Debug, Default)]
pub struct Heard {
    /// Messages.
    pub messages: AtomicU64,
    /// Octets of their texts.
    pub octets: AtomicU64,
}

impl Conversation {
    /// Says something.
    ///
    /// # Errors
    /// If the connection is gone.
    pub async fn say(&mut self, message: &Value) -> Result<(), WireError> {
        Ok(self.socket.send(Message::text(message.to_string())).await.map_err(Box::new)?)
    }

    /// What was told on it so far.
    #[must_use]
    pub fn heard(&self) -> Arc<Heard> {
        Arc::clone(&self.heard)
    }

    /// The next message as it came. Nothing is lost when this is given up.
    ///
    /// # Errors
    /// If the connection is gone.
    pub async fn text(&mut self) -> Result<Utf8Bytes, WireError> {
        loop {
            let message = self.socket.next().await.ok_or(WireError::Closed)?.map_err(Box::new)?;
            let Message::Text(text) = message else { continue };
            self.heard.messages.fetch_add(1, Ordering::Relaxed);
            self.heard.octets.fetch_add(text.len() as u64, Ordering::Relaxed);
            return Ok(text);
        }
    }

    /// Reads a message. What is assigned to a slot is covered at once.
    ///
    /// # Errors
    /// If the connection is gone.
    pub async fn read(&mut self, text: &str) -> Result<Value, WireError> {
        let message: Value = serde_json::from_str(text)?;
        for slot in at(&message, "/slots").as_array().into_iter().flatten() {
            self.say(&json!({ "type": "covered", "slot": at(slot, "/slot"), "epoch": at(slot, "/epoch") }))
                .await?;
        }
        Ok(message)
    }

    /// The next message, read.
    ///
    /// # Errors
    /// If the connection is gone.
    pub async fn next(&mut self) -> Result<Value, WireError> {
        let text = self.text().await?;
        self.read(&text).await
    }

    /// The next message of a type; others are passed over.
    ///
    /// # Errors
    /// If the connection is gone, or the gateway refuses something.
    pub async fn expect(&mut self, kind: &str) -> Result<Value, WireError> {
        loop {
            let message = self.next().await?;
            match at(&message, "/type").as_str() {
                Some(found) if found == kind => return Ok(message),
                Some("refused" | "error" | "ended") => {
                    return Err(WireError::Unexpected(message.to_string()));
                }
                _ => {}
            }
        }
    }

    /// Offers media, and yields the answer.
    ///
    /// # Errors
    /// If it is refused.
    pub async fn offer(&mut self, sdp: &str, sections: &[Value]) -> Result<String, WireError> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(sdp.as_bytes())?;
        let sdp = STANDARD.encode(encoder.finish()?);
        self.say(&json!({ "type": "offer", "request": 1, "peer": 1, "sdp": sdp, "sections": sections }))
            .await?;
        let answer = self.expect("answer").await?;
        at(&answer, "/sdp").as_str().map(str::to_owned).ok_or(WireError::Closed)
    }
}

/// The part of a message that a pointer names (RFC 6901); `null` if it has none.
#[must_use]
pub fn at<'a>(message: &'a Value, pointer: &str) -> &'a Value {
    message.pointer(pointer).unwrap_or(&Value::Null)
}

/// What a section is for, as the wire says it.
#[must_use]
pub fn section(mid: &str, purpose: Purpose) -> Value {
    let purpose = match purpose {
        Purpose::Microphone => json!({ "source": "microphone" }),
        Purpose::Camera => json!({ "source": "camera" }),
        Purpose::Slot(slot) => json!({ "slot": slot }),
    };
    json!({ "mid": mid, "purpose": purpose })
}
