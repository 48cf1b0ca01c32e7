//! What people in Northern and Western Europe write about their pictures.

use super::{Shot, Tongue};
use crate::scene::Subject::{
    City, Coast, Desert, Fields, Forest, Graphic, Harbour, Lake, Mountains, NightSky, Page, Poster, StillLife, Winter,
};

pub(super) const ENGLISH: Tongue = Tongue {
    places: &["Ullapool", "Keswick", "Whitby", "St Ives", "Edinburgh", "Dún Laoghaire"],
    country: ("GBR", "United Kingdom"),
    people: &["Rosalind Achebe", "Tom Whitcombe", "Imogen Fairweather", "Callum Reid", "Priya Raman"],
    credit: "Northlight Pictures",
    copyright: "© Northlight Pictures Ltd.",
    shots: &[
        Shot {
            subject: Harbour,
            stem: "harbour",
            title: "Harbour at first light",
            caption: "Fishing boats leave {place} before the morning tide, after two days of gales kept the fleet in port.",
            keywords: &["harbour", "fishing boats", "dawn", "sea", "industry"],
        },
        Shot {
            subject: Mountains,
            stem: "fells_ridge",
            title: "Ridge walk in clearing weather",
            caption: "Walkers had the high path above {place} to themselves as the cloud lifted on Sunday.",
            keywords: &["mountains", "hiking", "weather", "national park"],
        },
        Shot {
            subject: Lake,
            stem: "still-water",
            title: "Still water",
            caption: "Not a breath of wind over the lake near {place}. Rangers ask visitors to keep to the marked shore.",
            keywords: &["lake", "reflection", "nature reserve", "summer"],
        },
        Shot {
            subject: City,
            stem: "skyline",
            title: "Skyline from the south bank",
            caption: "Lights come on across {place} on the eve of the climate summit.",
            keywords: &["skyline", "summit", "evening", "architecture"],
        },
        Shot {
            subject: Coast,
            stem: "lighthouse",
            title: "The last keeper's light",
            caption: "The lighthouse off {place} turns 160 this week. It has been automatic since 1994.",
            keywords: &["lighthouse", "coast", "anniversary", "heritage"],
        },
        Shot {
            subject: StillLife,
            stem: "ceramics_autumn",
            title: "Stoneware, autumn range",
            caption: "Hand-thrown stoneware from the new range. Studio shot, retouched, cleared for catalogue and web.",
            keywords: &["product", "ceramics", "studio", "catalogue"],
        },
        Shot {
            subject: StillLife,
            stem: "table_setting",
            title: "Bottle and bowl, warm set",
            caption: "Packshot for the winter catalogue, warm backdrop. Alternative crop on request.",
            keywords: &["product", "glass", "packshot", "winter catalogue"],
        },
        Shot {
            subject: Page,
            stem: "annual-report",
            title: "Annual report, English edition",
            caption: "Signed-off PDF for print. Embargo until the annual meeting in {place}.",
            keywords: &["report", "PDF", "annual meeting"],
        },
        Shot {
            subject: Poster,
            stem: "b-roll_coast",
            title: "B-roll: coast road, drone",
            caption: "Fifty seconds above the coast road at {place}, graded, no sound.",
            keywords: &["video", "drone", "b-roll", "coast"],
        },
        Shot {
            subject: Graphic,
            stem: "campaign_key-visual",
            title: "Summit key visual, landscape",
            caption: "Approved key visual for the summit in {place}. Do not recolour.",
            keywords: &["key visual", "campaign", "design"],
        },
    ],
};

