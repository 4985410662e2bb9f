"""A page read back, and what an accessible page must have."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(HTMLParser):
    """Collects tags with their attributes and texts, checks that they are nested well."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.ids, self.texts = [], [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs), tuple(self.open)))
        self.ids += [value for key, value in attrs if key == "id"]
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs), tuple(self.open)))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if data.strip() and not any(tag in {"style", "script"} for tag, _ in self.open):
            lang = next((attrs["lang"] for _, attrs in reversed(self.open) if "lang" in attrs), "")
            self.texts.append((data.strip(), lang))


def luminance(colour):
    """Relative luminance of #rrggbb, as WCAG 2 reckons it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, two):
    """Contrast ratio of two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def faults(text):
    """Return what keeps a page from being found, heard and seen by all."""
    page = Page(text)
    tags = page.tags
    found = []
    count = {
        name: sum(tag == name and not any(t == "svg" for t, _ in above) for tag, _, above in tags)
        for name in ("header", "nav", "main", "footer", "h1", "title")
    }
    found += [f"{name}: {n}" for name, n in count.items() if n != 1]
    html = next(attrs for tag, attrs, _ in tags if tag == "html")
    if not html.get("lang"):
        found.append("no language")
    if len(page.ids) != len(set(page.ids)):
        found.append("ids are not unique")
    level = 0
    for tag, attrs, above in tags:
        if tag in {"h1", "h2", "h3", "h4"}:
            if int(tag[1]) > level + 1:
                found.append(f"{tag} follows h{level}")
            level = int(tag[1])
        if tag == "th" and "scope" not in attrs:
            found.append("th without scope")
        if tag == "table" and not any(t == "caption" for t, _, up in tags if ("table", attrs) in up):
            found.append("table without caption")
        if tag == "svg" and attrs.get("aria-hidden") != "true":
            found.append("picture is not hidden from readers")
        if tag == "svg" and not any(a.get("role") == "img" and a.get("aria-label") for _, a in above):
            found.append("picture without description")
        if tag == "a" and attrs["href"][1:] not in page.ids:
            found.append(f"link to nowhere: {attrs['href']}")
        if tag == "section" and attrs.get("aria-labelledby") not in page.ids:
            found.append("section without a name")
    return found
