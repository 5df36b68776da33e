"""Colours as eyes and printers see them: contrast, colour-vision deficiencies, greyscale."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np

from probstats.errors import ProbstatsError

VISION = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
    "greyscale": ((0.2126, 0.7152, 0.0722),) * 3,
}
"""What each way of seeing makes of linear red, green and blue.

Machado, Oliveira and Fernandes (2009), IEEE TVCG 15: 1291-1298, at full severity; greyscale keeps
the relative luminance.
"""

_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175],
     [0.0193339, 0.119192, 0.9503041]]
)  # fmt: skip


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2), 1 to 21.

    Parameters
    ----------
    first, second : str
        Colours that matplotlib knows.

    Returns
    -------
    float
        The ratio; graphic parts need at least 3, words 4.5.

    Examples
    --------
    >>> contrast("black", "white")
    21.0
    """
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return round((lighter + 0.05) / (darker + 0.05), 2)


def simulate(colour: str, vision: str) -> str:
    """Return a colour as somebody with a colour-vision deficiency, or a grey printer, sees it.

    Parameters
    ----------
    colour : str
        A colour that matplotlib knows.
    vision : {"protanopia", "deuteranopia", "tritanopia", "greyscale"}
        Who sees it.

    Returns
    -------
    str
        A hexadecimal colour.

    Raises
    ------
    ProbstatsError
        If the way of seeing is not known.

    Examples
    --------
    >>> simulate("#808080", "protanopia")
    '#808080'
    """
    if vision not in VISION:
        raise ProbstatsError(f"vision={vision!r} is not known; one of {', '.join(VISION)}")
    seen = np.clip(np.array(VISION[vision]) @ _linear(colour), 0.0, 1.0)
    coded = np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)
    return str(mpl.colors.to_hex(np.clip(coded, 0.0, 1.0)))


def difference(first: str, second: str) -> float:
    """Return how far apart two colours look (CIE 1976 colour difference), 0 to about 150.

    Parameters
    ----------
    first, second : str
        Colours that matplotlib knows.

    Returns
    -------
    float
        Below about 10 two colours are hard to tell apart in small parts of a figure.

    Examples
    --------
    >>> difference("white", "black")
    100.0
    """
    return round(float(np.linalg.norm(_lab(first) - _lab(second))), 1)


def ink_on(colour: str, dark: str = "#111111", light: str = "white") -> str:
    """Return the darker or the lighter ink, whichever reads better on a colour."""
    return light if contrast(colour, light) >= contrast(colour, dark) else dark


def legible(colour: str, ground: str, ink: str) -> str:
    """Return a colour, moved towards the ink until words in it can be read on the ground.

    Parameters
    ----------
    colour, ground, ink : str
        Colours that matplotlib knows.

    Returns
    -------
    str
        A hexadecimal colour with a contrast of at least 4.5, or the ink.

    Examples
    --------
    >>> contrast(legible("orange", "white", "black"), "white") >= 4.5
    True
    """
    here, there = (np.array(mpl.colors.to_rgb(name)) for name in (colour, ink))
    for share in np.linspace(0.0, 1.0, 21):
        mixed = str(mpl.colors.to_hex((1 - share) * here + share * there))
        if contrast(mixed, ground) >= 4.5:
            break
    return mixed


def _luminance(colour: str) -> float:
    return float(np.array([0.2126, 0.7152, 0.0722]) @ _linear(colour))


def _linear(colour: str) -> np.ndarray:
    coded = np.array(mpl.colors.to_rgb(colour))
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def _lab(colour: str) -> np.ndarray:
    xyz = (_TO_XYZ @ _linear(colour)) / _TO_XYZ.sum(axis=1)
    cube = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = cube
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])
