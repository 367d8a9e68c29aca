"""A place on the map, in a line that people can read and click."""

from ascolto.channels.said import Said, decimal


def place_in_words(said: Said, *, title: str = "", address: str = "") -> str:
    """Name, address and a link to the map; empty when it is no place. Pure. :param said: with latitude and longitude"""
    latitude, longitude = decimal(said, "latitude"), decimal(said, "longitude")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return ""
    point = f"{latitude:.6f}".rstrip("0").rstrip("."), f"{longitude:.6f}".rstrip("0").rstrip(".")
    link = f"https://www.openstreetmap.org/?mlat={point[0]}&mlon={point[1]}#map=17/{point[0]}/{point[1]}"
    named = ", ".join(each for each in (title, address) if each)
    return f"📍 {named}\n{link}" if named else f"📍 {link}"
