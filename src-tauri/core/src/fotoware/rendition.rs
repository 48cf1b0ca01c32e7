//! Which pictures of an asset Lysbord keeps.

/// The use of a picture, in the order in which they are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// About 200 px on the long side.
    Thumbnail,
    /// About 800 px.
    Preview,
    /// The largest of `previews[]` that the settings allow.
    Large,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Thumbnail, Self::Preview, Self::Large];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Thumbnail => "thumbnail",
            Self::Preview => "preview",
            Self::Large => "large",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}
