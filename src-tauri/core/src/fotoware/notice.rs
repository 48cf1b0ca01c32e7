//! Reads one request body: both shapes of `data` (docs/fotoware.md 1.2), JSON and form (docs/fotoware.md 3), in any
//! charset.
//!
//! Every reader finds the envelope in the same way ([`in_envelope`]) and asks the same of it ([`Subject`]), so that what is
//! taken for an event when it arrives is one whenever it is read again.

use std::borrow::Cow;
use std::cell::RefCell;

use serde::{Deserialize, Serialize};
use url::Url;

use super::json::{Interest, Json, JsonBreak, json_break};
use super::lenient::{member, text, whole};
use super::redact::redact;
use super::{AssetState, Change, EventKind, FieldId, HookKind, Identity, Pictures, PreviewToken, charset, form};
use crate::clock::Timestamp;

/// An envelope may come in so many wrappings of JSON.
const MOST_OPENED: u8 = 4;

/// What one delivery says, read once at the edge; but where its pictures are, [`pictures`] tells.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Notice {
    pub kind: EventKind,
    pub change: Change,
    /// `id`: tells a delivery that comes twice (docs/fotoware.md 1.1).
    pub webhook_id: Option<String>,
    /// When Fotoware made the webhook: the order of events.
    pub created: Option<Timestamp>,
    /// `operation-name`, as it came.
    pub operation: Option<String>,
    pub previous_name: Option<String>,
    /// Scheme, host and port of the site that sent it; empty if the notice names none.
    pub tenant: String,
    pub identity: Identity,
    pub state: AssetState,
    /// `assetBefore`, if it is there, as far as states are compared.
    pub before: Option<AssetState>,
    /// From `metadataDiff`: what the changed fields held.
    pub old_values: Vec<(FieldId, Vec<String>)>,
    /// Names of fields that the notice taught us.
    pub labels: Vec<(FieldId, String)>,
    /// Width over height.
    pub ratio: Option<f64>,
}

/// Why a body tells nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the body is empty")]
    Empty,
    #[error("the body is neither JSON nor a form")]
    NeitherJsonNorForm,
    /// It begins as JSON.
    #[error("{0}")]
    BrokenJson(JsonBreak),
    #[error("the body is JSON, but not an object")]
    NotAnObject,
    #[error("the body names no asset: it has neither data nor href")]
    NoAsset,
}

impl Notice {
    /// Reads a body. Of the content type only the charset counts: a JSON body that is announced as a form is read as JSON.
    pub fn read(hook: HookKind, content_type: Option<&str>, body: &[u8]) -> Result<Self, Unreadable> {
        in_envelope(Interest::Notice, &charset::text(content_type, body), |envelope| Self::of(hook, envelope))
    }

    fn of(hook: HookKind, envelope: &Json<'_>) -> Result<Self, Unreadable> {
        let data = member(envelope, "data");
        let Subject { asset, href, wrapped, tenant } = Subject::of(envelope)?;
        let before = member(data, "assetBefore");
        let operation = text(member(envelope, "operation-name"));
        let previous_name = text(member(envelope, "previous-name"));
        let kind = EventKind::of(hook, wrapped, operation.as_deref());
        let state = AssetState::read(asset, envelope);
        let ratio = Pictures::ratio(asset).or_else(|| {
            let (width, height) = state.pixel_width.zip(state.pixel_height)?;
            Some(width as f64 / height as f64)
        });
        Ok(Self {
            kind,
            change: Change::of(kind, operation.as_deref()),
            webhook_id: text(member(envelope, "id")),
            created: member(envelope, "created").as_str().and_then(Timestamp::parse),
            identity: Identity::read(&tenant, asset, before, &href, previous_name.as_deref()),
            operation,
            previous_name,
            before: before.is_object().then(|| AssetState::read_to_compare(before)),
            old_values: changed_fields(data)
                .map(|(id, change)| (id, values(member(member(change, "diff"), "old"))))
                .collect(),
            labels: labels(data),
            ratio,
            tenant,
            state,
        })
    }
}

