//! Paths of files and the addresses under which editors know them.

use std::path::{Path, PathBuf};

/// The path that an address stands for. One that is no file's, such as that of a text never saved, is taken as a
/// path that no file has.
pub(super) fn path(uri: &str) -> PathBuf {
    let Some(rest) = uri.strip_prefix("file://") else { return PathBuf::from(uri) };
    // What stands before the first `/` is the name of a machine: this one.
    let rest = rest.find('/').and_then(|slash| rest.get(slash..)).unwrap_or("/");
    let path = decoded(rest);
    // `/c:/rules.lql`
    if cfg!(windows) { PathBuf::from(path.trim_start_matches('/')) } else { PathBuf::from(path) }
}

/// The address of a path.
pub(super) fn uri(path: &Path) -> String {
    let text = path.to_string_lossy();
    if !path.is_absolute() {
        return text.into_owned();
    }
    let text = if cfg!(windows) { format!("/{}", text.replace('\\', "/")) } else { text.into_owned() };
    let mut uri = String::from("file://");
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                uri.push(char::from(byte))
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// Text with its `%XX` put back; one that is broken stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let hex = behind.get(..2).filter(|hex| *first == b'%' && hex.iter().all(u8::is_ascii_hexdigit));
        let hex = hex.and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn paths_come_back() {
        for text in ["/rules/criteria.lql", "/with space/größe 100%.lql", "/a#b?c/[x].lql"] {
            let uri = uri(Path::new(text));
            assert!(uri.is_ascii() && !uri.contains(['#', '?', ' ']), "{uri}");
            assert_eq!(path(&uri), Path::new(text));
        }
        assert_eq!(path("file://localhost/a%20b.lql"), Path::new("/a b.lql"));
    }

    #[test]
    fn what_is_no_file_stays_what_it_is() {
        assert_eq!(uri(&path("untitled:Untitled-1")), "untitled:Untitled-1");
        assert_eq!(decoded("%zz%4%+f"), "%zz%4%+f");
        assert_eq!(decoded("%ff"), "%ff", "no UTF-8");
    }
}
