//! Input on its way: numbered, kept until the terminal took it, sent again after a cut, given up
//! visibly. Pure: time and connections come in as values.

use std::collections::{BTreeMap, VecDeque};
use std::ops::RangeInclusive;
use std::time::Duration;

use bytes::Bytes;

use crate::proto::{InputKind, SessionId};

/// Bytes of one Session's input that may be on their way. More waits here, so that what is on its way
/// can be thrown away while a program does not read.
const WINDOW: usize = 64 << 10;
/// Bytes of one Session's input that may wait.
const WAITING_MAX: usize = 16 << 20;
/// Largest piece that is sent at once: a paste must not hold up what else travels on the connection.
const PIECE: usize = 16 << 10;
/// After a longer cut nobody expects what was typed before to happen still.
const RESEND_WITHIN: Duration = Duration::from_secs(10);

/// One input to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    /// Its number: see [`crate::proto::Frame::Input`].
    pub seq: u64,
    /// The focus when it was typed.
    pub epoch: u32,
    /// What it is.
    pub kind: InputKind,
    /// The bytes.
    pub bytes: Bytes,
}

/// There is no room for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it was not sent: {0} bytes wait for the program already")]
pub struct Full(pub usize);

/// How things stand when a Session is attached again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resume {
    /// Number of the newest input that the terminal took.
    pub applied: u64,
    /// Number of the newest input that is on its way to the terminal or there.
    pub accepted: u64,
    /// How long the connection was cut.
    pub cut: Duration,
    /// The focus now.
    pub epoch: u32,
}

/// The input of one client to all Sessions of a Machine.
#[derive(Debug, Default)]
pub struct Outbox {
    sessions: BTreeMap<SessionId, Stream>,
}

#[derive(Debug, Default)]
struct Stream {
    last: u64,
    /// Sent and not taken yet, ascending.
    sent: VecDeque<Numbered>,
    sent_bytes: usize,
    /// Not sent yet.
    waiting: VecDeque<Numbered>,
    waiting_bytes: usize,
    /// Numbers of pastes that are not taken whole yet.
    pastes: VecDeque<RangeInclusive<u64>>,
}

impl Outbox {
    /// Takes input for a Session; what is to be sent now comes from [`Outbox::next`].
    ///
    /// # Errors
    /// When too much waits already; nothing of it was taken.
    pub fn push(
        &mut self,
        session: SessionId,
        epoch: u32,
        kind: InputKind,
        bytes: &Bytes,
    ) -> Result<(), Full> {
        let stream = self.sessions.entry(session).or_default();
        let waits = stream.sent_bytes + stream.waiting_bytes;
        if waits + bytes.len() > WAITING_MAX {
            return Err(Full(waits));
        }
        let first = stream.last + 1;
        let mut rest = bytes.clone();
        while !rest.is_empty() {
            let piece = rest.split_to(rest.len().min(PIECE));
            stream.last += 1;
            stream.waiting_bytes += piece.len();
            stream.waiting.push_back(Numbered { seq: stream.last, epoch, kind, bytes: piece });
        }
        if kind == InputKind::Paste {
            stream.pastes.push_back(first..=stream.last);
        }
        Ok(())
    }

    /// The next input to be sent to a Session, if the window has room for it.
    pub fn next(&mut self, session: SessionId) -> Option<Numbered> {
        let stream = self.sessions.get_mut(&session)?;
        let size = stream.waiting.front()?.bytes.len();
        if stream.sent_bytes > 0 && stream.sent_bytes + size > WINDOW {
            return None;
        }
        let input = stream.waiting.pop_front()?;
        stream.waiting_bytes -= size;
        stream.sent_bytes += size;
        stream.sent.push_back(input.clone());
        Some(input)
    }

    /// The terminal took all input up to this number.
    pub fn applied(&mut self, session: SessionId, seq: u64) {
        let Some(stream) = self.sessions.get_mut(&session) else { return };
        while stream.sent.front().is_some_and(|input| input.seq <= seq) {
            let size = stream.sent.pop_front().map_or(0, |input| input.bytes.len());
            stream.sent_bytes -= size;
        }
        stream.pastes.retain(|paste| *paste.end() > seq);
    }

    /// The Agent refused this input: it is not applied, and not sent again. Nor is the rest of a paste
    /// that it is a piece of.
    pub fn refused(&mut self, session: SessionId, seq: u64) {
        let Some(stream) = self.sessions.get_mut(&session) else { return };
        if let Some(at) = stream.sent.iter().position(|input| input.seq == seq) {
            let size = stream.sent.remove(at).map_or(0, |input| input.bytes.len());
            stream.sent_bytes -= size;
        }
        let Some(end) =
            stream.pastes.iter().find(|paste| paste.contains(&seq)).map(|paste| *paste.end())
        else {
            return;
        };
        stream.waiting.retain(|input| input.seq > end);
        stream.waiting_bytes = size(&stream.waiting);
        // A number is left out, so that the next paste does not look like the rest of this one.
        stream.last += u64::from(stream.last == end);
    }

