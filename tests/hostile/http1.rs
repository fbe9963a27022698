//! Attacks over HTTP/1.1.

use std::io::{self, Write as _};
use std::sync::LazyLock;
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::server::{Connection, read_request};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

/// Answers each request so.
fn answer(stream: &mut Connection, text: &[u8]) -> io::Result<()> {
    loop {
        read_request(stream)?;
        stream.write_all(text)?;
    }
}

/// Answers one request so, and ends the connection.
fn answer_once(stream: &mut Connection, text: &[u8]) -> io::Result<()> {
    read_request(stream)?;
    stream.write_all(text)
}

fn for_ever(stream: &mut Connection, head: &str, part: &[u8]) -> io::Result<()> {
    read_request(stream)?;
    stream.write_all(head.as_bytes())?;
    loop {
        stream.write_all(part)?;
    }
}

/// A head that comes letter by letter, and never to its end.
pub(crate) fn slow_head(stream: &mut Connection) -> io::Result<()> {
    read_request(stream)?;
    stream.write_all(OK.as_bytes())?;
    stream.write_all(b"X-Slow: ")?;
    loop {
        stream.write_all(b"x")?;
        thread::sleep(Duration::from_millis(20));
    }
}

/// A body that comes so.
pub(crate) fn slow_body(stream: &mut Connection) -> io::Result<()> {
    read_request(stream)?;
    stream.write_all(format!("{OK}Content-Length: 1000000\r\n\r\n").as_bytes())?;
    loop {
        stream.write_all(b" ")?;
        thread::sleep(Duration::from_millis(20));
    }
}

pub(crate) fn endless_body(stream: &mut Connection) -> io::Result<()> {
    let chunk = [b"10000\r\n", &*vec![b' '; 0x10000], b"\r\n"].concat();
    for_ever(stream, &format!("{OK}Transfer-Encoding: chunked\r\n\r\n"), &chunk)
}

/// Chunks of one byte: what a client keeps of each must not be more than that.
pub(crate) fn tiny_chunks(stream: &mut Connection) -> io::Result<()> {
    for_ever(stream, &format!("{OK}Transfer-Encoding: chunked\r\n\r\n"), &b"1\r\n \r\n".repeat(10_000))
}

pub(crate) fn endless_chunk_extension(stream: &mut Connection) -> io::Result<()> {
    for_ever(stream, &format!("{OK}Transfer-Encoding: chunked\r\n\r\n1;"), &[b'x'; 0x10000])
}

pub(crate) fn endless_trailers(stream: &mut Connection) -> io::Result<()> {
    let head = format!("{OK}Transfer-Encoding: chunked\r\n\r\n0\r\n");
    for_ever(stream, &head, format!("X-Trailer: {}\r\n", "x".repeat(8000)).as_bytes())
}

/// A quarter of a gigabyte of blanks, in a quarter of a megabyte.
pub(crate) fn gzip_bomb(stream: &mut Connection) -> io::Result<()> {
    static BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        (0..256).try_for_each(|_| gzip.write_all(&[b' '; 1024 * 1024])).unwrap();
        gzip.finish().unwrap()
    });
    let head = format!("{OK}Content-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", BOMB.len());
    answer(stream, &[head.as_bytes(), &BOMB].concat())
}

pub(crate) fn endless_headers(stream: &mut Connection) -> io::Result<()> {
    for_ever(stream, "HTTP/1.1 200 OK\r\n", format!("X-Header: {}\r\n", "x".repeat(8000)).as_bytes())
}

pub(crate) fn endless_header(stream: &mut Connection) -> io::Result<()> {
    for_ever(stream, "HTTP/1.1 200 OK\r\nX-Header: ", &[b'x'; 0x10000])
}

pub(crate) fn endless_reason(stream: &mut Connection) -> io::Result<()> {
    for_ever(stream, "HTTP/1.1 200 ", &[b'x'; 0x10000])
}

pub(crate) fn endless_early_hints(stream: &mut Connection) -> io::Result<()> {
    for_ever(stream, "", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
}

pub(crate) fn content_length_too_large(stream: &mut Connection) -> io::Result<()> {
    answer_once(stream, format!("{OK}Content-Length: 100\r\n\r\n{{}}").as_bytes())
}

pub(crate) fn content_length_too_small(stream: &mut Connection) -> io::Result<()> {
    answer_once(stream, format!("{OK}Content-Length: 1\r\n\r\n{{\"value\":[]}}").as_bytes())
}

pub(crate) fn content_length_twice(stream: &mut Connection) -> io::Result<()> {
    answer_once(stream, format!("{OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}").as_bytes())
}

pub(crate) fn content_length_negative(stream: &mut Connection) -> io::Result<()> {
    answer_once(stream, format!("{OK}Content-Length: -1\r\n\r\n{{}}").as_bytes())
}

pub(crate) fn content_length_immense(stream: &mut Connection) -> io::Result<()> {
    answer_once(stream, format!("{OK}Content-Length: 1000000000000\r\n\r\n{{}}").as_bytes())
}

pub(crate) fn chunk_size_immense(stream: &mut Connection) -> io::Result<()> {
    answer_once(stream, format!("{OK}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{{}}").as_bytes())
}

/// As long as a reply may be, and a value in every second byte.
pub(crate) fn flood_of_values(stream: &mut Connection) -> io::Result<()> {
    let body = format!("[{}0]", "0,".repeat(16_000_000 - 2));
    answer(stream, format!("{OK}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes())
}

/// The same in the only member of an object, which a reply is that is read further.
pub(crate) fn flood_in_an_object(stream: &mut Connection) -> io::Result<()> {
    let body = format!("{{\"value\":[{}0]}}", "0,".repeat(16_000_000 - 10));
    answer(stream, format!("{OK}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes())
}

/// As deep as it is long.
pub(crate) fn deep_nesting(stream: &mut Connection) -> io::Result<()> {
    let body = "[".repeat(10_000_000);
    answer(stream, format!("{OK}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes())
}

pub(crate) fn hangs_up(stream: &mut Connection) -> io::Result<()> {
    read_request(stream)
}

pub(crate) fn noise(stream: &mut Connection) -> io::Result<()> {
    for_ever(stream, "", &[0xFF; 0x10000])
}
