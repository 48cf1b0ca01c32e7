//! The tunnels, from found to gone for good.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

use super::stand_in::{CLOUDFLARED, Kind, NGROK, StandIns, TAILSCALE, is_alive};
use super::{desk_with, hasty, told};
use crate::desk::{OpenDesk, list, text};
use crate::logs;

async fn desk_and_stand_ins() -> (OpenDesk, StandIns) {
    let stand_ins = StandIns::new().await;
    let desk = desk_with(|options| stand_ins.adjust(options)).await;
    (desk, stand_ins)
}

impl OpenDesk {
    async fn turn(&self, name: &str, on: bool) {
        let answer = self.send("POST", "/api/reach/tunnel", &json!({"name": name, "on": on})).await;
        assert!(answer.status.is_success(), "{}", answer.text());
    }

    async fn tunnel_is(&self, name: &str, state: &str) -> Value {
        let reach = self.reach_until(|reach| tunnel(reach, name)["state"] == state).await;
        tunnel(&reach, name)
    }
}

fn tunnel(reach: &Value, name: &str) -> Value {
    list(&reach["tunnels"]).into_iter().find(|tunnel| tunnel["name"] == name).unwrap()
}

#[tokio::test]
async fn each_tunnel_is_found_and_started_and_lets_a_check_through() {
    for kind in [CLOUDFLARED, NGROK, TAILSCALE] {
        let (desk, stand_ins) = desk_and_stand_ins().await;
        let Kind { name, public, called, .. } = kind;
        assert_eq!(tunnel(&desk.get("/api/reach").await, name)["found"], Value::Null);
        let path = stand_ins.install(&kind);
        let found = tunnel(&desk.get("/api/reach").await, name);
        assert_eq!((&found["found"], &found["state"]), (&json!(path), &json!("off")));

        desk.turn(name, true).await;
        let up = desk.tunnel_is(name, "up").await;
        assert_eq!((text(&up["public_url"]), &up["problem"]), (public.to_owned(), &Value::Null), "{up:#}");
        let port = desk.desk.listener.address().unwrap().port();
        assert_eq!(stand_ins.calls()[0].1, called.replace("%PORT%", &port.to_string()));
        let reach = desk.get("/api/reach").await;
        let secret = desk.desk.secrets.hooks();
        assert_eq!(text(&reach["hook_base"]), format!("{public}/hooks/{}", secret.expose()));
        assert_eq!((&reach["way"], &reach["problem"]), (&json!("tunnel"), &Value::Null));
        assert!(!up["output_tail"].to_string().contains(secret.expose()));

        assert_eq!(desk.get("/api/status").await["hooks"]["reachable"], Value::Null);
        let check = desk.check().await;
        assert_eq!((&check["state"], &check["problem"]), (&json!("arrived"), &Value::Null), "{check:#}");
        assert!(check["took_ms"].as_u64().is_some());
        let reachable = &desk.get("/api/status").await["hooks"]["reachable"];
        assert_eq!((&reachable["ok"], &reachable["way"]), (&json!(true), &json!("tunnel")));
        assert_eq!(reachable["url"], reach["hook_base"]);
        assert!(desk.log().await.is_empty(), "a check is no delivery");

        desk.turn(name, false).await;
        desk.tunnel_is(name, "off").await;
        let reach = desk.reach_until(|_| !is_alive(stand_ins.calls()[0].0)).await;
        assert_eq!(reach["hook_base"], Value::Null);
        assert!(told(&reach).contains("Choose one"), "{reach:#}");
        assert_eq!(desk.check().await["state"], "failed");
        desk.shut_down().await;
    }
}

#[tokio::test]
async fn a_tunnel_that_is_killed_comes_back_and_a_new_address_is_told() {
    let (desk, stand_ins) = desk_and_stand_ins().await;
    stand_ins.install(&CLOUDFLARED);
    desk.turn("cloudflared", true).await;
    desk.tunnel_is("cloudflared", "up").await;
    assert_eq!(desk.check().await["state"], "arrived");

    stand_ins.kill_the_last();
    let second = "https://stopped-words-2-here.trycloudflare.com";
    let reach = desk.reach_until(|reach| tunnel(reach, "cloudflared")["public_url"] == second).await;
    assert!(told(&reach).contains("stopped-words-1-here") && told(&reach).contains("new hook URLs"), "{reach:#}");
    assert!(text(&reach["hook_base"]).starts_with(second));
    // What was checked once is checked again by itself.
    let status = async || desk.get("/api/status").await["hooks"]["reachable"].clone();
    while !status().await["url"].as_str().is_some_and(|url| url.starts_with(second)) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(status().await["ok"], true);
    desk.shut_down().await;
}

