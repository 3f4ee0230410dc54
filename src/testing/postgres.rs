//! A PostgreSQL of the test's own: its data in a temporary directory, reached by a Unix socket, ended with the test.

use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::TemporaryDirectory;

/// A running server.
pub struct Postgres {
    directory: TemporaryDirectory,
    server: Child,
}

impl Postgres {
    /// Makes a cluster, starts its server and waits until it takes connections.
    pub async fn start() -> Self {
        let directory = TemporaryDirectory::new();
        let account = Account::find(directory.path());
        if let Some(account) = &account {
            chown(directory.path(), Some(account.uid), Some(account.gid)).unwrap();
        }
        let programs = programs();
        let data = directory.path().join("data");
        let made = command(&programs.join("initdb"), account.as_ref())
            .args(["--no-sync", "--auth=trust", "--username=giaoban", "--encoding=UTF8", "--locale=C", "-D"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let server = command(&programs.join("postgres"), account.as_ref())
            .arg("-D")
            .arg(&data)
            .args(["-c", "listen_addresses=", "-c", "fsync=off", "-k"])
            .arg(directory.path())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let postgres = Self { directory, server };
        postgres.wait_until_ready().await;
        postgres
    }

    /// Makes a database and returns its URL.
    pub async fn database(&self, name: &str) -> String {
        let admin = sqlx::PgPool::connect(&self.url("postgres")).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&admin).await.unwrap();
        admin.close().await;
        self.url(name)
    }

    fn url(&self, database: &str) -> String {
        format!("postgresql:///{database}?user=giaoban&host={}", self.directory.path().display())
    }

    /// The server says that it is ready in its pid file, on the eighth line.
    async fn wait_until_ready(&self) {
        let pid_file = self.directory.path().join("data/postmaster.pid");
        let ready = async {
            let mut tick = tokio::time::interval(Duration::from_millis(20));
            loop {
                tick.tick().await;
                let text = std::fs::read_to_string(&pid_file).unwrap_or_default();
                if text.lines().nth(7).is_some_and(|line| line.trim() == "ready") {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(60), ready).await.expect("PostgreSQL does not start");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Its fast shutdown: killed outright it would leave its shared memory behind.
        let _ = Command::new("kill").args(["-INT", &self.server.id().to_string()]).status();
        let _ = self.server.wait();
    }
}

/// Whom the server runs as: it refuses to run as root.
struct Account {
    uid: u32,
    gid: u32,
}

impl Account {
    /// Nobody in particular if the tests run as somebody, whose files these are.
    fn find(own: &Path) -> Option<Self> {
        if std::fs::metadata(own).unwrap().uid() != 0 {
            return None;
        }
        let passwd = std::fs::read_to_string("/etc/passwd").unwrap();
        let line = passwd.lines().find(|line| line.starts_with("postgres:")).expect("an account postgres");
        let mut fields = line.split(':').skip(2).map(|field| field.parse().unwrap());
        Some(Self { uid: fields.next().unwrap(), gid: fields.next().unwrap() })
    }
}

fn command(program: &Path, account: Option<&Account>) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).current_dir("/");
    if let Some(account) = account {
        command.uid(account.uid).gid(account.gid);
    }
    command
}

/// Where Debian keeps the server's programs: the newest version's.
fn programs() -> PathBuf {
    let versions =
        std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL: scripts/install-tools.sh test");
    let newest = versions
        .filter_map(|entry| {
            Some((entry.as_ref().ok()?.file_name().to_str()?.parse::<u32>().ok()?, entry.ok()?.path()))
        })
        .max()
        .expect("PostgreSQL: scripts/install-tools.sh test");
    newest.1.join("bin")
}
