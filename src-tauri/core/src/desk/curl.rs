//! Writes a delivery as a `curl` command for a POSIX shell that posts the same bytes. Pure: it sends nothing.

use base64::Engine;
use url::Url;

use super::resend::RESENT;

/// Longest body within the command line. Linux allows 128 KiB an argument; this is also short enough to read.
const LONGEST_INLINE: usize = 32 << 10;

/// Returns the command. A short body is an argument of it and a longer one is piped in. One with bytes that a terminal
/// would interpret is encoded in base64.
pub fn curl(url: &Url, content_type: Option<&str>, body: &[u8]) -> String {
    // Without an explicit header curl would send `application/x-www-form-urlencoded`.
    let content_type = content_type.map_or("Content-Type:".to_owned(), |told| format!("Content-Type: {told}"));
    let post = |data: &str| {
        format!(
            "curl --globoff --include -H {} -H {} \\\n  --data-binary {data} \\\n  {}",
            quoted(&content_type),
            quoted(&format!("{RESENT}: 1")),
            quoted(url.as_str()),
        )
    };
    match std::str::from_utf8(body).ok().filter(|text| can_be_typed(text)) {
        // curl reads a file if the argument begins with `@`.
        Some(text) if text.len() <= LONGEST_INLINE && !text.starts_with('@') => post(&quoted(text)),
        // `printf` is built into the shell, so the limit on the length of arguments does not apply.
        Some(text) => format!("printf %s {} |\n{}", quoted(text), post("@-")),
        None => {
            let packed = base64::engine::general_purpose::STANDARD.encode(body);
            format!("printf %s {} | base64 -d |\n{}", quoted(&packed), post("@-"))
        }
    }
}

/// Within single quotes the shell interprets nothing but the closing quote.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Whether a terminal takes the text literally when it is pasted: a tab completes, a carriage return runs the line, and
/// escapes may do anything.
fn can_be_typed(text: &str) -> bool {
    !text.chars().any(|letter| letter.is_control() && letter != '\n')
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;

    use super::*;

    /// Runs a command through `sh` with a curl that only writes down how it was called.
    fn run(command: &str) -> (Vec<String>, Vec<u8>) {
        let dir = tempfile::tempdir().unwrap();
        let fake = dir.path().join("curl");
        fs::write(
            &fake,
            "#!/bin/sh\nfor word in \"$@\"; do printf '%s\\0' \"$word\"; done > \"$0.argv\"\n\
             case \" $* \" in *' @- '*) cat > \"$0.stdin\";; esac\n",
        )
        .unwrap();
        fs::set_permissions(&fake, fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:{}", dir.path().display(), std::env::var("PATH").unwrap());
        let script = dir.path().join("typed");
        fs::write(&script, command).unwrap();
        let ran = Command::new("sh").arg(script).env("PATH", path).current_dir(dir.path()).output().unwrap();
        assert!(ran.status.success() && ran.stderr.is_empty(), "{}", String::from_utf8_lossy(&ran.stderr));
        let argv = String::from_utf8(fs::read(dir.path().join("curl.argv")).unwrap()).unwrap();
        let argv = argv.split_terminator('\0').map(str::to_owned).collect();
        (argv, fs::read(dir.path().join("curl.stdin")).unwrap_or_default())
    }

    #[test]
    fn the_shell_hands_curl_the_very_bytes() {
        let url = Url::parse("https://hooks.example/take?kind=a&b=$(touch%20x)'[1-3]{a,b}").unwrap();
        let long = format!("{{\"caption\": \"{}'\"}}\n", "Vardø 漁船 ".repeat(40_000));
        let bodies: [&[u8]; 10] = [
            br#"{"title": "It's a $HOME `date` \\ \"quoted\" !! %s %n"}"#,
            "{\n  \"caption\": \"Båter i havn – 漁船 🚢\"\n}\n\n".as_bytes(),
            b"",
            b"'",
            b"'''\n'",
            b"-d @/etc/passwd",
            b"@/etc/passwd",
            b"carriage\r\nreturn\tand tab\x1b[2J",
            b"\x00\xff\xfe not text",
            long.as_bytes(),
        ];
        for body in bodies {
            let command = curl(&url, Some("application/json; charset=\"utf-8\""), body);
            let (argv, stdin) = run(&command);
            let data = argv.iter().position(|word| word == "--data-binary").unwrap() + 1;
            let posted = if argv[data] == "@-" { stdin.as_slice() } else { argv[data].as_bytes() };
            assert_eq!(String::from_utf8_lossy(posted), String::from_utf8_lossy(body));
            assert_eq!(posted, body);
            assert_eq!(argv.last().unwrap(), url.as_str());
            assert_eq!(
                argv[2..6],
                ["-H", "Content-Type: application/json; charset=\"utf-8\"", "-H", "X-Lysbord-Resent: 1"]
            );
        }
    }

    #[test]
    fn a_body_that_came_without_a_type_goes_out_without_one() {
        let command = curl(&Url::parse("http://localhost:8080/").unwrap(), None, b"{}");
        assert_eq!(run(&command).0[3], "Content-Type:");
    }
}
