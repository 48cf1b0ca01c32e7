//! What people around the Mediterranean and in Asia write about their pictures, in their own scripts.

use super::{Shot, Tongue};
use crate::scene::Subject::{
    City, Coast, Desert, Fields, Forest, Graphic, Harbour, Lake, Mountains, NightSky, Poster, StillLife, Winter,
};

pub(super) const GREEK: Tongue = Tongue {
    places: &["Νάξος", "Καβάλα", "Μέτσοβο", "Χανιά"],
    country: ("GRC", "Ελλάδα"),
    people: &["Ελένη Παπαδάκη", "Νίκος Αθανασίου", "Δέσποινα Ρήγα"],
    credit: "Φωτοπρακτορείο Αιγαίο",
    copyright: "© Φωτοπρακτορείο Αιγαίο",
    shots: &[
        Shot {
            subject: Harbour,
            stem: "limani",
            title: "Το λιμάνι το πρωί",
            caption: "Τα καΐκια ξεκινούν από το λιμάνι, {place}, μετά την απαγόρευση απόπλου.",
            keywords: &["λιμάνι", "καΐκια", "θάλασσα"],
        },
        Shot {
            subject: Coast,
            stem: "φάρος",
            title: "Ο φάρος στο ακρωτήρι",
            caption: "Ο παλιός φάρος ανοίγει για το κοινό, {place}.",
            keywords: &["φάρος", "ακτή", "Αιγαίο"],
        },
        Shot {
            subject: Mountains,
            stem: "vouna",
            title: "Βουνά στο σούρουπο",
            caption: "Το τελευταίο φως πάνω από την κοιλάδα, {place}.",
            keywords: &["βουνά", "σούρουπο", "ταξίδι"],
        },
    ],
};

pub(super) const ARABIC: Tongue = Tongue {
    places: &["مرزوكة", "سيوة", "العقبة", "مسقط"],
    country: ("JOR", "الأردن"),
    people: &["ليلى الحسن", "عمر القاسمي", "نور الدين بن عيسى"],
    credit: "وكالة الأفق للصور",
    copyright: "© وكالة الأفق للصور",
    shots: &[
        Shot {
            subject: Desert,
            stem: "sahara_dunes",
            title: "كثبان عند الغروب",
            caption: "الرياح ترسم خطوطًا جديدة على الكثبان قرب {place} كل مساء.",
            keywords: &["صحراء", "كثبان", "غروب", "سفر"],
        },
        Shot {
            subject: City,
            stem: "المدينة",
            title: "أضواء المدينة",
            caption: "تستعد {place} لاستقبال ضيوف القمة.",
            keywords: &["مدينة", "ليل", "قمة"],
        },
        Shot {
            subject: NightSky,
            stem: "night-sky",
            title: "سماء صافية",
            caption: "هواة الفلك يجتمعون في {place} لرصد الشهب.",
            keywords: &["نجوم", "ليل", "فلك"],
        },
        Shot {
            subject: Harbour,
            stem: "port",
            title: "الميناء فجرًا",
            caption: "قوارب الصيد تغادر ميناء {place} مع أول الضوء.",
            keywords: &["ميناء", "قوارب", "فجر"],
        },
    ],
};

pub(super) const HEBREW: Tongue = Tongue {
    places: &["מצפה רמון", "יפו", "ראש פינה"],
    country: ("ISR", "ישראל"),
    people: &["נועה ברק", "יונתן שלו", "תמר אלון"],
    credit: "סוכנות צילום אופק",
    copyright: "© סוכנות צילום אופק",
    shots: &[
        Shot {
            subject: Desert,
            stem: "desert",
            title: "המדבר בשעת זהב",
            caption: "אור אחרון על המדבר ליד {place}.",
            keywords: &["מדבר", "שקיעה", "טבע"],
        },
        Shot {
            subject: Coast,
            stem: "חוף",
            title: "גלים בחוף",
            caption: "ים סוער מול {place}; הרחצה אסורה עד יום שישי.",
            keywords: &["ים", "חוף", "גלים"],
        },
        Shot {
            subject: Fields,
            stem: "sadot",
            title: "שדות באביב",
            caption: "פריחה מוקדמת בשדות ליד {place}.",
            keywords: &["שדות", "אביב", "פריחה"],
        },
    ],
};