/// What is urgent about a delivery: what it is told by from others, and which pictures to fetch, with the token
/// that is never written down. All the rest a notice says.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival {
    pub webhook_id: Option<String>,
    pub pictures: Pictures,
    pub preview_token: Option<PreviewToken>,
}

/// Where the pictures of a notice are, read from its body once more.
pub fn pictures(content_type: Option<&str>, body: &[u8]) -> Pictures {
    let arrival = in_envelope(Interest::Pictures, &charset::text(content_type, body), Arrival::of);
    arrival.map_or_else(|_| Pictures::default(), |arrival| arrival.pictures)
}

/// A body that was received, and what of it may be kept.
#[derive(Debug)]
pub struct Received<'a> {
    pub arrival: Result<Arrival, Unreadable>,
    /// The body as it came, but for its secrets.
    pub kept: Cow<'a, [u8]>,
}

/// Takes a body's secrets out, and reads of it what cannot wait: in one pass where it is JSON and nothing in it is wrapped
/// in anything.
pub fn receive<'a>(content_type: Option<&str>, body: &'a [u8]) -> Received<'a> {
    let text = charset::text(content_type, body);
    if let Cow::Borrowed(text) = text {
        let json = trimmed(text);
        if json.starts_with('{')
            && let Ok((tree, secrets)) = Json::read(Interest::Arrival, json)
            && !secrets.might_miss_some(json)
        {
            let offset = json.as_ptr() as usize - text.as_ptr() as usize;
            let arrival = in_tree(Interest::Arrival, &tree, 0, Arrival::of);
            return Received { arrival, kept: secrets.cut_from(body, offset) };
        }
    }
    let kept = redact(content_type, body);
    // It is read from what is kept, as every later reader does, so that all agree whether it is an event and where its
    // pictures are. Only the preview token has to come from what was received.
    let from_kept = in_envelope(Interest::Pictures, &charset::text(content_type, &kept), Arrival::of);
    let arrival = from_kept.map(|arrival| {
        let received = in_envelope(Interest::Arrival, &text, Arrival::of).ok();
        Arrival { preview_token: received.and_then(|received| received.preview_token), ..arrival }
    });
    Received { arrival, kept }
}

/// The text of a body, for people to read.
pub fn body_text<'a>(content_type: Option<&str>, body: &'a [u8]) -> Cow<'a, str> {
    charset::text(content_type, body)
}

impl Arrival {
    fn of(envelope: &Json<'_>) -> Result<Self, Unreadable> {
        let Subject { asset, tenant, .. } = Subject::of(envelope)?;
        Ok(Self {
            webhook_id: text(member(envelope, "id")),
            pictures: Pictures::read(&tenant, asset, envelope),
            preview_token: member(asset, "previewToken").as_str().and_then(PreviewToken::new),
        })
    }
}

/// What a notice is about.
struct Subject<'b, 'a> {
    asset: &'b Json<'a>,
    href: String,
    /// Whether the asset stands beside what it was before.
    wrapped: bool,
    tenant: String,
}

impl<'b, 'a> Subject<'b, 'a> {
    fn of(envelope: &'b Json<'a>) -> Result<Self, Unreadable> {
        let data = member(envelope, "data");
        let wrapped = member(data, "asset").is_object();
        let asset = if wrapped { member(data, "asset") } else { data };
        let href = text(member(envelope, "href")).or_else(|| text(member(asset, "href"))).unwrap_or_default();
        if asset.members().is_empty() && href.is_empty() {
            return Err(Unreadable::NoAsset);
        }
        let tenant = ["href", "thumbnail-href", "preview-href"]
            .iter()
            .find_map(|key| origin(member(envelope, key).as_str()?))
            .unwrap_or_default();
        Ok(Self { asset, href, wrapped, tenant })
    }
}

/// Without what editors, databases and C leave around a text.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_whitespace() || matches!(letter, '\u{feff}' | '\0'))
}

