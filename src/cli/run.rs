//! From a parsed command line to an exit code.

use super::args::{Cli, Verb};
use super::context::Context;
use super::error::CliError;
use super::exit::Exit;
use super::output::{Output, harmless};
use super::{
    agent, alerts, attach, audit, completions, config, dashboard, demo, deploy, doctor, grep,
    hosts, info, keys, kill, ls, new, proxy, record, rename, replay, resize, rm, screen, seen,
    send, severity, signal, tail, token, wait,
};
use crate::app;

/// Does what the command line says; what fails is told on standard error.
#[must_use]
pub fn run(cli: &Cli) -> Exit {
    let mut out = Output::new(cli.global.color.decide());
    let outcome = dispatch(cli, &mut out);
    // What was found before a failure is shown before the failure is told.
    let flushed = out.flush();
    match outcome.and(flushed) {
        Ok(()) => Exit::Done,
        Err(error) => {
            if !error.is_silent() {
                report(&error);
            }
            error.exit()
        }
    }
}

/// Several lines, as a configuration's fault has, keep their layout.
fn report(error: &CliError) {
    let text = error.to_string();
    let lines: Vec<_> = text.lines().map(harmless).collect();
    eprintln!("watchdeck: {}", lines.join("\n"));
}

fn dispatch(cli: &Cli, out: &mut Output) -> Result<(), CliError> {
    match &cli.verb {
        Some(Verb::Severity(args)) => severity::run(args, &cli.global, out),
        Some(Verb::Config(args)) => config::run(args, &cli.global, out),
        Some(Verb::Completions(args)) => completions::run(args, out),
        Some(Verb::KeysDoc) => out.bytes(app::keys_markdown().as_bytes()),
        Some(Verb::Generate(args)) => {
            demo::generate::run(args).map_err(CliError::io("standard output"))
        }
        Some(Verb::Deploy(args)) => deploy::run(args),
        Some(Verb::Doctor(args)) => doctor::run(args, &cli.global, out),
        Some(Verb::Token(args)) => token::run(args, &Context::load(&cli.global)?, out),
        Some(Verb::Audit(args)) => audit::run(args, &Context::load(&cli.global)?, out),
        verb => {
            let context = Context::load(&cli.global)?;
            let runtime = runtime(verb.as_ref()).map_err(CliError::io("the async runtime"))?;
            let outcome = runtime.block_on(Box::pin(connected(verb.as_ref(), &context, out)));
            // A resolver that hangs in a thread must not keep a command that is done.
            runtime.shutdown_background();
            outcome
        }
    }
}

/// An agent serves many at once. A client does one thing at a time, and a hand-over between threads
/// would cost each keystroke more than what is done with it.
fn runtime(verb: Option<&Verb>) -> std::io::Result<tokio::runtime::Runtime> {
    let mut builder = match verb {
        Some(Verb::Agent(_)) => tokio::runtime::Builder::new_multi_thread(),
        _ => tokio::runtime::Builder::new_current_thread(),
    };
    builder.worker_threads(2).enable_all().build()
}

/// The verbs that talk to agents, and those that run for long.
async fn connected(
    verb: Option<&Verb>,
    context: &Context,
    out: &mut Output,
) -> Result<(), CliError> {
    use Verb as V;
    match verb {
        None => dashboard::run(context).await,
        Some(V::Agent(args)) => agent::run(args, context, out).await,
        Some(V::Demo(args)) => demo::run(args, context, out).await,
        Some(V::Ls(args)) => ls::run(args, context, out).await,
        Some(V::New(args)) => new::run(args, context, out).await,
        Some(V::Attach(args)) => attach::run(args, context).await,
        Some(V::Send(args)) => send::run(args, context).await,
        Some(V::Keys(args)) => keys::run(args, context).await,
        Some(V::Resize(args)) => resize::run(args, context).await,
        Some(V::Signal(args)) => signal::run(args, context).await,
        Some(V::Kill(args)) => kill::run(args, context).await,
        Some(V::Rm(args)) => rm::run(args, context).await,
        Some(V::Rename(args)) => rename::run(args, context).await,
        Some(V::Screen(args)) => screen::run(args, context, out).await,
        Some(V::Tail(args)) => tail::run(args, context, out).await,
        Some(V::Record(args)) => record::run(args, context).await,
        Some(V::Replay(args)) => replay::run(args, context, out).await,
        Some(V::Grep(args)) => grep::run(args, context, out).await,
        Some(V::Wait(args)) => wait::run(args, context, out).await,
        Some(V::Info(args)) => info::run(args, context, out).await,
        Some(V::Alerts(args)) => alerts::run(args, context, out).await,
        Some(V::Seen(args)) => seen::run(args, context).await,
        Some(V::Hosts(args)) => hosts::run(args, context, out).await,
        Some(V::Proxy) => proxy::run(context).await,
        // Answered before anything was connected.
        Some(
            V::Severity(_)
            | V::Config(_)
            | V::Completions(_)
            | V::KeysDoc
            | V::Generate(_)
            | V::Token(_)
            | V::Audit(_)
            | V::Deploy(_)
            | V::Doctor(_),
        ) => Ok(()),
    }
}
