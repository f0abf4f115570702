"""Where the people live: places that sound British and are not to be found on a map."""

from attrs import frozen

from ceosample.demo.chance import Chance


@frozen
class Home:
    """An address."""

    lines: tuple[str, ...]
    """Two to four lines, as they stand on the envelope."""
    town: str
    """The town, which is also the name of the branch nearest to it."""


@frozen
class _Region:
    towns: tuple[str, ...]
    streets: tuple[str, ...]
    houses: tuple[str, ...]
    villages: tuple[str, ...]


_ENGLAND = _Region(
    towns=(
        "Harrowmere",
        "Thistlecombe",
        "Great Pellowby",
        "Marlingthorpe",
        "Oxenthwaite",
        "Quillby Market",
        "Ashenholt",
        "Brindlewick",
        "Coldharrow",
        "Wexcombe Bridge",
        "Tregorvan",
    ),
    streets=(
        "Tanner’s Row",
        "Sluice Lane",
        "Maltkiln Street",
        "Cordwainer Road",
        "Plum Orchard Close",
        "Nine Elms Terrace",
        "Old Toll Road",
        "Wherry Crescent",
        "Candlemaker Street",
        "Rookery Avenue",
    ),
    houses=("The Old Weighhouse", "Quince Cottage", "Larkfield House", "The Ropewalk", "Flat 3"),
    villages=("Nether Pellow", "Little Sorrel", "Hobb’s End Green", "Upper Fallowick"),
)

_WALES = _Region(
    towns=("Aberhelig", "Llanwyndraeth", "Pontfaelog", "Trefelin Uchaf"),
    streets=("Heol y Felin", "Stryd y Bont", "Lôn Glas-y-dorlan", "Ffordd yr Ŵyn", "Rhes Fawr"),
    houses=("Tŷ Capel", "Glan-y-dŵr", "Bryn Tŵr", "Tŷ’r Ysgol", "Hen Efail"),
    villages=("Cwm Llwynfai", "Pentre Gwyddel", "Rhyd-y-faelog"),
)

_SCOTLAND = _Region(
    towns=("Kirkdunnock", "Inverlorne", "Strathgarvie", "Balnacorrie"),
    streets=("Cooper’s Wynd", "Shore Brae", "Mercat Vennel", "Gean Tree Road", "Manse Loan"),
    houses=("Rowan Bank", "Flat 2/1", "The Auld Smithy", "Corrie View"),
    villages=("Mains of Garvie", "Nether Lorne", "Dunnockhaugh"),
)

_ULSTER = _Region(
    towns=("Ballyfennagh", "Carrickdoon", "Drumsallow"),
    streets=("Flaxmill Road", "Loughview Gardens", "Scutcher’s Lane", "Linenhall Parade"),
    houses=("Heron Lodge", "The Bleach Green", "Flat 5"),
    villages=("Tullynacraw", "Derryfenn"),
)

_REGIONS = ((_ENGLAND, 58), (_WALES, 20), (_SCOTLAND, 14), (_ULSTER, 8))


def home(chance: Chance) -> Home:
    """Somewhere to live."""
    region = chance.weighted(_REGIONS)
    town = chance.one_of(region.towns)
    lines = [f"{chance.whole(2, 148)} {chance.one_of(region.streets)}"]
    if chance.happens(28):
        lines.insert(0, chance.one_of(region.houses))
    if chance.happens(18):
        lines.append(chance.one_of(region.villages))
    return Home(lines=(*lines, f"{town} {_postcode(chance)}"), town=town)


def _postcode(chance: Chance) -> str:
    """A postcode of nowhere: no British postcode begins with Q, V or X."""
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    area = chance.one_of("QVX") + chance.one_of("BDHLNRTW")
    inward = f"{chance.whole(1, 9)}{chance.one_of(letters)}{chance.one_of(letters)}"
    return f"{area}{chance.whole(1, 29)} {inward}"
