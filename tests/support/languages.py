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
