//! A server under load: a process of our own on one core, and what it costs.

use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use nix::sched::{CloneFlags, CpuSet, sched_setaffinity, setns};
use nix::time::{ClockId, clock_gettime};
use nix::unistd::Pid;
use tokio::process::{Child, Command};

/// Where a server runs: on which core, in which network, at which address there.
#[derive(Debug, Clone)]
pub struct Place {
    /// The server's core.
    pub core: usize,
    /// Its network namespace, as a file; none for that of the clients.
    pub namespace: Option<PathBuf>,
    /// Its address.
    pub address: IpAddr,
    /// That of all clients.
    pub clients: IpAddr,
}

impl Place {
    /// Moves this thread to the server's core and network.
    ///
    /// # Errors
    /// If there is no such core for us, or no such network.
    pub fn enter(&self) -> io::Result<()> {
        if let Some(path) = &self.namespace {
            setns(fs::File::open(path)?, CloneFlags::CLONE_NEWNET)?;
        }
        pin(self.core)
    }
}

/// A process that ends with this, in a directory that is removed with it.
pub struct Process {
    child: Child,
    directory: PathBuf,
}

/// An empty directory for one server.
///
/// # Errors
/// If it cannot be made.
pub fn directory(name: &str) -> io::Result<PathBuf> {
    let path = std::env::temp_dir().join(format!("giaoban-bench-{}-{name}", std::process::id()));
    if path.exists() {
        fs::remove_dir_all(&path)?;
    }
    fs::create_dir(&path)?;
    Ok(path)
}

impl Process {
    /// Starts a program in its place; what it prints goes to the file `output` in the directory.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(place: &Place, program: &Path, arguments: &[&str], directory: PathBuf) -> io::Result<Self> {
        let output = fs::File::create(directory.join("output"))?;
        let mut command = match &place.namespace {
            Some(namespace) => {
                let mut command = Command::new("nsenter");
                command.arg(format!("--net={}", namespace.display())).arg("taskset");
                command
            }
            None => Command::new("taskset"),
        };
        let child = command
            .args(["-c", &place.core.to_string()])
            .arg(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(output.try_clone()?)
            .stdout(output)
            .kill_on_drop(true)
            .spawn()?;
        Ok(Self { child, directory })
    }

    /// What it has printed.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn output(&self) -> io::Result<String> {
        Ok(String::from_utf8_lossy(&fs::read(self.directory.join("output"))?).into_owned())
    }

    /// Its directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Its number; none once it has ended.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Ends it.
    pub async fn stop(mut self) {
        // One that has ended already is as good.
        let _ = self.child.kill().await;
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A directory that stays behind is in the system's own place for such.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// CPU time that the threads of a process have used until now, to the nanosecond (`schedstat`).
///
/// # Errors
/// If there is no such process.
pub fn cpu_time(process: u32) -> io::Result<Duration> {
    let mut nanoseconds = 0;
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        // A thread may end between the two reads.
        let Ok(line) = fs::read_to_string(task?.path().join("schedstat")) else { continue };
        nanoseconds += line.split(' ').next().and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
    }
    Ok(Duration::from_nanos(nanoseconds))
}

/// Memory of a process that is in use, in KiB.
///
/// # Errors
/// If there is no such process.
pub fn memory(process: u32) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse().ok());
    number.ok_or_else(|| io::Error::other("no VmRSS"))
}

/// Keeps this thread, and those that it will start, on one core.
///
/// # Errors
/// If there is no such core for us.
pub fn pin(core: usize) -> io::Result<()> {
    let mut cores = CpuSet::new();
    cores.set(core)?;
    Ok(sched_setaffinity(Pid::from_raw(0), &cores)?)
}

/// CPU time of this thread until now.
///
/// # Errors
/// If the system does not tell.
pub fn thread_time() -> io::Result<Duration> {
    Ok(clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)?.into())
}
