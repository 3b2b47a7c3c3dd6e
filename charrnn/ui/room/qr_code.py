"""The link to a room as a QR code, dark on white in both themes: few cameras read the reverse."""

from functools import cache

import segno


@cache
def address(link: str) -> str:
    """The QR code of a link, as the address of an image that holds it all.

    An SVG without a size: the image is as large as the box around it.
    """
    code = segno.make(link, error="m", micro=False)
    return code.svg_data_uri(omitsize=True, border=3, dark="#171614", light="#ffffff")
