"""The report in a browser without network: silent, readable in both themes and at two widths, usable by keyboard."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from overdue.notebooks import notebook_paths

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--disable-quic", "--disable-background-networking"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium on this machine; install it with: apt-get install chromium"
    ),
]

NOTEBOOKS = [f"{path.stem}.html" for path in notebook_paths()]
FILES = ["index.html", *NOTEBOOKS]
WIDE, NARROW = 1280, 360
THEMES = ["light", "dark"]


@dataclass
class Visit:
    """A page that was opened, with what it complained about and what it asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser(report: Path) -> Iterator[Browser]:
    """Started after the report is written: notebooks and playwright each want the event loop of this thread."""
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, report: Path) -> Iterator[Callable[..., Visit]]:
    """A function that opens a page of the report; its window is closed after the test."""
    contexts = []

    def open_page(name: str, width: int = WIDE, theme: str = "light", **options: Any) -> Visit:
        size = {"width": width, "height": 900}
        context = browser.new_context(offline=True, viewport=size, color_scheme=theme, **options)
        contexts.append(context)
        seen = Visit(context.new_page())
        seen.page.on("console", lambda message: note(seen, message.type, message.text))
        seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        seen.page.on("request", lambda request: seen.requests.append(request.url))
        seen.page.goto((report / name).as_uri())
        return seen

    yield open_page
    for context in contexts:
        context.close()


def note(seen: Visit, kind: str, text: str) -> None:
    if kind in ("error", "warning"):
        seen.complaints.append(f"{kind}: {text}")


ALL: dict[str, Any] = {"resultTypes": ["violations"]}
COLOURS = ALL | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
NO_COLOURS = ALL | {"rules": {"color-contrast": {"enabled": False}}}


def barriers(page: Page, rules: dict[str, Any] = ALL) -> list[str]:
    """What axe-core finds serious or critical, with the first place of each."""
    found = Axe().run(page, options=rules).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}, {len(rule['nodes'])}): {rule['nodes'][0]['html'][:200]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
    ]


def background(page: Page) -> str:
    colour: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return colour


def focused(page: Page) -> dict[str, Any]:
    """What has the focus: its tag, link, and whether one sees that it has."""
    found: dict[str, Any] = page.evaluate(
        """() => {
            const at = document.activeElement, style = getComputedStyle(at);
            const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
            return {tag: at.tagName, href: at.getAttribute("href"), id: at.id, outlined};
        }"""
    )
    return found


# Loading


@pytest.mark.parametrize("name", FILES)
def test_page_is_silent_and_asks_only_for_itself(name: str, visit: Callable[..., Visit], report: Path) -> None:
    seen = visit(name)
    assert seen.complaints == []
    assert [url for url in seen.requests if not url.startswith("data:")] == [(report / name).as_uri()]


@pytest.mark.parametrize("name", FILES)
def test_pictures_are_shown_and_described(name: str, visit: Callable[..., Visit]) -> None:
    pictures = visit(name).page.evaluate(
        "Array.from(document.images, i => ({alt: i.alt, ready: i.complete && i.naturalWidth > 0}))"
    )
    assert pictures or name == "07-explore.html"
    for picture in pictures:
        assert picture["ready"], picture
        assert len(picture["alt"]) > 30
        assert "No description" not in picture["alt"]


@pytest.mark.parametrize("name", FILES)
def test_chinese_is_written_in_the_font_of_the_page(name: str, visit: Callable[..., Visit]) -> None:
    page = visit(name).page
    page.evaluate("document.fonts.ready")
    chinese = page.evaluate(
        r"document.querySelector('main').innerText.match(/[\u4e00-\u9fff]/g).join('').slice(0, 500)"
    )
    assert len(chinese) > 5
    loaded = page.evaluate("Array.from(document.fonts, f => [f.family.replaceAll('\"', ''), f.status])")
    assert loaded == [["Overdue Sans", "loaded"]]
    assert page.evaluate("text => document.fonts.check('16px \"Overdue Sans\"', text)", chinese)
    assert fonts_of_chinese(page) == {("Noto Sans CJK SC", True)}