#[tokio::test]
async fn a_tunnel_that_keeps_its_name_comes_back_without_a_word() {
    let (desk, stand_ins) = desk_and_stand_ins().await;
    stand_ins.install(&NGROK);
    desk.turn("ngrok", true).await;
    desk.tunnel_is("ngrok", "up").await;
    for times in 2..5 {
        stand_ins.kill_the_last();
        let is_up_again = |reach: &Value| stand_ins.calls().len() == times && tunnel(reach, "ngrok")["state"] == "up";
        assert_eq!(desk.reach_until(is_up_again).await["problem"], Value::Null);
    }
    desk.shut_down().await;
}

#[tokio::test]
async fn while_it_is_down_a_tunnel_tells_why_and_when_it_is_started_again() {
    let stand_ins = StandIns::new().await;
    let desk = desk_with(|options| {
        stand_ins.adjust(options);
        options.reach.pauses = vec![Duration::from_hours(1)];
    })
    .await;
    stand_ins.install(&TAILSCALE);
    desk.turn("tailscale", true).await;
    desk.tunnel_is("tailscale", "up").await;
    stand_ins.kill_the_last();
    let down = desk.tunnel_is("tailscale", "restarting").await;
    assert!(told(&down).contains("by signal 9") && told(&down).contains("in 3600 s"), "{down:#}");
    assert_eq!(down["public_url"], Value::Null);
    assert!(down["output_tail"].to_string().contains("Press Ctrl+C"));

    // It does not wait for its pause when the computer wakes.
    desk.clock.advance(8 * 3_600_000);
    desk.tunnel_is("tailscale", "up").await;
    desk.shut_down().await;
}

#[tokio::test]
async fn a_tunnel_that_is_gone_for_good_is_told_and_can_be_started_when_it_is_back() {
    let (desk, stand_ins) = desk_and_stand_ins().await;
    stand_ins.install(&CLOUDFLARED);
    desk.turn("cloudflared", true).await;
    desk.tunnel_is("cloudflared", "up").await;
    stand_ins.remove("cloudflared");
    stand_ins.kill_the_last();

    let failed = desk.tunnel_is("cloudflared", "failed").await;
    assert!(told(&failed).contains("not on this computer any more"), "{failed:#}");
    assert_eq!((&failed["found"], &failed["public_url"]), (&Value::Null, &Value::Null));
    let check = desk.check().await;
    assert_eq!((&check["state"], told(&check)), (&json!("failed"), told(&failed)));
    assert_eq!(desk.get("/api/status").await["hooks"]["reachable"]["ok"], false);

    stand_ins.install(&CLOUDFLARED);
    desk.turn("cloudflared", true).await;
    desk.tunnel_is("cloudflared", "up").await;
    desk.shut_down().await;
}

/// ngrok without an account: the lines of users' logs, with a token as it prints a wrong one.
const NO_ACCOUNT: &str = r#"cat <<'END'
{"lvl":"info","msg":"starting web service","obj":"web","addr":"127.0.0.1:4040"}
{"err":"authentication failed: The authtoken you specified does not look like a proper ngrok authtoken.\nYour authtoken: 2fOo_bAr9bAz\n\nERR_NGROK_105\r\n","lvl":"eror","msg":"failed to reconnect session"}
END
echo 'ERROR:  ERR_NGROK_105' >&2
exit 1"#;

#[tokio::test]
async fn one_that_never_comes_up_is_given_up_with_its_last_words_and_no_secret() {
    let (desk, stand_ins) = desk_and_stand_ins().await;
    stand_ins.install_script("ngrok", NO_ACCOUNT);
    desk.turn("ngrok", true).await;
    let failed = desk.tunnel_is("ngrok", "failed").await;
    assert!(told(&failed).contains("with code 1") && told(&failed).contains("tried 4 times"), "{failed:#}");
    let words = failed["output_tail"].to_string();
    assert!(words.contains("failed to reconnect session") && words.contains("ERROR:  ERR_NGROK_105"), "{words}");
    for said in [&words, &logs::written()] {
        assert!(!said.contains("2fOo_bAr9bAz"), "{said}");
    }
    assert_eq!(stand_ins.calls().len(), 4);
    assert_eq!(desk.get("/api/reach").await["problem"], failed["problem"]);

    stand_ins.install(&NGROK);
    desk.turn("ngrok", true).await;
    assert_eq!(desk.tunnel_is("ngrok", "up").await["problem"], Value::Null);
    desk.shut_down().await;
}

