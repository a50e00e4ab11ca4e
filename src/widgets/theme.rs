//! Colours by meaning, brought down to what the terminal can show.

use ratatui::style::{Color, Modifier, Style};

use self::palette::{
    ERROR, FAINT, FOCUS, GROUND, LINE, MATCH, OK, OPERATOR, RAISED, SECOND, Swatch, TEXT, WARNING,
    downgrade, resolve,
};
use crate::proto::{Role, Severity};

mod palette;

/// How many colours the terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColorDepth {
    /// None (`NO_COLOR`, <https://no-color.org>): bold, dim, underline and reverse remain.
    None,
    /// The sixteen of ECMA-48 and aixterm, in whatever shades the user gave them.
    Ansi16,
    /// xterm's 256.
    Indexed256,
    /// 24 bits (`COLORTERM=truecolor`).
    #[default]
    TrueColor,
}

/// Light text on dark, or dark text on light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scheme {
    /// For dark backgrounds.
    #[default]
    Dark,
    /// For light backgrounds.
    Light,
}

/// Who paints the background.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ground {
    /// The terminal keeps its own background and text colour.
    #[default]
    Terminal,
    /// The theme paints both.
    Painted,
}

/// How serious a message of the dashboard is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// For information.
    #[default]
    Info,
    /// Something worked.
    Ok,
    /// Something to look at.
    Warning,
    /// Something failed.
    Error,
}

/// The styles of everything the dashboard draws. Cheap to copy; made once per terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    depth: ColorDepth,
    back: Color,
    raised: Color,
    line: Color,
    text: Color,
    second: Color,
    faint: Color,
    focus: Color,
    operator: Color,
    error: Color,
    warning: Color,
    ok: Color,
    hit: Color,
    /// Text upon `hit`.
    upon_hit: Color,
}

impl Default for Theme {
    fn default() -> Self {
        Self::new(Scheme::default(), Ground::default(), ColorDepth::default())
    }
}

impl Theme {
    /// The theme for a terminal.
    #[must_use]
    pub fn new(scheme: Scheme, ground: Ground, depth: ColorDepth) -> Self {
        let pick = |swatch: &Swatch| resolve(swatch, scheme, depth);
        let own = |swatch: &Swatch| match ground {
            Ground::Terminal => Color::Reset,
            Ground::Painted => pick(swatch),
        };
        Self {
            depth,
            back: own(&GROUND),
            raised: pick(&RAISED),
            line: pick(&LINE),
            text: own(&TEXT),
            second: pick(&SECOND),
            faint: pick(&FAINT),
            focus: pick(&FOCUS),
            operator: pick(&OPERATOR),
            error: pick(&ERROR),
            warning: pick(&WARNING),
            ok: pick(&OK),
            hit: pick(&MATCH),
            upon_hit: pick(&GROUND),
        }
    }

    /// How many colours the theme was made for.
    #[must_use]
    pub const fn depth(&self) -> ColorDepth {
        self.depth
    }

    /// Text upon the background: what every cell of the deck starts from.
    #[must_use]
    pub fn base(&self) -> Style {
        Style::new().fg(self.text).bg(self.back)
    }

    /// Text upon the raised background: the inside of overlays and toasts.
    #[must_use]
    pub fn raised(&self) -> Style {
        match self.depth {
            ColorDepth::None => self.base(),
            _ => Style::new().fg(self.text).bg(self.raised),
        }
    }

    /// What can be typed into, upon [`Theme::raised`].
    #[must_use]
    pub fn well(&self) -> Style {
        match self.depth {
            ColorDepth::None | ColorDepth::Ansi16 => self.base().add_modifier(Modifier::UNDERLINED),
            _ => self.base(),
        }
    }

    /// The row under the cursor of a list: only a background, so that what is written in the row
    /// keeps its colours and weight.
    #[must_use]
    pub fn selected(&self) -> Style {
        match self.depth {
            ColorDepth::None | ColorDepth::Ansi16 => Style::new(),
            _ => Style::new().bg(self.raised),
        }
    }

