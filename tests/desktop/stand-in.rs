//! Replaces a desktop's notification server and tray on the session bus. Prints each event as a line of JSON, and obeys
//! commands on standard input: `click ID`, `menu`, `press LABEL`.

#![expect(
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "what is called, and with what, is the bus's word"
)]

use std::collections::HashMap;
use std::io::{BufRead as _, Write as _};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use zbus::blocking::{Connection, Proxy, connection};
use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};

type Failure = Box<dyn std::error::Error>;

fn tell(line: &Value) {
    let mut out = std::io::stdout().lock();
    // The test may be gone.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

#[derive(Default)]
struct Notifications {
    last: u32,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    #[allow(clippy::too_many_arguments, reason = "the specification has them")]
    fn notify(
        &mut self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        _expire_timeout: i32,
    ) -> u32 {
        self.last = if replaces_id == 0 { self.last + 1 } else { replaces_id };
        let text = |hint: &str| hints.get(hint).and_then(|value| <&str>::try_from(value).ok()).map(str::to_owned);
        let image = text("image-path").or_else(|| text("image_path")).unwrap_or_default();
        let bytes = std::fs::read(image.trim_start_matches("file://")).map(|bytes| bytes.len()).unwrap_or_default();
        tell(&json!({
            "notified": self.last, "app": app_name, "icon": app_icon, "summary": summary, "body": body,
            "actions": actions, "image": image, "image_bytes": bytes,
        }));
        self.last
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_closed(emitter: &SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;

    async fn close_notification(
        &self,
        id: u32,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> zbus::fdo::Result<()> {
        tell(&json!({"closed": id}));
        Ok(Self::notification_closed(&emitter, id, 3).await?)
    }

    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body", "body-markup", "icon-static"].map(str::to_owned).into()
    }

    fn get_server_information(&self) -> (&str, &str, &str, &str) {
        ("stand-in", "Lysbord", "1", "1.2")
    }
}

/// Bus name and path of the tray item that registered last.
type Item = Arc<Mutex<Option<(String, String)>>>;

struct Tray {
    item: Item,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Tray {
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let (name, path) = match service.find('/') {
            Some(0) => (sender, service.to_owned()),
            _ => (service.to_owned(), "/StatusNotifierItem".to_owned()),
        };
        tell(&json!({"registered": path}));
        if let Ok(mut item) = self.item.lock() {
            *item = Some((name, path));
        }
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        Vec::new()
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

/// The layout of a menu as `com.canonical.dbusmenu` gives it.
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// The entries of the menu in the tray, by their numbers.
fn entries(bus: &Connection, item: &Item) -> Result<Vec<(i32, String)>, Failure> {
    let menu = menu(bus, item)?;
    let (_, (_, _, children)): (u32, Layout) = menu.call("GetLayout", &(0_i32, -1_i32, Vec::<String>::new()))?;
    let mut entries = Vec::new();
    for child in children {
        let (id, properties, _): Layout = child.try_into()?;
        if let Some(label) = properties.get("label").and_then(|label| <&str>::try_from(label).ok()) {
            entries.push((id, label.replace("__", "\0").replace('_', "").replace('\0', "_")));
        }
    }
    Ok(entries)
}

fn menu(bus: &Connection, item: &Item) -> Result<Proxy<'static>, Failure> {
    let (name, path) = item.lock().map_err(|_| "poisoned")?.clone().ok_or("nothing is in the tray")?;
    let icon = Proxy::new(bus, name.clone(), path, "org.kde.StatusNotifierItem")?;
    let menu: OwnedObjectPath = icon.get_property("Menu")?;
    Ok(Proxy::new(bus, name, menu.into_inner(), "com.canonical.dbusmenu")?)
}

fn obey(bus: &Connection, item: &Item, command: &str) -> Result<(), Failure> {
    match command.split_once(' ').unwrap_or((command, "")) {
        ("click", id) => {
            let server = bus.object_server().interface::<_, Notifications>("/org/freedesktop/Notifications")?;
            let (emitter, id) = (server.signal_emitter(), id.parse()?);
            zbus::block_on(Notifications::action_invoked(emitter, id, "default"))?;
            zbus::block_on(Notifications::notification_closed(emitter, id, 2))?;
        }
        ("menu", _) => {
            let labels: Vec<_> = entries(bus, item)?.into_iter().map(|(_, label)| label).collect();
            tell(&json!({ "menu": labels }));
        }
        ("press", label) => {
            let entries = entries(bus, item)?;
            let (id, _) = entries.iter().find(|(_, name)| name.starts_with(label)).ok_or("there is no such entry")?;
            let event = (*id, "clicked", zbus::zvariant::Value::from(0_i32), 0_u32);
            menu(bus, item)?.call::<_, _, ()>("Event", &event)?;
            tell(&json!({ "pressed": label }));
        }
        _ => return Err(format!("what is {command}?").into()),
    }
    Ok(())
}

fn main() -> Result<(), Failure> {
    let item = Item::default();
    let mut builder = connection::Builder::session()?
        .name("org.freedesktop.Notifications")?
        .serve_at("/org/freedesktop/Notifications", Notifications::default())?;
    if !std::env::args().any(|argument| argument == "--no-tray") {
        builder = builder
            .name("org.kde.StatusNotifierWatcher")?
            .serve_at("/StatusNotifierWatcher", Tray { item: item.clone() })?;
    }
    let bus = builder.method_timeout(Duration::from_secs(10)).build()?;
    tell(&json!({"up": true}));
    for command in std::io::stdin().lock().lines() {
        if let Err(error) = obey(&bus, &item, command?.trim()) {
            tell(&json!({"failed": error.to_string()}));
        }
    }
    Ok(())
}
