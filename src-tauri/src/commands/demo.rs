//! `lysbord demo`: the pretend tenant as a program of its own.

use std::time::Duration;

use lysbord_demo::{DemoOptions, Story};
use tokio_util::sync::CancellationToken;

use crate::cli::DemoArgs;
use crate::stop;

pub(super) async fn run(args: DemoArgs) -> anyhow::Result<()> {
    let Some(to) = args.to.filter(|_| !args.stories) else {
        return Story::ALL.iter().try_for_each(|story| super::print_line(story.name()));
    };
    let options = DemoOptions {
        listen: args.listen,
        assets: args.assets,
        stories: args.story,
        lifetime: Duration::from_secs_f64(args.lifetime),
        rate: args.rate,
        form: args.form,
        seed: args.seed,
        ..DemoOptions::new(to)
    };
    let cancel = CancellationToken::new();
    let playing = lysbord_demo::run(options, cancel.clone());
    tokio::pin!(playing);
    let report = tokio::select! {
        report = &mut playing => report,
        () = stop::asked() => {
            cancel.cancel();
            playing.await
        }
    }?;
    super::print_line(&report.to_string())?;
    anyhow::ensure!(report.failed == 0, "{} deliveries were not accepted", report.failed);
    Ok(())
}
