//! A machine that is reached over one carrier, through a way that misbehaves on demand.

use watchdeck::agent::AgentOptions;
use watchdeck::client::{Client, ClientError, ConnectOptions, IncomingStream, Way};
use watchdeck::net::{Address, FirstUse, Secret, Trust, token_file_name};
use watchdeck::proto::Role;

use crate::chaos::{Chaos, Place};
use crate::sshd::Sshd;
use crate::support::TestAgent;

/// How an agent is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    Unix,
    Ws,
    Wss,
    Ssh,
}

impl Carrier {
    pub fn name(self) -> &'static str {
        match self {
            Self::Unix => "unix",
            Self::Ws => "ws",
            Self::Wss => "wss",
            Self::Ssh => "ssh",
        }
    }
}

/// An agent, and a way to it.
pub struct Site {
    pub carrier: Carrier,
    pub chaos: Chaos,
    // Ends before the agent: what it has started would start another one.
    sshd: Option<Sshd>,
    pub agent: TestAgent,
    /// Bytes that pass up and down until the hellos are exchanged.
    pub greeting: (u64, u64),
}

/// What stands for the host's name among the known keys: the way has another port than sshd.
const KEY_ALIAS: &str = "trusted";

impl Site {
    /// `None` where a program for it is missing; that was said.
    pub async fn start(carrier: Carrier, ring_bytes: usize) -> Option<Self> {
        let sshd = match carrier {
            Carrier::Ssh => Some(Sshd::start()?),
            _ => None,
        };
        let change = |options: &mut AgentOptions| {
            options.ring_bytes = ring_bytes;
            match carrier {
                Carrier::Unix => {}
                Carrier::Ws => options.listen = "127.0.0.1:0".parse().ok(),
                Carrier::Wss => options.listen = "wss://127.0.0.1:0".parse().ok(),
                Carrier::Ssh => {
                    // The proxy that sshd starts must find this very agent.
                    let run = sshd.as_ref().unwrap().runtime_dir();
                    options.socket = run.join("agent.sock");
                    options.runtime_dir = run;
                }
            }
        };
        let agent = TestAgent::start_with(change).await;
        let chaos = Chaos::to(target(&agent, sshd.as_ref()), agent.dir.path()).await;
        if let Some(sshd) = &sshd {
            let key = std::fs::read_to_string(sshd.dir.path().join("host.pub")).unwrap();
            std::fs::write(sshd.dir.path().join("known_hosts"), format!("{KEY_ALIAS} {key}"))
                .unwrap();
            sshd.client("user", &format!(" HostKeyAlias {KEY_ALIAS}"));
        }
        let mut site = Self { carrier, chaos, agent, greeting: (0, 0), sshd };
        let connection = site.connect(&site.options(Role::Observer)).await.unwrap();
        site.greeting = site.chaos.passed();
        drop(connection);
        Some(site)
    }

    /// The address of the way.
    pub fn address(&self) -> Address {
        match (&self.chaos.place, self.carrier) {
            (Place::Unix(path), _) => Address::Unix(path.clone()),
            (Place::Tcp(at), Carrier::Wss) => format!("wss://{at}").parse().unwrap(),
            (Place::Tcp(at), Carrier::Ssh) => {
                let own = self.sshd.as_ref().unwrap().address();
                let user = own.split_once('@').unwrap().0;
                format!("{user}@{at}").parse().unwrap()
            }
            (Place::Tcp(at), _) => Address::Ws(*at),
        }
    }

    /// How to connect over the way.
    pub fn options(&self, role: Role) -> ConnectOptions {
        let mut way = Way::local(self.agent.runtime_dir());
        if let Some(ws) = &self.agent.ws {
            let port = ws.to_string().rsplit_once(':').unwrap().1.parse().unwrap();
            let token = self.agent.runtime_dir().join(token_file_name(port));
            way.tokens.given = Secret::new(&std::fs::read_to_string(token).unwrap()).ok();
        }
        let known = self.agent.dir.path().join("known_agents");
        way.trust = Trust::Pin { known, first_use: FirstUse::Record };
        if let Some(sshd) = &self.sshd {
            way.ssh.program = sshd.ssh();
        }
        let packed = self.address().may_be_thin();
        ConnectOptions { name: "test".to_owned(), role, way, packed, client_id: None }
    }

    /// Connects over the way, which may fail as the way does.
    pub async fn connect(
        &self,
        options: &ConnectOptions,
    ) -> Result<(Client, IncomingStream), ClientError> {
        Client::connect(&self.address(), options).await
    }

    /// Connects past the way, to see what is true.
    pub async fn beside(&self) -> (Client, IncomingStream) {
        self.agent.connect_as(Role::Admin).await
    }
}

fn target(agent: &TestAgent, sshd: Option<&Sshd>) -> Place {
    match (sshd, &agent.ws, &agent.address) {
        (Some(sshd), _, _) => Place::Tcp(([127, 0, 0, 1], sshd.port).into()),
        (None, Some(ws), _) => {
            Place::Tcp(ws.to_string().split_once("://").unwrap().1.parse().unwrap())
        }
        (None, None, Address::Unix(path)) => Place::Unix(path.clone()),
        (None, None, other) => panic!("{other}"),
    }
}
