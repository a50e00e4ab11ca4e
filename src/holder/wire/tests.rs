//! The messages there and back.

use super::*;
use proptest::prelude::*;

fn orders() -> Vec<Order> {
    vec![
        Order::Start(b"{}".to_vec()),
        Order::Pin(7),
        Order::Input { source: 1 << 100, seq: 3, bytes: b"ls\r".to_vec() },
        Order::Reply { upto: 9, bytes: b"\x1b[0n".to_vec() },
        Order::Resize(Winsize::new(24, 80)),
        Order::Signal { id: 4, signal: Signal::Winch },
        Order::Kill { id: 5 },
        Order::Store(Slot(1), b"kept".to_vec()),
        Order::Append(Slot(2), Vec::new()),
        Order::Quit,
        Order::Sync { id: 6 },
    ]
}

fn reports() -> Vec<Report> {
    let exited = |code, signal| Report::Ended(ExitStatus { code, signal });
    vec![
        Report::Hello { version: 1, holder: 2, pid: 3, end: 4, answered: 5, pinned: 6 },
        Report::Failed { kind: 3, message: "no".into() },
        Report::Stored(Slot(1), b"kept".to_vec()),
        Report::Taken { source: 9, seq: 8, bytes: 7 },
        Report::Queued { source: 9, seq: 9 },
        Report::Mark(Mark { offset: 1, at: 2, size: None }),
        Report::Mark(Mark { offset: 1, at: 2, size: Some(Winsize::new(2, 5)) }),
        Report::Ready,
        Report::Output(u64::MAX),
        Report::Stalled(true),
        Report::Stopped(false),
        exited(Some(-1), None),
        exited(None, Some(9)),
        exited(None, None),
        Report::Drained { orphans: 2 },
        Report::Done { id: 1, errno: -3, message: "gone".into() },
    ]
}

#[test]
fn every_message_survives_its_way_whatever_the_cuts() {
    let mut stream = Vec::new();
    orders().iter().for_each(|order| order.encode(&mut stream));
    reports().iter().for_each(|report| report.encode(&mut stream));
    for size in [1, 2, 3, 7, 64, stream.len()] {
        let (mut cutter, mut orders_read, mut reports_read) = (Cutter::default(), vec![], vec![]);
        for piece in stream.chunks(size) {
            cutter.push(piece);
            while let Some((kind, body)) = cutter.message().unwrap() {
                orders_read.extend(Order::decode(kind, body).unwrap());
                reports_read.extend(Report::decode(kind, body).unwrap());
            }
        }
        assert_eq!((orders_read, reports_read), (orders(), reports()));
    }
}

#[test]
fn the_first_generation_never_changes() {
    // A holder of today must be understood by every later Agent.
    let hex = |encode: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = Vec::new();
        encode(&mut bytes);
        bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let order = Order::Input { source: 1, seq: 2, bytes: b"x".to_vec() };
    assert_eq!(
        hex(&|out| order.encode(out)),
        "1a00000003010000000000000000000000000000000200000000000000\
         78"
    );
    let report = Report::Mark(Mark { offset: 1, at: 2, size: Some(Winsize::new(3, 4)) });
    assert_eq!(
        hex(&|out| report.encode(out)),
        "15000000850100000000000000020000000000000003000400"
    );
}

#[test]
fn what_a_newer_version_says_is_skipped() {
    assert_eq!(Order::decode(100, b"any"), Ok(None));
    assert_eq!(Report::decode(255, b""), Ok(None));
    assert_eq!(Report::decode(135, &[1, 0, 0, 0, 0, 0, 0, 0, 9]), Ok(Some(Report::Output(1))));
    assert_eq!(Report::decode(135, &[1]), Err(WireError::Damaged(135)));
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut cutter = Cutter::default();
        cutter.push(&bytes);
        while let Ok(Some((kind, body))) = cutter.message() {
            let _ = Order::decode(kind, body);
            let _ = Report::decode(kind, body);
        }
    }
}
