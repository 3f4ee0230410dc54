use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};

use super::*;
use crate::config::Database;
use crate::testing::TemporaryDirectory;

/// A configuration for this data directory, on ports of the system's choice.
fn config(temporary: &TemporaryDirectory) -> Config {
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let mut config = Config { data: Some(temporary.path().join("data")), ..Config::default() };
    config.https.listen = vec![any];
    config.private.listen = any;
    config.media.port = 0;
    config.media.bind = vec![Ipv4Addr::LOCALHOST.into()];
    config
}

fn faults(findings: &[Finding]) -> Vec<&Finding> {
    findings.iter().filter(|finding| finding.level == Level::Fault).collect()
}

#[tokio::test]
async fn a_machine_before_the_first_start_has_no_fault_and_is_left_as_it_was() {
    let temporary = TemporaryDirectory::new();
    let findings = examine(&config(&temporary)).await;
    assert!(faults(&findings).is_empty(), "{findings:?}");
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0);
    for finding in &findings {
        assert_eq!(finding.step.is_some(), finding.level != Level::Ok, "{finding:?}");
        let steps = finding.step.iter().flat_map(|step| [&step.vi, &step.en]);
        for text in steps.chain([&finding.meaning.vi, &finding.meaning.en]) {
            assert!(!text.is_empty() && !text.contains('\n'), "{finding:?}");
        }
    }
}

#[tokio::test]
async fn ports_that_another_program_holds_are_faults_that_name_them() {
    let temporary = TemporaryDirectory::new();
    let mut config = config(&temporary);
    let (https, private) =
        (TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
    let media = UdpSocket::bind("127.0.0.1:0").unwrap();
    config.https.listen = vec![https.local_addr().unwrap()];
    config.private.listen = private.local_addr().unwrap();
    config.media.port = media.local_addr().unwrap().port();
    // It takes connections and says nothing.
    let held = [https.local_addr().unwrap(), private.local_addr().unwrap(), media.local_addr().unwrap()];
    let findings = examine(&config).await;
    let faults = faults(&findings);
    assert_eq!(faults.len(), 3, "{findings:?}");
    for (fault, address) in faults.iter().zip(held) {
        assert_eq!(fault.check, Check::Port);
        assert!(fault.meaning.en.contains(&address.to_string()), "{fault:?}");
    }
}

#[tokio::test]
async fn an_address_that_is_not_this_machines_is_a_fault() {
    let temporary = TemporaryDirectory::new();
    let mut config = config(&temporary);
    config.https.listen = vec!["192.0.2.1:8443".parse().unwrap()];
    let findings = examine(&config).await;
    let faults = faults(&findings);
    assert!(faults.len() == 1 && faults[0].meaning.en.contains("cannot be used"), "{findings:?}");
}

#[tokio::test]
async fn a_database_that_is_none_or_of_a_later_version_is_a_fault() {
    let temporary = TemporaryDirectory::new();
    let config = config(&temporary);
    let file = temporary.path().join("data/giaoban.db");
    std::fs::create_dir(temporary.path().join("data")).unwrap();
    std::fs::write(&file, [7; 8192]).unwrap();
    let findings = examine(&config).await;
    let found = faults(&findings);
    assert!(found.len() == 1 && found[0].check == Check::Database, "{findings:?}");

    std::fs::remove_file(&file).unwrap();
    let store = crate::store::Store::open(&file).await.unwrap();
    store.close().await;
    assert!(faults(&examine(&config).await).is_empty());

    set_version(&file, "99").await;
    let findings = examine(&config).await;
    assert!(faults(&findings)[0].meaning.en.contains("later version"), "{findings:?}");
    set_version(&file, "1").await;
    let findings = examine(&config).await;
    let old = findings.iter().find(|finding| finding.meaning.en.contains("earlier version")).unwrap();
    assert_eq!(old.level, Level::Warning);
}

async fn set_version(file: &Path, version: &str) {
    use sqlx::Connection;
    let mut connection =
        sqlx::SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    let set = sqlx::AssertSqlSafe(format!("PRAGMA user_version = {version}"));
    sqlx::raw_sql(set).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_database_file_with_a_broken_page_is_a_fault() {
    let temporary = TemporaryDirectory::new();
    let config = config(&temporary);
    let file = temporary.path().join("data/giaoban.db");
    std::fs::create_dir(temporary.path().join("data")).unwrap();
    crate::store::Store::open(&file).await.unwrap().close().await;
    let mut bytes = std::fs::read(&file).unwrap();
    // All pages but the first, which holds the tables' names.
    let rest = bytes.len() / 2;
    bytes[4096..rest].fill(0xA5);
    std::fs::write(&file, bytes).unwrap();
    let findings = examine(&config).await;
    let found = faults(&findings);
    assert!(found.iter().any(|fault| fault.check == Check::Database), "{findings:?}");
}

#[tokio::test]
async fn a_database_server_that_is_not_there_is_a_fault_that_does_not_tell_its_password() {
    let temporary = TemporaryDirectory::new();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("postgresql://nguoi-dung:mat-khau-bi-mat@127.0.0.1:{closed}/giaoban");
    let database = Database { url: Some(url.parse().unwrap()) };
    let findings = examine(&Config { database, ..config(&temporary) }).await;
    let found = faults(&findings);
    assert!(found.len() == 1 && found[0].check == Check::Database, "{findings:?}");
    assert!(!format!("{findings:?}").contains("mat-khau"), "{findings:?}");
}
