//! The command line.

mod arguments;
mod language;
mod moment;
mod output;

use std::process::ExitCode;

use clap::Parser;
use tokio::runtime::Runtime;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use self::arguments::{ActsCommand, AdminCommand, Arguments, Command, ConfigCommand, LinkCommand, LogLevel};
use self::language::Language;
use crate::config::{Config, ConfigError};
use crate::control::{self, ControlError, Reply, Request};
use crate::data::{DataDirectory, DataError};
use crate::doctor::{self, Level};
use crate::gateway::StartError;
use crate::store::{BackupError, Store, StoreError, Verdict, backup};

/// Why a command failed; one line with a next step.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Control(#[from] ControlError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error(transparent)]
    Data(#[from] DataError),
    #[error("the record of acts was tampered with at act {at} or before it; compare with a backup")]
    BrokenRecord { at: u64 },
    /// The findings have said it.
    #[error("this machine is not fit for the gateway: mend the faults above")]
    Unfit,
    #[error("{0}")]
    Refused(String),
    #[error("cannot start the runtime: {0}; look at the limits of this account and machine")]
    Runtime(std::io::Error),
    #[error("cannot write to the terminal: {0}")]
    Output(#[from] std::io::Error),
}

/// Runs the command that the arguments name.
#[must_use]
pub fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::failure(&failure);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::Runtime)?;
    match arguments.command {
        Command::Serve { options, log } => {
            log_to_stderr(log);
            runtime.block_on(serve(options.config()?))
        }
        Command::Link { place, command } => ask(&runtime, &place.config()?, &request(command)),
        Command::Admin { place, command: AdminCommand::Link { person } } => {
            ask(&runtime, &place.config()?, &Request::AccountLink { person })
        }
        Command::Backup { place, file } => {
            let config = place.config()?;
            runtime.block_on(backup::backup(
                config.database.url.as_ref(),
                &config.data_directory(),
                &file,
            ))?;
            Ok(output::backed_up(&file)?)
        }
        Command::Restore { place, file } => {
            let config = place.config()?;
            let data = DataDirectory::open(config.data_directory())?;
            runtime.block_on(backup::restore(config.database.url.as_ref(), &data, &file))?;
            Ok(output::restored()?)
        }
        Command::Doctor { options } => {
            let config = options.config()?;
            config.validate()?;
            let findings = runtime.block_on(doctor::examine(&config));
            output::findings(&findings, Language::of_environment())?;
            let faults = findings.iter().filter(|finding| finding.level == Level::Fault).count();
            if faults == 0 { Ok(()) } else { Err(Failure::Unfit) }
        }
        Command::Acts { place, command: ActsCommand::Verify } => {
            let config = place.config()?;
            match runtime.block_on(verify_acts(&config))? {
                Verdict::Holds { acts, head } => Ok(output::acts_hold(acts, &head)?),
                Verdict::Broken { at } => Err(Failure::BrokenRecord { at }),
            }
        }
        Command::Config { command: ConfigCommand::Check { file } } => {
            let config = match &file {
                Some(file) => Config::read(file)?,
                None => Config::default(),
            };
            config.validate()?;
            Ok(output::config(&config)?)
        }
    }
}

/// Asks the gateway that runs, and prints its answer.
fn ask(runtime: &Runtime, config: &Config, request: &Request) -> Result<(), Failure> {
    match runtime.block_on(control::ask(&config.data_directory(), request))? {
        Reply::Failed { message } => Err(Failure::Refused(message)),
        reply => Ok(output::reply(&reply)?),
    }
}

async fn verify_acts(config: &Config) -> Result<Verdict, StoreError> {
    let store = Store::existing(config.database.url.as_ref(), &config.data_directory()).await?;
    let verdict = store.verify_acts().await;
    store.close().await;
    verdict
}

async fn serve(config: Config) -> Result<(), Failure> {
    let mut told = Ok(());
    crate::serve(config, terminated(), |gateway| told = output::started(gateway)).await?;
    Ok(told?)
}

/// Done at SIGTERM or SIGINT.
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
        // Without signals the process ends as the system ends it.
        _ => std::future::pending().await,
    }
}

fn request(command: LinkCommand) -> Request {
    match command {
        LinkCommand::New { site, role, until } => {
            let until = until.map(|until| until.milliseconds().unwrap_or_default());
            Request::New { site, role: role.into(), until }
        }
        LinkCommand::List => Request::List,
        LinkCommand::Revoke { link } => Request::Revoke { link },
    }
}

/// Only our own crates log: others may name addresses.
fn log_to_stderr(level: LogLevel) {
    let level = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    tracing_subscriber::registry().with(lines).with(Targets::new().with_target("giaoban", level)).init();
}
