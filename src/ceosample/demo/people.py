"""The people who complained: invented names from the traditions that a British bank serves."""

from attrs import frozen

from ceosample.demo.chance import Chance


@frozen
class Person:
    """Who a letter is for."""

    name: str
    """The name as its owner writes it, in its own script."""
    salutation: str
    """How the letter greets them: "Dear Ms Llewelyn,"."""


@frozen
class _Tradition:
    """Given and family names that go together; women's and men's family names may differ."""

    women: str
    men: str
    family: str
    family_men: str = ""
    titled: bool = True
    """Whether the name is usual after Ms or Mr; if not, the greeting gives the whole name."""
    family_first: bool = False


_TRADITIONS = (
    (
        _Tradition(
            "Margaret Alison Hazel Joanne Rosemary Beth Philippa Claire Winifred Dorothy Judith",
            "Graham Leonard Stephen Toby Roger Martin Clive Edmund Nathan Harold Desmond",
            "Hartnell Oakden Sedgwick Fairbrother Pemberley Lockyer Thornley Askew Brackenbury "
            "Cotterill Dunnage Whitlam Garside Holroyd Inskip Larkham Rudge-Fellowes Winstanley",
        ),
        36,
    ),
    (
        _Tradition(
            "Angharad Bethan Carys Eleri Ffion Lowri Nerys Siân Tegwen",
            "Llŷr Glyndŵr Emrys Gethin Idris Rhodri Siôn Tudur",
            "Llewelyn Prosser Gwilym Bowen-Parry Cadwaladr Meredydd Pritchard Tudor-Rees Ynyr",
        ),
        13,
    ),
    (
        _Tradition(
            "Ailsa Catriona Eilidh Kirsty Mhairi Morag",
            "Alasdair Calum Fergus Hamish Ruaridh Struan",
            "MacAskill Carnegie-Dow Dalrymple Farquharson Kinnaird McCorquodale Ogilvie Tulloch",
        ),
        9,
    ),
    (
        _Tradition(
            "Aoife Bríd Caoimhe Gráinne Niamh Sorcha",
            "Cathal Donncha Fionn Lorcán Pádraig Ruairí",
            "Brannigan Geraghty McGinley Mulhern O’Driscoll Tierney",
        ),
        5,
    ),
    (
        # Ní is a daughter's form of a family name and does not go with Mrs, so nobody has a title.
        _Tradition(
            "Bríd Caoimhe Gráinne Sorcha",
            "Cathal Donncha Lorcán Pádraig",
            "Ní|Dhálaigh Ní|Chonghaile Ní|Shúilleabháin",
            "Ó|Dálaigh Ó|Conghaile Ó|Súilleabháin",
            titled=False,
        ),
        2,
    ),
    (
        _Tradition(
            "Agnieszka Bożena Grażyna Małgorzata Zofia",
            "Łukasz Wojciech Zbigniew Paweł Michał",
            "Łukasiewicz Wiśniewska Zielińska Dąbrowska Śliwa Łoś",
            "Łukasiewicz Wiśniewski Zieliński Dąbrowski Śliwa Łoś",
        ),
        6,
    ),
    (
        _Tradition(
            "Alžběta Jiřina Markéta Zdeňka",
            "Bohumil Jiří Ondřej Vojtěch",
            "Dvořáčková Hrušková Řezníčková Šťastná",
            "Dvořáček Hruška Řezníček Šťastný",
        ),
        3,
    ),
    (
        _Tradition(
            "Ayşe Çiğdem Gülşen Işıl",
            "Barış Doğan Oğuz Tunç",
            "Aydoğan Çelikkol Gündüz Öztürk Yıldırımoğlu",
        ),
        4,
    ),
    (
        _Tradition(
            "Thị|Tuyết Ngọc|Ánh Thu|Hiền Thị|Hường",
            "Văn|Đức Quốc|Bảo Hữu|Tiến Minh|Thắng",
            "Nguyễn Trần Đặng Phạm Bùi",
            titled=False,
            family_first=True,
        ),
        3,
    ),
    (
        _Tradition(
            "Aurélie Françoise Hélène Maëlle Solène",
            "Benoît François Gaël Jérôme Thibault",
            "Beauséjour Châtelain Le|Guennec Lefèvre Mercœur",
        ),
        3,
    ),
    (
        _Tradition(
            "Adaeze Chidinma Ngozi",
            "Chukwuemeka Tobenna Uche",
            "Eze-Nwosu Okereke Onwudiwe Umeh",
        ),
        3,
    ),
    (
        _Tradition(
            "Folasade Ọláyínká Yetunde",
            "Babatunde Kọ́láwọlé Olúṣẹ́gun",
            "Adébáyọ̀ Ajíbádé Oyèlàmí",
        ),
        3,
    ),
    (
        _Tradition(
            "Farzana Nusrat Shabnam",
            "Faisal Imtiaz Tanveer",
            "Chaudhry Gillani Qureshi Talukdar",
        ),
        4,
    ),
    (
        _Tradition(
            "Anjali Lakshmi Priyanka",
            "Arjun Rohan Venkatesh",
            "Bhattacharyya Mistry Raghunathan Venkataraman",
        ),
        3,
    ),
    (
        _Tradition(
            "Harpreet Jasvinder Manjit",
            "Gurdeep Jaswant Sukhdev",
            "Dhaliwal Sandhu Grewal",
        ),
        2,
    ),
    (
        _Tradition(
            "Ελένη Αγγελική Δήμητρα Ευφροσύνη Χρυσάνθη",
            "Αθανάσιος Γιώργος Ιάκωβος Σπύρος Φώτης",
            "Αναγνώστου Καραμπέτσου Μαυροειδή Ξανθοπούλου Ψαρρά",
            "Αναγνώστου Καραμπέτσος Μαυροειδής Ξανθόπουλος Ψαρράς",
            titled=False,
        ),
        4,
    ),
    (
        _Tradition(
            "Олена Ганна Надія Соломія Юлія",
            "Богдан Євген Михайло Остап Ярослав",
            "Бондаренко Гнатюк Кравчук Лисенко Яремчук Їжакевич",
            titled=False,
        ),
        4,
    ),
    (
        _Tradition(
            "Десислава Живка Румяна Цветелина",
            "Веселин Здравко Любомир Пламен",
            "Бояджиева Стоянова Чолакова Щерева",
            "Бояджиев Стоянов Чолаков Щерев",
            titled=False,
        ),
        2,
    ),
    (
        _Tradition(
            "ليلى سلمى هدى رانيا",
            "يوسف كريم طارق سامر",
            "منصور حداد الخطيب درويش نجار",
            titled=False,
        ),
        3,
    ),
)

_TITLES_WOMEN = (("Ms", 52), ("Mrs", 30), ("Dr", 6), ("Mx", 1), ("", 11))
_TITLES_MEN = (("Mr", 81), ("Dr", 7), ("Mx", 1), ("", 11))


def person(chance: Chance) -> Person:
    """Somebody to write to."""
    tradition = chance.weighted(_TRADITIONS)
    woman = chance.happens(53)
    given = _one(chance, tradition.women if woman else tradition.men)
    family = _one(chance, tradition.family if woman else tradition.family_men or tradition.family)
    name = f"{family} {given}" if tradition.family_first else f"{given} {family}"
    title = chance.weighted(_TITLES_WOMEN if woman else _TITLES_MEN)
    greeted = f"{title} {family}" if title and tradition.titled else name
    return Person(name=name, salutation=f"Dear {greeted},")


def _one(chance: Chance, names: str) -> str:
    """One name of a list; a bar stands for the space inside a name."""
    return chance.one_of(names.split()).replace("|", " ")
