//! What a picture shows.

/// Its number goes into picture URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Subject {
    Mountains,
    Lake,
    Forest,
    Coast,
    Harbour,
    City,
    Fields,
    Winter,
    Desert,
    NightSky,
    StillLife,
    Poster,
    Page,
    Graphic,
}

const LANDSCAPE: [(u32, u32); 6] = [(6000, 4000), (8256, 5504), (5472, 3648), (4000, 6000), (7008, 4672), (4896, 3672)];
const WIDE: [(u32, u32); 6] = [(6000, 4000), (9504, 6336), (7680, 4320), (10200, 4100), (8192, 5464), (3648, 5472)];
const STUDIO: [(u32, u32); 4] = [(4000, 5000), (5000, 5000), (4480, 5600), (6048, 4536)];

impl Subject {
    pub const ALL: [Self; 14] = [
        Self::Mountains,
        Self::Lake,
        Self::Forest,
        Self::Coast,
        Self::Harbour,
        Self::City,
        Self::Fields,
        Self::Winter,
        Self::Desert,
        Self::NightSky,
        Self::StillLife,
        Self::Poster,
        Self::Page,
        Self::Graphic,
    ];

    pub fn from_index(index: u8) -> Option<Self> {
        Self::ALL.get(usize::from(index)).copied()
    }

    /// The sizes in which such pictures come, in pixels.
    pub(crate) fn formats(self) -> &'static [(u32, u32)] {
        match self {
            Self::StillLife => &STUDIO,
            Self::Poster => &[(3840, 2160), (4096, 1716)],
            Self::Page => &[(2480, 3508)],
            Self::Graphic => &[(4000, 4000), (3508, 4961), (6000, 3375)],
            Self::City | Self::Coast | Self::Harbour | Self::Desert | Self::NightSky => &WIDE,
            _ => &LANDSCAPE,
        }
    }
}
