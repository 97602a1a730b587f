"""verify.html as an auditor opens it: from the disk, with no network, in a real browser."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import FileChooser, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

import kpa_analytics as kpa
from kpa_analytics.audit.manifest import read_manifest
from kpa_analytics.audit.verify_page import VERIFY_PAGE, write_verify_page
from tests.audit.tampering import Contents, read, small_bag, small_pack, tamperings, write


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("page") / VERIFY_PAGE
    write_verify_page(path)
    return path.as_uri()


@pytest.fixture
def opened(page: Page, address: str) -> Iterator[Page]:
    """The page; at the end it has requested nothing and logged no error."""
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda r: None if r.url.startswith("file:") else asked.append(r.url))
    page.on("console", lambda m: said.append(f"{m.type}: {m.text}"))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(f"dialog: {dialog.message}") or dialog.dismiss())
    page.set_default_timeout(20_000)
    page.goto(address)
    yield page
    assert asked == []
    assert said == []


def drop(page: Page, *paths: Path) -> None:
    """Drop files and folders of this machine on the page, as a hand does."""
    box = page.locator("#area").bounding_box()
    assert box
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + 20}
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, **at, "data": data})


def rows(page: Page) -> list[tuple[str, ...]]:
    return [
        tuple(row.locator("th, td").all_inner_texts()) for row in page.locator("#rows tr").all()
    ]


def ours(folder: Path) -> list[tuple[str, ...]]:
    return kpa.verify_audit(folder).rows()


@pytest.fixture
def bag(tmp_path) -> Path:
    return small_bag(tmp_path / "bag")


def test_a_dropped_folder_without_changes_is_accepted(opened: Page, tmp_path):
    pack = small_pack(tmp_path / "pack")
    drop(opened, pack)
    expect(opened.locator("#verdict")).to_have_text(
        "✓ No difference: all 10 files are as the manifest says."
    )
    expect(opened.locator("#findings")).to_be_hidden()
    expect(opened.locator("#seal")).to_have_text(read_manifest(pack)["seal"])


def test_a_dropped_bag_is_accepted(opened: Page, bag):
    drop(opened, bag)
    expect(opened.locator("#verdict")).to_contain_text("✓ No difference: all 14 files")


def test_every_kind_of_finding_is_named_as_verify_names_it(opened: Page, bag):
    data = bag / "data"
    (data / "records.csv").write_text("id\n")
    (data / "trainings.csv").unlink()
    (data / "RECORDS.csv").touch()
    (data / "records .csv").touch()
    (data / "charts" / "e\u0301te\u0301.svg").touch()
    (data / ".hidden.txt").touch()
    (data / "empty" / "deeper").mkdir(parents=True)
    (data / ".DS_Store").touch()
    (bag / "beside.txt").touch()
    drop(opened, bag)
    expect(opened.locator("#verdict")).to_have_text(
        "✗ This folder differs from its manifest: 1 changed, 1 missing, 7 added. "
        "Files of a file manager or an office program: 1."
    )
    assert sorted(rows(opened)) == sorted(ours(bag))


def test_the_files_of_a_folder_may_be_dropped_without_the_folder(opened: Page, tmp_path):
    pack = small_pack(tmp_path / "pack")
    drop(opened, *pack.iterdir())
    expect(opened.locator("#verdict")).to_contain_text("✓ No difference")


def chooser_after_enter(page: Page) -> FileChooser:
    """The dialog that Enter opens. A busy browser can lose a key: a hand would press it again."""
    for _ in range(2):
        try:
            with page.expect_file_chooser() as chooser:
                page.keyboard.press("Enter")
            return chooser.value
        except PlaywrightTimeoutError:
            expect(page.get_by_label("Or choose the folder:")).to_be_focused()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    return chooser.value


def test_a_folder_may_be_chosen_by_keyboard(opened: Page, tmp_path):
    pack = small_pack(tmp_path / "pack")
    opened.keyboard.press("Tab")
    expect(opened.get_by_label("Or choose the folder:")).to_be_focused()
    chooser_after_enter(opened).set_files(pack)
    expect(opened.locator("#verdict")).to_contain_text("✓ No difference: all 10 files")
    (pack / "records.csv").write_text("id\n")
    (pack / "Thumbs.db").touch()
    (pack / "shortcut.lnk").touch()
    (pack / "<img src=x onerror=alert(1)>").touch()
    opened.get_by_label("Or choose the folder:").set_input_files(pack)
    expect(opened.locator("#verdict")).to_contain_text("✗ This folder differs")
    assert rows(opened) == ours(pack)


def test_a_folder_that_is_no_pack_is_not_accepted(opened: Page, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").touch()
    drop(opened, tmp_path / "other")
    expect(opened.locator("#verdict")).to_contain_text("1 missing")
    assert rows(opened) == ours(tmp_path / "other")


@pytest.mark.parametrize("name", ["bagit.txt", "manifest-sha256.txt"])
def test_a_file_of_a_bag_that_was_rewritten_with_its_hash_is_named(opened: Page, bag, name):
    before = (bag / name).read_bytes()
    (bag / name).write_bytes(before + b"\n")
    hashes = [sha256(content).hexdigest().encode() for content in (before, before + b"\n")]
    tags = bag / "tagmanifest-sha256.txt"
    tags.write_bytes(tags.read_bytes().replace(*hashes))
    drop(opened, bag)
    expect(opened.locator("#verdict")).to_contain_text("1 changed")
    assert rows(opened) == ours(bag)


def test_a_manifest_without_hashes_is_not_accepted(opened: Page, tmp_path):
    pack = small_pack(tmp_path / "pack")
    facts = read_manifest(pack)
    facts["files"] = [{"path": file["path"]} for file in facts["files"]]
    (pack / "manifest.json").write_text(json.dumps(facts), encoding="utf-8")
    drop(opened, pack)
    expect(opened.locator("#verdict")).to_contain_text("1 changed")
    assert rows(opened) == ours(pack)


def test_where_the_browser_has_no_hashes_the_page_says_what_to_do(browser, address):
    context = browser.new_context()
    context.add_init_script("Object.defineProperty(crypto, 'subtle', {value: undefined})")
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#unable")).to_contain_text("Open this page in another browser")
    expect(page.locator("#area")).to_be_hidden()
    context.close()


def test_without_scripts_the_page_says_what_to_do(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_text("This page needs JavaScript.")).to_be_visible()
    context.close()


def test_a_screen_reader_hears_the_verdict_and_the_headers(opened: Page, bag):
    (bag / "beside.txt").touch()
    drop(opened, bag)
    expect(opened.get_by_role("status")).to_contain_text("1 added")
    table = opened.get_by_role("table", name="What differs")
    expect(table.get_by_role("columnheader")).to_have_count(3)
    expect(table.get_by_role("rowheader", name="beside.txt")).to_be_visible()
    expect(opened.get_by_role("main")).to_have_count(1)
    assert opened.locator("html").get_attribute("lang") == "en"


#: The contrast of an element's letters with the page behind them, as WCAG 2 computes it.
_CONTRAST = """element => {
  const light = text => {
    const [r, g, b] = text.match(/[\\d.]+/g).slice(0, 3).map(value => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const one = light(getComputedStyle(element).color);
  const two = light(getComputedStyle(document.body).backgroundColor);
  return Math.max(one, two) / Math.min(one, two);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_letters_have_contrast_in_light_and_dark(opened: Page, bag, scheme):
    opened.emulate_media(color_scheme=scheme)
    behind = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (behind == "rgb(255, 255, 255)") == (scheme == "light")
    verdict = opened.locator("#verdict")
    for damaged in (False, True):
        (bag / "beside.txt").unlink(missing_ok=True)
        if damaged:
            (bag / "beside.txt").touch()
        drop(opened, bag)
        expect(verdict).to_have_class("bad" if damaged else "good")
        assert verdict.evaluate(_CONTRAST) >= 4.5
    for element in opened.locator("h1, p:visible, li, label, caption, th, td").all():
        assert element.evaluate(_CONTRAST) >= 4.5, element.inner_text()


def test_nothing_sticks_out_of_the_page(opened: Page, bag):
    (bag / ("long" * 50)).touch()
    drop(opened, bag)
    expect(opened.locator("#findings")).to_be_visible()
    for width in (1200, 480, 320):
        opened.set_viewport_size({"width": width, "height": 900})
        assert opened.evaluate("document.documentElement.scrollWidth") <= width


#: The page's own check of many folders, given as base64.
_CHECK = """folders => Promise.all(folders.map(async files => {
  const bytes = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0)).buffer;
  const entries = Object.entries(files).map(
    ([path, text]) => ({path, read: async () => bytes(text)})
  );
  const {findings} = await check(entries);
  return findings.map(({path, finding, detail}) => [path, finding, detail]);
}))"""


def _encoded(contents: Contents) -> dict[str, str]:
    return {name: b64encode(content).decode() for name, content in contents.items()}


@pytest.mark.slow
def test_the_page_and_verify_agree_on_a_thousand_tamperings(opened: Page, bag):
    """The same thousand on which `verify` and the package bagit agree: see test_bagit.py."""
    whole = read(bag)
    changed = list(tamperings(whole, 1_000, seed=14))
    said = [
        [tuple(row) for row in verdict]
        for start in range(0, 1_000, 250)
        for verdict in opened.evaluate(
            _CHECK, [_encoded(files) for files in changed[start : start + 250]]
        )
    ]
    for number, files in enumerate(changed):
        assert sorted(said[number]) == sorted(ours(write(bag, files))), number
    assert [not verdict for verdict in said] == [files == whole for files in changed]
