//! What lies above the deck and has the keys: questions, inputs, lists to pick from.

use bytes::Bytes;

use crate::proto::Signal;

use super::{AlertItem, MachineKey, SessionKey, TextLine};

/// A list that is narrowed by typing.
#[derive(Debug, Clone, Default)]
pub struct Picker {
    /// What was typed.
    pub query: TextLine,
    /// The row under the cursor.
    pub selected: usize,
}

/// A field of the form for a new Session, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreateField {
    /// Which machine.
    Machine,
    /// The command line; empty for a shell.
    Command,
    /// The name; empty for one made from the command.
    Name,
    /// The working directory; empty for home.
    Cwd,
}

impl CreateField {
    /// All, in order.
    pub const ALL: [Self; 4] = [Self::Machine, Self::Command, Self::Name, Self::Cwd];
}

/// The form for a new Session.
#[derive(Debug, Clone)]
pub struct CreateForm {
    /// Machines that are connected.
    pub machines: Vec<MachineKey>,
    /// Index into `machines`.
    pub chosen: usize,
    /// See [`CreateField::Command`].
    pub command: TextLine,
    /// See [`CreateField::Name`].
    pub name: TextLine,
    /// See [`CreateField::Cwd`].
    pub cwd: TextLine,
    /// The field that has the keys.
    pub focused: CreateField,
    /// What is wrong with the name; empty when nothing is.
    pub name_error: String,
}

impl CreateForm {
    /// The line of a field that holds text.
    #[must_use]
    pub fn line(&mut self, field: CreateField) -> Option<&mut TextLine> {
        match field {
            CreateField::Machine => None,
            CreateField::Command => Some(&mut self.command),
            CreateField::Name => Some(&mut self.name),
            CreateField::Cwd => Some(&mut self.cwd),
        }
    }
}

/// What is done once it is confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Kill a Session's whole process tree.
    Kill(SessionKey),
    /// Forget an ended Session and its Log.
    Remove(SessionKey),
    /// Forget these ended Sessions.
    RemoveEnded(Vec<SessionKey>),
    /// Send a prepared paste.
    Paste {
        /// To whom.
        session: SessionKey,
        /// What.
        bytes: Bytes,
    },
}

/// A question before something that cannot be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The question.
    pub text: String,
    /// What will happen, one sentence each.
    pub consequences: Vec<String>,
    /// The verb on the yes key.
    pub verb: &'static str,
    /// What is done on yes.
    pub deed: Deed,
}

/// Whatever has the keys above the deck.
#[derive(Debug, Clone)]
pub enum Overlay {
    /// All commands with their keys.
    Help(Picker),
    /// Commands to run.
    Palette(Picker),
    /// What was said so far.
    Messages(Picker),
    /// The newest Alerts when it was opened, newest first.
    Alerts(Vec<AlertItem>, Picker),
    /// Signals to send.
    Signals(SessionKey, Picker),
    /// A pattern to search for in a pane.
    Search(SessionKey, TextLine),
    /// What the list is filtered by.
    Filter(TextLine),
    /// A Session's new name, and what is wrong with it.
    Rename(SessionKey, TextLine, String),
    /// A new Session.
    Create(Box<CreateForm>),
    /// A question.
    Confirm(Question),
}

impl Overlay {
    /// The list to pick from, if it is one.
    pub fn picker(&mut self) -> Option<&mut Picker> {
        match self {
            Self::Help(picker)
            | Self::Palette(picker)
            | Self::Messages(picker)
            | Self::Alerts(_, picker)
            | Self::Signals(_, picker) => Some(picker),
            Self::Search(..)
            | Self::Filter(_)
            | Self::Rename(..)
            | Self::Create(_)
            | Self::Confirm(_) => None,
        }
    }

    /// The line that text goes into.
    pub fn line(&mut self) -> Option<&mut TextLine> {
        match self {
            Self::Help(picker)
            | Self::Palette(picker)
            | Self::Messages(picker)
            | Self::Alerts(_, picker)
            | Self::Signals(_, picker) => Some(&mut picker.query),
            Self::Search(_, line) | Self::Filter(line) | Self::Rename(_, line, _) => Some(line),
            Self::Create(form) => form.line(form.focused),
            Self::Confirm(_) => None,
        }
    }
}

/// What a signal usually does, for the menu.
#[must_use]
pub const fn signal_doc(signal: Signal) -> &'static str {
    match signal {
        Signal::Int => "interrupt, as Ctrl-C does",
        Signal::Term => "ask to end",
        Signal::Kill => "end at once; cannot be caught",
        Signal::Hup => "hang up; many daemons read their configuration again",
        Signal::Quit => "quit with a core dump",
        Signal::Tstp => "stop, as Ctrl-Z does",
        Signal::Cont => "go on after a stop",
        Signal::Usr1 | Signal::Usr2 => "whatever the program makes of it",
        Signal::Winch => "the window's size changed; many programs redraw",
    }
}
