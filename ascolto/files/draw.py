"""
Draws the preview of one picture: bytes on standard input, size and WebP on standard output.

Runs as a program of its own (`python draw.py`) with its own limits, so that a picture made to harm harms only this process.
It imports nothing of the product.
"""

import io
import resource
import struct
import sys

SIDE_PX = 480
LIMIT_PX = 40_000_000
CPU_S = 2
MEMORY_BYTES = 512 * 1024 * 1024
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")


def limit_myself() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def draw(content: bytes) -> tuple[int, int, bytes]:
    """Width and height of the picture as people see it, and its preview without any of its metadata."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the line below is the limit, an error and not a warning
    with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
        if picture.width * picture.height > LIMIT_PX:
            raise ValueError("more pixels than we draw")
        turned = picture.getexif().get(0x0112, 1) in (5, 6, 7, 8)
        width, height = (picture.height, picture.width) if turned else (picture.width, picture.height)
        picture.draft("RGB", (SIDE_PX * 2, SIDE_PX * 2))  # a large JPEG is read smaller
        small = picture if picture.mode in ("RGB", "RGBA", "L", "LA") else picture.convert("RGBA")
        small.thumbnail((SIDE_PX, SIDE_PX), Image.Resampling.BICUBIC)
        small = ImageOps.exif_transpose(small).convert("RGBA" if small.mode in ("RGBA", "LA") else "RGB")
        clean = Image.frombytes(small.mode, small.size, small.tobytes())  # pixels alone: no EXIF, no comment, no profile
        written = io.BytesIO()
        clean.save(written, "WEBP", quality=82, method=4)
    return width, height, written.getvalue()


def main() -> int:
    limit_myself()
    try:
        width, height, preview = draw(sys.stdin.buffer.read())
    except Exception as error:
        sys.stderr.write(type(error).__name__)
        return 1
    sys.stdout.buffer.write(struct.pack(">II", width, height) + preview)
    return 0


if __name__ == "__main__":
    sys.exit(main())
