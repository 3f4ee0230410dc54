//! The peer that the gateway is measured beside: Janus with its videoroom, spoken to over its WebSocket.

use std::fs;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::sleep;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};

use crate::server::{Place, Process, directory};
use crate::wire::at;

const PLUGIN: &str = "janus.plugin.videoroom";
const ROOM: u32 = 1;
/// It takes no port of the system's choice; in the bench's own network this one is free.
const WEBSOCKET_PORT: u16 = 8188;
const START_ATTEMPTS: u32 = 100;
const START_INTERVAL: Duration = Duration::from_millis(100);

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A running Janus, and the one session of all its clients.
pub struct Janus {
    /// The server.
    pub process: Process,
    socket: WebSocketStream<TcpStream>,
    session: Value,
    transaction: u32,
}

impl Janus {
    /// Starts it in its place with a configuration of its own. The address is not loopback: it uses none such.
    ///
    /// # Errors
    /// If it is not installed or does not start.
    pub async fn start(place: &Place) -> Result<Self, Failure> {
        let (address, port) = (place.address, WEBSOCKET_PORT);
        let directory = directory("janus")?;
        configure(&directory, address, port)?;
        let folder = directory.to_string_lossy().into_owned();
        let process = Process::start(place, Path::new("janus"), &["--configs-folder", &folder], directory)?;
        let socket = connect(SocketAddr::new(address, port)).await?;
        let mut janus = Self { process, socket, session: Value::Null, transaction: 0 };
        let created = janus.ask(json!({ "janus": "create" })).await?;
        janus.session = at(&created, "/data/id").clone();
        Ok(janus)
    }

    /// Makes the room, joins it and publishes; yields the publisher's number and the answer.
    ///
    /// # Errors
    /// If Janus refuses.
    pub async fn publish(&mut self, offer: &str) -> Result<(Value, String), Failure> {
        let handle = self.attach().await?;
        let room = json!({ "request": "create", "room": ROOM, "publishers": 1, "audiocodec": "opus", "videocodec": "vp8" });
        self.order(&handle, room, None).await?;
        let join = json!({ "request": "join", "ptype": "publisher", "room": ROOM });
        let joined = self.order(&handle, join, None).await?;
        let publisher = at(&joined, "/plugindata/data/id").clone();
        let jsep = json!({ "type": "offer", "sdp": offer });
        let event = self.order(&handle, json!({ "request": "publish" }), Some(jsep)).await?;
        Ok((publisher, description(&event)?))
    }

    /// Attaches a subscriber; yields its handle and the offer.
    ///
    /// # Errors
    /// If Janus refuses.
    pub async fn subscribe(&mut self, publisher: &Value) -> Result<(Value, String), Failure> {
        let handle = self.attach().await?;
        let join = json!({
            "request": "join", "ptype": "subscriber", "room": ROOM, "streams": [{ "feed": publisher }],
        });
        let event = self.order(&handle, join, None).await?;
        let offer = description(&event)?;
        Ok((handle, offer))
    }

    /// Takes a subscriber's answer.
    ///
    /// # Errors
    /// If Janus refuses.
    pub async fn begin(&mut self, handle: &Value, answer: &str) -> Result<(), Failure> {
        let jsep = json!({ "type": "answer", "sdp": answer });
        self.order(handle, json!({ "request": "start" }), Some(jsep)).await?;
        Ok(())
    }

    async fn attach(&mut self) -> Result<Value, Failure> {
        let attached = self.ask(json!({ "janus": "attach", "plugin": PLUGIN })).await?;
        Ok(at(&attached, "/data/id").clone())
    }

    async fn order(&mut self, handle: &Value, body: Value, jsep: Option<Value>) -> Result<Value, Failure> {
        let mut message = json!({ "janus": "message", "handle_id": handle, "body": body });
        if let (Some(jsep), Some(message)) = (jsep, message.as_object_mut()) {
            message.insert("jsep".to_owned(), jsep);
        }
        let answer = self.ask(message).await?;
        match at(&answer, "/plugindata/data/error").as_str() {
            Some(error) => Err(error.to_owned().into()),
            None => Ok(answer),
        }
    }

    /// Says something, and waits for what comes of it beyond its acknowledgement.
    async fn ask(&mut self, mut message: Value) -> Result<Value, Failure> {
        self.transaction += 1;
        let transaction = self.transaction.to_string();
        if let Some(fields) = message.as_object_mut() {
            fields.insert("transaction".to_owned(), json!(transaction));
            if !self.session.is_null() {
                fields.insert("session_id".to_owned(), self.session.clone());
            }
        }
        self.socket.send(Message::text(message.to_string())).await?;
        while let Some(message) = self.socket.next().await {
            let Message::Text(text) = message? else { continue };
            let answer: Value = serde_json::from_str(&text)?;
            if *at(&answer, "/transaction") != *transaction || at(&answer, "/janus") == "ack" {
                continue;
            }
            return match at(&answer, "/error/reason") {
                Value::Null => Ok(answer),
                reason => Err(reason.to_string().into()),
            };
        }
        Err("Janus closed the connection".into())
    }
}

fn description(event: &Value) -> Result<String, Failure> {
    Ok(at(event, "/jsep/sdp").as_str().ok_or_else(|| event.to_string())?.to_owned())
}

async fn connect(address: SocketAddr) -> Result<WebSocketStream<TcpStream>, Failure> {
    for _ in 0..START_ATTEMPTS {
        if let Ok(stream) = TcpStream::connect(address).await {
            let mut request = format!("ws://{address}/").into_client_request()?;
            request.headers_mut().insert("sec-websocket-protocol", "janus-protocol".parse()?);
            return Ok(tokio_tungstenite::client_async(request, stream).await?.0);
        }
        sleep(START_INTERVAL).await;
    }
    Err("Janus does not start".into())
}

/// Only the videoroom and the WebSocket; no other address; sessions last as long as their socket.
fn configure(directory: &Path, address: IpAddr, port: u16) -> io::Result<()> {
    let core = format!(
        r#"general: {{ debug_level = 2; session_timeout = 0; debug_colors = false }}
nat: {{ ice_enforce_list = "{address}"; ice_lite = true; full_trickle = false }}
plugins: {{ disable = "libjanus_audiobridge.so,libjanus_duktape.so,libjanus_echotest.so,libjanus_lua.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_voicemail.so" }}
transports: {{ disable = "libjanus_http.so,libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so" }}
events: {{ broadcast = false }}
"#
    );
    fs::write(directory.join("janus.jcfg"), core)?;
    let socket =
        format!("general: {{ json = \"compact\"; ws = true; ws_port = {port}; ws_ip = \"{address}\" }}\n");
    fs::write(directory.join("janus.transport.websockets.jcfg"), socket)?;
    fs::write(directory.join("janus.plugin.videoroom.jcfg"), "general: { }\n")
}
