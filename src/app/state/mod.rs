//! Everything the dashboard knows. Plain data: no socket, no clock, no terminal.

mod alerts;
mod board;
mod history;
mod keys;
mod list;
mod machine;
mod overlay;
mod pane;
mod search;
mod session;
mod settings;
mod spark;
mod text_line;
mod toast;
mod whole;

pub use alerts::{AlertFeed, AlertItem};
pub use board::Board;
pub use history::{History, Question as PageQuestion};
pub use keys::{MachineKey, SessionKey};
pub use list::{List, ListRow, Sort};
pub use machine::{Link, Machine};
pub use overlay::{CreateField, CreateForm, Deed, Overlay, Picker, Question, signal_doc};
pub use pane::{AtAlert, Attachment, NOTE_FOR, Pane};
pub use search::{Search, ignores_case};
pub use session::{RISING, Session};
pub use settings::Settings;
pub use spark::Spark;
pub use text_line::TextLine;
pub use toast::{Message, Messages, TOAST_FOR};
pub use whole::{Damage, Drawn, Mode, Offers, Orphans, Region, State};