#[tokio::test]
async fn one_that_waits_for_its_user_shows_the_link_that_it_prints() {
    let stand_ins = StandIns::new().await;
    let desk = desk_with(|options| {
        stand_ins.adjust(options);
        options.reach.patience = Duration::from_millis(100);
    })
    .await;
    // enableFeatureInteractive in cmd/tailscale/cli.
    let waits = "printf 'Funnel is not enabled on your tailnet.\\nTo enable, visit:\\n\\n         https://login.tailscale.com/f/funnel?node=nWNmPtVzjN11CNTRL\\n\\n'\nexec sleep 1000";
    stand_ins.install_script("tailscale", waits);
    desk.turn("tailscale", true).await;
    let reach = desk.reach_until(|reach| told(&tunnel(reach, "tailscale")).contains("no address yet")).await;
    let waiting = tunnel(&reach, "tailscale");
    assert_eq!((&waiting["state"], &waiting["public_url"]), (&json!("starting"), &Value::Null));
    assert!(waiting["output_tail"].to_string().contains("https://login.tailscale.com/f/funnel?node=nWNmPtVzjN11CNTRL"));
    desk.shut_down().await;
}

#[tokio::test]
async fn what_cannot_be_run_is_told() {
    let (desk, stand_ins) = desk_and_stand_ins().await;
    let path = stand_ins.install(&NGROK);
    fs::write(&path, "#!/nowhere/interpreter\n").unwrap();
    desk.turn("ngrok", true).await;
    let failed = desk.tunnel_is("ngrok", "failed").await;
    assert!(told(&failed).contains("could not be started"), "{failed:#}");
    desk.shut_down().await;
}

#[tokio::test]
async fn a_tunnel_ends_with_the_desk_politely_and_with_all_that_it_started() {
    let (desk, stand_ins) = desk_and_stand_ins().await;
    let asked = stand_ins.file("asked");
    let polite = format!(
        "sleep 1000 &\necho $! > '{}'\ntrap 'echo asked > '\"'{}'\"'; exit 0' TERM\n{}\nwait",
        stand_ins.file("helper").display(),
        asked.display(),
        CLOUDFLARED.prints
    );
    stand_ins.install_script("cloudflared", &polite);
    desk.turn("cloudflared", true).await;
    desk.tunnel_is("cloudflared", "up").await;
    let helper: u32 = fs::read_to_string(stand_ins.file("helper")).unwrap().trim().parse().unwrap();
    assert!(is_alive(helper));
    let folder = desk.shut_down().await;
    assert_eq!(fs::read_to_string(asked).unwrap(), "asked\n");
    assert!(!is_alive(stand_ins.calls()[0].0) && !is_alive(helper));

    // The next start takes up what was chosen, and knows what Fotoware was told.
    stand_ins.install(&CLOUDFLARED);
    let desk = OpenDesk::again(folder, |options| {
        hasty(options);
        stand_ins.adjust(options);
    })
    .await;
    let up = desk.tunnel_is("cloudflared", "up").await;
    assert!(told(&up).contains("another address"), "{up:#}");
    desk.shut_down().await;
}

#[tokio::test]
async fn one_that_does_not_listen_is_ended_all_the_same() {
    let (desk, stand_ins) = desk_and_stand_ins().await;
    let stubborn = format!("trap '' TERM\n{}\nwhile :; do sleep 1; done", TAILSCALE.prints);
    stand_ins.install_script("tailscale", &stubborn);
    desk.turn("tailscale", true).await;
    desk.tunnel_is("tailscale", "up").await;
    desk.shut_down().await;
    assert!(!is_alive(stand_ins.calls()[0].0));
}

#[tokio::test]
async fn one_tunnel_runs_at_a_time_and_only_while_it_is_the_way() {
    let (desk, stand_ins) = desk_and_stand_ins().await;
    stand_ins.install(&CLOUDFLARED);
    stand_ins.install(&NGROK);
    desk.turn("cloudflared", true).await;
    desk.tunnel_is("cloudflared", "up").await;
    desk.choose(json!({"way": "tunnel", "tunnel": "ngrok"})).await;
    desk.tunnel_is("ngrok", "up").await;
    desk.tunnel_is("cloudflared", "off").await;
    assert!(!is_alive(stand_ins.calls()[0].0));

    desk.choose(json!({"way": "this_computer", "tunnel": "ngrok"})).await;
    desk.tunnel_is("ngrok", "off").await;
    assert!(!is_alive(stand_ins.calls()[1].0));
    desk.shut_down().await;
}