def fonts_of_chinese(page: Page) -> set[tuple[str, bool]]:
    """Fonts that Chromium really took for elements with Chinese text: family, and whether it is the page's own."""
    page.evaluate(
        r"""() => Array.from(document.querySelectorAll("main *"))
            .filter(e => !e.closest("pre, code") && Array.from(e.childNodes).some(
                n => n.nodeType === Node.TEXT_NODE && /[\u4e00-\u9fff]/.test(n.data)))
            .slice(0, 20).forEach(e => e.classList.add("chinese-probe"))"""
    )
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    nodes = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": ".chinese-probe"})["nodeIds"]
    fonts = [session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"] for node in nodes]
    return {(font["familyName"], font["isCustomFont"]) for found in fonts for font in found}


# Reading


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("name", FILES)
def test_page_is_no_wider_than_the_window(name: str, width: int, visit: Callable[..., Visit]) -> None:
    page = visit(name, width).page
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 0
    if name in NOTEBOOKS:
        page.click("#code")
        assert page.evaluate(overflow) <= 0, "with the code shown"


@pytest.mark.parametrize(("theme", "rules"), [("light", ALL), ("dark", COLOURS)], ids=THEMES)
@pytest.mark.parametrize("name", FILES)
def test_page_has_no_serious_barrier(name: str, theme: str, rules: dict[str, Any], visit: Callable[..., Visit]) -> None:
    """The dark theme differs in its colours only."""
    assert barriers(visit(name, theme=theme).page, rules) == []


@pytest.mark.parametrize("name", FILES)
def test_narrow_page_has_no_serious_barrier(name: str, visit: Callable[..., Visit]) -> None:
    assert barriers(visit(name, NARROW).page, NO_COLOURS) == []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_shown_code_has_no_serious_barrier(name: str, visit: Callable[..., Visit]) -> None:
    page = visit(name, NARROW).page
    page.click("#code")
    assert barriers(page, NO_COLOURS) == []


@pytest.mark.parametrize(
    ("spoil", "rules", "barrier"),
    ids=["alt text", "contrast", "language"],
    argvalues=[
        ("document.querySelector('main').append(new Image())", ALL, "image-alt"),
        (
            "document.querySelector('.findings').style.cssText = 'color: #999; background: #888'",
            COLOURS,
            "color-contrast",
        ),
        ("document.querySelector('html').lang = 'xx-no-language'", NO_COLOURS, "html-lang-valid"),
    ],
)
def test_barrier_would_be_found(spoil: str, rules: dict[str, Any], barrier: str, visit: Callable[..., Visit]) -> None:
    page = visit("index.html").page
    page.evaluate(spoil)
    assert [found.split()[0] for found in barriers(page, rules)] == [barrier]


# Using


@pytest.mark.parametrize("theme", THEMES)
def test_theme_follows_the_system_and_the_button_turns_it(theme: str, visit: Callable[..., Visit]) -> None:
    page = visit("index.html", theme=theme).page
    light, dark = "rgb(255, 255, 255)", "rgb(21, 25, 30)"
    here, there = (light, dark) if theme == "light" else (dark, light)
    other = "Dark" if theme == "light" else "Light"
    assert (background(page), page.inner_text("#theme")) == (here, other)
    page.click("#theme")
    assert (background(page), page.inner_text("#theme")) == (there, theme.capitalize())
    page.click("#theme")
    assert (background(page), page.inner_text("#theme")) == (here, other)


def test_theme_follows_the_system_while_the_page_is_open(visit: Callable[..., Visit]) -> None:
    page = visit("index.html", theme="light").page
    page.emulate_media(color_scheme="dark")
    assert (background(page), page.inner_text("#theme")) == ("rgb(21, 25, 30)", "Light")


def test_code_is_folded_until_it_is_asked_for(visit: Callable[..., Visit]) -> None:
    page = visit("05-codes.html").page
    cells = page.locator("details.code pre")
    assert cells.count() > 5
    assert not any(cell.is_visible() for cell in cells.all())
    page.click("#code")
    assert all(cell.is_visible() for cell in cells.all())
    assert (page.inner_text("#code"), page.get_attribute("#code", "aria-pressed")) == ("Hide code", "true")
    page.click("#code")
    assert not any(cell.is_visible() for cell in cells.all())
    assert (page.inner_text("#code"), page.get_attribute("#code", "aria-pressed")) == ("Show code", "false")


def test_index_has_no_code_to_show(visit: Callable[..., Visit]) -> None:
    assert visit("index.html").page.locator("#code").count() == 0


def test_code_can_be_read_without_scripts(visit: Callable[..., Visit]) -> None:
    page = visit("05-codes.html", java_script_enabled=False).page
    page.locator("details.code summary").first.click()
    assert page.locator("details.code pre").first.is_visible()


def test_keyboard_skips_to_the_text(visit: Callable[..., Visit]) -> None:
    page = visit("02-terms.html").page
    page.keyboard.press("Tab")
    assert focused(page)["href"] == "#main"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert focused(page)["id"] == "main"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_keyboard_reaches_pages_buttons_and_contents_in_order(name: str, visit: Callable[..., Visit]) -> None:
    page = visit(name).page
    contents = page.eval_on_selector_all(".toc a", "links => links.map(a => a.getAttribute('href'))")
    assert len(contents) >= 3
    stops = []
    while len(stops) < 60 and (not stops or stops[-1]["href"] != contents[-1]):
        page.keyboard.press("Tab")
        stops.append(focused(page))
    reached = [stop["href"] or stop["id"] or stop["tag"] for stop in stops]
    assert reached == ["#main", "index.html", *NOTEBOOKS, "code", "theme", "SUMMARY", *contents]
    assert all(stop["outlined"] for stop in stops), "a stop of the keyboard cannot be seen"


def test_link_of_the_contents_leads_to_its_section(visit: Callable[..., Visit]) -> None:
    page = visit("05-codes.html").page
    link = page.locator(".toc a").last
    link.focus()
    page.keyboard.press("Enter")
    heading = page.locator(f"[id='{link.get_attribute('href').removeprefix('#')}']")
    header = page.locator("header.site").bounding_box()
    box = heading.bounding_box()
    assert header["height"] <= box["y"] <= 900, "the section is hidden below the header or not in view"


def test_contents_are_folded_on_narrow_screens_and_open_by_keyboard(visit: Callable[..., Visit]) -> None:
    page = visit("05-codes.html", NARROW).page
    first = page.locator(".toc a").first
    assert not first.is_visible()
    page.locator(".toc summary").focus()
    page.keyboard.press("Enter")
    assert first.is_visible()


def test_wide_table_scrolls_by_keyboard(visit: Callable[..., Visit]) -> None:
    page = visit("05-codes.html", NARROW).page
    table = page.locator(".table").first
    table.focus()
    assert table.evaluate("t => t.scrollWidth > t.clientWidth"), "this table would have to scroll"
    page.keyboard.press("ArrowRight")
    page.wait_for_function("t => t.scrollLeft > 0", arg=table.element_handle(), timeout=3000)


def test_pages_lead_to_each_other(visit: Callable[..., Visit], report: Path) -> None:
    page = visit("index.html").page
    page.click("header.site nav a >> nth=-1")
    assert page.url == (report / NOTEBOOKS[-1]).as_uri()
    page.click("header.site > a")
    assert page.url == (report / "index.html").as_uri()
