use std::net::Ipv4Addr;
use std::time::Instant;

use futures_util::{SinkExt, StreamExt};
use giaoban_media_types::ConferenceId;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use super::*;
use crate::registry::SeatRef;
use crate::testing::TemporaryDirectory;

async fn started(directory: &TemporaryDirectory) -> Gateway {
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let mut config = Config { data: Some(directory.path().to_owned()), ..Config::default() };
    config.https.listen = vec![any];
    config.private.listen = any;
    config.media.port = 0;
    config.media.bind = vec![any.ip()];
    Gateway::start(config).await.unwrap()
}

/// The first word of the gateway to a WebSocket that says hello with this ticket.
async fn answer(gateway: &Gateway, ticket: &str) -> Value {
    let address = gateway.https_addresses()[0];
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(gateway.services.authority.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let stream = TcpStream::connect(address).await.unwrap();
    let stream =
        TlsConnector::from(Arc::new(config)).connect(ServerName::from(address.ip()), stream).await.unwrap();
    let request = format!("wss://{address}/api/v1/socket").into_client_request().unwrap();
    let (mut socket, _) = tokio_tungstenite::client_async(request, stream).await.unwrap();
    let credential = json!({ "by": "ticket", "ticket": ticket });
    let hello = json!({ "type": "hello", "protocol": 1, "credential": credential, "take_over": false });
    socket.send(Message::text(hello.to_string())).await.unwrap();
    let word = socket.next().await.unwrap().unwrap();
    serde_json::from_str(word.to_text().unwrap()).unwrap()
}

#[tokio::test]
async fn a_ticket_opens_a_socket_for_half_a_minute() {
    let directory = TemporaryDirectory::new();
    let gateway = started(&directory).await;
    let seat =
        |link: usize| SeatRef { conference: ConferenceId(1), member: gateway.first_links()[link].member };
    let issued = |seconds, seat| {
        let at = Instant::now().checked_sub(Duration::from_secs(seconds)).unwrap();
        gateway.services.tickets.issue(at, seat).unwrap()
    };
    let young = issued(20, seat(1));
    assert_eq!(answer(&gateway, young.as_str()).await["type"], "welcome");
    let old = issued(30, seat(2));
    assert_eq!(answer(&gateway, old.as_str()).await["code"], "ticket_invalid");
    gateway.stop().await;
}
