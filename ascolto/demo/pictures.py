"""Small drawings that stand for customers' pictures; drawn here, so that no picture of anyone is in the package."""

from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (640, 400)


def picture(name: str) -> bytes:
    """A PNG for the file name: a window with an error, a lamp, a cracked shade. The same name gives the same bytes."""
    image = Image.new("RGB", SIZE, "#f4f2ee")
    draw = ImageDraw.Draw(image)
    if "errore" in name or "programma" in name:
        draw_window(draw, broken="errore" in name)
    else:
        draw_lamp(draw, cracked="paralume" in name)
    kept = BytesIO()
    image.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def draw_window(draw: ImageDraw.ImageDraw, *, broken: bool) -> None:
    draw.rounded_rectangle((60, 50, 580, 350), 14, fill="#fffefe", outline="#8a857e", width=2)
    draw.rectangle((60, 50, 580, 90), fill="#e2dfda", outline="#8a857e")
    for index, colour in enumerate(("#9c2623", "#b98234", "#5a987d")):
        draw.ellipse((78 + index * 26, 62, 94 + index * 26, 78), fill=colour)
    if broken:
        draw.polygon(((320, 140), (380, 240), (260, 240)), outline="#9c2623", width=4)
        draw.line((320, 170, 320, 208), fill="#9c2623", width=6)
        draw.ellipse((316, 218, 324, 226), fill="#9c2623")
        draw.rectangle((220, 275, 420, 283), fill="#635e58")
        draw.rectangle((260, 297, 380, 305), fill="#a6a39c")
    else:
        for row in range(5):
            draw.rectangle((100, 130 + row * 38, 240 + row * 55, 146 + row * 38), fill="#aed1bf")


def draw_lamp(draw: ImageDraw.ImageDraw, *, cracked: bool) -> None:
    draw.polygon(((250, 60), (390, 60), (450, 210), (190, 210)), outline="#4c4741", fill="#fcefd9", width=3)
    draw.line((320, 210, 320, 330), fill="#4c4741", width=4)
    draw.rounded_rectangle((240, 330, 400, 352), 8, outline="#4c4741", fill="#e2dfda", width=3)
    if cracked:
        draw.line((300, 62, 316, 110, 296, 150, 322, 208), fill="#9c2623", width=4)
    else:
        draw.ellipse((296, 205, 344, 240), outline="#9c2623", width=4)
