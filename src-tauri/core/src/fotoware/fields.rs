//! Fotoware's default names of its metadata fields. A site may rename them, so labels learned from its own
//! payloads come first and these only after.

use super::FieldId;

/// The name of a field in a fresh Fotoware installation (docs/fotoware.md 2.1), or `None` for one of a site's own.
pub fn default_label(id: FieldId) -> Option<&'static str> {
    DEFAULT_LABELS.binary_search_by_key(&id, |(known, _)| *known).ok().map(|at| DEFAULT_LABELS[at].1)
}

/// The fields of a fresh installation, ascending.
pub fn known_fields() -> impl Iterator<Item = FieldId> {
    DEFAULT_LABELS.iter().map(|(id, _)| *id)
}

const DEFAULT_LABELS: &[(FieldId, &str)] = &[
    (5, "Title"),
    (7, "Edit status"),
    (10, "Status"),
    (15, "Category"),
    (20, "Supplemental category"),
    (22, "Fixture identifier"),
    (25, "Keywords"),
    (30, "Release date"),
    (35, "Release time"),
    (40, "Special instructions"),
    (45, "Reference service"),
    (47, "Reference date"),
    (50, "Reference number"),
    (55, "Created date"),
    (60, "Created time"),
    (65, "Originating program"),
    (70, "Program version"),
    (75, "Object cycle"),
    (80, "Byline"),
    (85, "Byline title"),
    (90, "City"),
    (95, "Province/State"),
    (100, "Country code"),
    (101, "Country"),
    (103, "Original transmission reference"),
    (105, "Headline"),
    (110, "Credit"),
    (115, "Source"),
    (116, "Copyright"),
    (120, "Caption"),
    (121, "Local caption"),
    (122, "Caption writer"),
    (150, "Content preview"),
    (184, "Job ID"),
    (185, "Master document ID"),
    (186, "Short document ID"),
    (187, "Unique document ID"),
    (188, "Owner ID"),
    (200, "Custom field 1"),
    (201, "Custom field 2"),
    (202, "Custom field 3"),
    (203, "Custom field 4"),
    (204, "Custom field 5"),
    (205, "Custom field 6"),
    (206, "Custom field 7"),
    (207, "Custom field 8"),
    (208, "Custom field 9"),
    (209, "Custom field 10"),
    (210, "Custom field 11"),
    (211, "Custom field 12"),
    (212, "Custom field 13"),
    (213, "Custom field 14"),
    (214, "Custom field 15"),
    (215, "Custom field 16"),
    (216, "Custom field 17"),
    (217, "Custom field 18"),
    (218, "Custom field 19"),
    (219, "Custom field 20"),
    (225, "Classify state"),
    (228, "Similarity index"),
    (230, "Document notes"),
    (231, "Document history"),
    (232, "EXIF camera info"),
    (300, "Location"),
    (301, "Intellectual genre"),
    (302, "Scene"),
    (303, "Subject code"),
    (304, "Contact city"),
    (305, "Contact address"),
    (306, "Contact postal code"),
    (307, "Contact state"),
    (308, "Contact e-mail"),
    (309, "Contact phone"),
    (310, "Contact web URL"),
    (311, "Contact country"),
    (320, "Rating"),
    (819, "Consent status"),
    (820, "Person"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_found_from_end_to_end() {
        assert!(DEFAULT_LABELS.is_sorted_by_key(|(id, _)| *id), "binary search needs the order");
        assert_eq!(default_label(5), Some("Title"));
        assert_eq!(default_label(820), Some("Person"));
        assert_eq!(default_label(999), None);
    }
}
