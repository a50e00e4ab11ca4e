//! temp
use std::path::PathBuf;
use watchdeck::*;
fn main() -> anyhow::Result<()> {
    let rt = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    rt.block_on(go())
}
async fn go() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let dir = PathBuf::from(std::env::var("WD_DIR")?);
    let name = args.get(2).cloned().unwrap_or("web-1".into());
    match args[1].as_str() {
        "agent" => {
            agent::serve(
                agent::AgentOptions {
                    machine: name.clone(),
                    runtime_dir: dir.join(&name),
                    socket: dir.join(&name).join("agent.sock"),
                    listen: None,
                    term: "auto".into(),
                    shell: None,
                    ring_bytes: 4 << 20,
                    max_sessions: 100,
                    default_size: proto::Winsize::default(),
                    rules: alert::RuleSet::empty(),
                    reload_rules: Box::new(|| Ok(alert::RuleSet::empty())),
                },
                |_: &[String]| (),
            )
            .await?;
        }
        verb => {
            let loaded = config::Config::load(config::Sources::new([]))?;
            let machines = args[2]
                .split(',')
                .map(|n| app::Target {
                    name: n.into(),
                    address: net::Address::Unix(dir.join(n).join("agent.sock")),
                    local: true,
                })
                .collect();
            let options =
                app::RunOptions { client_name: "me".into(), runtime_dir: dir.clone(), machines };
            let exit = if verb == "attach" {
                app::attach(&loaded.config, options, &args[3], proto::Role::Operator).await?
            } else {
                app::run(&loaded.config, options).await?
            };
            eprintln!("{exit:?}");
        }
    }
    Ok(())
}
