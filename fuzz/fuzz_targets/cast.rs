//! Recordings as anybody may have made them: any bytes are refused with a line or become events whose
//! times do not run backwards; the first of these goes on as a recording of our own.
#![no_main]

use libfuzzer_sys::fuzz_target;
use watchdeck::cast::{Cast, CastError, Encoder, Reader, What};

fuzz_target!(|data: &[u8]| {
    let Ok(cast) = read(data) else { return };
    assert_eq!(cast.size, cast.size.clamped());
    assert!(cast.events.windows(2).all(|pair| pair[0].at <= pair[1].at));
    let mut encoder = Encoder::new(cast.title.clone(), "xterm".into(), cast.size);
    for event in &cast.events {
        match &event.what {
            What::Output(text) => encoder.output(event.at.saturating_add(1), text.as_bytes()),
            What::Resize(size) => encoder.resize(event.at.saturating_add(1), *size),
            What::Marker(text) | What::Exit(text) => encoder.marker(event.at, text),
        }
    }
    encoder.finish(cast.length());
    let again = read(&encoder.take()).expect("what is written is read");
    assert_eq!(output(&again), output(&cast));
});

fn read(data: &[u8]) -> Result<Cast, CastError> {
    let mut reader = Reader::default();
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        let ended = line.strip_suffix(b"\n");
        reader.line(ended.unwrap_or(line), ended.is_some())?;
    }
    reader.finish()
}

fn output(cast: &Cast) -> String {
    let text = cast.events.iter().map(|event| match &event.what {
        What::Output(text) => text.as_str(),
        _ => "",
    });
    text.collect()
}
