//! Which machine and which session a command means: decided here and nowhere else.
//!
//! `machine/name`, `--machine` and `--socket` say it outright. A bare name means the session of
//! this machine if it has one, else the one of the only other machine that has it. A command that
//! was sent to a machine and failed is never tried on another.

use futures_util::future::join_all;
use uuid::Uuid;

use super::context::Context;
use super::error::CliError;
use super::peer::{Peer, is_not_running};
use super::values::SessionRef;
use crate::client::Way;
use crate::net::Address;
use crate::proto::{ErrorCode, Role};

/// A machine that can be named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Its name in the configuration; of this machine, the host name where nothing else is set.
    pub name: String,
    /// Where its agent is reached.
    pub address: Address,
    /// What the way there needs.
    pub way: Way,
    /// It is this machine: its agent need not run, and is started for what needs it.
    pub local: bool,
}

/// The machines of this invocation: this machine first, names unique.
#[derive(Debug, Clone, Default)]
pub struct Machines {
    /// The machines.
    pub list: Vec<Machine>,
    /// There is one only, by `--socket`: its name is what its agent says.
    pub pinned: bool,
}

impl Machines {
    /// The machine called `name`.
    ///
    /// # Errors
    /// There is none; says which there are.
    pub fn named(&self, name: &str) -> Result<&Machine, CliError> {
        if let (true, [only]) = (self.pinned, self.list.as_slice()) {
            return Ok(only);
        }
        let local = |machine: &&Machine| machine.local && name == "local";
        let found = self.list.iter().find(|machine| machine.name == name);
        found.or_else(|| self.list.iter().find(local)).ok_or_else(|| {
            let near = nearest(name, self.list.iter().map(|machine| machine.name.as_str()));
            let advice = near.map_or_else(
                || "add it as [[machines]] to the configuration".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            CliError::NotFound(format!("no machine is called `{name}`; {advice}"))
        })
    }
}

/// The name most like `wanted`, if one is alike enough to be meant.
fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = names.map(|name| (strsim::jaro_winkler(wanted, name), name));
    let alike = scored.filter(|(score, _)| *score > 0.8);
    alike.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

/// A connection to the session's machine, and the session's name or id there.
#[derive(Debug)]
pub struct Target {
    /// The connection.
    pub peer: Peer,
    /// What [`crate::proto::Request`]s call the session.
    pub session: String,
}

impl Target {
    /// Finds the session and connects to its machine in `role`.
    ///
    /// # Errors
    /// The machine or the session does not exist, is ambiguous, or cannot be reached.
    pub async fn find(
        context: &Context,
        wanted: &SessionRef,
        role: Role,
    ) -> Result<Self, CliError> {
        let session = wanted.session.clone();
        let peer = match context.machine_meant(wanted.machine.as_deref())? {
            Some(name) => {
                let machine = context.machines.named(&name)?;
                let peer = Peer::connect(context, machine, role).await?;
                if let (true, Some(name)) = (context.machines.pinned, &wanted.machine) {
                    peer.must_be(name)?;
                }
                peer
            }
            None => search(context, &session, role).await?,
        };
        Ok(Self { peer, session })
    }
}

/// This machine first; the others only when it is certain that it does not have the session.
async fn search(context: &Context, session: &str, role: Role) -> Result<Peer, CliError> {
    let (here, elsewhere): (Vec<_>, Vec<_>) =
        context.machines.list.iter().partition(|machine| machine.local);
    for machine in here {
        match ask(context, machine, session, role).await.1 {
            Asked::Has(peer) => return Ok(*peer),
            Asked::Failed(error) if !is_not_running(&error) => return Err(error),
            Asked::HasNot | Asked::Failed(_) => {}
        }
    }
    let asked = elsewhere.into_iter().map(|machine| ask(context, machine, session, role));
    only(session, join_all(asked).await)
}

/// What a machine answered when asked for a session.
#[derive(Debug)]
enum Asked<P> {
    Has(Box<P>),
    HasNot,
    Failed(CliError),
}

async fn ask(
    context: &Context,
    machine: &Machine,
    session: &str,
    role: Role,
) -> (String, Asked<Peer>) {
    let answer = match Peer::connect(context, machine, role).await {
        Err(error) => Err(error),
        Ok(peer) => peer.session(session).await.map(|_| peer),
    };
    let asked = match answer {
        Ok(peer) => Asked::Has(Box::new(peer)),
        Err(CliError::Machine { source, .. })
            if source.code() == Some(ErrorCode::SessionNotFound) =>
        {
            Asked::HasNot
        }
        Err(error) => Asked::Failed(error),
    };
    (machine.name.clone(), asked)
}

/// The only machine that has the session. A machine that could not be asked might have one of the
/// same name, so it makes a name ambiguous; an id is unique wherever it is found.
fn only<P>(session: &str, asked: Vec<(String, Asked<P>)>) -> Result<P, CliError> {
    let mut has = Vec::new();
    let mut failed = Vec::new();
    for (machine, answer) in asked {
        match answer {
            Asked::Has(peer) => has.push((machine, peer)),
            Asked::HasNot => {}
            Asked::Failed(error) => failed.push((machine, error)),
        }
    }
    let is_id = session.parse::<Uuid>().is_ok();
    let choices = choices(session, &has);
    let sentence = match (has.pop(), failed.into_iter().next()) {
        (Some((_, peer)), None) if has.is_empty() => return Ok(*peer),
        (Some((_, peer)), Some(_)) if has.is_empty() && is_id => return Ok(*peer),
        (None, Some((_, error))) => return Err(error),
        (None, None) => {
            format!("no machine has a session `{session}`; `watchdeck ls` lists all")
        }
        (Some(_), Some((unasked, _))) if has.is_empty() => format!(
            "{unasked} could not be asked whether it also has a session `{session}`; write {choices}"
        ),
        (Some(_), _) => format!("several machines have a session `{session}`; write {choices}"),
    };
    Err(CliError::NotFound(sentence))
}

fn choices<P>(session: &str, has: &[(String, P)]) -> String {
    let names: Vec<_> = has.iter().map(|(machine, _)| format!("{machine}/{session}")).collect();
    names.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::exit::Exit;

    fn machines() -> Machines {
        let machine = |name: &str, local| Machine {
            name: name.to_owned(),
            address: Address::Unix("/run/x.sock".into()),
            way: Way::local("/run".into()),
            local,
        };
        let list = vec![machine("laptop", true), machine("web-1", false), machine("db-1", false)];
        Machines { list, pinned: false }
    }

    #[test]
    fn machines_are_found_by_name_and_near_misses_are_told() {
        let machines = machines();
        assert_eq!(machines.named("db-1").unwrap().name, "db-1");
        assert_eq!(machines.named("local").unwrap().name, "laptop");
        let error = machines.named("web1").unwrap_err();
        assert_eq!(error.exit(), Exit::NotFound);
        assert!(error.to_string().contains("did you mean `web-1`?"), "{error}");
        assert!(machines.named("zzz").unwrap_err().to_string().contains("[[machines]]"));
    }

    fn asked(answers: &[(&str, &str)]) -> Vec<(String, Asked<String>)> {
        let answer = |(machine, answer): &(&str, &str)| {
            let asked = match *answer {
                "has" => Asked::Has(Box::new((*machine).to_owned())),
                "has not" => Asked::HasNot,
                _ => Asked::Failed(CliError::Failed(format!("{machine} is down"))),
            };
            ((*machine).to_owned(), asked)
        };
        answers.iter().map(answer).collect()
    }

    #[test]
    fn a_bare_name_means_the_only_machine_that_has_it() {
        let found = only("x", asked(&[("a", "has not"), ("b", "has")]));
        assert_eq!(found.unwrap(), "b");
    }

    #[test]
    fn what_is_not_certain_is_refused_with_what_to_write() {
        for (answers, says) in [
            (&[("a", "has not"), ("b", "has not")][..], "no machine has a session `x`"),
            (&[("a", "has"), ("b", "has")], "write a/x or b/x"),
            (&[("a", "has"), ("b", "down")], "b could not be asked"),
            (&[("a", "has not"), ("b", "down")], "b is down"),
            (&[], "no machine has"),
        ] {
            let error = only("x", asked(answers)).unwrap_err().to_string();
            assert!(error.contains(says), "{answers:?}: {error}");
        }
    }

    #[test]
    fn an_id_is_unique_wherever_it_is_found() {
        let id = "0192c0de-0000-7000-8000-000000000000";
        assert_eq!(only(id, asked(&[("a", "down"), ("b", "has")])).unwrap(), "b");
    }
}
