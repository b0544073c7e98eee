//! Messages in frames: a header with the length, then JSON.
//!
//! Bytes come in, messages come out in their order; a frame whose content is no message is one too, so that it is
//! answered and the next one is read. Only where no frame can be made out the stream ends.

use std::io::{self, BufRead, Read, Write};
use std::sync::mpsc::{Receiver, channel};

use lsp_server::{ErrorCode, Message};
use serde_json::json;

use crate::output;

/// What came in.
#[derive(Debug)]
pub(super) enum Incoming {
    Message(Message),
    /// A frame that holds no message, and what is wrong with it.
    Broken(ErrorCode, String),
}

/// No message is larger: the largest text that a rule set may have, and more than all that stands around it.
const MOST_BYTES: usize = 64 << 20;
/// No header line is longer.
const LONGEST_HEADER: u64 = 1 << 10;

/// Reads standard input on a thread of its own.
pub(super) fn listen() -> Receiver<Incoming> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut input = io::stdin().lock();
        loop {
            match frame(&mut input) {
                Ok(Some(content)) if sender.send(message(&content)).is_ok() => {}
                Ok(_) => break,
                Err(error) => {
                    output::error(&format!("standard input is no stream of messages: {error}"));
                    break;
                }
            }
        }
    });
    receiver
}

/// The content of the next frame; none at the end of the input.
fn frame(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let invalid = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut length: Option<usize> = None;
    loop {
        let mut line = Vec::new();
        if input.by_ref().take(LONGEST_HEADER).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if !line.ends_with(b"\n") {
            return Err(invalid("a header line without an end"));
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.trim().eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok();
        }
    }
    let length = length.filter(|length| *length <= MOST_BYTES).ok_or_else(|| {
        invalid(&format!(
            "a message begins with `Content-Length: N` and an empty line, N at most {MOST_BYTES}"
        ))
    })?;
    let mut content = Vec::new();
    input.by_ref().take(u64::try_from(length).unwrap_or(0)).read_to_end(&mut content)?;
    if content.len() == length { Ok(Some(content)) } else { Ok(None) }
}

/// The message that a frame holds.
fn message(content: &[u8]) -> Incoming {
    let value: serde_json::Value = match serde_json::from_slice(content) {
        Ok(value) => value,
        Err(error) => return Incoming::Broken(ErrorCode::ParseError, format!("this is no JSON: {error}")),
    };
    // A list would be taken as the parts of a message, in their order.
    let message = value.is_object().then(|| serde_json::from_value(value).ok()).flatten();
    match message {
        Some(message) => Incoming::Message(message),
        None => {
            let what = "a request has an id and a method, a notification a method".to_owned();
            Incoming::Broken(ErrorCode::InvalidRequest, what)
        }
    }
}

/// Writes a message.
pub(super) fn send(out: &mut impl Write, message: &Message) -> io::Result<()> {
    message.write(out)
}

/// Answers a frame that holds no message: nobody knows which request it was.
pub(super) fn refuse(out: &mut impl Write, code: ErrorCode, message: &str) -> io::Result<()> {
    let error = json!({"code": code as i32, "message": message});
    let content = json!({"jsonrpc": "2.0", "id": null, "error": error}).to_string();
    write!(out, "Content-Length: {}\r\n\r\n{content}", content.len())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_follow_each_other() {
        let mut input = &b"Content-Length: 2\r\nContent-Type: x\r\n\r\n{}content-length:3\n\nabc"[..];
        assert_eq!(frame(&mut input).unwrap().unwrap(), b"{}");
        assert_eq!(frame(&mut input).unwrap().unwrap(), b"abc");
        assert!(frame(&mut input).unwrap().is_none());
    }

    #[test]
    fn what_is_no_frame_ends_the_stream() {
        assert!(frame(&mut &b"Content-Length: 5\r\n\r\nab"[..]).unwrap().is_none());
        assert!(frame(&mut &b"Content-Length: 99999999999\r\n\r\n"[..]).is_err());
        assert!(frame(&mut &b"Content-Length: -1\r\n\r\n"[..]).is_err());
        assert!(frame(&mut &b"\r\n"[..]).is_err());
        assert!(frame(&mut &vec![b'x'; 5_000][..]).is_err());
    }

    #[test]
    fn what_is_no_message_is_told() {
        assert!(matches!(message(b"{"), Incoming::Broken(ErrorCode::ParseError, _)));
        assert!(matches!(message(b"[1, \"a\", {}]"), Incoming::Broken(ErrorCode::InvalidRequest, _)));
        assert!(matches!(message(b"{\"method\":\"exit\"}"), Incoming::Message(Message::Notification(_))));
    }
}
