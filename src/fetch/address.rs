//! Addresses as they may be shown: who reads a message need not know a name and a password.

use std::borrow::Cow;

/// The address without what stands in front of its host. A password may hold any sign; models, archives and hosts have no `@`.
pub(super) fn shown(url: &str) -> Cow<'_, str> {
    let Some((_, host)) = url.rsplit_once('@') else { return url.into() };
    match url.split_once("://") {
        Some((scheme, _)) if !scheme.contains(['@', ':', '/']) => format!("{scheme}://{host}").into(),
        _ => host.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_passwords_are_left_out() {
        for (url, expected) in [
            ("https://huggingface.co/a/b", "https://huggingface.co/a/b"),
            ("https://me:secret@host:8080/a/b", "https://host:8080/a/b"),
            ("http://me:se/cr@t@host/a", "http://host/a"),
            ("http://token@host", "http://host"),
            ("me:secret@host:3128", "host:3128"),
            ("socks5://me:secret://x@host", "socks5://host"),
        ] {
            assert_eq!(shown(url), expected);
        }
    }
}