    /// Attached again after a cut that may have taken the answers to these refused inputs. Returns how
    /// many bytes the client did not know of: they will never be applied. To be called before
    /// [`Outbox::resume`], which takes all up to `applied` for applied.
    pub fn refused_meanwhile(&mut self, session: SessionId, refused: &[u64]) -> usize {
        let before = self.unapplied(session);
        refused.iter().for_each(|seq| self.refused(session, *seq));
        before - self.unapplied(session)
    }

    /// Attached again after a cut. Input up to `accepted` is on its way to the terminal or there. Of
    /// the rest, what was typed shortly before with the focus that still holds is sent again, by
    /// [`Outbox::next`], and what was not is given up. Returns how many bytes that is: they will never
    /// be applied.
    pub fn resume(&mut self, session: SessionId, resume: Resume) -> usize {
        let Resume { applied, accepted, cut, epoch } = resume;
        self.applied(session, applied);
        let Some(stream) = self.sessions.get_mut(&session) else { return 0 };
        // Numbers go on above what any earlier connection has used.
        stream.last = stream.last.max(accepted);
        let on_its_way = stream.sent.partition_point(|input| input.seq <= accepted);
        let lost = stream.sent.split_off(on_its_way);
        let holds = |input: &Numbered| cut <= RESEND_WITHIN && input.epoch == epoch;
        let waiting = std::mem::take(&mut stream.waiting);
        let (again, given_up): (Vec<_>, Vec<_>) = lost.into_iter().chain(waiting).partition(holds);
        stream.sent_bytes = size(&stream.sent);
        stream.waiting = again.into();
        stream.waiting_bytes = size(&stream.waiting);
        size(&given_up)
    }

    /// The focus moved: what waits and was typed before is not sent any more. The Agent would refuse it,
    /// and a cut could take its word for that. Returns how many bytes that is: they will never be
    /// applied.
    pub fn focus(&mut self, epoch: u32) -> usize {
        let dropped = self.sessions.values_mut().map(|stream| {
            stream.waiting.retain(|input| input.epoch >= epoch);
            let before = std::mem::replace(&mut stream.waiting_bytes, size(&stream.waiting));
            before - stream.waiting_bytes
        });
        dropped.sum()
    }

    /// Throws away what waits and was not sent yet; how many bytes that is.
    pub fn cancel(&mut self, session: SessionId) -> usize {
        let Some(stream) = self.sessions.get_mut(&session) else { return 0 };
        stream.waiting.clear();
        std::mem::take(&mut stream.waiting_bytes)
    }

    /// Bytes of a Session's input that the terminal has not taken yet, as far as this client knows.
    #[must_use]
    pub fn unapplied(&self, session: SessionId) -> usize {
        self.sessions.get(&session).map_or(0, |stream| stream.sent_bytes + stream.waiting_bytes)
    }
}

