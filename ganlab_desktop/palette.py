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
