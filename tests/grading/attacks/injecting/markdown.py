"""Scripts in texts: raw HTML, links, pictures from elsewhere, attributes, attachments, broken nesting, TeX that runs, tables."""

RENDERED = True


TEXTS = [
    r'''<script>alert(1)</script> <img src=x onerror=alert(1)> <svg/onload=alert(1)> <IMG """><SCRIPT>alert(1)</SCRIPT>">
<a href="javascript:alert(1)">a</a> [b](javascript:alert(1)) [c](JaVaScRiPt:alert(1)) [d](data:text/html,<script>alert(1)</script>)
![e](https://evil.example/x.png) ![f](//evil.example/x.png) ![g](attachment:x.svg) ![h](x" onerror="alert(1))
<iframe src="https://evil.example"></iframe><object data="x"></object><embed src="x"><form action="https://evil.example"><input>
<meta http-equiv="refresh" content="0;url=https://evil.example"><base href="https://evil.example/"><link rel=stylesheet href="//evil.example">
<style>@import url(//evil.example); body { background: url(//evil.example) }</style> <div style="background:url(//evil.example)">x</div>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">
$\href{javascript:alert(1)}{x}$ $\require{html}\style{x}{y}$ $$\unicode{<img src=x onerror=alert(1)>}$$
[reference]: javascript:alert(1) "title" onmouseover=alert(1)
<details open ontoggle=alert(1)> <p id="__proto__" name="getElementById">x</p> <javascript:alert(1)>
| a | <script>alert(1)</script> |
| --- | --- |
```{=html}
<script>alert(1)</script>
```
````{raw} html
<script>alert(1)</script>
````
{% raw %}{{ ''.__class__.__mro__ }} {% include '/etc/passwd' %} {{ resources }} {{ self._TemplateReference__context }}''',
    r"""# <script>alert(1)</script> {{ 7 * 7 }} <img src=x onerror=alert(1)>""",
]


def make(folder, write):
    def change(notebook):
        notebook["cells"][3:3] = [{"cell_type": "markdown", "metadata": {}, "source": text} for text in TEXTS]
        for cell in notebook["cells"]:
            if cell["cell_type"] == "markdown":
                cell["attachments"] = {
                    "x.svg": {
                        "image/svg+xml": "<svg onload=alert(1)>",
                        "text/html": "<script>alert(1)</script>",
                    },
                    'x.png"><script>alert(1)</script>': {"image/png": '"><script>alert(1)</script>'},
                    "y.png": {"image/png": 'iVBORw0KGgo=" onerror=alert(1) x="'},
                }
                cell["metadata"] = {
                    "tags": ["<script>alert(1)</script>"],
                    "name": "</title><script>alert(1)</script>",
                }

    write(change)
