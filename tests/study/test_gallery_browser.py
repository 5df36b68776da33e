"""The gallery in a real browser, where one is installed: ``apt-get install chromium``."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

INDEX = Path(__file__).parents[2] / "docs" / "gallery" / "index.html"
NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)

pytestmark = pytest.mark.skipif(
    BROWSER is None, reason=f"no browser to open the gallery in: none of {', '.join(NAMES)}"
)

# A frame is as narrow as it is told, which a window need not be; and the page itself has no script.
FRAME = """<!DOCTYPE html><html><body style="margin:0">
<iframe id="page" src="{address}" style="border:0;width:{width}px;height:900px"></iframe>
<pre id="found">waiting</pre>
<script>
const frame = document.getElementById("page");
frame.addEventListener("load", async () => {{
  const page = frame.contentDocument, inner = frame.contentWindow.innerWidth;
  const images = [...page.images];
  for (const image of images) image.loading = "eager";
  await Promise.all(images.map(image => image.decode().catch(() => null)));
  page.querySelectorAll("details").forEach(part => {{ part.open = true; }});
  const scrolls = part => part.closest(".wide") !== null;
  const beyond = [...page.body.querySelectorAll("*")].filter(part => !scrolls(part) &&
    !part.matches(".skip") && part.getBoundingClientRect().right > inner + 0.5);
  document.getElementById("found").textContent = JSON.stringify({{
    inner, wide: page.documentElement.scrollWidth,
    images: images.map(image => [image.currentSrc, image.naturalWidth, image.alt]),
    beyond: beyond.map(part => part.outerHTML.slice(0, 80)),
  }});
}});
</script></body></html>
"""


def look_at(address, width, folder):
    """Return what a page measures in a frame, and what the browser wrote to its console."""
    frame = folder / "frame.html"
    frame.write_text(FRAME.format(address=address, width=width), encoding="utf-8")
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
             "--allow-file-access-from-files", f"--user-data-dir={folder / 'profile'}",
             "--window-size=1700,1000", "--virtual-time-budget=20000", "--dump-dom"]  # fmt: skip
    process = subprocess.run(
        [BROWSER, *flags, frame.as_uri()], capture_output=True, text=True, timeout=120, check=True
    )
    found = re.search(r'<pre id="found">(.*?)</pre>', process.stdout, re.DOTALL)[1]
    console = [line for line in process.stderr.splitlines() if "CONSOLE" in line]
    return json.loads(html.unescape(found)), console


@pytest.fixture(scope="module", params=[320, 1600])
def seen(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser")
    return request.param, *look_at(INDEX.as_uri(), request.param, folder)


def test_nothing_overflows(seen):
    width, found, _ = seen
    assert found["inner"] == width
    assert found["wide"] <= width
    assert found["beyond"] == []


def test_every_image_is_loaded_and_has_words(seen):
    width, found, _ = seen
    assert len(found["images"]) > 30
    for source, natural, words in found["images"]:
        assert natural > 0, source
        assert words.strip(), source
    narrow = [source for source, _, _ in found["images"][:20] if source.endswith("-column.svg")]
    assert len(narrow) == (20 if width == 320 else 0)


def test_the_console_is_silent(seen):
    assert seen[2] == []


def test_the_test_sees_a_page_that_is_wrong(tmp_path):
    page = tmp_path / "wrong.html"
    page.write_text(
        '<body><img src="none.svg" alt=""><div style="width:2000px">wide</div>'
        '<script>console.error("wrong")</script></body>'
    )
    found, console = look_at(page.as_uri(), 320, tmp_path)
    assert found["wide"] > 320
    assert len(found["beyond"]) == 1
    assert found["images"][0][1:] == [0, ""]
    assert any("wrong" in line for line in console)