fn size<'a>(inputs: impl IntoIterator<Item = &'a Numbered>) -> usize {
    inputs.into_iter().map(|input| input.bytes.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const SESSION: SessionId = SessionId(Uuid::from_u128(1));
    const SHORT: Duration = Duration::from_secs(1);

    fn typed(outbox: &mut Outbox, epoch: u32, text: &str) {
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        outbox.push(SESSION, epoch, InputKind::Keys, &bytes).unwrap();
    }

    fn sent(outbox: &mut Outbox) -> Vec<(u64, String)> {
        std::iter::from_fn(|| outbox.next(SESSION))
            .map(|input| (input.seq, String::from_utf8_lossy(&input.bytes).into_owned()))
            .collect()
    }

    fn pairs(expected: &[(u64, &str)]) -> Vec<(u64, String)> {
        expected.iter().map(|(seq, text)| (*seq, (*text).to_owned())).collect()
    }

    fn after(accepted: u64, cut: Duration, epoch: u32) -> Resume {
        Resume { applied: 1.min(accepted), accepted, cut, epoch }
    }

    #[test]
    fn what_was_not_taken_is_sent_again_with_its_number() {
        let mut outbox = Outbox::default();
        ["a", "b", "c"].into_iter().for_each(|text| typed(&mut outbox, 1, text));
        assert_eq!(sent(&mut outbox), pairs(&[(1, "a"), (2, "b"), (3, "c")]));
        outbox.applied(SESSION, 1);
        assert_eq!(outbox.unapplied(SESSION), 2);
        // b is on its way to the terminal, but the word was lost.
        assert_eq!(outbox.resume(SESSION, after(2, SHORT, 1)), 0);
        typed(&mut outbox, 1, "d");
        assert_eq!(sent(&mut outbox), pairs(&[(3, "c"), (4, "d")]));
        assert_eq!(outbox.unapplied(SESSION), 3);
        outbox.applied(SESSION, 4);
        assert_eq!(outbox.unapplied(SESSION), 0);
    }

    #[test]
    fn after_a_long_cut_or_with_another_focus_it_is_given_up_and_said() {
        let mut outbox = Outbox::default();
        typed(&mut outbox, 1, "rm -rf");
        sent(&mut outbox);
        assert_eq!(outbox.resume(SESSION, after(0, RESEND_WITHIN + SHORT, 1)), 6);
        assert_eq!(sent(&mut outbox), []);
        typed(&mut outbox, 1, "old");
        sent(&mut outbox);
        typed(&mut outbox, 2, "new");
        assert_eq!(outbox.resume(SESSION, after(0, SHORT, 2)), 3);
        assert_eq!(sent(&mut outbox), pairs(&[(3, "new")]));
    }

    #[test]
    fn a_large_paste_goes_in_pieces_within_the_window_and_can_be_cancelled() {
        let mut outbox = Outbox::default();
        let paste = Bytes::from(vec![b'x'; 10 * WINDOW]);
        outbox.push(SESSION, 1, InputKind::Paste, &paste).unwrap();
        let first = sent(&mut outbox);
        assert_eq!(first.len(), WINDOW / PIECE);
        outbox.applied(SESSION, 1);
        assert_eq!(sent(&mut outbox).len(), 1);
        assert_eq!(outbox.cancel(SESSION), 10 * WINDOW - WINDOW - PIECE);
        outbox.applied(SESSION, u64::MAX);
        assert_eq!((sent(&mut outbox).len(), outbox.unapplied(SESSION)), (0, 0));
        let too_much = Bytes::from(vec![b'x'; WAITING_MAX + 1]);
        assert_eq!(outbox.push(SESSION, 1, InputKind::Paste, &too_much), Err(Full(0)));
    }

    #[test]
    fn a_refusal_that_a_cut_took_away_is_told() {
        let mut outbox = Outbox::default();
        ["lost", "b"].into_iter().for_each(|text| typed(&mut outbox, 1, text));
        sent(&mut outbox);
        assert_eq!(outbox.refused_meanwhile(SESSION, &[1]), 4);
        assert_eq!(outbox.refused_meanwhile(SESSION, &[1]), 0, "it is known already");
        let resume = Resume { applied: 2, accepted: 2, cut: SHORT, epoch: 1 };
        assert_eq!((outbox.resume(SESSION, resume), outbox.unapplied(SESSION)), (0, 0));
    }

    #[test]
    fn what_waits_is_not_sent_after_the_focus_moved() {
        let mut outbox = Outbox::default();
        let paste = Bytes::from(vec![b'x'; 2 * WINDOW]);
        outbox.push(SESSION, 1, InputKind::Paste, &paste).unwrap();
        assert_eq!(sent(&mut outbox).len(), WINDOW / PIECE);
        assert_eq!(outbox.focus(2), WINDOW);
        typed(&mut outbox, 2, "new");
        assert_eq!(outbox.focus(2), 0);
        outbox.applied(SESSION, 4);
        assert_eq!(sent(&mut outbox), pairs(&[(9, "new")]));
    }

    #[test]
    fn what_follows_a_refused_piece_of_a_paste_is_not_sent() {
        let mut outbox = Outbox::default();
        let paste = |outbox: &mut Outbox, size| {
            let bytes = Bytes::from(vec![b'x'; size]);
            outbox.push(SESSION, 1, InputKind::Paste, &bytes).unwrap();
        };
        paste(&mut outbox, 10 * PIECE);
        typed(&mut outbox, 1, "after");
        assert_eq!(sent(&mut outbox).len(), WINDOW / PIECE);
        (1..=4).for_each(|seq| outbox.refused(SESSION, seq));
        assert_eq!(sent(&mut outbox), pairs(&[(11, "after")]));
        paste(&mut outbox, 1);
        assert_eq!(sent(&mut outbox), pairs(&[(12, "x")]));
        outbox.refused(SESSION, 12);
        paste(&mut outbox, 1);
        assert_eq!(sent(&mut outbox), pairs(&[(14, "x")]), "not right after the refused one");
    }

    #[test]
    fn numbers_of_a_session_never_go_back() {
        let mut outbox = Outbox::default();
        typed(&mut outbox, 1, "a");
        sent(&mut outbox);
        outbox.resume(SESSION, after(7, SHORT, 1));
        typed(&mut outbox, 1, "b");
        assert_eq!(sent(&mut outbox), pairs(&[(8, "b")]));
        outbox.refused(SESSION, 8);
        assert_eq!(outbox.unapplied(SESSION), 0);
    }
}
