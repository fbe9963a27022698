//! Attacks over HTTP/2.

use std::io::{self, Read as _, Write as _};

use super::server::Connection;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// `:status: 200`, from the table that is always there.
const STATUS_200: &[u8] = &[0x88];

fn write(stream: &mut Connection, kind: u8, flags: u8, id: u32, payload: &[u8]) -> io::Result<()> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let head = [&length[1..], &[kind, flags], &id.to_be_bytes()].concat();
    stream.write_all(&[&*head, payload].concat())
}

/// The type, the stream and the payload of the next frame.
fn read(stream: &mut Connection) -> io::Result<(u8, u32)> {
    let mut head = [0; 9];
    stream.read_exact(&mut head)?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    stream.read_exact(&mut vec![0; length as usize])?;
    Ok((head[3], u32::from_be_bytes([head[5], head[6], head[7], head[8]])))
}

/// Answers the preface of a connection.
fn greet(stream: &mut Connection) -> io::Result<()> {
    stream.read_exact(&mut [0; 24])?;
    write(stream, SETTINGS, 0, 0, &[])
}

/// The stream of the next request.
fn next_request(stream: &mut Connection) -> io::Result<u32> {
    loop {
        if let (HEADERS, id) = read(stream)? {
            return Ok(id);
        }
    }
}

fn first_request(stream: &mut Connection) -> io::Result<u32> {
    greet(stream)?;
    next_request(stream)
}

/// A header that is not kept, with a value of `length` letters.
fn header(length: u8) -> Vec<u8> {
    assert!(length < 127);
    [&[0, 1, b'x', length], &*vec![b'y'; length.into()]].concat()
}

pub(crate) fn endless_continuation(stream: &mut Connection) -> io::Result<()> {
    let id = first_request(stream)?;
    write(stream, HEADERS, 0, id, STATUS_200)?;
    let headers = header(100).repeat(150);
    loop {
        write(stream, CONTINUATION, 0, id, &headers)?;
    }
}

/// Frames that say nothing: none of them is a header too many.
pub(crate) fn empty_continuation(stream: &mut Connection) -> io::Result<()> {
    let id = first_request(stream)?;
    write(stream, HEADERS, 0, id, STATUS_200)?;
    loop {
        write(stream, CONTINUATION, 0, id, &[])?;
    }
}

/// One header that is kept, and is then named by a byte each time: 48 MB of headers in a frame of 16 KiB.
pub(crate) fn header_bomb(stream: &mut Connection) -> io::Result<()> {
    let id = first_request(stream)?;
    // A value of 3000 letters: 127 and then 2873 in seven bits each.
    let kept = [&[0x40, 1, b'x', 0x7F, 0xB9, 0x16], &*vec![b'y'; 3000]].concat();
    let block = [STATUS_200, &kept, &[0xBE; 13_000]].concat();
    loop {
        write(stream, HEADERS, END_HEADERS, id, &block)?;
        next_request(stream)?;
    }
}

pub(crate) fn endless_data(stream: &mut Connection) -> io::Result<()> {
    let id = first_request(stream)?;
    write(stream, HEADERS, END_HEADERS, id, STATUS_200)?;
    loop {
        // More than the window that the client gave: a client that keeps to the protocol ends it.
        write(stream, DATA, 0, id, &[b' '; 16_384])?;
    }
}

/// Frames of a body without a byte.
pub(crate) fn empty_data(stream: &mut Connection) -> io::Result<()> {
    let id = first_request(stream)?;
    write(stream, HEADERS, END_HEADERS, id, STATUS_200)?;
    loop {
        write(stream, DATA, 0, id, &[])?;
    }
}

pub(crate) fn resets(stream: &mut Connection) -> io::Result<()> {
    greet(stream)?;
    loop {
        let id = next_request(stream)?;
        // INTERNAL_ERROR
        write(stream, RST_STREAM, 0, id, &2_u32.to_be_bytes())?;
    }
}

/// Resets after a part of the body.
pub(crate) fn resets_in_the_body(stream: &mut Connection) -> io::Result<()> {
    greet(stream)?;
    loop {
        let id = next_request(stream)?;
        write(stream, HEADERS, END_HEADERS, id, STATUS_200)?;
        write(stream, DATA, 0, id, b"{\"timeZone\":")?;
        write(stream, RST_STREAM, 0, id, &2_u32.to_be_bytes())?;
    }
}

/// Says of every request that it was not looked at, so that it may be sent again, for ever.
pub(crate) fn refuses_every_stream(stream: &mut Connection) -> io::Result<()> {
    greet(stream)?;
    loop {
        let id = next_request(stream)?;
        write(stream, RST_STREAM, 0, id, &7_u32.to_be_bytes())?;
    }
}

pub(crate) fn goes_away(stream: &mut Connection) -> io::Result<()> {
    let id = first_request(stream)?;
    write(stream, GOAWAY, 0, 0, &[id.to_be_bytes(), 0_u32.to_be_bytes()].concat())
}

/// Answers two requests, and goes away with the third unseen.
pub(crate) fn goes_away_after_two(stream: &mut Connection) -> io::Result<()> {
    greet(stream)?;
    let mut last = 0;
    for _ in 0..2 {
        last = next_request(stream)?;
        write(stream, HEADERS, END_HEADERS, last, STATUS_200)?;
        write(stream, DATA, END_STREAM, last, br#"{"timeZone":"UTC"}"#)?;
    }
    next_request(stream)?;
    write(stream, GOAWAY, 0, 0, &[last.to_be_bytes(), 0_u32.to_be_bytes()].concat())
}

pub(crate) fn pings_without_end(stream: &mut Connection) -> io::Result<()> {
    first_request(stream)?;
    loop {
        write(stream, PING, 0, 0, &[0; 8])?;
    }
}

pub(crate) fn settings_without_end(stream: &mut Connection) -> io::Result<()> {
    first_request(stream)?;
    loop {
        write(stream, SETTINGS, 0, 0, &[])?;
    }
}

pub(crate) fn content_length_too_large(stream: &mut Connection) -> io::Result<()> {
    greet(stream)?;
    loop {
        let id = next_request(stream)?;
        // content-length, name 28 of the static table: 15 and 13 more.
        let block = [STATUS_200, &[0x0F, 0x0D, 3], b"100"].concat();
        write(stream, HEADERS, END_HEADERS, id, &block)?;
        write(stream, DATA, END_STREAM, id, b"{}")?;
    }
}

pub(crate) fn informs_without_end(stream: &mut Connection) -> io::Result<()> {
    let id = first_request(stream)?;
    loop {
        // `:status: 103`: the name of entry 8, and a value.
        write(stream, HEADERS, END_HEADERS, id, &[0x08, 3, b'1', b'0', b'3'])?;
    }
}

pub(crate) fn noise(stream: &mut Connection) -> io::Result<()> {
    first_request(stream)?;
    loop {
        stream.write_all(&[0xFF; 0x10000])?;
    }
}
