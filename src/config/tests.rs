use super::*;

fn parse(text: &str) -> Result<Config, ConfigError> {
    static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("giaoban-config-{}-{number}.toml", std::process::id()));
    std::fs::write(&path, text).unwrap();
    let result = Config::read(&path);
    std::fs::remove_file(&path).unwrap();
    result
}

#[test]
fn an_empty_file_is_the_default() {
    let config = parse("").unwrap();
    assert_eq!(config, Config::default());
    config.validate().unwrap();
}

#[test]
fn every_key_can_be_set() {
    let config = parse(
        r#"
        data = "/srv/giaoban"
        [database]
        url = "postgresql:///giaoban?host=/run/postgresql"
        [https]
        listen = ["192.0.2.1:443", "[2001:db8::1]:443"]
        host = "hop.example"
        [private]
        listen = "127.0.0.1:1"
        [media]
        port = 40000
        shards = 4
        announce = ["198.51.100.7", "198.51.100.8:3478"]
        bind = ["192.0.2.1"]
        allow_dtls12 = true
        [limits]
        connections = 10
        room_members = 5
        "#,
    )
    .unwrap();
    config.validate().unwrap();
    assert!(config.database.url.is_some());
    assert_eq!(config.https.listen.len(), 2);
    assert_eq!(config.media.announce[1], Announced::Socket("198.51.100.8:3478".parse().unwrap()));
    assert_eq!(config.limits.room_members, 5);
    assert!(config.media.allow_dtls12);
}

#[test]
fn an_unknown_key_is_refused_with_its_line() {
    let error = parse("[media]\nport = 1\nprot = 2\n").unwrap_err().to_string();
    assert!(error.contains("line 3") && error.contains("prot") && error.contains("config check"), "{error}");
    assert!(!error.contains('\n'), "{error}");
}

#[test]
fn a_value_of_the_wrong_type_is_refused_with_its_line() {
    let error = parse("\n[media]\nannounce = [\"nowhere\"]\n").unwrap_err().to_string();
    assert!(error.contains("line 3") && error.contains("nowhere"), "{error}");
}

#[test]
fn values_out_of_range_name_their_key() {
    let refused = |change: fn(&mut Config)| {
        let mut config = Config::default();
        change(&mut config);
        config.validate().unwrap_err().to_string()
    };
    assert!(refused(|c| c.https.listen.clear()).starts_with("https.listen"));
    assert!(refused(|c| c.https.host = Some("https://x".into())).starts_with("https.host"));
    assert!(refused(|c| c.media.shards = 0).starts_with("media.shards"));
    assert!(refused(|c| (c.media.port, c.media.shards) = (65_535, 2)).starts_with("media.port"));
    assert!(refused(|c| c.limits.room_members = 0).starts_with("limits.room_members"));
}