pub(super) const NORWEGIAN: Tongue = Tongue {
    places: &["Vardø", "Ålesund", "Røros", "Svolvær", "Bodø", "Lærdal"],
    country: ("NOR", "Norge"),
    people: &["Ingrid Solberg", "Per Aas", "Åse Kjølstad", "Håkon Brænne", "Máret Sara"],
    credit: "Fjordfoto",
    copyright: "© Fjordfoto AS",
    shots: &[
        Shot {
            subject: Harbour,
            stem: "havn",
            title: "Havna våkner",
            caption: "Fiskebåtene forlater {place} i grålysningen. Sesongen har startet to uker tidligere enn i fjor.",
            keywords: &["havn", "fiskebåt", "morgen", "kysten"],
        },
        Shot {
            subject: Mountains,
            stem: "fjell",
            title: "Over skoddehavet",
            caption: "Fra toppen over {place} var det bare de høyeste tindene som stakk opp av tåka lørdag.",
            keywords: &["fjell", "tåke", "friluftsliv", "topptur"],
        },
        Shot {
            subject: NightSky,
            stem: "nordlys",
            title: "Nordlys over fjorden",
            caption: "Kraftig nordlys over {place} natt til onsdag. Solstormen er den sterkeste på flere år.",
            keywords: &["nordlys", "natt", "solstorm", "himmel"],
        },
        Shot {
            subject: Lake,
            stem: "fjord-speil",
            title: "Blikkstille",
            caption: "Blikkstille fjord innenfor {place} en septembermorgen.",
            keywords: &["fjord", "speiling", "høst"],
        },
        Shot {
            subject: Winter,
            stem: "vinter",
            title: "Første snø på vidda",
            caption: "Den første snøen la seg på vidda øst for {place} i natt. Veivesenet ber folk skifte dekk.",
            keywords: &["snø", "vinter", "vidda", "vær"],
        },
        Shot {
            subject: Coast,
            stem: "fyret",
            title: "Fyret som ble hotell",
            caption: "Fyret ytterst mot havet ved {place} åpner for gjester til sommeren.",
            keywords: &["fyr", "reiseliv", "kysten", "hotell"],
        },
        Shot {
            subject: Page,
            stem: "årsrapport",
            title: "Årsrapport, norsk utgave",
            caption: "Trykklar PDF, godkjent av styret i {place}.",
            keywords: &["årsrapport", "dokument"],
        },
    ],
};

pub(super) const GERMAN: Tongue = Tongue {
    places: &["Görlitz", "Lübeck", "Füssen", "Würzburg", "Sankt Peter-Ording", "Köln"],
    country: ("DEU", "Deutschland"),
    people: &["Jürgen Weißhaupt", "Käthe Möller", "Annegret Böhm", "Yusuf Demir"],
    credit: "Bildwerk Nord",
    copyright: "© Bildwerk Nord GmbH",
    shots: &[
        Shot {
            subject: Fields,
            stem: "Rapsblüte",
            title: "Rapsblüte im Mai",
            caption: "Ein Meer aus Gelb: Bei {place} stehen die Rapsfelder in voller Blüte, zwei Wochen früher als im Mittel.",
            keywords: &["Raps", "Landwirtschaft", "Frühling", "Felder"],
        },
        Shot {
            subject: Mountains,
            stem: "Föhn",
            title: "Föhn am Alpenrand",
            caption: "Der Föhn rückt die Gipfel über {place} zum Greifen nah.",
            keywords: &["Alpen", "Föhn", "Wetter", "Gebirge"],
        },
        Shot {
            subject: Coast,
            stem: "Küste",
            title: "Leuchtturm vor dem Sturm",
            caption: "Vor {place} zieht eine Sturmfront auf. Die Fähren bleiben bis Freitag im Hafen.",
            keywords: &["Leuchtturm", "Nordsee", "Sturm", "Küste"],
        },
        Shot {
            subject: Forest,
            stem: "Wald im Nebel",
            title: "Wald im Nebel",
            caption: "Fichten im Frühnebel bei {place}. Förster melden weniger Käferholz als im Vorjahr.",
            keywords: &["Wald", "Nebel", "Forstwirtschaft", "Fichte"],
        },
        Shot {
            subject: City,
            stem: "Blaue Stunde",
            title: "Blaue Stunde am Fluss",
            caption: "Die Altstadt von {place} zur blauen Stunde, gesehen von der Brücke.",
            keywords: &["Stadt", "blaue Stunde", "Fluss"],
        },
        Shot {
            subject: StillLife,
            stem: "Vasen_Größe-M",
            title: "Vasen, Größe M",
            caption: "Produktaufnahme für den Katalog, Hohlkehle, farbverbindlich.",
            keywords: &["Produkt", "Vase", "Katalog"],
        },
        Shot {
            subject: Graphic,
            stem: "Plakat_Straßenfest",
            title: "Plakatmotiv Straßenfest",
            caption: "Reinzeichnung für das Straßenfest in {place}, A1 quer.",
            keywords: &["Plakat", "Grafik", "Veranstaltung"],
        },
    ],
};