/// Finds the envelope in a body, whichever way it is written.
fn in_envelope<T>(
    interest: Interest,
    body: &str,
    read: impl FnOnce(&Json<'_>) -> Result<T, Unreadable>,
) -> Result<T, Unreadable> {
    let text = trimmed(body);
    if text.is_empty() {
        return Err(Unreadable::Empty);
    }
    match Json::read(interest, text) {
        Ok((Json::Null, _)) if text != "null" => {}
        Ok((tree, _)) => return in_tree(interest, &tree, 0, read),
        Err(_) => {}
    }
    let form = form::read(interest, text)
        .ok_or_else(|| json_break(body).map_or(Unreadable::NeitherJsonNorForm, Unreadable::BrokenJson))?;
    in_tree(interest, &form, 0, read)
}

/// Opens what an envelope may come in: a list of one, a text that is JSON, a member `payload`.
fn in_tree<T>(
    interest: Interest,
    tree: &Json<'_>,
    opened: u8,
    read: impl FnOnce(&Json<'_>) -> Result<T, Unreadable>,
) -> Result<T, Unreadable> {
    match tree {
        _ if opened > MOST_OPENED => Err(Unreadable::NotAnObject),
        Json::Object(_) => {
            let names_asset = ["data", "href"].iter().any(|key| *member(tree, key) != Json::Null);
            match member(tree, "payload") {
                payload @ (Json::Object(_) | Json::List(_)) if !names_asset => {
                    in_tree(interest, payload, opened + 1, read)
                }
                _ => read(tree),
            }
        }
        Json::List(values) if values.len() == 1 => in_tree(interest, &values[0], opened + 1, read),
        Json::Text(text) => match Json::read_inner(interest, text, opened + 1) {
            Some(tree) => in_tree(interest, &tree, opened + 1, read),
            None => Err(Unreadable::NotAnObject),
        },
        _ => Err(Unreadable::NotAnObject),
    }
}

fn origin(href: &str) -> Option<String> {
    // No host's name is half as long.
    const MEMORABLE: usize = 512;
    thread_local! {
        // Nearly all notices are of the site that the last one was of.
        static LAST: RefCell<(String, Option<String>)> = RefCell::default();
    }
    let site = site_of(href);
    let read = || {
        let origin = Url::parse(site).ok()?.origin();
        origin.is_tuple().then(|| origin.ascii_serialization())
    };
    if site.len() > MEMORABLE {
        return read();
    }
    LAST.with_borrow_mut(|(last, origin)| {
        if last != site {
            (*last, *origin) = (site.to_owned(), read());
        }
        origin.clone()
    })
}

/// The beginning of a URL that tells where it leads: to look at the path is most of the work of reading it.
fn site_of(href: &str) -> &str {
    let Some((scheme, rest)) = href.split_once("://") else { return href };
    let host = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    let is_plain = !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_graphic());
    if is_plain { &href[..scheme.len() + "://".len() + host.len()] } else { href }
}

/// `metadataDiff.changedFields[].field` carries the site's own label (docs/fotoware.md 7.2).
fn labels(data: &Json<'_>) -> Vec<(FieldId, String)> {
    changed_fields(data)
        .filter_map(|(id, change)| Some((id, text(member(member(change, "field"), "label"))?)))
        .collect()
}

fn changed_fields<'b, 'a>(data: &'b Json<'a>) -> impl Iterator<Item = (FieldId, &'b Json<'a>)> {
    let changed = member(member(data, "metadataDiff"), "changedFields").list();
    changed.iter().filter_map(|change| {
        let id = whole(member(member(change, "field"), "id")).and_then(|id| FieldId::try_from(id).ok())?;
        Some((id, change))
    })
}

/// `{"values": [{"s": …}]}` for many, `{"s": …}` for one (docs/fotoware.md 7.2).
fn values(side: &Json<'_>) -> Vec<String> {
    let one = text(member(side, "s"));
    let many = member(side, "values").list().iter().filter_map(|value| text(member(value, "s")));
    one.into_iter().chain(many).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(hook: HookKind, body: &serde_json::Value) -> Notice {
        Notice::read(hook, None, body.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn both_shapes_of_data_are_one_asset() {
        let asset = json!({"filename": "a.jpg", "href": "/fotoweb/archives/1-A/a.jpg.info"});
        let bare = read(HookKind::Ingested, &json!({"data": asset}));
        let wrapped =
            read(HookKind::Modified, &json!({"data": {"asset": asset, "assetBefore": {"filename": "a.jpg"}}}));
        assert_eq!(bare.state, wrapped.state);
        assert!(bare.before.is_none() && wrapped.before.is_some());
    }

    #[test]
    fn where_pictures_are_is_read_again_as_it_was_read_first() {
        let square = json!({"size": 200, "square": true, "href": "/200q.jpg", "width": 200, "height": 200});
        let preview = |size| json!({"size": size, "square": false, "href": "/a.jpg", "width": size, "height": 100});
        for previews in
            [json!(null), json!([]), json!([square]), json!([null, 7]), json!([square, preview(800), preview(90)])]
        {
            let body = json!({
                "id": "1", "thumbnail-href": "https://x.example/fotoweb/t.jpg",
                "data": {"filename": "a.jpg", "previews": previews, "previewToken": "secret"},
            });
            let body = body.to_string();
            let Received { arrival, kept } = receive(None, body.as_bytes());
            assert_eq!(pictures(None, &kept), arrival.unwrap().pictures);
            assert_ne!(pictures(None, &kept), Pictures::default());
        }
        assert_eq!(pictures(None, b"<xml/>"), Pictures::default());
    }

    #[test]
    fn a_picture_that_cannot_be_read_leaves_the_rest() {
        let body = br#"{"href": "https://x.example/a.jpg.info", "title": "T",
            "data": {"previews": [{"size": 800, "href": "/a.jpg", "width": 30, "height": 20}, {"width": 1e999}]}}"#;
        let notice = Notice::read(HookKind::Any, None, body).unwrap();
        assert_eq!((notice.state.title.as_str(), notice.ratio), ("T", Some(1.5)));
        assert_ne!(pictures(None, body), Pictures::default());
    }

    #[test]
    fn a_site_is_the_beginning_of_a_url() {
        for (href, site) in [
            ("https://x.example/fotoweb/a.jpg?b=c://d", Some("https://x.example")),
            ("http://X.example:8080?a", Some("http://x.example:8080")),
            ("https://x.example", Some("https://x.example")),
            ("https:\\\\x.example\\a://b", Some("https://x.example")),
            ("https:///x.example/a", Some("https://x.example")),
            ("/fotoweb/a://b", None),
            ("file:///a", None),
        ] {
            assert_eq!(origin(href).as_deref(), site, "{href}");
        }
    }

    #[test]
    fn a_form_is_read_with_and_without_data() {
        let flat = Notice::read(
            HookKind::Ingested,
            None,
            b"id=1&href=https%3A%2F%2Fx.example%2Ffotoweb%2Farchives%2F1-A%2Fa%20b.jpg.info",
        )
        .unwrap();
        assert_eq!((flat.state.filename.as_str(), flat.tenant.as_str()), ("a b.jpg", "https://x.example"));
        let full =
            Notice::read(HookKind::Modified, None, b"data=%7B%22asset%22%3A%7B%22filename%22%3A%22c.jpg%22%7D%7D")
                .unwrap();
        assert_eq!(full.state.filename, "c.jpg");
    }

    #[test]
    fn null_anywhere_is_no_harm() {
        let notice = read(
            HookKind::Any,
            &json!({"id": null, "created": null, "operation-name": null, "href": "https://x.example/a.jpg.info",
                "data": {"metadata": null, "previews": [null], "attributes": null, "builtinFields": [null], "ancestors": null}}),
        );
        assert_eq!(notice.kind, EventKind::Unknown);
    }

    #[test]
    fn one_member_that_cannot_be_read_leaves_the_others() {
        let deep = format!("{}1{}", "[".repeat(9000), "]".repeat(9000));
        for odd in [r#"{"5": {"value": "half a letter: \ud83d"}}"#, r#"{"5": {"value": 1e999}}"#, &deep] {
            let body =
                format!(r#"{{"id": "1", "href": "https://x.example/a.jpg.info", "data": {{"metadata": {odd}}}}}"#);
            let notice = Notice::read(HookKind::Any, None, body.as_bytes()).unwrap();
            assert_eq!((notice.state.filename.as_str(), notice.webhook_id), ("a.jpg", Some("1".into())));
            assert!(receive(None, body.as_bytes()).arrival.is_ok());
        }
    }

    #[test]
    fn what_tells_nothing_says_why() {
        let why = |body: &[u8]| {
            let why = Notice::read(HookKind::Any, None, body).unwrap_err();
            assert_eq!(receive(None, body).arrival, Err(why));
            why
        };
        assert_eq!(why(b" \n"), Unreadable::Empty);
        let broken = JsonBreak { at: 21, is_end: true };
        assert_eq!(why(b"{\"data\": {\"filename\": "), Unreadable::BrokenJson(broken));
        assert_eq!(why(b"<xml/>"), Unreadable::NeitherJsonNorForm);
        assert_eq!(why(b"[1]"), Unreadable::NotAnObject);
        assert_eq!(why(b"[{\"data\": {\"a\": 1}}, {\"data\": {\"a\": 1}}]"), Unreadable::NotAnObject);
        assert_eq!(why(b"{}"), Unreadable::NoAsset);
        assert_eq!(why(&[0xff, 0xfe, 0x00]), Unreadable::NeitherJsonNorForm);
        let deep = (0..9).fold(r#"{"data": {"a": 1}}"#.to_owned(), |inner, _| format!("[{inner}]"));
        assert_eq!(why(deep.as_bytes()), Unreadable::NotAnObject, "nobody wraps as often as that");
    }

    #[test]
    fn an_envelope_is_found_in_what_people_wrap_it_in() {
        let notice = json!({"id": "1", "href": "https://x.example/a.jpg.info", "thumbnail-href": "https://x.example/t",
            "data": {"filename": "a.jpg", "previewToken": "SE.CR.ET"}});
        let mut text_inside = notice.clone();
        text_inside["data"] = notice["data"].to_string().into();
        let escaped = form_urlencoded::byte_serialize(notice.to_string().as_bytes()).collect::<String>();
        for body in [
            notice.to_string(),
            format!("\u{feff}{notice}\0\0"),
            json!([notice]).to_string(),
            json!({"payload": notice}).to_string(),
            json!({"payload": notice.to_string(), "event": "x"}).to_string(),
            json!([notice.to_string()]).to_string(),
            text_inside.to_string(),
            format!("payload={escaped}"),
            format!("type=asset&payload={escaped}&x=1"),
            "id=1&href=https%3A%2F%2Fx.example%2Fa.jpg.info&thumbnail-href=https://x.example/t&data[filename]=a.jpg\
             &data[previewToken]=SE.CR.ET"
                .to_owned(),
        ] {
            let Received { arrival, kept } = receive(None, body.as_bytes());
            let arrival = arrival.unwrap_or_else(|why| panic!("{why}: {body}"));
            assert_eq!(arrival.webhook_id.as_deref(), Some("1"), "{body}");
            assert_eq!(
                arrival.preview_token.map(|token| token.expose().to_owned()).as_deref(),
                Some("SE.CR.ET"),
                "{body}"
            );
            assert_eq!(pictures(None, &kept), arrival.pictures);
            let notice = Notice::read(HookKind::Any, None, &kept).unwrap();
            assert_eq!(notice.state.filename, "a.jpg", "{body}");
            assert!(!String::from_utf8_lossy(&kept).contains("SE.CR.ET"), "{body}");
        }
    }
}