    /// The name in the row under the cursor of a list.
    #[must_use]
    pub fn selected_name(&self) -> Style {
        match self.depth {
            ColorDepth::None | ColorDepth::Ansi16 => Style::new().add_modifier(Modifier::REVERSED),
            _ => Style::new().fg(self.focus),
        }
    }

    /// The row under the cursor of a list upon [`Theme::raised`].
    #[must_use]
    pub fn selected_row(&self) -> Style {
        self.raised().add_modifier(Modifier::REVERSED)
    }

    /// Content.
    #[must_use]
    pub fn text(&self) -> Style {
        Style::new().fg(self.text)
    }

    /// Labels.
    #[must_use]
    pub fn second(&self) -> Style {
        self.colored(self.second, Modifier::empty())
    }

    /// Ages, hints, zeros.
    #[must_use]
    pub fn faint(&self) -> Style {
        self.colored(self.faint, Modifier::DIM)
    }

    /// Frames.
    #[must_use]
    pub fn line(&self) -> Style {
        self.colored(self.line, Modifier::DIM)
    }

    /// The focused frame, keys, the cursor of a list.
    #[must_use]
    pub fn focus(&self) -> Style {
        self.colored(self.focus, Modifier::BOLD)
    }

    /// The operator's frame and badge.
    #[must_use]
    pub fn operator(&self) -> Style {
        self.colored(self.operator, Modifier::BOLD)
    }

    /// Errors. Not bold by itself: weight says that nobody looked at them yet.
    #[must_use]
    pub fn error(&self) -> Style {
        self.colored(self.error, Modifier::empty())
    }

    /// Warnings.
    #[must_use]
    pub fn warning(&self) -> Style {
        self.colored(self.warning, Modifier::empty())
    }

    /// What works.
    #[must_use]
    pub fn ok(&self) -> Style {
        self.colored(self.ok, Modifier::empty())
    }

    /// A search hit.
    #[must_use]
    pub fn hit(&self) -> Style {
        self.colored(self.hit, Modifier::empty())
            .add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
    }

    /// The search hit the view jumped to.
    #[must_use]
    pub fn current_hit(&self) -> Style {
        match self.depth {
            ColorDepth::None => Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD),
            _ => Style::new().fg(self.upon_hit).bg(self.hit).add_modifier(Modifier::BOLD),
        }
    }

    /// A word in the colour of a style, as a block: the mode word.
    #[must_use]
    pub fn block(&self, style: Style) -> Style {
        style.add_modifier(Modifier::REVERSED | Modifier::BOLD)
    }

    /// Errors and warnings in their colours, everything else as text.
    #[must_use]
    pub fn severity(&self, severity: Severity) -> Style {
        match severity {
            Severity::Error => self.error(),
            Severity::Warning => self.warning(),
            Severity::Other | Severity::Debug | Severity::Info => self.text(),
        }
    }

    /// A role's badge.
    #[must_use]
    pub fn role(&self, role: Role) -> Style {
        match role {
            Role::Operator | Role::Admin => self.operator(),
            Role::Observer => self.second(),
        }
    }

    /// A message of the dashboard.
    #[must_use]
    pub fn tone(&self, tone: Tone) -> Style {
        match tone {
            Tone::Info => self.text(),
            Tone::Ok => self.ok(),
            Tone::Warning => self.warning(),
            Tone::Error => self.error().add_modifier(Modifier::BOLD),
        }
    }

    /// A program's own foreground as this terminal shows it.
    #[must_use]
    pub fn cell_fg(&self, color: Color) -> Color {
        if color == Color::Reset { self.text } else { downgrade(color, self.depth) }
    }

    /// A program's own background as this terminal shows it.
    #[must_use]
    pub fn cell_bg(&self, color: Color) -> Color {
        if color == Color::Reset { self.back } else { downgrade(color, self.depth) }
    }

    /// A colour of the user's, for example a rule's.
    #[must_use]
    pub fn custom(&self, color: Color) -> Style {
        self.colored(downgrade(color, self.depth), Modifier::empty())
    }

    fn colored(&self, color: Color, without: Modifier) -> Style {
        match self.depth {
            ColorDepth::None => Style::new().add_modifier(without),
            _ => Style::new().fg(color),
        }
    }
}

#[cfg(test)]
mod tests;