pub(super) const HINDI: Tongue = Tongue {
    places: &["नैनीताल", "उदयपुर", "जैसलमेर", "मुन्नार"],
    country: ("IND", "भारत"),
    people: &["अनन्या शर्मा", "विक्रम राठौड़", "मीरा नायर"],
    credit: "हिमालय फ़ोटो",
    copyright: "© हिमालय फ़ोटो",
    shots: &[
        Shot {
            subject: Mountains,
            stem: "himalaya",
            title: "बादलों के ऊपर हिमालय",
            caption: "{place} के पास सुबह की धुंध छँटते ही चोटियाँ दिखाई दीं।",
            keywords: &["हिमालय", "पर्वत", "धुंध", "यात्रा"],
        },
        Shot {
            subject: Lake,
            stem: "jheel",
            title: "झील पर सुबह",
            caption: "{place} की झील में पहाड़ों की परछाईं।",
            keywords: &["झील", "परछाईं", "सुबह"],
        },
        Shot {
            subject: Desert,
            stem: "thar",
            title: "थार की शाम",
            caption: "{place} के टीलों पर ढलती शाम।",
            keywords: &["रेगिस्तान", "शाम", "पर्यटन"],
        },
        Shot {
            subject: Fields,
            stem: "sarson",
            title: "सरसों के खेत",
            caption: "{place} के आसपास इस साल अच्छी फ़सल की उम्मीद है।",
            keywords: &["खेत", "सरसों", "किसान"],
        },
    ],
};

pub(super) const JAPANESE: Tongue = Tongue {
    places: &["富良野", "松本", "尾道", "白川郷"],
    country: ("JPN", "日本"),
    people: &["佐藤 美咲", "田中 健太郎", "小林 遥"],
    credit: "北光フォト",
    copyright: "© 北光フォト",
    shots: &[
        Shot {
            subject: Mountains,
            stem: "山稜",
            title: "朝霧の山並み",
            caption: "{place}から望む早朝の山並み。前夜の雨が上がり、谷に霧が残った。",
            keywords: &["山", "霧", "朝", "風景"],
        },
        Shot {
            subject: Winter,
            stem: "yuki",
            title: "雪の朝",
            caption: "{place}で今季初めての積雪を観測した。",
            keywords: &["雪", "冬", "初雪"],
        },
        Shot {
            subject: Fields,
            stem: "花畑",
            title: "花の畝",
            caption: "{place}の丘を彩る花畑。見頃は今月末まで続く見込み。",
            keywords: &["花畑", "夏", "観光"],
        },
        Shot {
            subject: City,
            stem: "yakei",
            title: "街の夜景",
            caption: "{place}の夜景。サミットを前に警備が強化されている。",
            keywords: &["夜景", "都市", "サミット"],
        },
        Shot {
            subject: StillLife,
            stem: "器_秋冬",
            title: "器、秋冬の新作",
            caption: "商品撮影、カタログ用。色校正済み。",
            keywords: &["商品", "器", "カタログ"],
        },
    ],
};

pub(super) const CHINESE: Tongue = Tongue {
    places: &["桂林", "杭州", "哈尔滨", "敦煌"],
    country: ("CHN", "中国"),
    people: &["李文静", "王建国", "陈思远"],
    credit: "远山图片社",
    copyright: "© 远山图片社",
    shots: &[
        Shot {
            subject: Lake,
            stem: "湖光",
            title: "湖光山色",
            caption: "清晨的{place}，湖面如镜。",
            keywords: &["湖", "倒影", "清晨", "旅游"],
        },
        Shot {
            subject: Mountains,
            stem: "yunhai",
            title: "云海日出",
            caption: "{place}附近山区出现云海景观，吸引众多摄影爱好者。",
            keywords: &["云海", "日出", "山"],
        },
        Shot {
            subject: Desert,
            stem: "dunhuang",
            title: "大漠夕照",
            caption: "夕阳下的沙丘，{place}。",
            keywords: &["沙漠", "夕阳", "丝绸之路"],
        },
        Shot {
            subject: City,
            stem: "城市夜景",
            title: "城市之夜",
            caption: "{place}华灯初上。",
            keywords: &["城市", "夜景", "建筑"],
        },
        Shot {
            subject: Poster,
            stem: "航拍",
            title: "航拍素材：江岸",
            caption: "{place}江岸航拍，已调色。",
            keywords: &["视频", "航拍", "素材"],
        },
    ],
};

pub(super) const KOREAN: Tongue = Tongue {
    places: &["강릉", "통영", "평창", "전주"],
    country: ("KOR", "대한민국"),
    people: &["김서연", "박준호", "이하은"],
    credit: "한빛포토",
    copyright: "© 한빛포토",
    shots: &[
        Shot {
            subject: Coast,
            stem: "등대",
            title: "등대가 있는 바다",
            caption: "{place} 앞바다에 풍랑주의보가 내려졌다.",
            keywords: &["등대", "바다", "파도"],
        },
        Shot {
            subject: Winter,
            stem: "snow",
            title: "눈 내린 아침",
            caption: "{place}에 밤사이 30센티미터의 눈이 내렸다.",
            keywords: &["눈", "겨울", "아침"],
        },
        Shot {
            subject: Forest,
            stem: "숲길",
            title: "안개 낀 숲",
            caption: "{place} 인근 숲길이 시민에게 개방된다.",
            keywords: &["숲", "안개", "산책"],
        },
        Shot {
            subject: Graphic,
            stem: "poster_festival",
            title: "축제 포스터",
            caption: "{place} 축제 공식 포스터 시안.",
            keywords: &["포스터", "디자인", "축제"],
        },
    ],
};
