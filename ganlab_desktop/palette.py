"""The meaning of colour, the same in every panel, figure and film. All text colours reach 4.5:1 on the panel."""

from typing import NamedTuple


class Colours(NamedTuple):
    """One theme's colours as #RRGGBB."""

    name: str
    real: str  # real data, "D says real"; round marker
    fake: str  # generated data, "D says fake", generator; diamond marker
    discriminator: str  # discriminator and critic curves; solid line
    truth: str  # optimal D, exact distances; dashed line
    trouble: str  # always with an icon and a word
    primary: str  # primary button, selection; white text
    window: str
    panel: str
    raised: str
    hairline: str
    text: str
    secondary: str


RUN_COLOURS = {  # of the runs of a document beside the one at hand, in the dark and in the light theme
    "teal": ("#4DD0E1", "#00707F"),
    "pink": ("#F48FB1", "#A8326B"),
    "yellow": ("#E8D44D", "#7A6400"),
    "lime": ("#AED581", "#4B6B00"),
    "brown": ("#D2A679", "#7A4A1F"),
    "grey": ("#B0BEC5", "#546E7A"),
}


def run_colour(name: str, number: int, theme: Colours) -> str:
    """A run's colour: the one of its name, else one by its number in the document."""
    pair = RUN_COLOURS.get(name) or list(RUN_COLOURS.values())[(number - 1) % len(RUN_COLOURS)]
    return pair[theme.name == "light"]


DARK = Colours(
    name="dark",
    real="#56B4E9",
    fake="#F0A030",
    discriminator="#45C08A",
    truth="#C39BF5",
    trouble="#F0776E",
    primary="#2B74D6",
    window="#14171C",
    panel="#1A1E25",
    raised="#232932",
    hairline="#2C333E",
    text="#E8EBF0",
    secondary="#97A1B0",
)

LIGHT = Colours(
    name="light",
    real="#0072B2",
    fake="#A65300",
    discriminator="#08744D",
    truth="#6B3FC0",
    trouble="#B3362C",
    primary="#1668C9",
    window="#EEF0F3",
    panel="#FFFFFF",
    raised="#F4F6F8",
    hairline="#D8DDE4",
    text="#1B2027",
    secondary="#5F6B7A",
)

GREYSCALE = Colours(  # of figures that may be printed in black: told apart by markers and dashes
    name="greyscale",
    real="#1C1C1C",
    fake="#707070",
    discriminator="#3A3A3A",
    truth="#5A5A5A",
    trouble="#1C1C1C",
    primary="#3A3A3A",
    window="#FFFFFF",
    panel="#FFFFFF",
    raised="#F2F2F2",
    hairline="#D0D0D0",
    text="#000000",
    secondary="#4A4A4A",
)

_MUTED = {"dark": 0.60, "light": 0.42, "greyscale": 0.42}  # share of the full colour at the ends of the diverging map
_EASE = 1.25  # above 1 the middle stays neutral for longer
_GREYS = (0.52, 0.76, 1.0)  # of D says fake, cannot tell, says real: one hue has no two directions


def diverging(theme: Colours, count: int = 256) -> list[tuple[float, float, float]]:
    """Colours of the decision surface, red, green and blue from 0 to 1: fake, the neutral panel, real. Both ends are
    muted, so that points of that colour stand out."""
    if theme.name == "greyscale":
        low, middle, high = _GREYS
        shares = (2 * place / (count - 1) for place in range(count))
        return [
            (grey,) * 3
            for grey in (low + (middle - low) * s if s < 1 else middle + (high - middle) * (s - 1) for s in shares)
        ]
    panel, fake, real = (rgb(colour) for colour in (theme.panel, theme.fake, theme.real))
    colours = []
    for place in range(count):
        position = 2 * place / (count - 1) - 1
        share, end = _MUTED[theme.name] * abs(position) ** _EASE, fake if position < 0 else real
        red, green, blue = (share * e + (1 - share) * p for e, p in zip(end, panel, strict=True))
        colours.append((red, green, blue))
    return colours


def rgb(colour: str) -> tuple[float, float, float]:
    """Red, green and blue of #RRGGBB, from 0 to 1."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def mixed(colour: str, other: str, share: float) -> str:
    """A colour with so large a share of it in another one, as #RRGGBB."""
    parts = zip(rgb(colour), rgb(other), strict=True)
    return "#" + "".join(f"{round(255 * (share * one + (1 - share) * two)):02X}" for one, two in parts)
