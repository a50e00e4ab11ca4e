//! The fields of messages, and what they are made of.

use crate::proto::{ExitStatus, Signal, Winsize};

use super::super::marks::Mark;
use super::{Order, Report, Source};

pub(super) fn put(out: &mut Vec<u8>, kind: u8, body: impl FnOnce(&mut Vec<u8>)) {
    let begin = out.len();
    out.extend([0; 4]);
    out.push(kind);
    body(out);
    let len = u32::try_from(out.len() - begin - 4).unwrap_or(u32::MAX);
    if let Some(head) = out.get_mut(begin..begin + 4) {
        head.copy_from_slice(&len.to_le_bytes());
    }
}

pub(super) fn put_size(out: &mut Vec<u8>, size: Winsize) {
    out.extend(size.rows.to_le_bytes());
    out.extend(size.cols.to_le_bytes());
}

/// A code is sent as 1 and itself, a signal as 2 and its number, neither as 0.
pub(super) fn put_status(out: &mut Vec<u8>, status: ExitStatus) {
    let (how, value) = match status {
        ExitStatus { code: Some(code), .. } => (1, code),
        ExitStatus { signal: Some(signal), .. } => (2, signal),
        ExitStatus { .. } => (0, 0),
    };
    out.push(how);
    out.extend(value.to_le_bytes());
}

/// The place in [`Signal::ALL`], which only ever grows at its end.
pub(super) fn signal_code(signal: Signal) -> u8 {
    let at = Signal::ALL.iter().position(|each| *each == signal);
    at.and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX)
}

/// The fields of a body that are left.
pub(super) struct Fields<'a> {
    pub(super) rest: &'a [u8],
}

impl Fields<'_> {
    pub(super) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*head)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.take().map(u8::from_le_bytes)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    pub(super) fn i32(&mut self) -> Option<i32> {
        self.take().map(i32::from_le_bytes)
    }

    pub(super) fn source(&mut self) -> Option<Source> {
        self.take().map(u128::from_le_bytes)
    }

    pub(super) fn rest(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.rest).to_vec()
    }

    pub(super) fn text(&mut self) -> String {
        String::from_utf8_lossy(&self.rest()).into_owned()
    }

    pub(super) fn size(&mut self) -> Option<Winsize> {
        Some(Winsize { rows: self.u16()?, cols: self.u16()? })
    }

    pub(super) fn signal(&mut self) -> Option<Order> {
        let id = self.u32()?;
        let signal = *Signal::ALL.get(usize::from(self.u8()?))?;
        Some(Order::Signal { id, signal })
    }

    pub(super) fn input(&mut self) -> Option<Order> {
        let (source, seq) = (self.source()?, self.u64()?);
        Some(Order::Input { source, seq, bytes: self.rest() })
    }

    pub(super) fn taken(&mut self) -> Option<Report> {
        Some(Report::Taken { source: self.source()?, seq: self.u64()?, bytes: self.u64()? })
    }

    pub(super) fn queued(&mut self) -> Option<Report> {
        Some(Report::Queued { source: self.source()?, seq: self.u64()? })
    }

    pub(super) fn hello(&mut self) -> Option<Report> {
        Some(Report::Hello {
            version: self.u16()?,
            holder: self.u32()?,
            pid: self.u32()?,
            end: self.u64()?,
            answered: self.u64()?,
            pinned: self.u64()?,
        })
    }

    pub(super) fn mark(&mut self) -> Option<Mark> {
        let (offset, at) = (self.u64()?, self.u64()?);
        let size = if self.rest.is_empty() { None } else { Some(self.size()?) };
        Some(Mark { offset, at, size })
    }

    pub(super) fn status(&mut self) -> Option<ExitStatus> {
        let (how, value) = (self.u8()?, self.i32()?);
        let given = |wanted: u8| (how == wanted).then_some(value);
        Some(ExitStatus { code: given(1), signal: given(2) })
    }

    pub(super) fn done(&mut self) -> Option<Report> {
        Some(Report::Done { id: self.u32()?, errno: self.i32()?, message: self.text() })
    }
}