pub(super) const FRENCH: Tongue = Tongue {
    places: &["Saint-Malo", "Annecy", "Forcalquier", "Besançon", "Étretat"],
    country: ("FRA", "France"),
    people: &["Hélène Garnier", "Rémi Lefèvre", "Aïcha Benali", "Noël d'Arcy"],
    credit: "Agence Lumière du Sud",
    copyright: "© Agence Lumière du Sud",
    shots: &[
        Shot {
            subject: Fields,
            stem: "lavande",
            title: "La lavande avant la récolte",
            caption: "Les champs de lavande près de {place}, à quelques jours d'une récolte que la sécheresse a avancée.",
            keywords: &["lavande", "agriculture", "été", "Provence"],
        },
        Shot {
            subject: Lake,
            stem: "lac",
            title: "Le lac au petit matin",
            caption: "Le lac d'huile, près de {place}, avant l'arrivée des premiers baigneurs.",
            keywords: &["lac", "reflet", "matin"],
        },
        Shot {
            subject: Coast,
            stem: "phare",
            title: "Le phare et la houle",
            caption: "Grande marée à {place} : le coefficient atteint 112 ce lundi.",
            keywords: &["phare", "marée", "mer", "littoral"],
        },
        Shot {
            subject: City,
            stem: "toits-du-soir",
            title: "Les toits, le soir",
            caption: "{place} s'illumine à la veille du sommet.",
            keywords: &["ville", "soir", "sommet"],
        },
        Shot {
            subject: StillLife,
            stem: "nature-morte",
            title: "Nature morte aux flacons",
            caption: "Visuel produit pour la collection d'hiver, fond ocre.",
            keywords: &["produit", "flacon", "studio"],
        },
        Shot {
            subject: Poster,
            stem: "bande-annonce",
            title: "Bande-annonce, version longue",
            caption: "Image d'attente de la bande-annonce tournée à {place}.",
            keywords: &["vidéo", "bande-annonce", "cinéma"],
        },
    ],
};

pub(super) const POLISH: Tongue = Tongue {
    places: &["Gdańsk", "Zakopane", "Giżycko", "Łódź", "Białowieża"],
    country: ("POL", "Polska"),
    people: &["Małgorzata Dąbrowska", "Paweł Świętek", "Zofia Łęcka"],
    credit: "Fotoagencja Żuraw",
    copyright: "© Fotoagencja Żuraw",
    shots: &[
        Shot {
            subject: Forest,
            stem: "puszcza",
            title: "Puszcza o świcie",
            caption: "Mgła nad puszczą w okolicach miejscowości {place}. Naukowcy liczą w tym tygodniu żubry.",
            keywords: &["puszcza", "mgła", "przyroda", "świt"],
        },
        Shot {
            subject: Mountains,
            stem: "Tatry",
            title: "Tatry po burzy",
            caption: "Nad szczytami rozpogodziło się dopiero wieczorem, {place}.",
            keywords: &["góry", "Tatry", "pogoda"],
        },
        Shot {
            subject: Lake,
            stem: "jezioro",
            title: "Cisza na jeziorze",
            caption: "Koniec sezonu żeglarskiego, {place}.",
            keywords: &["jezioro", "żagle", "jesień"],
        },
        Shot {
            subject: Winter,
            stem: "śnieg",
            title: "Śnieg i cisza",
            caption: "Pierwszy mróz tej zimy, {place}: minus osiemnaście stopni o świcie.",
            keywords: &["zima", "śnieg", "mróz"],
        },
        Shot {
            subject: Desert,
            stem: "wydmy",
            title: "Ruchome wydmy",
            caption: "Wydmy przesuwają się nawet o dziesięć metrów w ciągu roku.",
            keywords: &["wydmy", "piasek", "park narodowy"],
        },
    ],
};
