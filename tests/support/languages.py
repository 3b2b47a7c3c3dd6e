"""A few sentences in languages with many alphabets."""

ENGLISH = "It was the best of times, it was the worst of times.\n"
FRENCH = (
    "L'été dernier, nous avons traversé la forêt à pied. Les élèves étaient fatigués, mais très "
    "heureux d'être là où leurs aînés avaient déjà passé Noël; ça sentait le café brûlé."
)
GERMAN = (
    "Über den Dächern der großen Stadt hörte man früh am Morgen die Glocken läuten. Die Bäckerin "
    "öffnete ihre Türe und grüßte die Schüler, die müde zur Straßenbahn liefen."
)
PORTUGUESE = (
    "A manhã começou fria em São João. O avô não quis café, só pão com manteiga, e contou às "
    "crianças uma história de navegações e corações partidos."
)
DANISH = (
    "Der var engang en rød båd på åen. Den sejlede hver dag over til øen med brød og æbler, og "
    "børnene råbte højt, når de så den komme."
)
POLISH = (
    "Wczoraj wieczorem poszedłem nad rzekę, żeby zobaczyć, jak słońce zachodzi. Księżyc już "
    "świecił, a chłopcy łowili ryby i śmiali się głośno z moich dziurawych butów."
)
HUNGARIAN = (
    "Tegnap este elmentem a folyóhoz, hogy megnézzem, hogyan megy le a nap. Az öreg halász már "
    "ott ült, és csöndesen fütyörészett, mint minden őszi estén. Szűk ösvény vezetett oda."
)
RUSSIAN = (
    "Вчера вечером я пошёл к реке, чтобы посмотреть, как садится солнце. Старый рыбак уже сидел "
    "на берегу и тихо насвистывал, как всегда осенью. Мы долго молчали."
)
GREEK = (
    "Χθες το βράδυ πήγα στο ποτάμι για να δω τον ήλιο να δύει. Ο γέρος ψαράς καθόταν ήδη στην "
    "όχθη και σφύριζε σιγανά, όπως πάντα το φθινόπωρο."
)
TURKISH = (
    "Dün akşam güneşin batışını izlemek için nehre gittim. Yaşlı balıkçı çoktan kıyıda oturmuş, "
    "her sonbaharda olduğu gibi usulca ıslık çalıyordu."
)
HEBREW = (
    "אתמול בערב הלכתי אל הנהר כדי לראות את השמש שוקעת. הדייג הזקן כבר ישב על הגדה ושרק בשקט, כמו "
    "תמיד בסתיו."
)
ARABIC = (
    "ذهبت مساء أمس إلى النهر لأشاهد غروب الشمس. كان الصياد العجوز جالسا على الضفة يصفر بهدوء "
    "كعادته في الخريف."
)
JAPANESE = (
    "昨日の夕方、私は夕日を見るために川へ行きました。年老いた漁師はもう岸に座っていて、いつもの秋の"
    "ように静かに口笛を吹いていました。私たちは長い間黙っていました。"
)
SIMPLIFIED = (
    "昨天傍晚，我到河边去看日落。老渔夫已经坐在岸上，像每年秋天一样轻轻地吹着口哨。"
    "我们沉默了很久，然后他给我讲了一个故事。"
)
TRADITIONAL = (
    "昨天傍晚，我到河邊去看日落。老漁夫已經坐在岸上，像每年秋天一樣輕輕地吹著口哨。"
    "我們沉默了很久，然後他給我講了一個故事。"
)
KOREAN = (
    "어제 저녁 나는 해가 지는 것을 보려고 강으로 갔다. 늙은 어부는 벌써 강가에 앉아 가을이면 늘 "
    "그렇듯 조용히 휘파람을 불고 있었다."
)

# Short texts, of 20 to 120 bytes, and the old encodings in which people saved such texts.
SHORT_TEXTS = (
    ("Où est passé le garçon ?", ("cp1252", "iso8859_1", "mac_roman", "cp850")),
    ("Ça me fait très plaisir, à bientôt.", ("cp1252", "iso8859_1", "mac_roman")),
    ("Der Bäcker grüßt müde.", ("cp1252", "iso8859_1", "mac_roman", "cp850")),
    ("Mañana vendrá el señor Núñez.", ("cp1252", "iso8859_1", "mac_roman")),
    ("O pão está na mão do João.", ("cp1252", "iso8859_1")),
    ("La città è più bella così.", ("cp1252", "iso8859_1")),
    ("Smörgås på räksallad är gott.", ("cp1252", "iso8859_1")),
    ("Hæ, hvað ertu að gera þarna?", ("cp1252", "iso8859_1")),
    ("Zażółć gęślą jaźń, mówił święty.", ("cp1250", "iso8859_2", "cp852")),
    ("Příliš žluťoučký kůň úpěl.", ("cp1250", "iso8859_2", "cp852")),
    ("Öt hűtőházból kértünk színhúst.", ("cp1250", "iso8859_2")),
    ("Ağaçta yaşlı bir kuş öttü, şaşırdık.", ("cp1254", "iso8859_9")),
    ("Rūķīši šūpojas ābeļdārzā.", ("cp1257",)),
    ("Старый рыбак сидел на берегу.", ("cp1251", "koi8_r", "cp866", "iso8859_5", "mac_cyrillic")),
    ("Мороз и солнце; день чудесный!", ("cp1251", "koi8_r", "cp866", "iso8859_5")),
    ("ВОЙНА И МИР. ТОМ ПЕРВЫЙ", ("cp1251", "koi8_r", "cp866", "iso8859_5")),
    ("ПРЕСТУПЛЕНИЕ И НАКАЗАНИЕ", ("cp1251", "koi8_r", "cp866", "iso8859_5")),
    ("Їжак їсть яблуко під ґанком.", ("cp1251", "koi8_u")),
    ("Ξεσκεπάζω την ψυχοφθόρα σας βδελυγμία.", ("cp1253", "iso8859_7", "cp737")),
    ("Ο γέρος ψαράς καθόταν στην όχθη.", ("cp1253", "iso8859_7")),
    ("ΙΛΙΑΔΑ ΚΑΙ ΟΔΥΣΣΕΙΑ", ("cp1253", "iso8859_7")),
    ("כל בני האדם נולדו בני חורין", ("cp1255", "iso8859_8")),
    ("הדייג הזקן כבר ישב על הגדה.", ("cp1255", "iso8859_8")),
    ("كان الصياد العجوز جالسا على الضفة.", ("cp1256", "iso8859_6")),
    ("ชาวประมงชรานั่งอยู่ริมฝั่งแล้ว", ("cp874",)),
    ("古池や蛙飛びこむ水の音", ("shift_jis", "euc_jp")),
    ("昔々あるところに、おじいさんがいました。", ("shift_jis", "euc_jp")),
    ("トーキョーのコーヒー", ("shift_jis", "euc_jp")),
    ("床前明月光，疑是地上霜。", ("gb18030", "gbk", "gb2312")),
    ("老渔夫已经坐在岸上。\n", ("gb18030", "gbk", "gb2312")),
    ("老漁夫已經坐在岸上，像每年秋天一樣。", ("big5",)),
    ("늙은 어부는 벌써 강가에 앉아 있었다.", ("euc_kr", "cp949")),
    ("안녕하세요, 만나서 반갑습니다", ("euc_kr", "cp949")),
)
