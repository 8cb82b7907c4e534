"""Scripts in outputs: HTML, SVG, JavaScript, widgets, LaTeX, pictures that are none, stored outputs, escape sequences."""

RENDERED = True


def make(folder, write):
    def change(notebook):
        html = "<script>alert(1)</script><img src=x onerror=alert(1)>"
        kinds = ("text/html", "image/svg+xml", "application/javascript", "text/latex", "text/markdown")
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"] = [
                    {"output_type": "display_data", "data": {kind: html for kind in kinds}, "metadata": {}},
                    {"output_type": "stream", "name": "stdout", "text": html},
                    {"output_type": "error", "ename": html, "evalue": html, "traceback": [html]},
                ]
                cell["execution_count"] = html
        notebook["metadata"]["widgets"] = {
            "application/vnd.jupyter.widget-state+json": {"state": {"x": html}}
        }
        notebook["metadata"]["title"] = "</title><script>alert(1)</script>"
        notebook["metadata"]["kernelspec"] = {"name": "python3", "display_name": html, "language": "python"}

    write(change)


raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% after encode
import base64

from IPython.display import HTML, SVG, Image, Javascript, Latex, Markdown, display, publish_display_data

html = "<script>alert(1)</script><img src=x onerror=alert(1)>"
for kind in (HTML, Javascript, Latex, Markdown):
    display(kind(html))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>"))
publish_display_data({"image/svg+xml": html, "application/vnd.jupyter.widget-view+json": {"model_id": "x"}})
publish_display_data(
    {"image/png": 'x"><script>alert(1)</script>', "image/jpeg": base64.b64encode(html.encode()).decode()}
)
publish_display_data(
    {"text/plain": html, "application/x-" + html: html},
    metadata={"image/png": {"width": '1" onload="alert(1)'}},
)
publish_display_data({"image/png": base64.b64encode(b"\x89PNG\r\n\x1a\n" + html.encode()).decode()})
print(
    html,
    "\x1b]0;title\x07\x1b[2J\x1b]8;;javascript:alert(1)\x07link\x1b]8;;\x07",
    "\x9b31m",
    "\u202egnp.exe",
    "\x00\x08\x07",
)
print("\x1b[31;javascript:alert(1)m<a href=javascript:alert(1)>")
HTML(html)
