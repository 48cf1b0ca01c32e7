//! Tells at once, of URLs that come in a rush, which may not be asked at all. What it admits is judged again when it is
//! asked.

use url::Url;

use crate::model::MissingReason;
use crate::net::Policy;

/// Judges for a moment: it keeps to its last verdict on a site.
pub(super) struct Judge {
    policy: Policy,
    last: Option<(String, Option<MissingReason>)>,
}

impl Judge {
    pub(super) fn new(policy: Policy) -> Self {
        Self { policy, last: None }
    }

    /// Why none of these URLs may be asked, if that is so: the best one's reason.
    pub(super) fn refusal(&mut self, candidates: &[String]) -> Option<MissingReason> {
        let (first, others) = candidates.split_first()?;
        let reason = self.refused(first)?;
        others.iter().all(|url| self.refused(url).is_some()).then_some(reason)
    }

    fn refused(&mut self, url: &str) -> Option<MissingReason> {
        if let Some((last, verdict)) = &self.last
            && is_of_the_same_site(last, url)
        {
            return *verdict;
        }
        let verdict = match Url::parse(url) {
            Ok(url) => self.policy.admit(&url).err(),
            Err(_) => Some(MissingReason::RefusedUrl),
        };
        self.last = Some((url.to_owned(), verdict));
        verdict
    }
}

/// Whether two URLs are alike in all that the policy judges. Most of those that come together are, and to compare them
/// costs a tenth of reading one. What is written in any unusual way is not taken for the same.
fn is_of_the_same_site(one: &str, other: &str) -> bool {
    let site = |url: &str| {
        let host = url.find("://")? + 3;
        let end = host + url[host..].find('/')?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b":/.-".contains(&byte);
        url[..end].bytes().all(is_plain).then_some(end)
    };
    site(one).is_some_and(|end| other.as_bytes().get(..=end) == Some(&one.as_bytes()[..=end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_same_site_is_only_what_is_judged_alike() {
        let alike = [
            ("https://dam.example/a/1.jpg", "https://dam.example/b"),
            ("http://10.0.0.7:8080/a", "http://10.0.0.7:8080/"),
        ];
        for (one, other) in alike {
            assert!(is_of_the_same_site(one, other), "{one} {other}");
        }
        let apart = [
            ("https://dam.example/a", "http://dam.example/a"),
            ("https://dam.example/a", "https://dam.example:8443/a"),
            ("https://dam.example/a", "https://dam.example.evil.example/a"),
            ("https://dam.example/a", "https://dam.example"),
            ("https://dam.example", "https://dam.example/a"),
            ("https://me@dam.example/a", "https://me@dam.example/b"),
            (r"https://dam.example\@evil.example/a", r"https://dam.example\@evil.example/b"),
            (" https://dam.example/a", " https://dam.example/b"),
            ("dam.example/a", "dam.example/b"),
            ("", ""),
        ];
        for (one, other) in apart {
            assert!(!is_of_the_same_site(one, other), "{one} {other}");
        }
    }

    #[test]
    fn a_verdict_holds_for_its_own_site_and_the_best_reason_is_told() {
        let mut judge = Judge::new(Policy::default());
        let refusal = |judge: &mut Judge, urls: &[&str]| {
            let urls: Vec<_> = urls.iter().map(|url| (*url).to_owned()).collect();
            judge.refusal(&urls)
        };
        let (private, insecure, fine) = ("http://127.0.0.1/a", "http://dam.example/a", "https://dam.example/a");
        for _ in 0..2 {
            assert_eq!(
                refusal(&mut judge, &[private, "http://127.0.0.1/b"]),
                Some(MissingReason::RefusedPrivateAddress)
            );
            assert_eq!(refusal(&mut judge, &[insecure, private]), Some(MissingReason::RefusedInsecure));
            assert_eq!(refusal(&mut judge, &[private, fine]), None);
            assert_eq!(refusal(&mut judge, &[fine, private]), None);
            assert_eq!(refusal(&mut judge, &["nonsense"]), Some(MissingReason::RefusedUrl));
            assert_eq!(refusal(&mut judge, &[]), None);
        }
    }
}
